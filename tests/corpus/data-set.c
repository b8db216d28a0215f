// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <corpus/scan.h>
#include <partita/midi.h>

#define QUARTERS_MIN 32u

bool
data_set_for_each(const char *set, DataSetEach *each, void *data)
{
  const char *root = g_getenv("PARTITA_DATA");
  g_autofree char *folder =
    root != NULL ? g_build_filename(root, set, NULL) : NULL;
  unsigned number = 0;

  if (folder == NULL || !g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_test_skip("PARTITA_DATA has no such set");
    return false;
  }
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GPtrArray) items = partita_scan_folder(folder, scratch, NULL, NULL);

  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    if (!item->midi || item->problem != NULL)
      continue;
    g_autofree char *path = g_build_filename(folder, item->path, NULL);
    g_autoptr(PartitaScore) score = partita_midi_read_file(path, NULL, NULL);

    if (score != NULL && partita_score_get_n_notes(score) > 0)
      each(score, number++, data);
  }
  return true;
}

static bool
find_main_meter(const PartitaScore *score, PartitaMeter *meter)
{
  const uint32_t end = partita_score_get_end(score);
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  for (size_t i = 0; i < n; ++i) {
    const uint32_t until = i + 1 < n ? MIN(meters[i + 1].tick, end) : end;

    *meter = meters[i];
    if (until > meters[i].tick && until - meters[i].tick > end * 0.9)
      return true;
  }
  return false;
}

static bool
is_long(const PartitaScore *score)
{
  return partita_score_get_end(score) >=
         QUARTERS_MIN * partita_score_get_ppq(score);
}

bool
data_set_find_meter(const PartitaScore *score,
                    PartitaMeter *meter,
                    PartitaScore **part)
{
  *part = NULL;
  if (find_main_meter(score, meter))
    return is_long(score);

  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const PartitaBar *bar = &g_array_index(bars, PartitaBar, 0);
  guint best = 0;
  guint most = 0;

  for (guint first = 0, i = 1; i <= bars->len; ++i) {
    if (i < bars->len && bar[i].numerator == bar[first].numerator &&
        bar[i].denominator == bar[first].denominator)
      continue;
    if (i - first > most) {
      most = i - first;
      best = first;
    }
    first = i;
  }
  if (most < 16)
    return false;
  *meter = (PartitaMeter){0, bar[best].numerator, bar[best].denominator};
  *part = partita_score_cut_bars(score, best, most);
  return is_long(*part) && partita_score_get_n_notes(*part) > 0;
}
