// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include <compose/melody.h>

#define PPQ 240

/// A line with repeated notes, rests, and notes that lie on no grid.
static PartitaScore *
draw_melody(void)
{
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 73, "Flute");
  const int n = g_test_rand_int_range(1, 40);
  uint32_t tick = (uint32_t)g_test_rand_int_range(0, 300);
  uint8_t pitch = 70;

  partita_score_add_tempo(score, (PartitaTempo){0, 600000});
  partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
  partita_score_add_key(score, (PartitaKey){.sharps = -2});
  for (int i = 0; i < n; ++i) {
    const uint32_t length = (uint32_t)g_test_rand_int_range(20, 500);

    pitch = (uint8_t)CLAMP(pitch + g_test_rand_int_range(-4, 5), 50, 90);
    partita_track_add_note(track, (PartitaNote){tick, length, pitch, 90});
    tick += length + (uint32_t)g_test_rand_int_range(0, 3) * 60;
  }
  partita_score_sort(score);
  return score;
}

static void
assert_same_notes(const PartitaTrack *a, const PartitaTrack *b)
{
  size_t n = 0, m = 0;
  const PartitaNote *first = partita_track_get_notes(a, &n);
  const PartitaNote *second = partita_track_get_notes(b, &m);

  g_assert_cmpuint(n, ==, m);
  for (size_t i = 0; i < n; ++i) {
    g_assert_cmpuint(first[i].onset_ticks, ==, second[i].onset_ticks);
    g_assert_cmpuint(first[i].duration_ticks, ==, second[i].duration_ticks);
    g_assert_cmpuint(first[i].pitch, ==, second[i].pitch);
    g_assert_cmpuint(first[i].velocity, ==, second[i].velocity);
  }
}

/// The line under the name by which the scheme knows it.
static PartitaScore *
name_soprano(const PartitaScore *given)
{
  PartitaScore *score = partita_score_copy_frame(given);

  for (size_t t = 0; t < partita_score_get_n_tracks(given); ++t) {
    const PartitaTrack *from =
      partita_score_get_track((PartitaScore *)given, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(from, &n);

    partita_track_add_notes(
      partita_score_add_track(score, partita_track_get_program(from),
                              t == 0 ? "Soprano"
                                     : partita_track_get_name(from)),
      notes, n);
  }
  partita_score_sort(score);
  return score;
}

/// On the scheme's grid, no voice sounds over the first.
static void
assert_on_top(const PartitaComposer *composer, const PartitaScore *given)
{
  const PartitaScheme *scheme = partita_composer_get_scheme(composer);
  g_autoptr(PartitaScore) score = name_soprano(given);
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  const int rest = partita_scheme_find_token(scheme, "Rest");

  for (guint i = 1; i + 4 < ids->len; i += 4) {
    const uint16_t *step = &g_array_index(ids, uint16_t, i);

    for (size_t v = 1; v < 4; ++v)
      if (step[0] != rest && step[v] != rest)
        g_assert_cmpuint(step[v], <=, step[0]);
  }
}

/* Law: the given line, its tempo, metre and key stand in the piece as they
 * were; three voices are under it, and the same seed sets the same ones. */
static void
test_kept(gconstpointer data)
{
  g_autoptr(PartitaModel) model = make_tiny_model("grid", 4);
  partita_model_set_metadata(model, "transposition", data);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (int run = 0; run < 60; ++run) {
    g_autoptr(PartitaScore) melody = draw_melody();
    g_autoptr(GError) error = NULL;
    PartitaComposeOptions options;

    partita_compose_options_init(&options);
    options.melody = melody;
    options.seed = (uint64_t)run;
    g_autoptr(PartitaScore) score = partita_compose(composer, &options, &error);
    g_assert_no_error(error);
    g_autoptr(PartitaScore) again = partita_compose(composer, &options, NULL);

    g_assert_true(partita_score_equal(score, again));
    g_assert_cmpuint(partita_score_get_n_tracks(score), ==, 4);
    g_assert_cmpuint(partita_score_get_n_notes(score), >,
                     partita_score_get_n_notes(melody));
    assert_same_notes(partita_score_get_track(melody, 0),
                      partita_score_get_track(score, 0));
    assert_on_top(composer, score);

    size_t n = 0;
    g_assert_cmpuint(partita_score_get_tempos(score, &n)[0].us_per_quarter, ==,
                     600000);
    g_assert_cmpuint(partita_score_get_meters(score, &n)[0].numerator, ==, 3);
    g_assert_cmpint(partita_score_get_keys(score, &n)[0].sharps, ==, -2);
  }
}

/* Of many tracks the highest is the melody; in it, what begins under another
 * note falls away, what follows it does not; drums are none. */
static void
test_top_line(void)
{
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("grid", NULL, NULL);
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);
  PartitaTrack *bass = partita_score_add_track(score, 32, NULL);
  PartitaTrack *piano = partita_score_add_track(score, 0, NULL);
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);
  size_t n = 0;

  partita_track_add_note(bass, (PartitaNote){0, 960, 36, 80});
  partita_track_add_note(piano, (PartitaNote){0, 480, 60, 80});
  partita_track_add_note(piano, (PartitaNote){0, 480, 72, 80});
  partita_track_add_note(piano, (PartitaNote){240, 240, 64, 80});
  partita_track_add_note(piano, (PartitaNote){480, 240, 65, 80});
  partita_track_add_note(drums, (PartitaNote){0, 240, 120, 80});
  partita_score_sort(score);

  PartitaMelody *melody = partita_melody_new(scheme, score, false);
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(melody->given, 1), &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_cmpuint(notes[0].pitch, ==, 72);
  g_assert_cmpuint(notes[1].pitch, ==, 65);
  // A bar has sixteen steps; the bass goes on to the sixteenth.
  g_assert_cmpuint(partita_melody_count_bars(melody), ==, 1);
  partita_melody_free(melody);
}

static void
assert_refused(const PartitaComposer *composer,
               const PartitaComposeOptions *options,
               const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_compose(composer, options, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, words));
}

static void
test_refused(void)
{
  g_autoptr(PartitaModel) grid = make_tiny_model("grid", 4);
  g_autoptr(PartitaModel) remi = make_tiny_model("remi", 4);
  g_autoptr(PartitaComposer) voices = partita_composer_new(grid, NULL);
  g_autoptr(PartitaComposer) bars = partita_composer_new(remi, NULL);
  g_autoptr(PartitaScore) melody = draw_melody();
  g_autoptr(PartitaScore) silence = partita_score_new(PPQ);
  g_autoptr(PartitaScore) endless = partita_score_copy(melody);
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.melody = melody;
  assert_refused(bars, &options, "grid");
  options.primer = melody;
  assert_refused(voices, &options, "primer");
  options.primer = NULL;
  options.melody = silence;
  assert_refused(voices, &options, "no notes");
  partita_score_set_end(endless, PPQ * 4 * PARTITA_COMPOSE_BARS_MAX);
  options.melody = endless;
  assert_refused(voices, &options, "longer");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/compose/melody/kept", "random", test_kept);
  g_test_add_data_func("/compose/melody/kept-common", "common", test_kept);
  g_test_add_func("/compose/melody/top-line", test_top_line);
  g_test_add_func("/compose/melody/refused", test_refused);
  return g_test_run();
}
