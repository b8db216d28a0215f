// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static size_t
measure_space(void)
{
  g_autofree char *text = NULL;

  g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
  return g_ascii_strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

static void
set_limit(rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint(getrlimit(RLIMIT_AS, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);
}

static void
assert_short(const GError *error)
{
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM);
  g_assert_nonnull(strstr(error->message, "ulimit -v"));
}

/* Short of address space it is told, and what was there stays. */
static void
test_short(void)
{
  const PartitaCorpusOptions options = {.scheme = "remi", .workers = 1};
  struct rlimit before;

  if (measure_space() > (size_t)1 << 40) {
    g_test_skip("a sanitizer has taken all");
    return;
  }
  char *folder = fixture_folder();
  char *corpus = g_strconcat(folder, "-corpus", NULL);
  const char *const sources[] = {folder, corpus};

  for (unsigned i = 0; i < 40; ++i) {
    g_autofree char *path = g_strdup_printf("%u.mid", i);

    fixture_write_piece(folder, path, i);
  }
  g_assert_true(partita_corpus_prepare(folder, corpus, 0, 1, &options, NULL));
  g_assert_cmpint(getrlimit(RLIMIT_AS, &before), ==, 0);
  set_limit(measure_space() + ((size_t)32 << 20));
  for (size_t i = 0; i < G_N_ELEMENTS(sources); ++i) {
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_corpus_read(sources[i], &options, &error));
    assert_short(error);
  }
  g_autoptr(GError) error = NULL;

  g_assert_false(
    partita_corpus_prepare(folder, corpus, 0, 1, &options, &error));
  assert_short(error);
  set_limit(before.rlim_cur);
  g_autoptr(PartitaCorpus) still = partita_corpus_read(corpus, &options, NULL);

  g_assert_cmpuint(partita_corpus_get_n_pieces(still), ==, 40);
  fixture_remove(corpus);
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/space/short", test_short);
  return g_test_run();
}
