// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <corpus/families.h>
#include <corpus/line.h>
#include <corpus/runs.h>
#include <string.h>

#define STEPS_MAX 4000u

/// Steps that a tune may have: some intervals, some rhythms.
static uint16_t
draw_step(void)
{
  const int interval = g_test_rand_int_range(-5, 6);
  const int rest = g_test_rand_int_range(1, 4);

  return (uint16_t)((interval + 128) << 8 | rest);
}

static GArray *
draw_line(guint n)
{
  GArray *line = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (guint i = 0; i < n; ++i) {
    const uint16_t step = draw_step();

    g_array_append_val(line, step);
  }
  return line;
}

static void
append(GArray *to, const GArray *from, guint first, guint n)
{
  g_array_append_vals(to, &g_array_index(from, uint16_t, first), n);
}

static const uint16_t *
get(const GArray *line)
{
  return (const uint16_t *)(const void *)line->data;
}

static PartitaMusic
make_music(const GArray *line)
{
  // Ids that differ as lines do; what they mean plays no part.
  return (PartitaMusic){
    get(line),    line->len, get(line), line->len, (uint64_t)g_test_rand_int(),
    line->len + 1};
}

/* The slow way, by definition. */
static size_t
find_longest(const GArray *a, const GArray *b)
{
  size_t longest = 0;

  for (guint i = 0; i < a->len; ++i)
    for (guint j = 0; j < b->len; ++j) {
      guint n = 0;

      while (i + n < a->len && j + n < b->len && get(a)[i + n] == get(b)[j + n])
        ++n;
      longest = MAX(longest, n);
    }
  return longest;
}

static size_t
find_cover(const GArray *a, const GArray *b, guint run)
{
  g_autofree uint8_t *covered = g_new0(uint8_t, a->len);
  size_t n = 0;

  for (guint i = 0; i + run <= a->len; ++i)
    for (guint j = 0; j + run <= b->len; ++j)
      if (memcmp(get(a) + i, get(b) + j, run * sizeof(uint16_t)) == 0)
        memset(covered + i, 1, run);
  for (guint i = 0; i < a->len; ++i)
    n += covered[i];
  return n;
}

/* Law: fast is as slow, with lines that share pieces of each other. */
static void
test_runs(void)
{
  for (int run = 0; run < 100; ++run) {
    g_autoptr(GArray) a = draw_line((guint)g_test_rand_int_range(0, 120));
    g_autoptr(GArray) b = draw_line((guint)g_test_rand_int_range(0, 60));
    const guint n = (guint)g_test_rand_int_range(1, 20);

    for (int piece = 0; piece < 3 && a->len > 40; ++piece) {
      append(b, a, (guint)g_test_rand_int_range(0, 40),
             (guint)g_test_rand_int_range(0, (gint)a->len - 39));
      append(b, a, 0, 1);
    }
    g_assert_cmpuint(partita_runs_longest(get(a), a->len, get(b), b->len), ==,
                     find_longest(a, b));
    g_assert_cmpuint(partita_runs_cover(get(a), a->len, get(b), b->len, n), ==,
                     find_cover(a, b, n));
  }
}

static void
collect(uint64_t hash, void *data)
{
  (void)g_hash_table_add(data, g_memdup2(&hash, sizeof hash));
}

static GHashTable *
fingerprint(const GArray *line)
{
  GHashTable *hashes =
    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

  partita_runs_fingerprint(get(line), line->len, collect, hashes);
  return hashes;
}

static guint
count_common(GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer hash = NULL;
  guint n = 0;

  g_hash_table_iter_init(&iter, a);
  while (g_hash_table_iter_next(&iter, &hash, NULL))
    n += g_hash_table_contains(b, hash) ? 1 : 0;
  return n;
}

/* Law of winnowing: a run of PARTITA_RUN_MIN always shows, wherever it stands;
 * one shorter than a gram never does. */
static void
test_fingerprints(void)
{
  for (int run = 0; run < 400; ++run) {
    g_autoptr(GArray) shared = draw_line(PARTITA_RUN_MIN);
    g_autoptr(GArray) a = draw_line((guint)g_test_rand_int_range(0, 90));
    g_autoptr(GArray) b = draw_line((guint)g_test_rand_int_range(0, 90));
    g_autoptr(GArray) end = draw_line(40);
    const bool whole = run % 2 == 0;
    const guint n = whole ? PARTITA_RUN_MIN : PARTITA_GRAM - 1;
    const uint16_t apart[] = {1, 2}; // no tune has such steps

    g_array_append_val(a, apart[0]);
    g_array_append_val(b, apart[1]);
    append(a, shared, 0, n);
    append(b, shared, 0, n);
    g_array_append_val(a, apart[0]);
    g_array_append_val(b, apart[1]);
    append(a, end, 0, (guint)g_test_rand_int_range(0, 20));
    append(b, end, 20, (guint)g_test_rand_int_range(0, 20));
    g_autoptr(GHashTable) x = fingerprint(a);
    g_autoptr(GHashTable) y = fingerprint(b);

    if (whole)
      g_assert_cmpuint(count_common(x, y), >, 0);
    else
      g_assert_cmpuint(count_common(x, y), ==, 0);
  }
}

/* Law: fingerprints thin out to 2 / (window + 1) of the steps. */
static void
test_density(void)
{
  g_autoptr(GArray) line = draw_line(STEPS_MAX);
  g_autoptr(GHashTable) hashes = fingerprint(line);

  g_assert_cmpfloat_with_epsilon((double)g_hash_table_size(hashes) / STEPS_MAX,
                                 2.0 / (PARTITA_GRAM_WINDOW + 1), 0.03);
}

/* What is everybody's makes no family. */
static void
test_commonplace(void)
{
  static const uint16_t scale[] = {0x8202, 0x8202, 0x8102, 0x8202,
                                   0x8202, 0x8202, 0x8102};
  g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (int i = 0; i < 20; ++i)
    g_array_append_vals(line, scale, G_N_ELEMENTS(scale));
  g_autoptr(GHashTable) hashes = fingerprint(line);

  g_assert_cmpuint(g_hash_table_size(hashes), ==, 0);
}

static void
get_music(size_t index, PartitaMusic *music, void *data)
{
  *music = ((const PartitaMusic *)data)[index];
}

/// Stops at the second report.
static bool
stop_soon(size_t done, size_t total, void *data)
{
  g_assert_cmpuint(done, <, total);
  (void)data;
  return done == 0;
}

/* Pieces 0 to 9 are tunes; 10 to 19 quote a run of one each; 20 to 29 are one
 * each with a few steps changed; 30 to 39 the same to the last step. */
static void
test_kin(void)
{
  enum { TUNES = 10, ALL = 40 };
  GArray *lines[ALL];
  PartitaMusic pieces[ALL];
  PartitaKin kin[ALL];
  PartitaKin in_passes[ALL];
  const PartitaMusicSource source = {ALL, get_music, NULL, pieces};

  for (guint i = 0; i < ALL; ++i) {
    const guint kind = i / TUNES;

    lines[i] = kind < 2 ? draw_line(400) : g_array_copy(lines[i % TUNES]);
    if (kind == 1)
      append(lines[i], lines[i % TUNES], 100, PARTITA_RUN_MIN);
    if (kind == 2)
      g_array_index(lines[i], uint16_t, 200) = 1;
    pieces[i] = make_music(lines[i]);
    if (kind == 3)
      pieces[i].content = pieces[i % TUNES].content;
  }
  g_assert_true(partita_families_find(&source, 0, kin));
  g_assert_true(partita_families_find(&source, 100, in_passes));
  for (guint i = 0; i < ALL; ++i) {
    const guint tune = i % TUNES;
    const guint kind = i / TUNES;

    g_assert_cmpuint(kin[i].same, ==, kind == 3 ? tune : PARTITA_NO_PIECE);
    g_assert_cmpuint(kin[i].near, ==, kind == 2 ? tune : PARTITA_NO_PIECE);
    if (kind == 2)
      g_assert_cmpuint(kin[i].run, ==, 201);
    if (kind < 3)
      g_assert_cmpuint(kin[i].family, ==, tune);
    g_assert_cmpuint(in_passes[i].same, ==, kin[i].same);
    g_assert_cmpuint(in_passes[i].family, ==, kin[i].family);
  }
  for (guint i = 0; i < ALL; ++i)
    g_array_unref(lines[i]);
}

/* Told to stop, the search does. */
static void
test_stop(void)
{
  enum { ALL = 3000 };
  g_autoptr(GArray) line = draw_line(40);
  g_autofree PartitaMusic *pieces = g_new(PartitaMusic, ALL);
  g_autofree PartitaKin *kin = g_new(PartitaKin, ALL);
  PartitaMusicSource source = {ALL, get_music, stop_soon, pieces};

  for (guint i = 0; i < ALL; ++i)
    pieces[i] = make_music(line);
  g_assert_false(partita_families_find(&source, 0, kin));
  source.progress = NULL;
  g_assert_true(partita_families_find(&source, 0, kin));
}

/// A tune of random notes with chords below it, from @first on.
static PartitaScore *
make_tune(const GArray *steps, guint first, int transposed)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  uint32_t onset = 0;
  int pitch = 72;

  for (guint i = 0; i < steps->len; ++i) {
    const uint16_t step = g_array_index(steps, uint16_t, i);

    pitch = CLAMP(pitch + (step >> 8) - 128, 60, 90);
    onset += (step & 255u) * 120;
    if (i < first)
      continue;
    partita_track_add_note(
      track, (PartitaNote){onset, 120, (uint8_t)(pitch + transposed), 80});
    partita_track_add_note(
      track,
      (PartitaNote){onset, 120, (uint8_t)(48 + (int)(i % 5) + transposed), 80});
  }
  partita_score_sort(score);
  return score;
}

/* Law: the line moves with nothing: key, resolution, drums, lower voices. */
static void
test_line(void)
{
  g_autoptr(GArray) steps = draw_line(100);
  g_autoptr(PartitaScore) plain = make_tune(steps, 0, 0);
  g_autoptr(PartitaScore) moved = make_tune(steps, 0, 7);
  PartitaTrack *drums =
    partita_score_add_track(moved, PARTITA_PROGRAM_DRUMS, NULL);
  g_autoptr(GArray) a = partita_line_get(plain);

  partita_track_add_note(drums, (PartitaNote){60, 30, 127, 80});
  partita_score_sort(moved);
  g_autoptr(GArray) b = partita_line_get(moved);

  g_assert_cmpuint(a->len, ==, 99);
  g_assert_cmpuint(b->len, ==, 99);
  g_assert_true(memcmp(a->data, b->data, 2 * 99) == 0);
}

/* Law: a family is on one side of the split, whatever the seed; what is nearly
 * the same is used once. */
static void
test_corpus(void)
{
  char *folder = fixture_folder();

  for (unsigned i = 0; i < 12; ++i) {
    g_autoptr(GArray) steps = draw_line(160);
    g_autoptr(PartitaScore) whole = make_tune(steps, 0, 0);
    g_autoptr(PartitaScore) cut = make_tune(steps, 60, 3);
    g_autoptr(PartitaScore) late = make_tune(steps, 4, -2);
    g_autofree char *first = g_strdup_printf("a%u.mid", i);
    g_autofree char *second = g_strdup_printf("b%u.mid", i);
    g_autofree char *third = g_strdup_printf("c%u.mid", i);

    fixture_write_score(folder, first, whole);
    fixture_write_score(folder, second, cut);
    fixture_write_score(folder, third, late);
  }
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const PartitaCorpusOptions options = {.valid_share = 0.3, .seed = seed};
    g_autoptr(PartitaCorpus) corpus =
      partita_corpus_read(folder, &options, NULL);
    unsigned n_valid = 0;

    for (unsigned i = 0; i < 12; ++i) {
      g_autofree char *first = g_strdup_printf("a%u.mid", i);
      g_autofree char *second = g_strdup_printf("b%u.mid", i);
      g_autofree char *third = g_strdup_printf("c%u.mid", i);
      g_autofree char *reason =
        g_strdup_printf("near-duplicate of a%u.mid (longest shared run ", i);
      const PartitaLedgerEntry a = fixture_find(corpus, first);
      const PartitaLedgerEntry b = fixture_find(corpus, second);
      const PartitaLedgerEntry c = fixture_find(corpus, third);

      g_assert_cmpstr(a.family, ==, first);
      g_assert_cmpstr(b.family, ==, first);
      g_assert_cmpint(a.valid, ==, b.valid);
      g_assert_cmpint(c.verdict, ==, PARTITA_VERDICT_SKIPPED);
      g_assert_true(g_str_has_prefix(c.reason, reason));
      n_valid += a.valid;
    }
    g_assert_cmpuint(n_valid, >, 0);
    g_assert_cmpuint(n_valid, <, 12);
  }
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/families/runs", test_runs);
  g_test_add_func("/corpus/families/fingerprints", test_fingerprints);
  g_test_add_func("/corpus/families/density", test_density);
  g_test_add_func("/corpus/families/commonplace", test_commonplace);
  g_test_add_func("/corpus/families/kin", test_kin);
  g_test_add_func("/corpus/families/stop", test_stop);
  g_test_add_func("/corpus/families/line", test_line);
  g_test_add_func("/corpus/families/corpus", test_corpus);
  return g_test_run();
}
