// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "render-fixture.h"

#include <math.h>
#include <render/render-private.h>
#include <sndfile.h>

typedef struct {
  char *folder;
  char *path;
  PartitaTake *take;
  PartitaRenderOptions options;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = fixture_folder();
  f->path = g_build_filename(f->folder, "out.wav", NULL);
  f->take = partita_take_new(f->path, NULL);
  g_assert_nonnull(f->take);
  partita_render_options_init(&f->options);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  partita_take_free(f->take);
  g_assert_true(fixture_remove(f->folder, 1));
  g_free(f->path);
}

static int32_t *
read_ints(const char *path, int subtype, sf_count_t *frames)
{
  SF_INFO info = {0};
  SNDFILE *file = sf_open(path, SFM_READ, &info);

  g_assert_nonnull(file);
  g_assert_cmpint(info.format, ==, SF_FORMAT_WAV | subtype);

  int32_t *samples = g_new(int32_t, (gsize)info.frames * 2);

  g_assert_cmpint(sf_readf_int(file, samples, info.frames), ==, info.frames);
  g_assert_cmpint(sf_close(file), ==, 0);
  *frames = info.frames;
  return samples;
}

/* Law: whole numbers come back as they were put in, at each width. */
static void
test_exact(Fixture *f, gconstpointer data)
{
  const int bits = GPOINTER_TO_INT(data);
  const int subtype = bits == 16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24;
  const int full = 1 << (bits - 1);
  int32_t put[2 * 5000];
  float samples[2 * 5000];
  PartitaRenderReport report;
  sf_count_t frames;

  for (size_t i = 0; i < G_N_ELEMENTS(put); ++i) {
    put[i] = g_test_rand_int_range(-full, full);
    samples[i] = (float)put[i] / (float)full;
  }
  f->options.format = bits == 16 ? PARTITA_SAMPLE_S16 : PARTITA_SAMPLE_S24;
  g_assert_true(partita_take_append(f->take, samples, 5000, NULL));
  g_assert_true(
    partita_take_save(f->take, f->path, &f->options, 1.0, 0, &report, NULL));
  g_assert_cmpuint(report.frames, ==, 5000);
  g_assert_cmpuint(report.clipped, ==, 0);

  g_autofree int32_t *got = read_ints(f->path, subtype, &frames);

  g_assert_cmpint(frames, ==, 5000);
  for (size_t i = 0; i < G_N_ELEMENTS(put); ++i)
    g_assert_cmpint(got[i] >> (32 - bits), ==, put[i]);
}

/* Law: a float file holds the very samples, times the scale. */
static void
test_float(Fixture *f, gconstpointer data)
{
  float samples[2 * 300];
  PartitaRenderReport report;
  uint64_t frames;

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(samples); ++i)
    samples[i] = (float)g_test_rand_double_range(-3.0, 3.0);
  f->options.format = PARTITA_SAMPLE_FLOAT;
  g_assert_true(partita_take_append(f->take, samples, 300, NULL));
  g_assert_true(
    partita_take_save(f->take, f->path, &f->options, 0.5, 0, &report, NULL));

  g_autofree float *got = fixture_sound(f->path, &frames);

  g_assert_cmpuint(frames, ==, 300);
  g_assert_cmpuint(report.clipped, ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(samples); ++i)
    g_assert_cmpfloat(got[i], ==, samples[i] * 0.5f);
}

static void
test_clipped(Fixture *f, gconstpointer data)
{
  const float samples[] = {1.5f, -1.5f, 0.5f, -1.0f, 1.0f, 0.0f};
  static const int expected[] = {32767, -32768, 16384, -32768, 32767, 0};
  PartitaRenderReport report;
  sf_count_t frames;

  (void)data;
  g_assert_true(partita_take_append(f->take, samples, 3, NULL));
  g_assert_cmpfloat(partita_take_get_peak(f->take), ==, 1.5f);
  g_assert_true(
    partita_take_save(f->take, f->path, &f->options, 1.0, 0, &report, NULL));

  g_autofree int32_t *got = read_ints(f->path, SF_FORMAT_PCM_16, &frames);

  g_assert_cmpint(frames, ==, 3);
  for (size_t i = 0; i < G_N_ELEMENTS(expected); ++i)
    g_assert_cmpint(got[i] >> 16, ==, expected[i]);
  g_assert_cmpuint(report.clipped, ==, 3);
  g_assert_cmpfloat(report.peak_dbfs, ==, 0.0);
}

static void
test_report(Fixture *f, gconstpointer data)
{
  g_autofree float *samples = g_new(float, (gsize)2 * 44100);
  PartitaRenderReport report;

  (void)data;
  for (int i = 0; i < 2 * 44100; ++i)
    samples[i] = i % 4 < 2 ? 0.25f : -0.25f;
  g_assert_true(partita_take_append(f->take, samples, 44100, NULL));
  g_assert_true(
    partita_take_save(f->take, f->path, &f->options, 2.0, 0, &report, NULL));
  g_assert_cmpfloat(report.seconds, ==, 1.0);
  g_assert_cmpfloat_with_epsilon(report.peak_dbfs, 20.0 * log10(0.5), 1e-9);
  g_assert_cmpfloat_with_epsilon(report.rms_dbfs, 20.0 * log10(0.5), 1e-9);
}

/* Law: the fade touches the last frames only, and falls. */
static void
test_fade(Fixture *f, gconstpointer data)
{
  float samples[2 * 1000];
  PartitaRenderReport report;
  uint64_t frames;

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(samples); ++i)
    samples[i] = 0.5f;
  f->options.format = PARTITA_SAMPLE_FLOAT;
  g_assert_true(partita_take_append(f->take, samples, 1000, NULL));
  g_assert_true(
    partita_take_save(f->take, f->path, &f->options, 1.0, 100, &report, NULL));

  g_autofree float *got = fixture_sound(f->path, &frames);

  for (size_t i = 0; i <= 900; ++i)
    g_assert_cmpfloat(got[2 * i], ==, 0.5f);
  for (size_t i = 901; i < 1000; ++i)
    g_assert_cmpfloat(got[2 * i], <, got[2 * i - 2]);
  g_assert_cmpfloat(got[2 * 999], <=, 0.5f / 100.0f);
}

static void
test_no_number(Fixture *f, gconstpointer data)
{
  const float *bad = data;
  const float samples[] = {0.0f, *bad};
  g_autoptr(GError) error = NULL;

  g_assert_false(partita_take_append(f->take, samples, 1, &error));
  g_assert_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT);
  g_assert_true(g_file_set_contents(f->path, "", 0, NULL)); // for tear_down
}

int
main(int argc, char **argv)
{
  static const float nan_sample = NAN;
  static const float infinite_sample = INFINITY;

  g_test_init(&argc, &argv, NULL);
#define ADD(path, data, test)                                                  \
  g_test_add("/render/take/" path, Fixture, data, set_up, test, tear_down)
  ADD("exact-s16", GINT_TO_POINTER(16), test_exact);
  ADD("exact-s24", GINT_TO_POINTER(24), test_exact);
  ADD("float", NULL, test_float);
  ADD("clipped", NULL, test_clipped);
  ADD("report", NULL, test_report);
  ADD("fade", NULL, test_fade);
  ADD("nan", &nan_sample, test_no_number);
  ADD("infinite", &infinite_sample, test_no_number);
  return g_test_run();
}
