// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#define PPQ 480

typedef struct {
  PartitaTempoMap *map;
  uint64_t start; // of the first note
} Clock;

static void
start_clock(Clock *clock, const PartitaScore *score)
{
  uint32_t first = UINT32_MAX;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, t), &n);

    for (size_t i = 0; i < n; ++i)
      first = MIN(first, notes[i].onset_ticks);
  }
  clock->map = partita_tempo_map_new(score);
  clock->start =
    first == UINT32_MAX ? 0 : partita_tempo_map_us_ppq(clock->map, first);
}

static uint64_t
since_start(const Clock *clock, uint32_t tick)
{
  return partita_tempo_map_us_ppq(clock->map, tick) - clock->start;
}

/// The same notes in the same order, at the same times after the first one.
static void
assert_same_sound(const PartitaScore *a, const PartitaScore *b)
{
  Clock of_a;
  Clock of_b;

  start_clock(&of_a, a);
  start_clock(&of_b, b);
  g_assert_cmpuint(partita_score_get_n_tracks(a), ==,
                   partita_score_get_n_tracks(b));
  for (size_t t = 0; t < partita_score_get_n_tracks(a); ++t) {
    size_t n = 0;
    size_t m = 0;
    const PartitaNote *x =
      partita_track_get_notes(partita_score_get_track(a, t), &n);
    const PartitaNote *y =
      partita_track_get_notes(partita_score_get_track(b, t), &m);

    g_assert_cmpuint(n, ==, m);
    for (size_t i = 0; i < n; ++i) {
      g_assert_cmpuint(x[i].pitch, ==, y[i].pitch);
      g_assert_cmpuint(x[i].velocity, ==, y[i].velocity);
      g_assert_cmpuint(since_start(&of_a, x[i].onset_ticks), ==,
                       since_start(&of_b, y[i].onset_ticks));
      g_assert_cmpuint(
        since_start(&of_a, x[i].onset_ticks + x[i].duration_ticks), ==,
        since_start(&of_b, y[i].onset_ticks + y[i].duration_ticks));
    }
  }
  g_assert_cmpuint(since_start(&of_a, partita_score_get_end(a)), ==,
                   since_start(&of_b, partita_score_get_end(b)));
  partita_tempo_map_free(of_a.map);
  partita_tempo_map_free(of_b.map);
}

/* Law: repair changes no sound, says what it did exactly if it did something,
 * and repairs nothing twice. */
static void
assert_laws(PartitaScore *score)
{
  g_autoptr(PartitaScore) before = partita_score_copy(score);
  g_autofree char *reason = NULL;
  g_autofree char *again = NULL;
  const bool changed = partita_score_repair_bars(score, &reason);

  assert_same_sound(before, score);
  g_assert_cmpint(changed, ==, reason != NULL);
  g_assert_cmpint(changed, ==, !partita_score_equal(before, score));

  g_autoptr(PartitaScore) repaired = partita_score_copy(score);

  g_assert_false(partita_score_repair_bars(score, &again));
  g_assert_null(again);
  g_assert_true(partita_score_equal(score, repaired));
}

static void
random_meters(PartitaScore *score)
{
  static const PartitaMeter some[] = {{0, 1, 4}, {0, 4, 4},   {0, 3, 4},
                                      {0, 1, 8}, {0, 6, 8},   {0, 2, 2},
                                      {0, 5, 4}, {0, 255, 1}, {0, 1, 64}};
  const int n = g_test_rand_int_range(0, 4);

  for (int i = 0; i < n; ++i) {
    PartitaMeter meter = some[g_test_rand_int_range(0, G_N_ELEMENTS(some))];

    meter.tick = i == 0 ? 0 : (uint32_t)g_test_rand_int_range(0, 20 * PPQ);
    partita_score_add_meter(score, meter);
  }
}

static void
test_laws_random(void)
{
  for (int round = 0; round < 300; ++round) {
    const uint16_t ppq = (uint16_t)g_test_rand_int_range(1, 1000);
    g_autoptr(PartitaScore) score = partita_score_new(ppq);
    const int n = g_test_rand_int_range(0, 200);
    const int grid = g_test_rand_int_range(1, ppq + 1);
    const int offset = g_test_rand_int_range(0, grid);

    for (int t = 0; t < 2; ++t) {
      PartitaTrack *track = partita_score_add_track(
        score, t == 0 ? 0 : PARTITA_PROGRAM_DRUMS, NULL);

      for (int i = 0; i < n; ++i)
        partita_track_add_note(
          track, (PartitaNote){
                   (uint32_t)(g_test_rand_int_range(0, 100) * grid + offset),
                   (uint32_t)g_test_rand_int_range(1, 4 * ppq + 1),
                   (uint8_t)g_test_rand_int_range(0, 128),
                   (uint8_t)g_test_rand_int_range(1, 128)});
    }
    random_meters(score);
    partita_score_sort(score);
    assert_laws(score);
  }
}

static void
test_laws_dances(void)
{
  for (int round = 0; round < 100; ++round) {
    const unsigned beats = (unsigned)g_test_rand_int_range(2, 5);
    g_autoptr(PartitaScore) score =
      fixture_dance(beats, (unsigned)g_test_rand_int_range(1, 40),
                    (uint32_t)g_test_rand_int_range(0, (gint32)beats * PPQ));

    random_meters(score);
    assert_laws(score);
  }
}

static void
test_far_ticks(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(1);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  for (uint32_t i = 0; i < 10; ++i)
    partita_track_add_note(track, (PartitaNote){i * (PARTITA_TICK_MAX / 10),
                                                PARTITA_TICK_MAX, 60, 64});
  partita_score_add_meter(score, (PartitaMeter){0, 1, 64});
  assert_laws(score);
}

/// One metre throughout, and the low first beats of the dance on its lines.
static void
assert_meter(const PartitaScore *score, unsigned beats)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);
  size_t n_notes = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, 0), &n_notes);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpuint(meters[0].tick, ==, 0);
  g_assert_cmpuint(meters[0].numerator, ==, beats);
  g_assert_cmpuint(meters[0].denominator, ==, 4);
  g_assert_cmpuint(notes[0].onset_ticks % (beats * PPQ), ==, 0);
}

/* Dances of which a beat tracker says "1/4", with the bar line anywhere, and
 * with a note before it or not. */
static void
test_fragments(void)
{
  static const uint32_t firsts[] = {0, PPQ, 2 * PPQ, 37, 220, 700};

  for (unsigned i = 0; i < 4 * G_N_ELEMENTS(firsts); ++i) {
    const unsigned beats = 3 + i % 2;
    const uint32_t first = firsts[i / 4];
    g_autoptr(PartitaScore) score = fixture_dance(beats, 24, first);
    g_autofree char *reason = NULL;
    g_autofree char *start = g_strdup_printf("metre 1/4 read as %u/4", beats);

    if (i / 2 % 2 == 1 && first > 0)
      partita_track_add_note(partita_score_get_track(score, 1),
                             (PartitaNote){0, first, 67, 80});
    partita_score_sort(score);
    partita_score_add_meter(score, (PartitaMeter){0, 1, 4});
    g_assert_true(partita_score_repair_bars(score, &reason));
    g_test_message("%u %u %s", beats, first, reason);
    g_assert_true(g_str_has_prefix(reason, start));
    assert_meter(score, beats);
  }
}

static void
test_undeclared(void)
{
  g_autoptr(PartitaScore) waltz = fixture_dance(3, 24, 0);
  g_autoptr(PartitaScore) march = fixture_dance(4, 24, 0);
  g_autofree char *reason = NULL;

  g_assert_true(partita_score_repair_bars(waltz, &reason));
  g_assert_cmpstr(reason, ==, "no metre read as 3/4");
  assert_meter(waltz, 3);
  g_assert_false(partita_score_repair_bars(march, NULL));
}

/* A sequencer's 4/4 over a waltz. */
static void
test_contradicted(void)
{
  g_autoptr(PartitaScore) waltz = fixture_dance(3, 32, 0);
  g_autofree char *reason = NULL;

  partita_score_add_meter(waltz, (PartitaMeter){0, 4, 4});
  g_assert_true(partita_score_repair_bars(waltz, &reason));
  g_assert_cmpstr(reason, ==, "metre 4/4 read as 3/4");
  assert_meter(waltz, 3);
}

static void
test_offset(void)
{
  g_autoptr(PartitaScore) score = fixture_dance(4, 24, 40);
  g_autofree char *reason = NULL;

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  g_assert_true(partita_score_repair_bars(score, &reason));
  g_assert_cmpstr(reason, ==, "music moved by -40 ticks to its bar lines");
  assert_meter(score, 4);
}

static void
assert_untouched(PartitaScore *score)
{
  g_autoptr(PartitaScore) before = partita_score_copy(score);

  g_assert_false(partita_score_repair_bars(score, NULL));
  g_assert_true(partita_score_equal(score, before));
}

/* Sensible metres stay, also those whose beats the notes hide. */
static void
test_sensible(void)
{
  static const PartitaMeter right[] = {{0, 2, 4}, {0, 4, 4}, {0, 2, 2},
                                       {0, 4, 2}, {0, 5, 4}, {0, 7, 8}};

  for (size_t i = 0; i < G_N_ELEMENTS(right); ++i) {
    g_autoptr(PartitaScore) score = fixture_dance(4, 24, 0);

    partita_score_add_meter(score, right[i]);
    assert_untouched(score);
  }
  g_autoptr(PartitaScore) waltz = fixture_dance(3, 24, 0);

  partita_score_add_meter(waltz, (PartitaMeter){0, 3, 4});
  assert_untouched(waltz);
}

static void
test_upbeat(void)
{
  g_autoptr(PartitaScore) score = fixture_dance(3, 24, PPQ);

  partita_track_add_note(partita_score_get_track(score, 1),
                         (PartitaNote){0, PPQ, 67, 80});
  partita_score_sort(score);
  partita_score_add_meter(score, (PartitaMeter){0, 1, 4});
  partita_score_add_meter(score, (PartitaMeter){PPQ, 3, 4});
  assert_untouched(score);
}

/* A signature is right where few notes speak against it. */
static void
test_few_notes(void)
{
  for (unsigned bars = 1; bars <= 10; ++bars) {
    g_autoptr(PartitaScore) waltz = fixture_dance(3, bars, 0);
    g_autoptr(PartitaScore) late = fixture_dance(4, MIN(bars, 7), 40);

    partita_score_add_meter(waltz, (PartitaMeter){0, 4, 4});
    assert_untouched(waltz);
    partita_score_add_meter(late, (PartitaMeter){0, 4, 4});
    assert_untouched(late);
  }
}

static uint32_t
first_onset(const PartitaScore *score)
{
  uint32_t first = UINT32_MAX;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, t), &n);

    first = n > 0 ? MIN(first, notes[0].onset_ticks) : first;
  }
  return first;
}

static bool
has_line(const PartitaScore *score, uint32_t tick)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  for (guint i = 0; i < bars->len; ++i) {
    if (g_array_index(bars, PartitaBar, i).tick == tick)
      return true;
  }
  return false;
}

/* Law: what is decided where nothing may move are the bars that a repair gives,
 * and nothing has moved. */
static void
test_decide(void)
{
  static const uint32_t firsts[] = {0, PPQ, 2 * PPQ, 37, 220, 700};

  for (unsigned i = 0; i < 2 * G_N_ELEMENTS(firsts); ++i) {
    const unsigned beats = 3 + i % 2;
    g_autoptr(PartitaScore) score = fixture_dance(beats, 24, firsts[i / 2]);
    g_autofree char *reason = NULL;

    partita_score_add_meter(score, (PartitaMeter){0, 1, 4});

    g_autoptr(PartitaScore) moved = partita_score_copy(score);
    g_autoptr(PartitaScore) decided = partita_score_copy(score);

    g_assert_true(partita_score_repair_bars(moved, NULL));
    g_assert_true(partita_score_decide_bars(decided, &reason));
    g_assert_true(g_str_has_prefix(reason, "bars counted in "));

    const uint32_t from = first_onset(moved);
    const uint32_t to = first_onset(decided);
    g_autoptr(GArray) bars = partita_score_get_bars(decided);

    for (guint b = 1; b < bars->len; ++b) {
      const PartitaBar bar = g_array_index(bars, PartitaBar, b);

      g_assert_cmpuint(bar.numerator, ==, beats);
      g_assert_true(bar.tick + from < to ||
                    has_line(moved, bar.tick + from - to));
    }
    partita_score_clear_meters(decided);
    partita_score_add_meter(decided, (PartitaMeter){0, 1, 4});
    g_assert_true(partita_score_equal(score, decided));
  }
}

static void
test_decide_nothing(void)
{
  g_autoptr(PartitaScore) score = fixture_dance(4, 24, 0);
  g_autofree char *reason = NULL;

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});

  g_autoptr(PartitaScore) before = partita_score_copy(score);

  g_assert_false(partita_score_decide_bars(score, &reason));
  g_assert_null(reason);
  g_assert_true(partita_score_equal(score, before));
}

static void
test_no_evidence(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);

  partita_score_add_meter(score, (PartitaMeter){0, 1, 4});
  assert_untouched(score);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/repair/laws-random", test_laws_random);
  g_test_add_func("/corpus/repair/laws-dances", test_laws_dances);
  g_test_add_func("/corpus/repair/far-ticks", test_far_ticks);
  g_test_add_func("/corpus/repair/fragments", test_fragments);
  g_test_add_func("/corpus/repair/undeclared", test_undeclared);
  g_test_add_func("/corpus/repair/contradicted", test_contradicted);
  g_test_add_func("/corpus/repair/offset", test_offset);
  g_test_add_func("/corpus/repair/sensible", test_sensible);
  g_test_add_func("/corpus/repair/upbeat", test_upbeat);
  g_test_add_func("/corpus/repair/few-notes", test_few_notes);
  g_test_add_func("/corpus/repair/decide", test_decide);
  g_test_add_func("/corpus/repair/decide-nothing", test_decide_nothing);
  g_test_add_func("/corpus/repair/no-evidence", test_no_evidence);
  return g_test_run();
}
