// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <corpus/scan.h>
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
check_entry(const PartitaLedgerEntry *entry)
{
  if (entry->verdict == PARTITA_VERDICT_SKIPPED) {
    g_assert_cmpstr(entry->reason, !=, "");
    g_assert_cmpuint(entry->tokens, ==, 0);
  } else {
    g_assert_cmpuint(entry->notes, >, 0);
    g_assert_cmpuint(entry->bars, >, 0);
  }
}

static void
check_piece(const PartitaCorpus *corpus, size_t index, GArray *ids)
{
  g_autoptr(GError) error = NULL;

  partita_corpus_get_ids(corpus, index, 0, ids);
  g_assert_cmpuint(ids->len, ==, partita_corpus_get_piece(corpus, index).n);
  g_autoptr(PartitaScore) score = partita_scheme_decode(
    partita_corpus_get_scheme(corpus),
    (const uint16_t *)(const void *)ids->data, ids->len, NULL, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(partita_score_get_n_notes(score), >, 0);
}

/* Laws: everything in the folder has a line in the ledger, what is skipped a
 * reason, and every piece decodes to notes. */
static void
test_read_all(void)
{
  static const char *const sets[] = {"pop909", "messy_web", "messy_games",
                                     "parser_tests"};
  const char *root = g_getenv("PARTITA_DATA");
  const PartitaCorpusOptions options = {.scheme = "remi"};
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  if (root == NULL) {
    g_test_skip("PARTITA_DATA is not set");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    g_autofree char *folder = g_build_filename(root, sets[i], NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(PartitaScratch) scratch = partita_scratch_new();
    g_autoptr(GPtrArray) items =
      partita_scan_folder(folder, scratch, NULL, &error);

    g_assert_no_error(error);
    g_autoptr(PartitaCorpus) corpus =
      partita_corpus_read(folder, &options, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(partita_corpus_get_n_files(corpus), ==, items->len);
    for (size_t j = 0; j < items->len; ++j) {
      const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, j);

      check_entry(&entry);
    }
    for (size_t j = 0; j < partita_corpus_get_n_pieces(corpus); ++j)
      check_piece(corpus, j, ids);
    g_test_message("%s: %u files, %zu pieces", sets[i], items->len,
                   partita_corpus_get_n_pieces(corpus));
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
