// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <math.h>

/* -log softmax(logits)[target], in double. */
static double
measure_loss(const float *logits, size_t n, uint16_t target)
{
  double largest = (double)logits[0], sum = 0.0;

  for (size_t i = 1; i < n; ++i)
    largest = fmax(largest, (double)logits[i]);
  for (size_t i = 0; i < n; ++i)
    sum += exp((double)logits[i] - largest);
  return log(sum) + largest - (double)logits[target];
}

/* The loss by stepping the model as composing does, one id at a time. */
static double
step_through(const PartitaModel *model,
             const PartitaScheme *scheme,
             const GArray *piece)
{
  const size_t vocab = partita_scheme_get_vocab_size(scheme);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  g_autofree float *logits = g_new(float, vocab);
  uint16_t inputs[PARTITA_MODEL_FIELDS_MAX];
  double nll = 0.0;

  for (guint i = 0; i + 1 < piece->len; ++i) {
    g_assert_true(
      partita_grammar_push(grammar, g_array_index(piece, uint16_t, i)));
    inputs[0] = g_array_index(piece, uint16_t, i);
    partita_grammar_get_fields(grammar, inputs + 1);
    partita_model_step(state, inputs, logits);
    nll += measure_loss(logits, vocab, g_array_index(piece, uint16_t, i + 1));
  }
  return nll;
}

/* Law: the loss of a batch of rows, in chunks, over shards, is that of the
 * model stepped through each piece. */
static void
test_reference(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(20, 0.4);
  const PartitaTrainSettings settings = make_settings(corpus);
  g_assert_true(partita_nn_init(NULL));
  g_autoptr(PartitaModel) model = partita_model_new(&settings.config, 3);
  g_autoptr(PartitaCrew) crew =
    partita_crew_new(model, &settings, 2, NULL, NULL);
  g_autoptr(GArray) pieces = partita_held_out(corpus, 1, 0, G_MAXSIZE);
  double nll = 0.0, tokens = 0.0;

  g_assert_cmpuint(pieces->len, >, 1);
  for (guint i = 0; i < pieces->len; ++i) {
    const PartitaPiece piece =
      partita_corpus_get_piece(corpus, g_array_index(pieces, uint32_t, i));

    g_assert_true(piece.valid);
    g_autoptr(GArray) ids = get_ids(corpus, g_array_index(pieces, uint32_t, i));

    nll += step_through(model, partita_corpus_get_scheme(corpus), ids);
    tokens += (double)piece.n - 1.0;
  }
  g_assert_cmpfloat_with_epsilon(
    partita_crew_evaluate(crew, corpus, pieces, &settings), nll / tokens, 1e-5);
}

/* Law: to evaluate changes nothing of the training that goes on. */
static void
test_undisturbed(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(20, 0.4);
  const PartitaTrainSettings settings = make_settings(corpus);
  g_assert_true(partita_nn_init(NULL));
  g_autoptr(PartitaModel) model = partita_model_new(&settings.config, 3);
  g_autoptr(GArray) training = find_side(corpus, false);
  g_autoptr(GArray) pieces = partita_held_out(corpus, 1, 0, G_MAXSIZE);
  double losses[2];

  for (size_t i = 0; i < 2; ++i) {
    g_autoptr(PartitaCrew) crew =
      partita_crew_new(model, &settings, 1, NULL, NULL);
    g_autoptr(PartitaStream) stream =
      partita_stream_new(corpus, training, &settings, true);
    PartitaReal *gradients = NULL;

    (void)partita_crew_run(crew, partita_stream_next(stream), 1, &gradients);
    if (i == 1)
      (void)partita_crew_evaluate(crew, corpus, pieces, &settings);
    losses[i] =
      partita_crew_run(crew, partita_stream_next(stream), 2, &gradients);
  }
  g_assert_cmpfloat(losses[0], ==, losses[1]);
}

/* A subset keeps to its size and is the same each time. */
static void
test_subset(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(40, 0.5);
  g_autoptr(GArray) all = partita_held_out(corpus, 1, 0, G_MAXSIZE);
  g_autoptr(GArray) some = partita_held_out(corpus, 1, 1500, G_MAXSIZE);
  g_autoptr(GArray) again = partita_held_out(corpus, 1, 1500, G_MAXSIZE);
  g_autoptr(GArray) one = partita_held_out(corpus, 1, 1, G_MAXSIZE);
  size_t tokens = 0;

  for (guint i = 0; i < some->len; ++i)
    tokens +=
      partita_corpus_get_piece(corpus, g_array_index(some, uint32_t, i)).n;
  g_assert_cmpuint(tokens, <=, 1500);
  g_assert_cmpuint(some->len, <, all->len);
  g_assert_cmpuint(some->len, ==, again->len);
  g_assert_true(memcmp(some->data, again->data, some->len * sizeof(uint32_t)) ==
                0);
  g_assert_cmpuint(one->len, ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/evaluate/reference", test_reference);
  g_test_add_func("/train/evaluate/undisturbed", test_undisturbed);
  g_test_add_func("/train/evaluate/subset", test_subset);
  return g_test_run();
}
