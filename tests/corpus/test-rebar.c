// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/rebar.h>
#include <math.h>
#include <partita/corpus.h>

#define BARS 24

/// Chords of a bar over eighths in 3/4; a tick is a millisecond, the tempo
/// drifts by a sixth, and nobody says so.
static PartitaScore *
play_waltz(uint8_t program)
{
  static const uint8_t roots[] = {48, 53, 55, 48};
  PartitaScore *score = partita_score_new(500);
  PartitaTrack *track = partita_score_add_track(score, program, NULL);
  double at_ms = 700.0;

  for (uint32_t eighth = 0; eighth < 6 * BARS; ++eighth) {
    const double length_ms = 260.0 + 40.0 * sin(eighth / 40.0);
    const uint8_t root = roots[eighth / 6 % 4];
    const uint32_t onset = (uint32_t)lround(at_ms);
    const uint32_t length = (uint32_t)length_ms;

    if (eighth % 6 == 0)
      partita_track_add_note(
        track, (PartitaNote){onset, 5 * length, (uint8_t)(root - 12), 100});
    else if (eighth % 2 == 0)
      partita_track_add_note(
        track, (PartitaNote){onset, length, (uint8_t)(root + 4), 60});
    partita_track_add_note(
      track,
      (PartitaNote){onset, length, (uint8_t)(root + 16 + eighth % 3), 70});
    at_ms += length_ms;
  }
  partita_score_sort(score);
  return score;
}

static PartitaScore *
play_at_random(void)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  uint32_t onset = 0;

  for (int i = 0; i < 600; ++i) {
    onset += (uint32_t)g_test_rand_int_range(10, 300);
    partita_track_add_note(
      track,
      (PartitaNote){onset, 200, (uint8_t)g_test_rand_int_range(40, 80), 80});
  }
  partita_score_sort(score);
  return score;
}

/// The same music in written ticks: sixteenths, triplets and a quintuplet.
static PartitaScore *
write_down(void)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  for (uint32_t beat = 0; beat < 60; ++beat) {
    const uint32_t parts = beat % 3 == 0 ? 5 : beat % 3 == 1 ? 6 : 7;

    for (uint32_t i = 0; i < parts; ++i)
      partita_track_add_note(track,
                             (PartitaNote){480 * beat + 480 * i / parts, 60,
                                           (uint8_t)(60 + i + beat % 4), 80});
  }
  partita_score_sort(score);
  return score;
}

static void
assert_at_the_same_time(const PartitaScore *a, const PartitaScore *b)
{
  g_autoptr(PartitaTempoMap) map_a = partita_tempo_map_new(a);
  g_autoptr(PartitaTempoMap) map_b = partita_tempo_map_new(b);
  size_t n_a = 0;
  size_t n_b = 0;
  const PartitaNote *x =
    partita_track_get_notes(partita_score_get_track(a, 0), &n_a);
  const PartitaNote *y =
    partita_track_get_notes(partita_score_get_track(b, 0), &n_b);
  const double origin_s = partita_tempo_map_seconds(map_b, y[0].onset_ticks) -
                          partita_tempo_map_seconds(map_a, x[0].onset_ticks);

  g_assert_cmpuint(n_a, ==, n_b);
  for (size_t i = 0; i < n_a; ++i) {
    g_assert_cmpuint(x[i].pitch, ==, y[i].pitch);
    g_assert_cmpfloat_with_epsilon(
      partita_tempo_map_seconds(map_a, x[i].onset_ticks) + origin_s,
      partita_tempo_map_seconds(map_b, y[i].onset_ticks), 0.002);
    g_assert_cmpfloat_with_epsilon(
      partita_tempo_map_seconds(map_a, x[i].onset_ticks + x[i].duration_ticks) +
        origin_s,
      partita_tempo_map_seconds(map_b, y[i].onset_ticks + y[i].duration_ticks),
      0.002);
  }
}

/* A live piece is counted in its beats: its notes fall on the grid, at the
 * times they had, and its metre can be read. */
static void
test_live(void)
{
  g_autoptr(PartitaScore) played = play_waltz(0);
  g_autoptr(PartitaScore) counted = partita_score_copy(played);
  g_autofree char *reason = NULL;
  double before = 0.0;
  double after = 0.0;
  size_t n = 0;

  g_assert_cmpint(partita_rebar(&counted, &before, &after), ==,
                  PARTITA_REBAR_DONE);
  g_assert_cmpfloat(before, <=, 0.3);
  g_assert_cmpfloat(after, >=, 0.8);
  assert_at_the_same_time(played, counted);
  g_assert_true(partita_score_repair_bars(counted, &reason));
  const PartitaMeter *meters = partita_score_get_meters(counted, &n);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpuint(meters[0].numerator % 3, ==, 0);
  assert_at_the_same_time(played, counted);

  // What is counted already is left alone.
  g_assert_cmpint(partita_rebar(&counted, &before, &after), ==,
                  PARTITA_REBAR_KEPT);
}

/* Where no beats are, and where ticks are right, nothing is changed. */
static void
test_left_alone(void)
{
  const struct {
    PartitaScore *score;
    PartitaRebar expected;
  } cases[] = {
    {play_at_random(), PARTITA_REBAR_IN_VAIN},
    {write_down(), PARTITA_REBAR_KEPT},
    {play_waltz(PARTITA_PROGRAM_DRUMS), PARTITA_REBAR_KEPT},
    {partita_score_new(480), PARTITA_REBAR_KEPT},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autoptr(PartitaScore) score = partita_score_copy(cases[i].score);
    double before = 0.0;
    double after = 0.0;

    g_assert_cmpint(partita_rebar(&score, &before, &after), ==,
                    cases[i].expected);
    g_assert_true(partita_score_equal(score, cases[i].score));
    partita_score_free(cases[i].score);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/rebar/live", test_live);
  g_test_add_func("/corpus/rebar/left-alone", test_left_alone);
  return g_test_run();
}
