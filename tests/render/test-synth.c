// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "render-fixture.h"

#include <math.h>

#define RATE 44100.0

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = fixture_folder();
  f->path = g_build_filename(f->folder, "out.wav", NULL);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  g_free(f->path);
  g_assert_true(fixture_remove(f->folder, 2)); // the SoundFont and the sound
}

static float *
play(const Fixture *f,
     const PartitaScore *score,
     const char *font,
     uint64_t *frames)
{
  PartitaRenderOptions options;
  g_autoptr(GError) error = NULL;

  partita_render_options_init(&options);
  options.soundfont = font;
  options.format = PARTITA_SAMPLE_FLOAT;
  (void)partita_render_file(score, f->path, &options, NULL, &error);
  g_assert_no_error(error);
  return fixture_sound(f->path, frames);
}

/// Asserts that at each onset of the score a click is heard, on time.
static void
assert_onsets(const PartitaScore *score, const float *sound, uint64_t frames)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const double exact =
        partita_tempo_map_seconds(map, notes[i].onset_ticks) * RATE;
      const uint64_t from = exact < 500.0 ? 0 : (uint64_t)exact - 500;
      const double heard = (double)fixture_onset(sound, frames, from, 0.2f);

      // Half a block, and FluidSynth's shortest attack of 1 ms.
      g_assert_cmpfloat(heard, >=, exact - 33.0);
      g_assert_cmpfloat(heard, <=, exact + 33.0 + 64.0);
    }
  }
}

/* Law: no error adds up, however often the tempo changes. */
static void
test_onsets(Fixture *f, gconstpointer data)
{
  g_autofree char *font = fixture_soundfont(f->folder, 0, 0, 30000);
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  uint64_t frames;

  (void)data;
  for (uint32_t i = 0; i < 1000; ++i)
    partita_score_add_tempo(
      score,
      (PartitaTempo){i * 37, (uint32_t)g_test_rand_int_range(60001, 499999)});
  for (uint32_t i = 0; i <= 39; ++i)
    partita_track_add_note(track, (PartitaNote){i * 950 + 3, 40, 60, 100});
  partita_score_sort(score);

  g_autofree float *sound = play(f, score, font, &frames);

  assert_onsets(score, sound, frames);
}

/* Law: each of many tracks is heard; the tenth is not taken for drums. */
static void
test_many_tracks(Fixture *f, gconstpointer data)
{
  const unsigned n = GPOINTER_TO_UINT(data);
  g_autofree char *font = fixture_soundfont(f->folder, 0, 0, 30000);
  g_autoptr(PartitaScore) score = partita_score_new(480);
  uint64_t frames;

  for (uint32_t i = 0; i < n; ++i) {
    PartitaTrack *track = partita_score_add_track(score, i % 128, NULL);

    partita_track_add_note(track, (PartitaNote){i * 48, 24, 60, 100});
  }

  g_autofree float *sound = play(f, score, font, &frames);

  // Every 50 ms a click, the last as well.
  assert_onsets(score, sound, frames);
}

/* A program that is not there is played by what is there. */
static void
test_fallback(Fixture *f, gconstpointer data)
{
  const int there = GPOINTER_TO_INT(data);
  g_autofree char *font = fixture_soundfont(f->folder, 0, there, 30000);
  g_autoptr(PartitaScore) score = fixture_score(44, 3);
  uint64_t frames;
  g_autofree float *sound = play(f, score, font, &frames);

  assert_onsets(score, sound, frames);
}

static void
test_drums(Fixture *f, gconstpointer data)
{
  g_autofree char *font = fixture_soundfont(f->folder, 128, 0, 30000);
  g_autoptr(PartitaScore) score = fixture_score(PARTITA_PROGRAM_DRUMS, 3);
  uint64_t frames;

  (void)data;

  g_autofree float *sound = play(f, score, font, &frames);

  assert_onsets(score, sound, frames);
}

/* Drums are not played by an instrument: that would be noise. */
static void
test_no_drums(Fixture *f, gconstpointer data)
{
  g_autofree char *font = fixture_soundfont(f->folder, 0, 0, 30000);
  g_autoptr(PartitaScore) score = fixture_score(PARTITA_PROGRAM_DRUMS, 3);
  g_autoptr(GError) error = NULL;
  PartitaRenderOptions options;

  (void)data;
  partita_render_options_init(&options);
  options.soundfont = font;
  g_assert_true(g_file_set_contents(f->path, "old", 3, NULL));
  g_assert_false(partita_render_file(score, f->path, &options, NULL, &error));
  g_assert_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SILENT);
}

/// Mean level of the second that follows @tick's time.
static double
level_after(const float *sound, double seconds)
{
  const size_t from = (size_t)(seconds * RATE);
  double sum = 0.0;

  for (size_t i = 2 * from; i < 2 * (from + 4410); ++i)
    sum += fabs((double)sound[i]);
  return sum;
}

/// An organ, which sounds as long as its key or the pedal is down.
static PartitaScore *
organ_score(void)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 19, NULL);

  partita_track_add_note(track, (PartitaNote){0, 960, 60, 100});
  partita_score_set_end(score, 3 * 960);
  return score;
}

/* The pedal holds a note until it rises, and no longer than the piece. */
static void
test_pedal(Fixture *f, gconstpointer data)
{
  g_autofree char *unused = fixture_soundfont(f->folder, 0, 0, 1);
  g_autoptr(PartitaScore) bare = organ_score();
  g_autoptr(PartitaScore) held = organ_score();
  uint64_t frames;

  (void)data;
  partita_track_add_pedal(partita_score_get_track(held, 0),
                          (PartitaPedal){0, true});

  g_autofree float *without = play(f, bare, fixture_small_soundfont(), &frames);
  g_autofree float *with = play(f, held, fixture_small_soundfont(), &frames);

  g_assert_cmpfloat(level_after(without, 2.0), <,
                    0.05 * level_after(without, 0.5));
  g_assert_cmpfloat(level_after(with, 2.0), >, 0.5 * level_after(with, 0.5));
  g_assert_cmpuint(frames, <, (uint64_t)(8.0 * RATE));
}

/* Of two notes on one key the longer is heard out. */
static void
test_overlap(Fixture *f, gconstpointer data)
{
  g_autofree char *unused = fixture_soundfont(f->folder, 0, 0, 1);
  g_autoptr(PartitaScore) score = organ_score();
  PartitaTrack *track = partita_score_get_track(score, 0);
  uint64_t frames;

  (void)data;
  partita_track_add_note(track, (PartitaNote){480, 2 * 960, 60, 100});
  partita_score_sort(score);

  g_autofree float *sound = play(f, score, fixture_small_soundfont(), &frames);

  g_assert_cmpfloat(level_after(sound, 2.0), >, 0.5 * level_after(sound, 0.6));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(path, data, test)                                                  \
  g_test_add("/render/synth/" path, Fixture, data, set_up, test, tear_down)
  ADD("onsets", NULL, test_onsets);
  ADD("tracks-40", GUINT_TO_POINTER(40), test_many_tracks);
  ADD("tracks-256", GUINT_TO_POINTER(256), test_many_tracks);
  ADD("tracks-300", GUINT_TO_POINTER(300), test_many_tracks);
  ADD("fallback/family", GINT_TO_POINTER(41), test_fallback);
  ADD("fallback/piano", GINT_TO_POINTER(0), test_fallback);
  ADD("fallback/any", GINT_TO_POINTER(99), test_fallback);
  ADD("drums", NULL, test_drums);
  ADD("no-drums", NULL, test_no_drums);
  ADD("pedal", NULL, test_pedal);
  ADD("overlap", NULL, test_overlap);
  return g_test_run();
}
