// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The search for near-duplicates among many pieces, cut out of real ones and
 * transposed, every second a part of the one before it. Argument: how many; the
 * folder of the sets is PARTITA_DATA. The sets are of repertoires that have
 * nothing to do with each other, so whatever it finds across them is false. */

#include <base/philox.h>
#include <corpus/families.h>
#include <corpus/line.h>
#include <corpus/runs.h>
#include <corpus/scan.h>
#include <partita/corpus.h>
#include <partita/midi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/// The exit status by which meson knows a skipped benchmark.
#define SKIPPED 77

#define N_PIECES 100000u
#define BARS_MIN 16u
#define BARS_MAX 64u

static const char *const sets[] = {"freedoom", "jsb", "nottingham",
                                   "openscore_lieder", "pop909"};

typedef struct {
  GPtrArray *lines; // GArray of uint16_t
  GArray *set_of;   // guint: of each piece
  GArray *planted;  // bool: whether it is a part of the piece before it
  uint64_t serial;  // of the next random number
} Pieces;

static uint32_t
draw(Pieces *pieces, uint32_t n)
{
  return partita_random_below(1, PARTITA_RANDOM_CORPUS, pieces->serial++, 0, n);
}

static bool
add(Pieces *pieces, const PartitaScore *score, guint set, bool planted)
{
  g_autoptr(GArray) line = partita_line_get(score);

  // What has no run of that length cannot be found, nor need it be.
  if (line->len < PARTITA_RUN_MIN)
    return false;
  g_ptr_array_add(pieces->lines, g_steal_pointer(&line));
  g_array_append_val(pieces->set_of, set);
  g_array_append_val(pieces->planted, planted);
  return true;
}

static PartitaScore *
cut(Pieces *pieces, const PartitaScore *score, size_t bars_min)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const size_t n_max = MIN(bars->len, BARS_MAX);
  const size_t n_min = MIN(bars_min, n_max);
  const size_t n = n_min + draw(pieces, (uint32_t)(n_max - n_min + 1));
  const size_t first = draw(pieces, (uint32_t)(bars->len - n + 1));
  PartitaScore *part = partita_score_cut_bars(score, first, n);

  (void)partita_score_transpose(part, (int)draw(pieces, 12) - 6);
  return part;
}

/// A piece out of @score, and a part of that, at least three quarters of it.
static void
plant(Pieces *pieces, const PartitaScore *score, guint set)
{
  g_autoptr(PartitaScore) piece = cut(pieces, score, BARS_MIN);

  if (!add(pieces, piece, set, false))
    return;
  g_autoptr(GArray) bars = partita_score_get_bars(piece);
  g_autoptr(PartitaScore) part = cut(pieces, piece, bars->len * 3 / 4);

  (void)add(pieces, part, set, true);
}

static void
read_set(GPtrArray *scores, GArray *set_of, const char *data, guint set)
{
  g_autofree char *folder = g_build_filename(data, sets[set], NULL);
  g_autoptr(GPtrArray) items = partita_scan_folder(folder, NULL, NULL);

  for (guint i = 0; items != NULL && i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);
    g_autofree char *path = g_build_filename(folder, item->path, NULL);
    PartitaScore *score =
      item->midi ? partita_midi_read_file(path, NULL, NULL) : NULL;

    if (score == NULL)
      continue;
    g_ptr_array_add(scores, score);
    g_array_append_val(set_of, set);
  }
}

static void
make_pieces(Pieces *pieces, const char *data, guint n)
{
  g_autoptr(GPtrArray) scores =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_score_free);
  g_autoptr(GArray) set_of = g_array_new(FALSE, FALSE, sizeof(guint));

  for (guint set = 0; set < G_N_ELEMENTS(sets); ++set)
    read_set(scores, set_of, data, set);
  while (scores->len > 0 && pieces->lines->len < n) {
    const guint i = draw(pieces, scores->len);

    plant(pieces, g_ptr_array_index(scores, i),
          g_array_index(set_of, guint, i));
  }
}

/// Pieces in families that reach into another set than that of their first.
static guint
count_false(const Pieces *pieces, const PartitaKin *kin)
{
  const guint n = pieces->lines->len;
  g_autofree bool *mixed = g_new0(bool, n);
  guint n_false = 0;

  for (guint i = 0; i < n; ++i)
    if (g_array_index(pieces->set_of, guint, i) !=
        g_array_index(pieces->set_of, guint, kin[i].family))
      mixed[kin[i].family] = true;
  for (guint i = 0; i < n; ++i)
    n_false += mixed[kin[i].family];
  return n_false;
}

static void
get_music(size_t index, PartitaMusic *music, void *data)
{
  const GPtrArray *lines = data;
  const GArray *line = g_ptr_array_index(lines, (guint)index);
  const uint16_t *all = (const uint16_t *)(const void *)line->data;

  // The ids of all differ: none is to be found by them.
  *music = (PartitaMusic){all, line->len, all, line->len, index, line->len + 1};
}

static void
search(const Pieces *pieces)
{
  const guint n = pieces->lines->len;
  const PartitaMusicSource source = {n, get_music, NULL, pieces->lines};
  g_autofree PartitaKin *kin = g_new0(PartitaKin, n);
  guint n_planted = 0, n_found = 0;
  double steps = 0.0;
  struct rusage usage;

  for (guint i = 0; i < n; ++i) {
    steps += ((const GArray *)g_ptr_array_index(pieces->lines, i))->len;
  }
  const clock_t start = clock();

  (void)partita_families_find(&source, 0, kin);
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

  for (guint i = 1; i < n; ++i)
    if (g_array_index(pieces->planted, bool, i)) {
      ++n_planted;
      n_found += kin[i].family == kin[i - 1].family;
    }
  (void)getrusage(RUSAGE_SELF, &usage);
  g_print("families\tpieces=%u\tsteps=%.0f\tseconds=%.1f\tpeak_MiB=%ld\t"
          "planted=%u\trecall=%.4f\tfalse=%.5f\n",
          n, steps, seconds, usage.ru_maxrss / 1024, n_planted,
          n_found / MAX(1.0, n_planted),
          count_false(pieces, kin) / MAX(1.0, n));
}

int
main(int argc, char **argv)
{
  const char *data = g_getenv("PARTITA_DATA");
  g_autoptr(GPtrArray) lines =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  g_autoptr(GArray) set_of = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) planted = g_array_new(FALSE, FALSE, sizeof(bool));
  Pieces pieces = {lines, set_of, planted, 0};

  if (data == NULL) {
    g_print("families\tno music: set PARTITA_DATA\n");
    return SKIPPED;
  }
  make_pieces(&pieces, data,
              argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : N_PIECES);
  search(&pieces);
  return 0;
}
