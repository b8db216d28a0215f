// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/kind.h>

#include <glib/gstdio.h>
#include <sys/stat.h>

/// What a file of these bytes is taken for.
static PartitaFileKind
recognise(const char *bytes, size_t n, const char **what)
{
  g_autofree char *folder = g_dir_make_tmp("partita-kind-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "file", NULL);

  g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));

  const PartitaFileKind kind = partita_file_recognise(path, what);

  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  return kind;
}

static void
test_kinds(void)
{
  static const struct {
    const char *bytes;
    size_t n;
    PartitaFileKind kind;
    const char *what;
  } cases[] = {
    {"", 0, PARTITA_FILE_EMPTY, "an empty file"},
    {"MThd\0\0\0\6", 8, PARTITA_FILE_MIDI, "a MIDI file"},
    {"RIFF\0\0\0\0RMIDdata", 16, PARTITA_FILE_MIDI, "a MIDI file"},
    {"RIFF\0\0\0\0sfbkLIST", 16, PARTITA_FILE_SOUNDFONT, "a SoundFont"},
    {"RIFF\0\0\0\0WAVEfmt ", 16, PARTITA_FILE_ALIEN, "a WAV file"},
    {"RIFF\0\0\0\0", 8, PARTITA_FILE_UNKNOWN, NULL},
    {"\10\0\0\0\0\0\0\0{}", 10, PARTITA_FILE_MODEL, "a model"},
    {"\10\0\0\0\0\0\0\0", 8, PARTITA_FILE_UNKNOWN, NULL},
    {"OggS\0\2", 6, PARTITA_FILE_ALIEN, "an Ogg file"},
    {"{\"a\": 1}", 8, PARTITA_FILE_ALIEN, "a JSON file"},
    {"MTh", 3, PARTITA_FILE_UNKNOWN, NULL},
    {"some words", 10, PARTITA_FILE_UNKNOWN, NULL},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    const char *what = NULL;

    g_assert_cmpint(recognise(cases[i].bytes, cases[i].n, &what), ==,
                    cases[i].kind);
    g_assert_cmpstr(what, ==, cases[i].what);
  }
}

/* What is no regular file is not waited for. */
static void
test_irregular(void)
{
  g_autofree char *folder = g_dir_make_tmp("partita-kind-XXXXXX", NULL);
  g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
  const char *what = NULL;

  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_cmpint(partita_file_recognise(fifo, &what), ==,
                  PARTITA_FILE_UNKNOWN);
  g_assert_cmpint(partita_file_recognise("/dev/zero", &what), ==,
                  PARTITA_FILE_UNKNOWN);
  g_assert_cmpint(partita_file_recognise("/no/such", &what), ==,
                  PARTITA_FILE_UNKNOWN);
  g_assert_cmpint(partita_file_recognise(folder, &what), ==,
                  PARTITA_FILE_FOLDER);
  g_assert_cmpint(g_unlink(fifo), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/kind/kinds", test_kinds);
  g_test_add_func("/kind/irregular", test_irregular);
  return g_test_run();
}
