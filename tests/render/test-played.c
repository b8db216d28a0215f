// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What is heard of a MIDI file. */

#include "../midi/midi-bytes.h"
#include "../midi/random-score.h"
#include "render-fixture.h"

#include <math.h>

#define RATE 22050

typedef struct {
  char *folder;
  char *path;
  bool own_font; // in the folder
  PartitaRenderOptions options;
  PartitaRenderReport report;
  uint64_t frames;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = fixture_folder();
  f->path = g_build_filename(f->folder, "out.wav", NULL);
  partita_render_options_init(&f->options);
  f->options.rate = RATE;
  f->options.soundfont = fixture_small_soundfont();
  f->options.format = PARTITA_SAMPLE_FLOAT;
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_true(fixture_remove(f->folder, f->own_font ? 2 : 1));
  partita_render_report_clear(&f->report);
  g_free(f->path);
}

static bool
render(Fixture *f, const uint8_t *data, size_t size, GError **error)
{
  g_autoptr(GArray) messages = partita_midi_read_messages(data, size, NULL);
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, NULL, NULL);

  g_assert_nonnull(messages);
  g_assert_nonnull(score);
  partita_render_report_clear(&f->report);
  return partita_render_messages(score, messages, f->path, &f->options,
                                 &f->report, error);
}

/// The sound of a file of 96 ticks a quarter, half a second each.
static float *
play(Fixture *f, const GByteArray *bytes)
{
  g_autoptr(GError) error = NULL;

  (void)render(f, bytes->data, bytes->len, &error);
  g_assert_no_error(error);
  return fixture_sound(f->path, &f->frames);
}

static float *
play_track(Fixture *f, const char *hex)
{
  g_autoptr(GByteArray) bytes = make_simple(hex);

  return play(f, bytes);
}

/// The sound of a file with two tracks.
static float *
play_tracks(Fixture *f, const char *first, const char *second)
{
  g_autoptr(GByteArray) bytes = make_file(1, 2, 96);

  put_chunk(bytes, "MTrk", first);
  put_chunk(bytes, "MTrk", second);
  return play(f, bytes);
}

static void
assert_equal(const float *a, uint64_t n_a, const float *b, uint64_t n_b)
{
  g_assert_cmpuint(n_a, ==, n_b);
  g_assert_true(memcmp(a, b, n_a * 2 * sizeof *a) == 0);
}

static void
assert_same(Fixture *f, const char *a, const char *b)
{
  g_autofree float *first = play_track(f, a);
  const uint64_t frames = f->frames;
  g_autofree float *second = play_track(f, b);

  assert_equal(first, frames, second, f->frames);
}

static void
assert_differ(Fixture *f, const char *a, const char *b)
{
  g_autofree float *first = play_track(f, a);
  const uint64_t frames = f->frames;
  g_autofree float *second = play_track(f, b);

  g_assert_true(frames != f->frames || memcmp(first, second, frames * 8) != 0);
}

/// The level of one side for a tenth of a second.
static double
level(const float *sound, double seconds, int side)
{
  const size_t from = (size_t)(seconds * RATE);
  double sum = 0.0;

  for (size_t i = from; i < from + RATE / 10; ++i)
    sum += fabs((double)sound[2 * i + (size_t)side]);
  return sum;
}

/// The pitch of a plain tone, by how often a third of a second crosses zero.
static double
pitch(const float *sound, double seconds)
{
  const size_t from = (size_t)(seconds * RATE);
  unsigned n = 0;

  for (size_t i = from; i < from + RATE / 3; ++i)
    n += sound[2 * i] < 0.0f && sound[2 * i + 2] >= 0.0f;
  return n * 3.0;
}

static void
assert_semitones(double from, double to, double semitones)
{
  g_assert_cmpfloat_with_epsilon(12.0 * log2(to / from), semitones, 0.5);
}

/* An ocarina, which is nearly a sine; 4 quarters of one note. */
#define OCARINA "00 C04F "
#define LONG_NOTE "00 904864 8300 804840 "

/* Law: a file that we wrote plays as the score that it was written from, to the
 * bit, however its notes overlap. */
static void
test_own(Fixture *f, gconstpointer data)
{
  g_autoptr(PartitaScore) score = random_score();
  g_autoptr(GBytes) bytes = NULL;
  gsize size = 0;
  uint64_t frames;

  (void)data;
  while (partita_score_get_n_notes(score) == 0 ||
         partita_score_get_end(score) > 60000) {
    partita_score_free(score);
    score = random_score();
  }
  partita_score_clear_tempos(score);
  partita_score_sort(score);
  g_assert_true(
    partita_render_file(score, f->path, &f->options, &f->report, NULL));

  g_autofree float *expected = fixture_sound(f->path, &frames);

  bytes = partita_midi_write(score, NULL);
  g_assert_true(
    render(f, g_bytes_get_data(bytes, &size), g_bytes_get_size(bytes), NULL));

  g_autofree float *sound = fixture_sound(f->path, &f->frames);

  assert_equal(sound, f->frames, expected, frames);
}

static void
test_volume(Fixture *f, gconstpointer data)
{
  const char *control = data;
  g_autofree char *hex =
    g_strdup_printf("00 C010 00 904864 8140 B0%s10 8140 804840" END, control);
  g_autofree float *sound = play_track(f, hex);

  g_assert_cmpfloat(level(sound, 1.5, 0), <, 0.1 * level(sound, 0.5, 0));
  g_assert_cmpfloat(level(sound, 1.5, 0), >, 0.0);
}

static void
test_pan(Fixture *f, gconstpointer data)
{
  (void)data;
  g_autofree float *left = play_track(f, OCARINA "00 B00A00 " LONG_NOTE END);
  g_autofree float *right = play_track(f, OCARINA "00 B00A7F " LONG_NOTE END);

  g_assert_cmpfloat(level(left, 0.5, 0), >, 1.5 * level(left, 0.5, 1));
  g_assert_cmpfloat(level(right, 0.5, 1), >, 1.5 * level(right, 0.5, 0));
}

/* A bend of 2 semitones, and of 12 where the file asks for that range. */
static void
test_bend(Fixture *f, gconstpointer data)
{
  g_autofree float *narrow =
    play_track(f, OCARINA "00 904864 8140 E07F7F 8140 E00040 8140 804840" END);
  const double plain = pitch(narrow, 0.5);
  g_autofree float *wide =
    play_track(f, OCARINA "00 B06500 00 B06400 00 B0060C" LONG_NOTE
                          "00 E07F7F 00 904864 8140 804840" END);

  (void)data;
  assert_semitones(plain, pitch(narrow, 1.5), 2.0);
  assert_semitones(plain, pitch(narrow, 2.5), 0.0);
  assert_semitones(plain, pitch(wide, 0.5), 0.0);
  assert_semitones(plain, pitch(wide, 2.5), 12.0);
}

static void
test_tuning(Fixture *f, gconstpointer data)
{
  g_autofree float *plain = play_track(f, OCARINA LONG_NOTE END);
  g_autofree float *tuned =
    play_track(f, OCARINA "00 B06500 00 B06402 00 B00645" LONG_NOTE END);

  (void)data;
  assert_semitones(pitch(plain, 0.5), pitch(tuned, 0.5), 5.0);
}

/* Whatever else a file says of a note is heard. */
static void
test_expressive(Fixture *f, gconstpointer data)
{
  (void)data;
  assert_differ(f, OCARINA LONG_NOTE END, OCARINA "00 B0017F" LONG_NOTE END);
  assert_differ(f, OCARINA LONG_NOTE END, OCARINA "00 D07F" LONG_NOTE END);
  assert_differ(f, OCARINA LONG_NOTE END, OCARINA "00 B05B7F" LONG_NOTE END);
  assert_differ(
    f, OCARINA "00 904864 00 B0427F 60 804840 60 903064 8300 803040" END,
    OCARINA "00 904864 00 B04200 60 804840 60 903064 8300 803040" END);
}

#define DRUM_NOTE(on, off)                                                     \
  "00 " on "2464 60 " off "2440 60 " on "2664 60 " off "2640"

static void
test_kits(Fixture *f, gconstpointer data)
{
  (void)data;
  assert_differ(f, "00 C900" DRUM_NOTE("99", "89") END,
                "00 C919" DRUM_NOTE("99", "89") END);
  assert_differ(f, "00 C900" DRUM_NOTE("99", "89") END,
                "00 C928" DRUM_NOTE("99", "89") END);
}

/* Law: drums sound the same on every channel that plays them, however the file
 * says so, and so does an instrument on the tenth. */
static void
test_drums(Fixture *f, gconstpointer data)
{
  const char *drums = "00 C919" DRUM_NOTE("99", "89") END;
  const char *instrument = "00 C028 00 904864 60 804840" END;

  (void)data;
  assert_same(f, drums, "00 BF007F 00 CF19" DRUM_NOTE("9F", "8F") END);
  assert_same(f, drums,
              "00 F00843104C00007E00F7 00 BF007E 00 CF19" DRUM_NOTE("9F", "8F")
                END);
  assert_same(f, drums,
              "00 F00A41104212401115021 8F7 00 C019" DRUM_NOTE("90", "80") END);
  assert_same(f, drums,
              "00 C019 00 F00A411042124011150218F7" DRUM_NOTE("90", "80") END);
  assert_same(f, drums,
              "00 F00843104C08 02 07 02 F7 00 C219" DRUM_NOTE("92", "82") END);
  assert_same(f, instrument,
              "00 F00A41104212401015001BF7 00 C928 00 994864 60 894840" END);
  assert_same(f, instrument,
              "00 F00843104C00007E00F7 00 B90000 00 C928 00 "
              "994864 60 894840" END);
}

/* A program of a later track holds for the notes that begin with it. */
static void
test_later_track(Fixture *f, gconstpointer data)
{
  g_autofree float *later =
    play_tracks(f, "00 904864 60 804840" END, "00 C038" END);
  const uint64_t frames = f->frames;
  g_autofree float *first = play_track(f, "00 C038 00 904864 60 804840" END);

  (void)data;
  assert_equal(first, f->frames, later, frames);
}

/* Notes end by "all notes off" and "all sound off", which leaves no tail. */
static void
test_notes_off(Fixture *f, gconstpointer data)
{
  const char *control = data;
  g_autofree char *hex = g_strdup_printf(
    "00 C010 00 904864 60 B0%s00 8240 903064 60 803040" END, control);
  g_autofree float *sound = play_track(f, hex);

  g_assert_cmpfloat(level(sound, 1.2, 0), <, 0.05 * level(sound, 0.3, 0));
}

/* A note that nobody ends is heard to the end of the piece, not for ever. */
static void
test_hanging(Fixture *f, gconstpointer data)
{
  g_autofree float *sound = play_track(f, "00 C010 00 904864 8300 FF2F00");

  (void)data;
  g_assert_cmpfloat(level(sound, 1.7, 0), >, 0.25 * level(sound, 0.5, 0));
  g_assert_cmpuint(f->frames, <, 5 * RATE);
}

/* After a reset, whoever's, all is as at the beginning: level, pitch, program.
 */
static void
test_reset(Fixture *f, gconstpointer data)
{
  const char *reset = data;
  g_autofree char *hex = g_strdup_printf(
    "00 C010 00 B00701 00 E07F7F 60 %s 00 904864 8140 804840" END, reset);

  f->options.gain = 0.5;
  g_autofree float *after = play_track(f, hex);
  g_autofree float *plain = play_track(f, "60 904864 8140 804840" END);

  for (double seconds = 0.55; seconds < 1.4; seconds += 0.1)
    g_assert_cmpfloat_with_epsilon(
      level(after, seconds, 0) / level(plain, seconds, 0), 1.0, 0.1);
  assert_semitones(pitch(plain, 0.7), pitch(after, 0.7), 0.0);
}

/* Law: a piece that is played on end begins each time as it began. */
static void
test_loop(Fixture *f, gconstpointer data)
{
  (void)data;
  f->options.loop = true;
  g_autofree float *sound =
    play_track(f, "00 C010 00 904864 8140 B00701 00 E00000 8140 804840" END);

  g_assert_cmpuint(f->frames, <=, 2 * RATE + 64);
  g_assert_cmpfloat(level(sound, 0.5, 0), >, 10.0 * level(sound, 1.8, 0));
}

/* What the SoundFont lacks is told; most of a piece may not be lacking. */
static void
test_missing_kit(Fixture *f, gconstpointer data)
{
  g_autofree char *font = fixture_soundfont(f->folder, 0, 0, 30000);
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) most =
    make_simple(DRUM_NOTE("99", "89") "00 904864 60 804840" END);

  (void)data;
  f->options.soundfont = font;
  f->own_font = true;
  g_autofree float *sound = play_track(
    f, "00 904864 60 804840 00 904864 60 804840" DRUM_NOTE("99", "89") END);

  g_assert_cmpuint(f->report.notes, ==, 4);
  g_assert_cmpuint(f->report.silent, ==, 2);
  g_assert_cmpstr(f->report.missing, ==, "any drum kit (2)");
  g_assert_false(render(f, most->data, most->len, &error));
  g_assert_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SILENT);
  g_assert_nonnull(strstr(error->message, "2 of 3"));
  g_assert_nonnull(strstr(error->message, "any drum kit (2)"));
}

static void
test_missing_keys(Fixture *f, gconstpointer data)
{
  g_autofree char *font =
    fixture_soundfont_keys(f->folder, 128, 0, 30000, 36, 40);

  (void)data;
  f->options.soundfont = font;
  f->own_font = true;
  g_autofree float *sound = play_track(
    f, DRUM_NOTE("99", "89")
         DRUM_NOTE("99", "89") "00 990064 60 890040"
                               "00 997F64 60 897F40 00 997F01 60 897F40" END);

  g_assert_cmpuint(f->report.notes, ==, 7);
  g_assert_cmpuint(f->report.silent, ==, 3);
  g_assert_cmpstr(f->report.missing, ==, "drum key 127 (2), drum key 0 (1)");
  f->options.loop = true; // tells of the piece, not of two times it
  g_autofree float *twice =
    play_track(f, DRUM_NOTE("99", "89") "00 990064 60 890040" END);

  g_assert_cmpuint(f->report.notes, ==, 3);
  g_assert_cmpuint(f->report.silent, ==, 1);
}

/* More strips than FluidSynth has channels, each with a note of its own. */
static void
test_many_strips(Fixture *f, gconstpointer data)
{
  g_autofree char *font = fixture_soundfont(f->folder, 0, 0, 30000);
  g_autoptr(GByteArray) bytes = make_file(1, 300, 96);

  (void)data;
  f->options.soundfont = font;
  f->own_font = true;
  for (unsigned i = 0; i < 300; ++i) {
    const unsigned channel = i % 15 + (i % 15 >= 9);
    g_autofree char *hex =
      g_strdup_printf("00 FF2101%02X 00 C%X%02X %02X 9%X3C64 10 8%X3C40" END,
                      i / 15, channel, i % 128, i % 100, channel, channel);

    put_chunk(bytes, "MTrk", hex);
  }
  g_autofree float *sound = play(f, bytes);

  g_assert_cmpuint(f->report.notes, ==, 300);
  g_assert_cmpuint(f->report.silent, ==, 0);
}

typedef struct {
  GCancellable *cancellable;
  unsigned calls; // before the first sound
  unsigned most;  // after so many it is cancelled
} Watch;

static void
watch(double share, void *data)
{
  Watch *w = data;

  if (share <= 0.0 && ++w->calls == w->most)
    g_cancellable_cancel(w->cancellable);
}

/* Law: within a chord the caller is asked after some notes whether to go on, so
 * that one of 100,000, which takes ten seconds, need not be waited for. */
static void
test_cancelled_chord(Fixture *f, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GByteArray) bytes = make_file(0, 1, 96);
  g_autoptr(GString) hex = g_string_new("00 C010");
  g_autoptr(GError) error = NULL;
  Watch w = {.cancellable = cancellable, .most = 100};

  (void)data;
  for (unsigned i = 0; i < 100000; ++i)
    g_string_append_printf(hex, "00 9%X%02X64", i % 9, i % 128);
  g_string_append(hex, "60 B07B00" END);
  put_chunk(bytes, "MTrk", hex->str);
  f->options.cancellable = cancellable;
  f->options.progress = watch;
  f->options.progress_data = &w;
  g_assert_true(g_file_set_contents(f->path, "old", 3, NULL));
  g_assert_false(render(f, bytes->data, bytes->len, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint(w.calls, ==, w.most);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_unsetenv("PARTITA_SOUNDFONT");
#define ADD(path, data, test)                                                  \
  g_test_add("/render/played/" path, Fixture, data, set_up, test, tear_down)
  ADD("own", NULL, test_own);
  ADD("volume", "07", test_volume);
  ADD("expression", "0B", test_volume);
  ADD("pan", NULL, test_pan);
  ADD("bend", NULL, test_bend);
  ADD("tuning", NULL, test_tuning);
  ADD("expressive", NULL, test_expressive);
  ADD("kits", NULL, test_kits);
  ADD("drums", NULL, test_drums);
  ADD("later-track", NULL, test_later_track);
  ADD("all-notes-off", "7B", test_notes_off);
  ADD("all-sound-off", "78", test_notes_off);
  ADD("hanging", NULL, test_hanging);
  ADD("reset/gm", "F0057E7F0901F7", test_reset);
  ADD("reset/gs", "F00A41104212 40007F00 41F7", test_reset);
  ADD("reset/xg", "F00843104C00007E00F7", test_reset);
  ADD("loop", NULL, test_loop);
  ADD("missing-kit", NULL, test_missing_kit);
  ADD("missing-keys", NULL, test_missing_keys);
  ADD("many-strips", NULL, test_many_strips);
  ADD("cancelled-chord", NULL, test_cancelled_chord);
  return g_test_run();
}
