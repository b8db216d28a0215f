// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Real files, good and broken: PARTITA_DATA names a folder with the sets
 * parser_tests, messy_web and messy_games, each with a table EXPECTED.tsv of
 * what a tolerant reader finds (file, verdict, libsmf, mido, notes, flags). */

#include "clean.h"

#include <string.h>

enum { COLUMN_FILE = 0, COLUMN_NOTES = 4, N_COLUMNS = 5 };

typedef struct {
  unsigned n_read;
  unsigned n_mended;
  unsigned n_refused;
  unsigned n_same; // as many notes as the table says
  unsigned n_silent;
} Sums;

static void
check_file(Sums *sums, const char *data, const char *const *columns)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(data, columns[COLUMN_FILE], NULL);
  const guint64 expected = g_ascii_strtoull(columns[COLUMN_NOTES], NULL, 10);
  unsigned mends = 0;
  g_autoptr(PartitaScore) score = partita_midi_read_file(path, &mends, &error);

  if (score == NULL) {
    g_assert_nonnull(error);
    g_assert_true(g_str_has_prefix(error->message, path));
    ++sums->n_refused;
  } else {
    ++sums->n_read;
    sums->n_mended += mends != 0;
    sums->n_same += partita_score_get_n_notes(score) == expected;
  }
  if (expected > 0 &&
      (score == NULL || partita_score_get_n_notes(score) == 0)) {
    g_test_message("%s: no notes, %" G_GUINT64_FORMAT " expected", path,
                   expected);
    ++sums->n_silent;
  }
}

static void
test_set(gconstpointer user_data)
{
  const char *set = user_data;
  const char *data = g_getenv("PARTITA_DATA");
  g_autofree char *table = NULL;
  g_autofree char *path = NULL;
  Sums sums = {0};

  if (data == NULL) {
    g_test_skip("PARTITA_DATA is not set");
    return;
  }
  path = g_build_filename(data, set, "EXPECTED.tsv", NULL);
  if (!g_file_get_contents(path, &table, NULL, NULL)) {
    g_test_skip("the set is not there");
    return;
  }

  g_auto(GStrv) lines = g_strsplit(table, "\n", -1);

  for (guint i = 1; lines[i] != NULL; ++i) {
    g_auto(GStrv) columns = g_strsplit(lines[i], "\t", -1);

    if (g_strv_length(columns) >= N_COLUMNS)
      check_file(&sums, data, (const char *const *)columns);
  }
  g_test_message("%s: %u read, %u of them mended, %u refused; %u with exactly "
                 "the notes of the table",
                 set, sums.n_read, sums.n_mended, sums.n_refused, sums.n_same);
  g_assert_cmpuint(sums.n_read, >, 0);
  g_assert_cmpuint(sums.n_silent, ==, 0);
}

static bool
is_midi(const char *name)
{
  static const char *const suffixes[] = {".mid", ".midi", ".kar", ".rmi"};
  g_autofree char *lower = g_ascii_strdown(name, -1);

  for (size_t i = 0; i < G_N_ELEMENTS(suffixes); ++i) {
    if (g_str_has_suffix(lower, suffixes[i]))
      return true;
  }
  return false;
}

/// Returns whether it can be read.
static bool
compare_file(const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;

  g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));

  const uint8_t *data = (const uint8_t *)bytes;
  unsigned again = 0;
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, NULL, NULL);
  g_autoptr(GBytes) clean = clean_bytes(data, size, NULL, NULL);

  g_assert_true((score == NULL) == (clean == NULL));
  if (score == NULL)
    return false;

  g_autoptr(PartitaScore) second = second_read(clean);
  const uint8_t *cleaned = g_bytes_get_data(clean, &size);
  g_autoptr(GBytes) twice = clean_bytes(cleaned, size, &again, NULL);

  if (!is_same_reading(score, second) || again != 0 ||
      !g_bytes_equal(clean, twice)) {
    g_test_message("%s: read otherwise than by libsmf, or not clean", path);
    g_test_fail();
  }
  return true;
}

static void
compare_folder(const char *path, unsigned *n_read)
{
  g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
  const char *name = NULL;

  if (folder == NULL) {
    *n_read += is_midi(path) && compare_file(path);
    return;
  }
  while ((name = g_dir_read_name(folder)) != NULL) {
    g_autofree char *inside = g_build_filename(path, name, NULL);

    if (!g_file_test(inside, G_FILE_TEST_IS_SYMLINK))
      compare_folder(inside, n_read);
  }
}

/* Law: on every file of the folder, what our reader makes of its bytes is what
 * libsmf makes of the cleaned ones. */
static void
test_second_reader(void)
{
  const char *data = g_getenv("PARTITA_DATA");
  unsigned n_read = 0;

  if (data == NULL) {
    g_test_skip("PARTITA_DATA is not set");
    return;
  }
  compare_folder(data, &n_read);
  g_test_message("%u files read alike", n_read);
  g_assert_cmpuint(n_read, >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/midi/sets/parser-tests", "parser_tests", test_set);
  g_test_add_data_func("/midi/sets/messy-web", "messy_web", test_set);
  g_test_add_data_func("/midi/sets/messy-games", "messy_games", test_set);
  g_test_add_func("/midi/sets/second-reader", test_second_reader);
  return g_test_run();
}
