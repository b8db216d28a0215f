// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The search for near-duplicates among many pieces, cut out of real works and
 * transposed, every second a part of the one before it. Argument: how many; the
 * folder of the sets is PARTITA_DATA.
 *
 * The sets are of repertoires that have nothing to do with each other, so
 * whatever it finds across them is false. Within a set works do quote each
 * other: a family of several is false where whole works of it, compared step by
 * step, share no run of PARTITA_RUN_MIN. */

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

/// What a piece was cut out of.
typedef struct {
  GArray *line; // uint16_t
  guint set;
} Work;

typedef struct {
  GPtrArray *lines; // GArray of uint16_t
  GArray *work_of;  // guint: of each piece
  GArray *planted;  // bool: whether it is a part of the piece before it
  GArray *works;    // Work
  uint64_t serial;  // of the next random number
} Pieces;

static void
clear_work(void *data)
{
  g_array_unref(((Work *)data)->line);
}

static const Work *
get_work(const Pieces *pieces, guint piece)
{
  return &g_array_index(pieces->works, Work,
                        g_array_index(pieces->work_of, guint, piece));
}

static uint32_t
draw(Pieces *pieces, uint32_t n)
{
  return partita_random_below(1, PARTITA_RANDOM_CORPUS, pieces->serial++, 0, n);
}

static bool
add(Pieces *pieces, const PartitaScore *score, guint work, bool planted)
{
  g_autoptr(GArray) line = partita_line_get(score);

  // What has no run of that length cannot be found, nor need it be.
  if (line->len < PARTITA_RUN_MIN)
    return false;
  g_ptr_array_add(pieces->lines, g_steal_pointer(&line));
  g_array_append_val(pieces->work_of, work);
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

/// A piece out of a work, and a part of that, at least three quarters of it.
static void
plant(Pieces *pieces, const PartitaScore *score, guint work)
{
  g_autoptr(PartitaScore) piece = cut(pieces, score, BARS_MIN);

  if (!add(pieces, piece, work, false))
    return;
  g_autoptr(GArray) bars = partita_score_get_bars(piece);
  g_autoptr(PartitaScore) part = cut(pieces, piece, bars->len * 3 / 4);

  (void)add(pieces, part, work, true);
}

static void
read_set(GPtrArray *scores, GArray *works, const char *data, guint set)
{
  g_autofree char *folder = g_build_filename(data, sets[set], NULL);
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GPtrArray) items = partita_scan_folder(folder, scratch, NULL, NULL);

  for (guint i = 0; items != NULL && i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);
    g_autofree char *path = g_build_filename(folder, item->path, NULL);
    PartitaScore *score =
      item->midi ? partita_midi_read_file(path, NULL, NULL) : NULL;

    if (score == NULL)
      continue;
    const Work work = {partita_line_get(score), set};

    g_ptr_array_add(scores, score);
    g_array_append_val(works, work);
  }
}

static void
make_pieces(Pieces *pieces, const char *data, guint n)
{
  g_autoptr(GPtrArray) scores =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_score_free);

  for (guint set = 0; set < G_N_ELEMENTS(sets); ++set)
    read_set(scores, pieces->works, data, set);
  while (scores->len > 0 && pieces->lines->len < n) {
    const guint work = draw(pieces, scores->len);

    plant(pieces, g_ptr_array_index(scores, work), work);
  }
}

/// What was found that nobody planted.
typedef struct {
  guint n_near;     // pieces nearly the same as one of another work
  guint n_families; // of several works
  guint n_quoting;  // pieces in them
  guint n_false; // of these, pieces whose work shares no run with the first's
  guint n_sets;  // pieces in families that join two sets
} Unplanted;

static bool
share_run(const Work *a, const Work *b)
{
  return partita_runs_longest((const uint16_t *)(const void *)a->line->data,
                              a->line->len,
                              (const uint16_t *)(const void *)b->line->data,
                              b->line->len) >= PARTITA_RUN_MIN;
}

/// Which works of a family share a run with its first, directly or through
/// others: moves them to the front and returns how many.
static guint
sort_by_kinship(const Work **works, guint n)
{
  guint n_kin = 1;

  for (guint from = 0; from < n_kin; ++from)
    for (guint i = n_kin; i < n; ++i)
      if (share_run(works[from], works[i])) {
        const Work *other = works[i];

        works[i] = works[n_kin];
        works[n_kin++] = other;
      }
  return n_kin;
}

/// @members: (element-type guint): pieces of one family
static void
judge_family(const Pieces *pieces, const GArray *members, Unplanted *unplanted)
{
  g_autoptr(GPtrArray) works = g_ptr_array_new();
  bool mixed = false;

  for (guint i = 0; i < members->len; ++i) {
    const Work *work = get_work(pieces, g_array_index(members, guint, i));

    if (!g_ptr_array_find(works, work, NULL))
      g_ptr_array_add(works, (gpointer)work);
    mixed |= work->set != ((const Work *)works->pdata[0])->set;
  }
  if (works->len == 1)
    return;
  const guint n_kin =
    sort_by_kinship((const Work **)(void *)works->pdata, works->len);

  ++unplanted->n_families;
  unplanted->n_quoting += members->len;
  unplanted->n_sets += mixed ? members->len : 0;
  for (guint i = 0; i < members->len; ++i) {
    guint at = 0;

    (void)g_ptr_array_find(
      works, get_work(pieces, g_array_index(members, guint, i)), &at);
    unplanted->n_false += at >= n_kin;
  }
}

static Unplanted
judge(const Pieces *pieces, const PartitaKin *kin)
{
  Unplanted unplanted = {0};
  g_autoptr(GHashTable) families =
    g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
  GHashTableIter iter;
  gpointer members = NULL;

  for (guint i = 0; i < pieces->lines->len; ++i) {
    const gpointer family = GUINT_TO_POINTER(kin[i].family);
    GArray *of = g_hash_table_lookup(families, family);

    unplanted.n_near += kin[i].near != PARTITA_NO_PIECE &&
                        get_work(pieces, kin[i].near) != get_work(pieces, i);
    if (of == NULL) {
      of = g_array_new(FALSE, FALSE, sizeof(guint));
      (void)g_hash_table_insert(families, family, of);
    }
    g_array_append_val(of, i);
  }
  g_hash_table_iter_init(&iter, families);
  while (g_hash_table_iter_next(&iter, NULL, &members))
    judge_family(pieces, members, &unplanted);
  return unplanted;
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

static double
count_steps(const Pieces *pieces)
{
  double steps = 0.0;

  for (guint i = 0; i < pieces->lines->len; ++i)
    steps += ((const GArray *)g_ptr_array_index(pieces->lines, i))->len;
  return steps;
}

static void
search(const Pieces *pieces)
{
  const guint n = pieces->lines->len;
  const PartitaMusicSource source = {n, get_music, NULL, pieces->lines};
  g_autofree PartitaKin *kin = g_new0(PartitaKin, n);
  guint n_planted = 0, n_found = 0;
  struct rusage usage;
  const clock_t start = clock();

  (void)partita_families_find(&source, 0, kin);
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

  (void)getrusage(RUSAGE_SELF, &usage);
  for (guint i = 1; i < n; ++i)
    if (g_array_index(pieces->planted, bool, i)) {
      ++n_planted;
      n_found += kin[i].family == kin[i - 1].family;
    }
  const Unplanted unplanted = judge(pieces, kin);

  g_print("families\tpieces=%u\tworks=%u\tsteps=%.0f\tseconds=%.1f\t"
          "peak_MiB=%ld\tplanted=%u\trecall=%.4f\n",
          n, pieces->works->len, count_steps(pieces), seconds,
          usage.ru_maxrss / 1024, n_planted, n_found / MAX(1.0, n_planted));
  g_print("unplanted\tnear=%u\tfamilies_of_works=%u\tpieces=%u\t"
          "false=%u\tacross_sets=%u\n",
          unplanted.n_near, unplanted.n_families, unplanted.n_quoting,
          unplanted.n_false, unplanted.n_sets);
}

int
main(int argc, char **argv)
{
  const char *data = g_getenv("PARTITA_DATA");
  g_autoptr(GPtrArray) lines =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  g_autoptr(GArray) work_of = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) planted = g_array_new(FALSE, FALSE, sizeof(bool));
  g_autoptr(GArray) works = g_array_new(FALSE, FALSE, sizeof(Work));
  Pieces pieces = {lines, work_of, planted, works, 0};

  if (data == NULL) {
    g_print("families\tno music: set PARTITA_DATA\n");
    return SKIPPED;
  }
  g_array_set_clear_func(works, clear_work);
  make_pieces(&pieces, data,
              argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : N_PIECES);
  search(&pieces);
  return 0;
}
