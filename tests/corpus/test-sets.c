// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <partita/corpus.h>

/* Real sets, each a folder below $PARTITA_DATA. */

static double
quarters(PartitaMeter meter)
{
  return 4.0 * meter.numerator / meter.denominator;
}

typedef struct {
  unsigned n;
  unsigned n_changed;
  unsigned n_whole;  // whose metre thereafter has bars of 3/8 and more
  unsigned n_common; // ... is 4/4
  unsigned n_again;  // changed once more by a second repair
} Repairs;

static void
repair_one(PartitaScore *score, unsigned number, void *data)
{
  Repairs *sums = data;
  size_t n = 0;

  (void)number;
  ++sums->n;
  sums->n_changed += partita_score_repair_bars(score, NULL);
  sums->n_again += partita_score_repair_bars(score, NULL);

  const PartitaMeter *meters = partita_score_get_meters(score, &n);
  const PartitaMeter last = n > 0 ? meters[0] : (PartitaMeter){0, 4, 4};

  sums->n_whole += quarters(last) >= 1.5;
  sums->n_common += last.numerator == 4 && last.denominator == 4;
}

/* Sets whose metres were declared by people who knew the music. LilyPond, of
 * which Mutopia is made, does not write that a piece begins with an upbeat: its
 * bar lines may move. */
static void
test_true_metres(void)
{
  static const struct {
    const char *name;
    unsigned changed_max;
  } sets[] = {{"openscore_quartets", 0},
              {"openscore_lieder", 3},
              {"mutopia_pd", 30},
              {"nottingham", 0}};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Repairs sums = {0};

    if (!data_set_for_each(sets[i].name, repair_one, &sums))
      continue;
    g_test_message("%s: %u files, %u changed", sets[i].name, sums.n,
                   sums.n_changed);
    g_assert_cmpuint(sums.n_changed, <=, sets[i].changed_max);
    g_assert_cmpuint(sums.n_again, ==, 0);
  }
}

static void
test_pop909(void)
{
  Repairs sums = {0};

  if (!data_set_for_each("pop909", repair_one, &sums))
    return;
  g_test_message("pop909: %u files, %u changed, %u in bars of 3/8 or more, "
                 "%u in 4/4",
                 sums.n, sums.n_changed, sums.n_whole, sums.n_common);
  g_assert_cmpuint(sums.n_whole, ==, sums.n);
  g_assert_cmpuint(sums.n_common * 10, >, sums.n * 9);
  g_assert_cmpuint(sums.n_again, ==, 0);
}

static void
test_read_all(void)
{
  static const char *const sets[] = {"pop909", "messy_web", "messy_games",
                                     "parser_tests"};
  const char *root = g_getenv("PARTITA_DATA");
  const PartitaCorpusOptions options = {.scheme = "remi"};

  if (root == NULL) {
    g_test_skip("PARTITA_DATA is not set");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    g_autofree char *folder = g_build_filename(root, sets[i], NULL);
    g_autoptr(GError) error = NULL;
    const gint64 start = g_get_monotonic_time();
    g_autoptr(PartitaCorpus) corpus =
      partita_corpus_read(folder, &options, &error);
    const double s = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
    size_t tokens = 0;

    g_assert_no_error(error);
    const size_t n = partita_corpus_get_n_files(corpus);

    for (size_t j = 0; j < partita_corpus_get_n_pieces(corpus); ++j)
      tokens += partita_corpus_get_piece(corpus, j).n;
    g_test_message("%s: %zu files, %zu pieces, %zu tokens in %.2f s "
                   "(%.0f files/s)",
                   sets[i], n, partita_corpus_get_n_pieces(corpus), tokens, s,
                   (double)n / s);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/sets/true-metres", test_true_metres);
  g_test_add_func("/corpus/sets/pop909", test_pop909);
  g_test_add_func("/corpus/sets/read-all", test_read_all);
  return g_test_run();
}
