// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "render-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>

char *
fixture_folder(void)
{
  char *folder = g_dir_make_tmp("partita-render-XXXXXX", NULL);

  g_assert_nonnull(folder);
  return folder;
}

bool
fixture_remove(char *folder, guint expected)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_test_message("left: %s", name);
    g_assert_cmpint(g_remove(path), ==, 0);
    ++n;
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  g_free(folder);
  return n == expected;
}

static void
put16(GByteArray *to, unsigned value)
{
  const guint8 bytes[] = {value & 0xFF, (value >> 8) & 0xFF};

  g_byte_array_append(to, bytes, sizeof bytes);
}

static void
put32(GByteArray *to, guint value)
{
  put16(to, value & 0xFFFF);
  put16(to, value >> 16);
}

static void
put_text(GByteArray *to, const char *text, guint size)
{
  g_autofree char *padded = g_malloc0(size);

  memcpy(padded, text, strlen(text));
  g_byte_array_append(to, (const guint8 *)padded, size);
}

/// Ends @body, which is freed, as a chunk of @to.
static void
put_chunk(GByteArray *to, const char *id, GByteArray *body)
{
  put_text(to, id, 4);
  put32(to, body->len);
  g_byte_array_append(to, body->data, body->len);
  g_byte_array_unref(body);
}

static GByteArray *
new_list(const char *kind)
{
  GByteArray *list = g_byte_array_new();

  put_text(list, kind, 4);
  return list;
}

/// A chunk of @n 16-bit words.
static void
put_words(GByteArray *to, const char *id, const guint16 *words, guint n)
{
  GByteArray *body = g_byte_array_new();

  for (guint i = 0; i < n; ++i)
    put16(body, words[i]);
  put_chunk(to, id, body);
}

static GByteArray *
make_info(void)
{
  GByteArray *info = new_list("INFO");
  GByteArray *name = g_byte_array_new();
  const guint16 version[] = {2, 1};

  put_words(info, "ifil", version, 2);
  put_text(name, "EMU8000", 8);
  put_chunk(info, "isng", name);
  name = g_byte_array_new();
  put_text(name, "click", 6);
  put_chunk(info, "INAM", name);
  return info;
}

static GByteArray *
make_samples(int16_t level)
{
  GByteArray *list = new_list("sdta");
  GByteArray *samples = g_byte_array_new();

  // The format wants 46 zeros after each sample.
  for (int i = 0; i < BLIP_FRAMES; ++i)
    put16(samples, (guint16)(i / 10 % 2 == 0 ? level : -level));
  for (int i = 0; i < 46; ++i)
    put16(samples, 0);
  put_chunk(list, "smpl", samples);
  return list;
}

static void
put_preset_headers(GByteArray *to, int bank, int program)
{
  GByteArray *body = g_byte_array_new();

  put_text(body, "click", 20);
  put16(body, (unsigned)program);
  put16(body, (unsigned)bank);
  put16(body, 0);
  put_text(body, "", 12);
  put_text(body, "EOP", 20);
  put16(body, 0);
  put16(body, 0);
  put16(body, 1);
  put_text(body, "", 12);
  put_chunk(to, "phdr", body);
}

static void
put_instruments(GByteArray *to)
{
  GByteArray *body = g_byte_array_new();

  put_text(body, "click", 20);
  put16(body, 0);
  put_text(body, "EOI", 20);
  put16(body, 1);
  put_chunk(to, "inst", body);
}

static void
put_sample_headers(GByteArray *to)
{
  GByteArray *body = g_byte_array_new();

  put_text(body, "click", 20);
  put32(body, 0);
  put32(body, BLIP_FRAMES);
  put32(body, 8);
  put32(body, BLIP_FRAMES - 8);
  put32(body, 44100);
  put16(body, 60); // key, and no correction
  put16(body, 0);
  put16(body, 1); // mono
  put_text(body, "EOS", 46);
  put_chunk(to, "shdr", body);
}

static GByteArray *
make_articulation(int bank, int program, int low, int high)
{
  GByteArray *list = new_list("pdta");
  const guint16 bags[] = {0, 0, 1, 0};
  const guint16 modulators[] = {0, 0, 0, 0, 0};
  const guint16 to_instrument[] = {41, 0, 0, 0};
  const guint16 zones[] = {0, 0, 2, 0};
  const guint16 to_sample[] = {43, (guint16)(high << 8 | low), 53, 0, 0, 0};

  put_preset_headers(list, bank, program);
  put_words(list, "pbag", bags, 4);
  put_words(list, "pmod", modulators, 5);
  put_words(list, "pgen", to_instrument, 4);
  put_instruments(list);
  put_words(list, "ibag", zones, 4);
  put_words(list, "imod", modulators, 5);
  put_words(list, "igen", to_sample, 6);
  put_sample_headers(list);
  return list;
}

const char *
fixture_small_soundfont(void)
{
  static const char path[] = "/usr/share/sounds/sf2/TimGM6mb.sf2";

  return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? path : NULL;
}

char *
fixture_soundfont(const char *folder, int bank, int program, int16_t level)
{
  return fixture_soundfont_keys(folder, bank, program, level, 0, 127);
}

char *
fixture_soundfont_keys(
  const char *folder, int bank, int program, int16_t level, int low, int high)
{
  char *path = g_build_filename(folder, "click.sf2", NULL);
  GByteArray *body = new_list("sfbk");
  g_autoptr(GByteArray) file = g_byte_array_new();

  put_chunk(body, "LIST", make_info());
  put_chunk(body, "LIST", make_samples(level));
  put_chunk(body, "LIST", make_articulation(bank, program, low, high));
  put_chunk(file, "RIFF", body);
  g_assert_true(
    g_file_set_contents(path, (const char *)file->data, file->len, NULL));
  return path;
}

PartitaScore *
fixture_score(uint8_t program, unsigned n)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, program, NULL);

  for (unsigned i = 0; i < n; ++i)
    partita_track_add_note(track, (PartitaNote){480 * i, 240, 60, 100});
  partita_score_sort(score);
  return score;
}

float *
fixture_sound(const char *path, uint64_t *frames)
{
  SF_INFO info = {0};
  SNDFILE *file = sf_open(path, SFM_READ, &info);

  g_assert_nonnull(file);
  g_assert_cmpint(info.channels, ==, 2);

  float *sound = g_new(float, (gsize)info.frames * 2);

  g_assert_cmpint(sf_readf_float(file, sound, info.frames), ==, info.frames);
  g_assert_cmpint(sf_close(file), ==, 0);
  *frames = (uint64_t)info.frames;
  return sound;
}

uint64_t
fixture_onset(const float *sound, uint64_t frames, uint64_t from, float level)
{
  for (uint64_t i = from; i < frames; ++i) {
    if (fabsf(sound[2 * i]) > level || fabsf(sound[2 * i + 1]) > level)
      return i;
  }
  return frames;
}
