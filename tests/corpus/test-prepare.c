// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Enough for several shards. */
#define N_FILES 150u

static void
fill(const char *folder, unsigned n)
{
  for (unsigned i = 0; i < n; ++i) {
    g_autofree char *path = g_strdup_printf("s%u/%u.mid", i % 3, i);

    // A few are duplicates of others, a few are junk.
    if (i % 50 == 49)
      fixture_write(folder, path, "junk");
    else
      fixture_write_piece(folder, path, i % 40 == 39 ? i - 1 : i);
  }
}

static void
prepare_part(const char *folder,
             const char *corpus,
             unsigned part,
             unsigned parts,
             unsigned workers)
{
  const PartitaCorpusOptions options = {.scheme = "remi", .workers = workers};
  g_autoptr(GError) error = NULL;

  g_assert_true(
    partita_corpus_prepare(folder, corpus, part, parts, &options, &error));
  g_assert_no_error(error);
}

/// (transfer full): a new corpus of @folder beside it
static char *
prepare(const char *folder, const char *ending, unsigned workers)
{
  char *corpus = g_strconcat(folder, ending, NULL);

  prepare_part(folder, corpus, 0, 1, workers);
  g_assert_true(partita_corpus_is_prepared(corpus));
  return corpus;
}

/// (transfer full): names of the files in it with their contents
static GHashTable *
read_all(const char *corpus)
{
  GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)g_bytes_unref);
  g_autoptr(GDir) dir = g_dir_open(corpus, 0, NULL);
  const char *name = NULL;

  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(corpus, name, NULL);
    char *bytes = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_hash_table_insert(files, g_strdup(name), g_bytes_new_take(bytes, size));
  }
  return files;
}

static void
assert_same(const char *a, const char *b)
{
  g_autoptr(GHashTable) x = read_all(a);
  g_autoptr(GHashTable) y = read_all(b);
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer bytes = NULL;

  g_assert_cmpuint(g_hash_table_size(x), ==, g_hash_table_size(y));
  g_hash_table_iter_init(&iter, x);
  while (g_hash_table_iter_next(&iter, &name, &bytes)) {
    const GBytes *other = g_hash_table_lookup(y, name);

    g_assert_nonnull(other);
    g_assert_true(g_bytes_equal(bytes, other));
  }
}

static PartitaCorpus *
open_corpus(const char *path, bool common_key)
{
  const PartitaCorpusOptions options = {.common_key = common_key, .seed = 3};
  g_autoptr(GError) error = NULL;
  PartitaCorpus *corpus = partita_corpus_read(path, &options, &error);

  g_assert_no_error(error);
  return corpus;
}

static void
assert_equal(const PartitaCorpus *a, const PartitaCorpus *b)
{
  const size_t n_files = partita_corpus_get_n_files(a);
  const size_t n = partita_corpus_get_n_pieces(a);

  g_assert_cmpuint(n_files, ==, partita_corpus_get_n_files(b));
  for (size_t i = 0; i < n_files; ++i) {
    const PartitaLedgerEntry x = partita_corpus_get_entry(a, i);
    const PartitaLedgerEntry y = partita_corpus_get_entry(b, i);

    g_assert_cmpstr(x.path, ==, y.path);
    g_assert_cmpstr(x.reason, ==, y.reason);
    g_assert_cmpstr(x.family, ==, y.family);
    g_assert_cmpint(x.verdict, ==, y.verdict);
    g_assert_cmpint(x.valid, ==, y.valid);
    g_assert_cmpuint(x.tokens, ==, y.tokens);
  }
  g_assert_cmpuint(n, ==, partita_corpus_get_n_pieces(b));
  for (size_t i = 0; i < n; ++i) {
    g_autoptr(GArray) ids = fixture_get_ids(a, i);
    g_autoptr(GArray) same = fixture_get_ids(b, i);

    g_assert_cmpuint(ids->len, ==, same->len);
    g_assert_true(memcmp(ids->data, same->data, 2 * ids->len) == 0);
  }
}

static void
set_time(const char *folder, const char *path, time_t seconds)
{
  g_autofree char *whole = g_build_filename(folder, path, NULL);
  const struct timespec times[] = {{seconds, 0}, {seconds, 0}};

  g_assert_cmpint(utimensat(AT_FDCWD, whole, times, 0), ==, 0);
}

/// Puts junk in place of the files, of the same size and time.
static void
spoil(const char *folder, unsigned n, time_t seconds)
{
  for (unsigned i = 0; i < n; ++i) {
    g_autofree char *path = g_strdup_printf("s%u/%u.mid", i % 3, i);
    g_autofree char *whole = g_build_filename(folder, path, NULL);
    g_autofree char *bytes = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(whole, &bytes, &size, NULL));
    memset(bytes, 'x', size);
    g_assert_true(g_file_set_contents(whole, bytes, (gssize)size, NULL));
    set_time(folder, path, seconds);
  }
}

/* Law: workers and parts do not show in the bytes. */
static void
test_workers(void)
{
  char *folder = fixture_folder();

  fill(folder, N_FILES);
  for (unsigned i = 0; i < N_FILES; ++i) {
    g_autofree char *path = g_strdup_printf("s%u/%u.mid", i % 3, i);

    set_time(folder, path, 1000);
  }

  char *one = prepare(folder, "-one", 1);
  char *four = prepare(folder, "-four", 4);
  char *parted = g_strconcat(folder, "-parted", NULL);

  for (unsigned part = 3; part-- > 0;) {
    prepare_part(folder, parted, part, 3, 2);
    g_assert_false(partita_corpus_is_prepared(parted));
  }
  // Files are not read again: that is what the parts were for.
  spoil(folder, N_FILES, 1000);
  prepare_part(folder, parted, 0, 1, 1);
  assert_same(one, four);
  assert_same(one, parted);
  fixture_remove(one);
  fixture_remove(four);
  fixture_remove(parted);
  fixture_remove(folder);
}

/* Law: a prepared corpus is what reading its folder gives, in either key. */
static void
test_read(void)
{
  char *folder = fixture_folder();

  fill(folder, 60);

  char *prepared = prepare(folder, "-corpus", 2);

  for (int common = 0; common < 2; ++common) {
    g_autoptr(PartitaCorpus) in_memory = open_corpus(folder, common != 0);
    g_autoptr(PartitaCorpus) mapped = open_corpus(prepared, common != 0);

    assert_equal(in_memory, mapped);
  }
  fixture_remove(prepared);
  fixture_remove(folder);
}

/* Law: after any change the corpus is the one made afresh. */
static void
test_changes(void)
{
  char *folder = fixture_folder();
  g_autofree char *gone = g_build_filename(folder, "s0", "0.mid", NULL);

  fill(folder, N_FILES);

  char *old = prepare(folder, "-old", 2);

  g_assert_cmpint(g_unlink(gone), ==, 0);
  fixture_write_piece(folder, "s1/1.mid", 5001);
  fixture_write_piece(folder, "a/first.mid", 5002);
  set_time(folder, "s2/2.mid", 1000);
  prepare_part(folder, old, 0, 1, 1);

  char *fresh = prepare(folder, "-fresh", 1);

  assert_same(old, fresh);
  // Twice as many files: the shards are dealt anew.
  fill(folder, 2 * N_FILES);
  prepare_part(folder, old, 0, 1, 2);
  prepare_part(folder, fresh, 0, 1, 1);
  assert_same(old, fresh);
  fixture_remove(old);
  fixture_remove(fresh);
  fixture_remove(folder);
}

/* A file of the same size and time counts as unchanged; one whose bytes alone
 * are the same is read, but not encoded again: both are told by what happens
 * to a file that changed. */
static void
test_unchanged(void)
{
  char *folder = fixture_folder();
  struct stat before;
  struct stat after;
  g_autofree char *path = g_build_filename(folder, "a.mid", NULL);

  fixture_write_piece(folder, "a.mid", 1);
  fixture_write_piece(folder, "b.mid", 2);
  set_time(folder, "a.mid", 1000);
  g_assert_cmpint(stat(path, &before), ==, 0);

  char *corpus = prepare(folder, "-corpus", 1);
  g_autoptr(PartitaCorpus) first = open_corpus(corpus, false);

  fixture_write_piece(folder, "a.mid", 4);
  g_assert_cmpint(stat(path, &after), ==, 0);
  g_assert_cmpint(before.st_size, ==, after.st_size);
  set_time(folder, "a.mid", 1000);
  prepare_part(folder, corpus, 0, 1, 1);

  g_autoptr(PartitaCorpus) second = open_corpus(corpus, false);

  assert_equal(first, second);
  set_time(folder, "a.mid", 1001);
  prepare_part(folder, corpus, 0, 1, 1);

  g_autoptr(PartitaCorpus) third = open_corpus(corpus, false);
  g_autoptr(PartitaCorpus) fresh = open_corpus(folder, false);

  assert_equal(third, fresh);
  g_autoptr(GArray) was = fixture_get_ids(second, 0);
  g_autoptr(GArray) is = fixture_get_ids(third, 0);

  g_assert_true(was->len != is->len ||
                memcmp(was->data, is->data, 2 * is->len) != 0);
  fixture_remove(corpus);
  fixture_remove(folder);
}

typedef struct {
  PartitaCorpusStage stage;
  GCancellable *cancellable;
} Stop;

static void
cancel_soon(PartitaCorpusStage stage, size_t done, size_t total, void *data)
{
  const Stop *stop = data;

  if (stage == stop->stage &&
      (stage == PARTITA_CORPUS_COMPARING || done > total / 2))
    g_cancellable_cancel(stop->cancellable);
}

/* A corpus survives a prepare that is stopped; the next one goes on. */
static void
test_cancelled(gconstpointer stage)
{
  char *folder = fixture_folder();

  fill(folder, N_FILES);

  char *corpus = prepare(folder, "-corpus", 1);
  g_autoptr(PartitaCorpus) before = open_corpus(corpus, false);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Stop stop = {GPOINTER_TO_UINT(stage), cancellable};
  const PartitaCorpusOptions options = {.scheme = "remi",
                                        .workers = 1,
                                        .cancellable = cancellable,
                                        .progress = cancel_soon,
                                        .progress_data = &stop};

  fill(folder, 3 * N_FILES);
  g_assert_false(
    partita_corpus_prepare(folder, corpus, 0, 1, &options, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_autoptr(PartitaCorpus) still = open_corpus(corpus, false);

  assert_equal(before, still);
  prepare_part(folder, corpus, 0, 1, 1);

  char *fresh = prepare(folder, "-fresh", 1);

  assert_same(corpus, fresh);
  fixture_remove(corpus);
  fixture_remove(fresh);
  fixture_remove(folder);
}

static void
assert_refused(const char *folder, const char *corpus, GQuark domain, int code)
{
  const PartitaCorpusOptions options = {.scheme = "remi"};
  g_autoptr(GError) error = NULL;

  g_assert_false(
    partita_corpus_prepare(folder, corpus, 0, 1, &options, &error));
  g_assert_error(error, domain, code);
}

static void
test_refused(void)
{
  char *folder = fixture_folder();
  g_autofree char *inside = g_build_filename(folder, "corpus", NULL);
  g_autofree char *missing = g_build_filename(folder, "a", "b", NULL);

  fixture_write_piece(folder, "a.mid", 1);
  assert_refused(folder, inside, PARTITA_CORPUS_ERROR,
                 PARTITA_CORPUS_ERROR_FOLDER);
  assert_refused(folder, folder, PARTITA_CORPUS_ERROR,
                 PARTITA_CORPUS_ERROR_FOLDER);
  assert_refused(folder, missing, G_FILE_ERROR, G_FILE_ERROR_NOENT);

  char *corpus = prepare(folder, "-corpus", 1);
  const int lock = g_open(corpus, O_RDONLY | O_DIRECTORY, 0);

  g_assert_cmpint(flock(lock, LOCK_EX | LOCK_NB), ==, 0);
  assert_refused(folder, corpus, PARTITA_CORPUS_ERROR,
                 PARTITA_CORPUS_ERROR_BUSY);
  g_close(lock, NULL);

  const PartitaCorpusOptions grid = {.scheme = "grid"};
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_corpus_read(corpus, &grid, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN);
  fixture_remove(corpus);
  fixture_remove(folder);
}

/// Reads the corpus and whatever it gives; it may be refused, not crash.
static bool
try_all(const char *path)
{
  const PartitaCorpusOptions options = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaCorpus) corpus = partita_corpus_read(path, &options, &error);

  g_assert_true((corpus == NULL) == (error != NULL));
  if (corpus == NULL)
    return false;
  const size_t vocab =
    partita_scheme_get_vocab_size(partita_corpus_get_scheme(corpus));

  for (size_t i = 0; i < partita_corpus_get_n_files(corpus); ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);

    g_assert_true(g_utf8_validate(entry.path, -1, NULL));
  }
  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    g_autoptr(GArray) ids = fixture_get_ids(corpus, i);

    for (guint j = 0; j < ids->len; ++j)
      g_assert_cmpuint(g_array_index(ids, uint16_t, j), <, vocab);
  }
  return true;
}

/* Law: no damage is overlooked. */
static void
test_damage(void)
{
  char *folder = fixture_folder();

  fill(folder, 40);

  char *corpus = prepare(folder, "-corpus", 1);
  g_autoptr(GHashTable) files = read_all(corpus);

  for (unsigned run = 0; run < 100; ++run) {
    GHashTableIter iter;
    gpointer name = NULL;
    gpointer bytes = NULL;

    g_hash_table_iter_init(&iter, files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
      g_autofree char *path = g_build_filename(corpus, name, NULL);
      gsize size = 0;
      const void *data = g_bytes_get_data(bytes, &size);
      g_autofree char *copy = g_memdup2(data, size);
      const gsize at = (gsize)g_test_rand_int_range(0, (gint)size);
      const bool cut = run % 4 == 0;

      if (g_str_has_suffix(name, ".jsonl"))
        continue;
      copy[at] ^= (char)g_test_rand_int_range(1, 256);
      g_assert_true(
        g_file_set_contents(path, copy, (gssize)(cut ? at : size), NULL));
      g_assert_false(try_all(corpus));
      g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
    }
  }
  g_assert_true(try_all(corpus));
  fixture_remove(corpus);
  fixture_remove(folder);
}

/* What a damaged shard lost is found out again. */
static void
test_mended(void)
{
  char *folder = fixture_folder();

  fill(folder, 40);

  char *corpus = prepare(folder, "-corpus", 1);
  char *whole = prepare(folder, "-whole", 1);
  g_autoptr(GHashTable) files = read_all(corpus);
  GHashTableIter iter;
  gpointer name = NULL;
  gpointer bytes = NULL;

  g_hash_table_iter_init(&iter, files);
  while (g_hash_table_iter_next(&iter, &name, &bytes)) {
    g_autofree char *path = g_build_filename(corpus, name, NULL);

    g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
                                      (gssize)(g_bytes_get_size(bytes) / 2),
                                      NULL));
  }
  prepare_part(folder, corpus, 0, 1, 2);
  assert_same(corpus, whole);
  fixture_remove(corpus);
  fixture_remove(whole);
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/prepare/workers", test_workers);
  g_test_add_func("/corpus/prepare/read", test_read);
  g_test_add_func("/corpus/prepare/changes", test_changes);
  g_test_add_func("/corpus/prepare/unchanged", test_unchanged);
  g_test_add_data_func("/corpus/prepare/cancelled/reading",
                       GUINT_TO_POINTER(PARTITA_CORPUS_READING),
                       test_cancelled);
  g_test_add_data_func("/corpus/prepare/cancelled/comparing",
                       GUINT_TO_POINTER(PARTITA_CORPUS_COMPARING),
                       test_cancelled);
  g_test_add_func("/corpus/prepare/refused", test_refused);
  g_test_add_func("/corpus/prepare/damage", test_damage);
  g_test_add_func("/corpus/prepare/mended", test_mended);
  return g_test_run();
}
