// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "render-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *font;
  char *path;
  PartitaRenderOptions options;
  PartitaScore *score;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = fixture_folder();
  f->font = fixture_soundfont(f->folder, 0, 0, 30000);
  f->path = g_build_filename(f->folder, "out.wav", NULL);
  f->score = fixture_score(0, 4);
  partita_render_options_init(&f->options);
  f->options.soundfont = f->font;
}

/* Law: whatever happens, the folder holds the SoundFont and the old or the
 * new file, and nothing else. */
static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_true(fixture_remove(f->folder, 2));
  partita_score_free(f->score);
  g_free(f->font);
  g_free(f->path);
}

static void
render(const Fixture *f, PartitaRenderReport *report)
{
  g_autoptr(GError) error = NULL;

  (void)partita_render_file(f->score, f->path, &f->options, report, &error);
  g_assert_no_error(error);
}

/// Asserts that rendering fails so and leaves the old file as it was.
static void
assert_fails(const Fixture *f, GQuark domain, int code)
{
  PartitaRenderReport report;
  g_autoptr(GError) error = NULL;
  g_autofree char *kept = NULL;

  g_assert_true(g_file_set_contents(f->path, "old", 3, NULL));
  g_assert_false(
    partita_render_file(f->score, f->path, &f->options, &report, &error));
  g_assert_error(error, domain, code);
  g_assert_null(report.soundfont);
  g_assert_true(g_file_get_contents(f->path, &kept, NULL, NULL));
  g_assert_cmpstr(kept, ==, "old");
}

/* Law: the same score, SoundFont and options give the same bytes. A second
 * passes between, so that a time stamp would show. */
static void
test_same_bytes(Fixture *f, gconstpointer data)
{
  gsize sizes[2];
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  (void)data;
  // A real SoundFont: loops, filters, reverb and chorus all sound.
  f->options.soundfont = fixture_small_soundfont();
  f->options.format = PARTITA_SAMPLE_FLOAT;
  (void)partita_score_add_track(f->score, PARTITA_PROGRAM_DRUMS, NULL);
  for (uint32_t i = 0; i < 4; ++i)
    partita_track_add_note(partita_score_get_track(f->score, 1),
                           (PartitaNote){i * 480, 100, 38, 90});
  render(f, NULL);
  g_assert_true(g_file_get_contents(f->path, &first, &sizes[0], NULL));
  g_usleep(1100 * 1000);
  render(f, NULL);
  g_assert_true(g_file_get_contents(f->path, &second, &sizes[1], NULL));
  g_assert_cmpuint(sizes[0], ==, sizes[1]);
  g_assert_true(memcmp(first, second, sizes[0]) == 0);
}

/* Law: every format at every rate is what was asked for, long enough for the
 * score, not much longer, not silent, not clipped, and at -1 dBFS. */
static void
test_formats(Fixture *f, gconstpointer data)
{
  static const unsigned rates[] = {8000, 22050, 44100, 48000, 96000};
  static const int subtypes[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                 SF_FORMAT_FLOAT};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(rates) * 3; ++i) {
    PartitaRenderReport report;
    SF_INFO info = {0};
    SNDFILE *file;

    f->options.rate = rates[i / 3];
    f->options.format = (PartitaSampleFormat)(i % 3);
    render(f, &report);
    file = sf_open(f->path, SFM_READ, &info);
    g_assert_nonnull(file);
    g_assert_cmpint(sf_close(file), ==, 0);
    g_assert_cmpint(info.format, ==, SF_FORMAT_WAV | subtypes[i % 3]);
    g_assert_cmpint(info.samplerate, ==, (int)rates[i / 3]);
    g_assert_cmpint(info.frames, ==, (sf_count_t)report.frames);
    g_assert_cmpfloat(report.seconds, >=, 1.75); // the last note's end
    g_assert_cmpfloat(report.seconds, <=, 1.75 + 12.1);
    g_assert_cmpfloat_with_epsilon(report.peak_dbfs, -1.0, 0.01);
    g_assert_cmpfloat(report.rms_dbfs, >, -60.0);
    g_assert_cmpuint(report.clipped, ==, 0);
    g_assert_cmpstr(report.soundfont, ==, f->font);
    partita_render_report_clear(&report);
  }
}

/* Law: silence before the end belongs to the piece, and what follows has died
 * away. */
static void
test_length(Fixture *f, gconstpointer data)
{
  PartitaRenderReport report;
  uint64_t frames;
  float loudest = 0.0f;

  (void)data;
  partita_score_set_end(f->score, 480 * 20); // 10 s
  f->options.format = PARTITA_SAMPLE_FLOAT;
  render(f, &report);
  g_assert_cmpfloat(report.seconds, >=, 10.25 - 0.001);
  g_assert_cmpfloat(report.seconds, <=, 10.5);
  partita_render_report_clear(&report);

  g_autofree float *sound = fixture_sound(f->path, &frames);

  for (uint64_t i = 2 * (frames - 11000); i < 2 * frames; ++i)
    loudest = MAX(loudest, fabsf(sound[i]));
  g_assert_cmpfloat(20.0 * log10((double)loudest + 1e-12), <, -66.0);
}

/* Law: a loop is as long as the score, to 64 frames, and begins with what still
 * sounds when it ends: a click on the last beat rings on in the first. */
static void
test_loop(Fixture *f, gconstpointer data)
{
  const size_t tail = f->options.rate / 10;
  PartitaRenderReport report;
  uint64_t frames;

  (void)data;
  // A click that the end of the score comes before the end of.
  g_autoptr(PartitaScore) late = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(late, 0, NULL);

  partita_track_add_note(track, (PartitaNote){959, 1, 60, 127});
  partita_score_set_end(late, 960);
  f->options.format = PARTITA_SAMPLE_FLOAT;
  f->options.loop = true;
  g_assert_true(partita_render_file(late, f->path, &f->options, &report, NULL));
  g_assert_cmpuint(report.frames, >=, f->options.rate - 64);
  g_assert_cmpuint(report.frames, <=, f->options.rate + 64);
  partita_render_report_clear(&report);

  g_autofree float *sound = fixture_sound(f->path, &frames);
  float first = 0.0f;
  float middle = 0.0f;

  for (size_t i = 0; i < 2 * tail; ++i) {
    first = MAX(first, fabsf(sound[i]));
    middle = MAX(middle, fabsf(sound[frames + i]));
  }
  g_assert_cmpfloat(first, >, 10.0f * middle);
}

/* Law: twice the gain, twice the sound. */
static void
test_gain(Fixture *f, gconstpointer data)
{
  PartitaRenderReport soft;
  PartitaRenderReport loud;

  (void)data;
  f->options.format = PARTITA_SAMPLE_FLOAT;
  f->options.gain = 0.1;
  render(f, &soft);
  f->options.gain = 0.2;
  render(f, &loud);
  g_assert_cmpfloat_with_epsilon(loud.peak_dbfs - soft.peak_dbfs,
                                 20.0 * log10(2.0), 0.01);
  partita_render_report_clear(&soft);
  partita_render_report_clear(&loud);
}

static void
test_gain_clips(Fixture *f, gconstpointer data)
{
  PartitaRenderReport report;

  (void)data;
  f->options.gain = 10.0;
  render(f, &report);
  g_assert_cmpuint(report.clipped, >, 0);
  g_assert_cmpfloat_with_epsilon(report.peak_dbfs, 0.0, 0.001);
  partita_render_report_clear(&report);
}

static void
collect(double share, void *data)
{
  GArray *shares = data;

  g_array_append_val(shares, share);
}

/* Law: progress never falls, and ends at 1. */
static void
test_progress(Fixture *f, gconstpointer data)
{
  g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(double));

  (void)data;
  f->options.progress = collect;
  f->options.progress_data = shares;
  render(f, NULL);
  g_assert_cmpuint(shares->len, >, 3);
  for (guint i = 1; i < shares->len; ++i)
    g_assert_cmpfloat(g_array_index(shares, double, i), >=,
                      g_array_index(shares, double, i - 1));
  g_assert_cmpfloat(g_array_index(shares, double, shares->len - 1), ==, 1.0);
}

static void
cancel_at_half(double share, void *data)
{
  if (share > 0.5)
    g_cancellable_cancel(data);
}

static void
test_cancelled(Fixture *f, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();

  (void)data;
  f->options.cancellable = cancellable;
  f->options.progress = cancel_at_half;
  f->options.progress_data = cancellable;
  assert_fails(f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_options(Fixture *f, gconstpointer data)
{
  static const unsigned rates[] = {0, 7999, 96001};
  const double gains[] = {-0.1, 10.5, NAN};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(rates); ++i) {
    f->options.rate = rates[i];
    assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_OPTIONS);
  }
  f->options.rate = 44100;
  for (size_t i = 0; i < G_N_ELEMENTS(gains); ++i) {
    f->options.gain = gains[i];
    assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_OPTIONS);
  }
}

static void
test_empty(Fixture *f, gconstpointer data)
{
  (void)data;
  partita_score_free(f->score);
  f->score = partita_score_new(480);
  (void)partita_score_add_track(f->score, 0, NULL);
  partita_score_set_end(f->score, 4800);
  assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_EMPTY);
}

static void
test_long(Fixture *f, gconstpointer data)
{
  (void)data;
  partita_score_set_end(f->score, 480 * 2 * 60 * 60 * 4 + 480);
  assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_LONG);
}

static void
test_silent(Fixture *f, gconstpointer data)
{
  (void)data;
  g_free(f->font);
  f->font = fixture_soundfont(f->folder, 0, 0, 0);
  f->options.soundfont = f->font;
  assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SILENT);
}

/* Law: a SoundFont cut short is refused or plays; none crashes. */
static void
test_soundfont_damaged(Fixture *f, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize size;
  unsigned refused = 0;

  (void)data;
  g_assert_true(g_file_get_contents(f->font, &whole, &size, NULL));
  for (gsize n = 12; n < size; n += 23) {
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(f->font, whole, (gssize)n, NULL));
    if (partita_render_file(f->score, f->path, &f->options, NULL, &error))
      continue;
    g_assert_cmpint(error->domain, ==, PARTITA_RENDER_ERROR);
    if (error->code == PARTITA_RENDER_ERROR_SOUNDFONT) {
      g_assert_nonnull(strstr(error->message, f->font));
      g_assert_nonnull(strstr(error->message, "timgm6mb-soundfont"));
      ++refused;
    }
  }
  g_assert_cmpuint(refused, >, 10);
  assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT);
}

static void
test_soundfont_missing(Fixture *f, gconstpointer data)
{
  (void)data;
  f->options.soundfont = "/no/such/font.sf2";
  assert_fails(f, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT);
}

static void
assert_unwritable(const Fixture *f, const char *path)
{
  g_autoptr(GError) error = NULL;

  g_assert_false(
    partita_render_file(f->score, path, &f->options, NULL, &error));
  g_assert_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_WRITE);
  g_assert_nonnull(strstr(error->message, path));
}

static void
test_unwritable(Fixture *f, gconstpointer data)
{
  (void)data;
  assert_unwritable(f, "/no/such/folder/out.wav");
  assert_unwritable(f, f->folder);
  assert_unwritable(f, "/dev/full");
  if (geteuid() != 0) { // root writes everywhere
    g_assert_cmpint(g_chmod(f->folder, 0500), ==, 0);
    assert_unwritable(f, f->path);
    g_assert_cmpint(g_chmod(f->folder, 0700), ==, 0);
  }
  g_assert_true(g_file_set_contents(f->path, "", 0, NULL)); // for tear_down
}

/* What a user hears: the SoundFont of the system, all defaults. */
static void
test_defaults(Fixture *f, gconstpointer data)
{
  PartitaRenderReport report;

  (void)data;
  partita_render_options_init(&f->options);
  render(f, &report);
  g_assert_cmpfloat_with_epsilon(report.peak_dbfs, -1.0, 0.01);
  g_assert_cmpfloat(report.rms_dbfs, >, -40.0);
  g_assert_cmpuint(report.clipped, ==, 0);
  g_assert_nonnull(report.soundfont);
  partita_render_report_clear(&report);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_unsetenv("PARTITA_SOUNDFONT");
#define ADD(path, test)                                                        \
  g_test_add("/render/render/" path, Fixture, NULL, set_up, test, tear_down)
  ADD("same-bytes", test_same_bytes);
  ADD("formats", test_formats);
  ADD("length", test_length);
  ADD("loop", test_loop);
  ADD("gain", test_gain);
  ADD("gain-clips", test_gain_clips);
  ADD("progress", test_progress);
  ADD("cancelled", test_cancelled);
  ADD("options", test_options);
  ADD("empty", test_empty);
  ADD("long", test_long);
  ADD("silent", test_silent);
  ADD("soundfont-damaged", test_soundfont_damaged);
  ADD("soundfont-missing", test_soundfont_missing);
  ADD("unwritable", test_unwritable);
  ADD("defaults", test_defaults);
  return g_test_run();
}
