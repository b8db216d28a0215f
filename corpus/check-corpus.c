// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "check.h"

#include <glib/gstdio.h>
#include <partita/midi.h>
#include <string.h>

static const char *const styles[] = {"blues", "chorale", "invention", "march",
                                     "waltz"};

typedef struct {
  char *folder;
  char *composer; ///< the program that writes the corpus
  GPtrArray *pieces;
} Fixture;

static void
free_piece(gpointer data)
{
  CheckedPiece *piece = data;

  g_free(piece->path);
  g_free(piece->style);
  g_bytes_unref(piece->bytes);
  partita_score_free(piece->score);
  g_free(piece);
}

static CheckedPiece *
read_piece(const char *style, const char *path)
{
  g_autoptr(GError) error = NULL;
  CheckedPiece *piece = g_new0(CheckedPiece, 1);
  unsigned mends = 0;
  char *contents = NULL;
  gsize size = 0;

  piece->path = g_strdup(path);
  piece->style = g_strdup(style);
  g_file_get_contents(path, &contents, &size, &error);
  g_assert_no_error(error);
  piece->bytes = g_bytes_new_take(contents, size);
  piece->score = partita_midi_read_file(path, &mends, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(mends, ==, PARTITA_MEND_NONE);
  return piece;
}

static void
read_style(GPtrArray *pieces, const char *root, const char *style)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_build_filename(root, style, NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
  const char *name;

  g_assert_no_error(error);
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_ptr_array_add(pieces, read_piece(style, path));
  }
}

static GPtrArray *
read_corpus(const char *root)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func(free_piece);

  for (size_t i = 0; i < G_N_ELEMENTS(styles); ++i)
    read_style(pieces, root, styles[i]);
  return pieces;
}

static int
key_of(const CheckedPiece *piece)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(piece->score, &n);

  g_assert_cmpuint(n, ==, 1);
  return partita_key_from_signature(keys[0]);
}

static int
count_set(const bool *set)
{
  int n = 0;

  for (int i = 0; i < 24; ++i)
    n += set[i];
  return n;
}

static void
test_counts(gconstpointer data)
{
  const Fixture *fixture = data;
  bool all[24] = {false};

  for (size_t s = 0; s < G_N_ELEMENTS(styles); ++s) {
    bool keys[24] = {false};
    size_t notes = 0;
    size_t bytes = 0;
    int n = 0;
    for (guint i = 0; i < fixture->pieces->len; ++i) {
      const CheckedPiece *piece = g_ptr_array_index(fixture->pieces, i);
      if (strcmp(piece->style, styles[s]) != 0)
        continue;
      ++n;
      notes += partita_score_get_n_notes(piece->score);
      bytes += g_bytes_get_size(piece->bytes);
      keys[key_of(piece)] = true;
      all[key_of(piece)] = true;
    }
    g_test_message("%s: %d pieces, %zu notes, %zu bytes, %d keys", styles[s], n,
                   notes, bytes, count_set(keys));
    g_assert_cmpint(n, >=, 40);
    g_assert_cmpint(count_set(keys), >=, 12);
  }
  g_assert_cmpint(count_set(all), >=, 20);
}

static void
check_style(const Fixture *fixture,
            const char *style,
            void (*check)(const CheckedPiece *piece))
{
  for (guint i = 0; i < fixture->pieces->len; ++i) {
    const CheckedPiece *piece = g_ptr_array_index(fixture->pieces, i);
    if (style != NULL && strcmp(piece->style, style) != 0)
      continue;
    g_test_message("%s", piece->path);
    check(piece);
  }
}

static void
test_any(gconstpointer data)
{
  check_style(data, NULL, check_any);
}

static void
test_chorale(gconstpointer data)
{
  check_style(data, "chorale", check_chorale);
}

static void
test_invention(gconstpointer data)
{
  check_style(data, "invention", check_invention);
}

static void
test_waltz(gconstpointer data)
{
  check_style(data, "waltz", check_waltz);
}

static void
test_blues(gconstpointer data)
{
  check_style(data, "blues", check_blues);
}

static void
test_march(gconstpointer data)
{
  check_style(data, "march", check_march);
}

static void
test_distinct(gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);

  for (guint i = 0; i < fixture->pieces->len; ++i) {
    const CheckedPiece *piece = g_ptr_array_index(fixture->pieces, i);
    g_assert_true(g_hash_table_add(seen, piece->bytes));
  }
}

static void
remove_corpus(const char *root, const GPtrArray *pieces)
{
  for (guint i = 0; i < pieces->len; ++i)
    g_remove(((CheckedPiece *)g_ptr_array_index(pieces, i))->path);
  for (size_t i = 0; i < G_N_ELEMENTS(styles); ++i) {
    g_autofree char *folder = g_build_filename(root, styles[i], NULL);
    g_rmdir(folder);
  }
  g_rmdir(root);
}

/// Law: composed again, every file has the same bytes.
static void
test_same_bytes(gconstpointer data)
{
  const Fixture *fixture = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp("corpus-XXXXXX", &error);
  char *argv[] = {fixture->composer, root, NULL};
  g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);
  int status = -1;

  g_assert_no_error(error);
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
               &status, &error);
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
  g_autoptr(GPtrArray) again = read_corpus(root);
  remove_corpus(root, again);
  for (guint i = 0; i < again->len; ++i)
    g_hash_table_add(seen,
                     ((CheckedPiece *)g_ptr_array_index(again, i))->bytes);
  g_assert_cmpuint(again->len, ==, fixture->pieces->len);
  for (guint i = 0; i < again->len; ++i) {
    const CheckedPiece *piece = g_ptr_array_index(fixture->pieces, i);
    g_assert_true(g_hash_table_contains(seen, piece->bytes));
  }
}

/// check-corpus FOLDER COMPOSER
int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (argc != 3) {
    g_printerr("usage: check-corpus FOLDER COMPOSER\n");
    return 2;
  }
  Fixture fixture = {argv[1], argv[2], read_corpus(argv[1])};

  g_test_add_data_func("/corpus-rules/counts", &fixture, test_counts);
  g_test_add_data_func("/corpus-rules/any", &fixture, test_any);
  g_test_add_data_func("/corpus-rules/chorale", &fixture, test_chorale);
  g_test_add_data_func("/corpus-rules/invention", &fixture, test_invention);
  g_test_add_data_func("/corpus-rules/waltz", &fixture, test_waltz);
  g_test_add_data_func("/corpus-rules/blues", &fixture, test_blues);
  g_test_add_data_func("/corpus-rules/march", &fixture, test_march);
  g_test_add_data_func("/corpus-rules/distinct", &fixture, test_distinct);
  g_test_add_data_func("/corpus-rules/same-bytes", &fixture, test_same_bytes);
  const int result = g_test_run();

  g_ptr_array_unref(fixture.pieces);
  return result;
}
