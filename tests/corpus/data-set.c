// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <corpus/scan.h>
#include <partita/midi.h>

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
  g_autoptr(GPtrArray) items = partita_scan_folder(folder, NULL, NULL);

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

bool
data_set_find_main_meter(const PartitaScore *score, PartitaMeter *meter)
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
