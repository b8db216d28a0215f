// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <math.h>
#include <train/trigram.h>

/* Law: after any context, seen or not, the probabilities sum to 1 and none
 * is 0. */
static void
test_normalised(void)
{
  enum { VOCAB = 30, N = 4000 };
  g_autoptr(PartitaTrigram) trigram = partita_trigram_new(VOCAB);
  uint16_t ids[N];

  for (size_t i = 0; i < N; ++i)
    ids[i] = (uint16_t)(i == 0 ? 0
                               : (ids[i - 1] + g_test_rand_int_range(0, 5)) %
                                   (VOCAB - 4));
  partita_trigram_add(trigram, ids, N);
  for (int run = 0; run < 300; ++run) {
    const uint16_t a = (uint16_t)g_test_rand_int_range(0, VOCAB);
    const uint16_t b = (uint16_t)g_test_rand_int_range(0, VOCAB);
    double sum = 0.0;

    for (uint16_t c = 0; c < VOCAB; ++c) {
      const double p = partita_trigram_probability(trigram, a, b, c);

      g_assert_cmpfloat(p, >, 0.0);
      sum += p;
    }
    g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-12);
  }
}

/* Law: a model of nothing is uniform. */
static void
test_empty(void)
{
  g_autoptr(PartitaTrigram) trigram = partita_trigram_new(8);
  const uint16_t ids[] = {0, 3, 7, 1};

  g_assert_cmpfloat_with_epsilon(partita_trigram_score(trigram, ids, 4),
                                 3.0 * log(8.0), 1e-12);
}

/* By hand, with vocabulary 4 and the sequence 0 2 3 2 3 1:
 * the ids counted are 2 3 2 3 1: N = 5, T = 3;
 *   p(3) = (2 + 3/4) / 8 = 11/32
 * after 2 comes 3 3: N = 2, T = 1:
 *   p(3 | 2) = (2 + 11/32) / 3 = 75/96
 * after 3 2 comes 3: N = 1, T = 1:
 *   p(3 | 3 2) = (1 + 75/96) / 2 = 171/192
 * the context of the first 2 is 0 0:
 *   p(2) = 11/32, p(2 | 0) = (1 + 11/32) / 2 = 43/64,
 *   p(2 | 0 0) = (1 + 43/64) / 2 = 107/128 */
static void
test_by_hand(void)
{
  g_autoptr(PartitaTrigram) trigram = partita_trigram_new(4);
  const uint16_t ids[] = {0, 2, 3, 2, 3, 1};

  partita_trigram_add(trigram, ids, 6);
  g_assert_cmpfloat_with_epsilon(partita_trigram_probability(trigram, 3, 2, 3),
                                 171.0 / 192.0, 1e-12);
  g_assert_cmpfloat_with_epsilon(partita_trigram_score(trigram, ids, 2),
                                 -log(107.0 / 128.0), 1e-12);
  /* 1 2 was never seen: the bigram decides. */
  g_assert_cmpfloat_with_epsilon(partita_trigram_probability(trigram, 1, 2, 3),
                                 75.0 / 96.0, 1e-12);
}

/* Of a corpus: better than chance, and better than counting no context. */
static void
test_corpus(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(30, 0.2);
  const double vocab =
    (double)partita_scheme_get_vocab_size(partita_corpus_get_scheme(corpus));
  const double loss = partita_trigram_loss(corpus);

  g_assert_cmpfloat(loss, >, 0.0);
  g_assert_cmpfloat(loss, <, 0.5 * log(vocab));
}

static void
test_none_held_out(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(4, -1.0);

  g_assert_true(isnan(partita_trigram_loss(corpus)));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/trigram/normalised", test_normalised);
  g_test_add_func("/train/trigram/empty", test_empty);
  g_test_add_func("/train/trigram/by-hand", test_by_hand);
  g_test_add_func("/train/trigram/corpus", test_corpus);
  g_test_add_func("/train/trigram/none-held-out", test_none_held_out);
  return g_test_run();
}
