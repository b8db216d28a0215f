// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "arranged.h"

#include <math.h>

/// Two tracks of one program, a bass and drums, off any grid, over the bar
/// lines, with a pedal; the first track is a line.
static PartitaScore *
draw_music(void)
{
  static const uint8_t programs[] = {40, 40, 33, PARTITA_PROGRAM_DRUMS};
  static const uint8_t bases[] = {72, 55, 36, 38};
  PartitaScore *score = partita_score_new(PPQ);

  partita_score_add_tempo(score, (PartitaTempo){0, 600000});
  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  for (size_t t = 0; t < G_N_ELEMENTS(programs); ++t) {
    PartitaTrack *track = partita_score_add_track(score, programs[t], NULL);

    for (uint32_t tick = (uint32_t)g_test_rand_int_range(0, 60);
         tick < N_BARS * BAR;
         tick += (uint32_t)g_test_rand_int_range(40, 500)) {
      const uint32_t length = (uint32_t)g_test_rand_int_range(20, 400);
      const uint8_t pitch = (uint8_t)(bases[t] + g_test_rand_int_range(0, 12));

      partita_track_add_note(
        track, (PartitaNote){tick, MIN(length, N_BARS * BAR - tick), pitch,
                             (uint8_t)g_test_rand_int_range(1, 128)});
    }
  }
  partita_track_add_pedal(partita_score_get_track(score, 1),
                          (PartitaPedal){100, true});
  partita_track_add_pedal(partita_score_get_track(score, 1),
                          (PartitaPedal){700, false});
  partita_score_set_end(score, N_BARS * BAR);
  partita_score_sort(score);
  return score;
}

static void
assert_kept(const PartitaArrangement *arrangement, const PartitaScore *score)
{
  g_autoptr(GArray) promises = partita_arrangement_measure(arrangement, score);

  g_assert_true(partita_promises_are_kept(promises));
}

/// That notes which begin from @from on, and before @to, end by then.
static void
assert_end_by(const PartitaScore *score, size_t t, uint32_t from, uint32_t to)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, t), &n);

  for (size_t i = 0; i < n; ++i)
    if (time_onset(notes[i].onset_ticks) >= from &&
        time_onset(notes[i].onset_ticks) < to)
      g_assert_cmpuint(notes[i].onset_ticks + notes[i].duration_ticks, <=, to);
}

/* Laws of infilling: outside the bars, and in tracks that are not named, every
 * note stays and none comes; what is new ends with the bars; each of them has a
 * note; the same seed gives the same piece. */
static void
test_infill(void)
{
  g_autoptr(PartitaModel) model = make_learnt_model(3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t i = 0; i < 12; ++i) {
    g_autoptr(PartitaScore) music = draw_music();
    const size_t first = (size_t)g_test_rand_int_range(0, N_BARS);
    const size_t n = (size_t)g_test_rand_int_range(1, N_BARS - (int)first + 1);
    const bool some[] = {true, false, i % 4 == 3, false};
    const bool *tracks = i % 2 == 0 ? NULL : some;
    g_autoptr(PartitaArrangement) arrangement =
      partita_arrangement_new_infill(music, first, n, tracks, NULL);
    g_autoptr(PartitaScore) filled = compose(composer, arrangement, i);
    g_autoptr(PartitaScore) again = compose(composer, arrangement, i);
    const uint32_t from = (uint32_t)first * BAR;
    const uint32_t to = (uint32_t)(first + n) * BAR;
    size_t inside = 0;

    g_assert_true(partita_score_equal(filled, again));
    assert_kept(arrangement, filled);
    g_assert_cmpuint(count_bars(filled), ==, N_BARS);
    for (size_t t = 0; t < partita_score_get_n_tracks(music); ++t) {
      const bool open = tracks == NULL || tracks[t];

      g_assert_cmpuint(count_in(filled, t, 0, from), ==,
                       count_in(music, t, 0, from));
      g_assert_cmpuint(count_in(filled, t, to, UINT32_MAX), ==,
                       count_in(music, t, to, UINT32_MAX));
      if (open)
        assert_end_by(filled, t, from, to);
      else
        g_assert_cmpuint(count_in(filled, t, from, to), ==,
                         count_in(music, t, from, to));
      inside += count_in(filled, t, from, to);
    }
    if (tracks == NULL)
      for (uint32_t tick = from; tick < to; tick += BAR)
        for (size_t t = 0, in = 0; t < 4; ++t) {
          in += count_in(filled, t, tick, tick + BAR);
          g_assert_true(t < 3 || in > 0);
        }
    g_assert_cmpuint(inside, >, 0);
  }
}

/// Laws: nothing of a variation of strength 0 changes, nothing of one of
/// strength 1 is given, and of others what was not taken out stays.
static void
test_variation(void)
{
  g_autoptr(PartitaModel) model = make_learnt_model(4);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t i = 0; i < 6; ++i) {
    g_autoptr(PartitaScore) music = draw_music();
    g_autoptr(PartitaArrangement) none =
      partita_arrangement_new_variation(music, 0.0, i, NULL);
    g_autoptr(PartitaArrangement) half =
      partita_arrangement_new_variation(music, 0.5, i, NULL);
    g_autoptr(PartitaArrangement) all =
      partita_arrangement_new_variation(music, 1.0, i, NULL);
    g_autoptr(PartitaScore) same = compose(composer, none, i);
    g_autoptr(PartitaScore) varied = compose(composer, half, i);
    const size_t kept =
      partita_score_get_n_notes(partita_arrangement_get_given(half));

    g_assert_true(partita_score_equal(same, music));
    g_assert_cmpuint(
      partita_score_get_n_notes(partita_arrangement_get_given(all)), ==, 0);
    g_assert_cmpuint(kept, >, 0);
    g_assert_cmpuint(kept, <, partita_score_get_n_notes(music));
    assert_kept(half, varied);
    g_assert_cmpuint(partita_score_get_n_notes(varied), >, kept);
  }
}

/// The most notes of a track in one bar.
static size_t
count_fullest(const PartitaScore *score)
{
  size_t most = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    for (uint32_t bar = 0; bar < N_BARS; ++bar)
      most = MAX(most, count_in(score, t, bar * BAR, (bar + 1) * BAR));
  return most;
}

/* Law: of a variation that share of the notes is taken out which was asked for,
 * to within those of one bar. */
static void
test_strength(void)
{
  for (uint64_t seed = 0; seed < 200; ++seed) {
    g_autoptr(PartitaScore) music = draw_music();
    const double strength = g_test_rand_double();
    g_autoptr(PartitaArrangement) arrangement =
      partita_arrangement_new_variation(music, strength, seed, NULL);
    const double all = (double)partita_score_get_n_notes(music);
    const double taken = all - (double)partita_score_get_n_notes(
                                 partita_arrangement_get_given(arrangement));

    g_assert_cmpfloat(fabs(taken - strength * all), <=,
                      (double)count_fullest(music));
  }
}

/// That no bar of a track has notes on its last position, which is no part of a
/// beat.
static void
assert_no_heap(const PartitaTrack *track)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i)
    g_assert_cmpuint(notes[i].onset_ticks % BAR, <, BAR - PPQ / 12);
}

/* Laws of accompanying: all that was there stays, each instrument that was
 * asked for plays, never silent for more than a bar between two that it could
 * play in, and none of its notes is in the tracks that were there, or heaped on
 * the end of a bar. */
static void
test_accompaniment(void)
{
  g_autoptr(PartitaModel) model = make_learnt_model(5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaGroup groups[2];

  g_assert_true(partita_parse_group("piano", &groups[0]));
  g_assert_true(partita_parse_group("strings", &groups[1]));
  for (uint64_t i = 0; i < 8; ++i) {
    g_autoptr(PartitaScore) music = draw_music();
    g_autoptr(PartitaArrangement) arrangement =
      partita_arrangement_new_accompaniment(music, groups, 2, NULL);
    g_autoptr(PartitaScore) joined = compose(composer, arrangement, i);
    const size_t n = partita_score_get_n_tracks(music);

    assert_kept(arrangement, joined);
    g_assert_cmpuint(partita_score_get_n_tracks(joined), ==, n + 2);
    for (size_t t = 0; t < n; ++t)
      g_assert_cmpuint(count_in(joined, t, 0, UINT32_MAX), ==,
                       count_in(music, t, 0, UINT32_MAX));
    for (size_t t = n; t < n + 2; ++t) {
      g_assert_cmpint(
        partita_track_get_program(partita_score_get_track(joined, t)), !=, 40);
      assert_no_heap(partita_score_get_track(joined, t));
      for (uint32_t bar = 0; bar + 1 < N_BARS; ++bar)
        g_assert_cmpuint(count_in(joined, t, bar * BAR, (bar + 2) * BAR), >, 0);
    }
  }
}

static unsigned
count_sounding(const PartitaTrack *track, uint32_t at, unsigned below)
{
  size_t n = 0;
  unsigned sounding = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i)
    if (notes[i].onset_ticks <= at &&
        at < notes[i].onset_ticks + notes[i].duration_ticks) {
      ++sounding;
      g_assert_cmpuint(notes[i].pitch, <, below);
    }
  return sounding;
}

/* Laws of a harmony, over a line on the grid: the line stays; where a note of
 * it begins exactly three voices sound, all under it; never more than three. */
static void
test_harmony(void)
{
  g_autoptr(PartitaModel) model = make_learnt_model(6);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t i = 0; i < 12; ++i) {
    g_autoptr(PartitaScore) music = partita_score_new(480);
    PartitaTrack *line = partita_score_add_track(music, 73, "Flute");
    uint32_t tick = 480 * (uint32_t)g_test_rand_int_range(0, 3);

    for (int k = 0; k < 30; ++k) {
      const uint32_t length = 120 * (uint32_t)g_test_rand_int_range(1, 9);

      partita_track_add_note(
        line, (PartitaNote){tick, length,
                            (uint8_t)g_test_rand_int_range(46, 90), 80});
      tick += length + 240 * (uint32_t)g_test_rand_int_range(0, 2);
    }

    g_autoptr(PartitaArrangement) arrangement =
      partita_arrangement_new_harmony(music, NULL);
    g_autoptr(PartitaScore) set = compose(composer, arrangement, i);
    const PartitaTrack *voices = partita_score_get_track(set, 1);
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(set, 0), &n);

    assert_kept(arrangement, set);
    g_assert_cmpuint(n, ==, 30);
    g_assert_cmpuint(partita_score_get_n_tracks(set), ==, 2);
    for (size_t k = 0; k < n; ++k)
      g_assert_cmpuint(
        count_sounding(voices, notes[k].onset_ticks, notes[k].pitch), ==, 3);
    for (uint32_t at = 0; at < tick; at += 40)
      g_assert_cmpuint(count_sounding(voices, at, 128), <=, 3);
  }
}

/* Laws of a loop: exactly the bars asked for, in none of which nothing sounds,
 * and what begins in them ends in them; controls hold. */
static void
test_loop(void)
{
  g_autoptr(PartitaModel) model = make_learnt_model(7);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t i = 0; i < 8; ++i) {
    PartitaComposeOptions options;
    PartitaControls controls;
    g_autoptr(GError) error = NULL;
    const size_t bars = i == 0 ? 1 : (size_t)g_test_rand_int_range(1, 12);

    partita_compose_options_init(&options);
    partita_controls_init(&controls);
    controls.fill = true;
    g_assert_true(partita_controls_set(&controls, "key", "D minor", NULL));
    g_assert_true(partita_controls_set(&controls, "meter", "3/4", NULL));
    if (i % 2 == 0)
      g_assert_true(partita_controls_set(&controls, "polyphony", "3", NULL));
    options.controls = &controls;
    options.bars = bars;
    options.seed = i;

    g_autoptr(PartitaScore) loop =
      partita_compose_loop(composer, &options, &error);

    g_assert_no_error(error);
    controls.loop = true;

    g_autoptr(GArray) promises =
      partita_controls_measure(&controls, loop, bars);

    for (guint p = 0; p < promises->len; ++p) {
      const PartitaPromise *promise =
        &g_array_index(promises, PartitaPromise, p);
      g_autofree char *words = partita_promise_describe(promise);

      if (!promise->kept)
        g_error("broken: %s", words);
    }
  }
}

static void
assert_refused(const PartitaArrangement *arrangement, GError **error)
{
  g_assert_null(arrangement);
  g_assert_error(*error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_clear_error(error);
}

static void
test_refusals(void)
{
  g_autoptr(PartitaScore) music = draw_music();
  g_autoptr(PartitaScore) empty = partita_score_new(480);
  g_autoptr(PartitaScore) low = partita_score_new(480);
  g_autoptr(GError) error = NULL;
  const bool none[4] = {false};
  PartitaGroup strings, drums;

  g_assert_true(partita_parse_group("violin", &strings));
  g_assert_true(partita_parse_group("drums", &drums));
  partita_track_add_note(partita_score_add_track(low, 0, NULL),
                         (PartitaNote){0, 480, 45, 64});
  assert_refused(partita_arrangement_new_infill(music, N_BARS, 1, NULL, &error),
                 &error);
  assert_refused(partita_arrangement_new_infill(music, 3, N_BARS, NULL, &error),
                 &error);
  assert_refused(partita_arrangement_new_infill(music, 0, 0, NULL, &error),
                 &error);
  assert_refused(partita_arrangement_new_infill(music, 0, 1, none, &error),
                 &error);
  assert_refused(partita_arrangement_new_infill(empty, 0, 1, NULL, &error),
                 &error);
  assert_refused(partita_arrangement_new_variation(music, 1.1, 0, &error),
                 &error);
  assert_refused(partita_arrangement_new_variation(music, NAN, 0, &error),
                 &error);
  assert_refused(
    partita_arrangement_new_accompaniment(music, &strings, 1, &error), &error);
  assert_refused(
    partita_arrangement_new_accompaniment(music, &drums, 1, &error), &error);
  assert_refused(partita_arrangement_new_harmony(empty, &error), &error);
  assert_refused(partita_arrangement_new_harmony(low, &error), &error);
}

/// Models that have not learnt it say so.
static void
test_unlearnt(void)
{
  static const char *const schemes[] = {"remi", "performance", "grid"};
  g_autoptr(PartitaScore) music = draw_music();
  g_autoptr(PartitaArrangement) arrangement =
    partita_arrangement_new_infill(music, 2, 2, NULL, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    g_autoptr(PartitaModel) model = make_tiny_model(schemes[i], 1);
    g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
    PartitaComposeOptions options;
    g_autoptr(GError) error = NULL;

    partita_compose_options_init(&options);
    options.arrangement = arrangement;
    g_assert_null(partita_compose(composer, &options, &error));
    g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  }
}

int
main(int argc, char *argv[])
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/arrange/infill", test_infill);
  g_test_add_func("/compose/arrange/variation", test_variation);
  g_test_add_func("/compose/arrange/strength", test_strength);
  g_test_add_func("/compose/arrange/accompaniment", test_accompaniment);
  g_test_add_func("/compose/arrange/harmony", test_harmony);
  g_test_add_func("/compose/arrange/loop", test_loop);
  g_test_add_func("/compose/arrange/refusals", test_refusals);
  g_test_add_func("/compose/arrange/unlearnt", test_unlearnt);
  return g_test_run();
}
