// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What an LSTM promises beside what test-laws.c tries. */

#include "chunk.h"

// Law: a chunk equals its halves, for the state is carried.
static void
test_chunk_equals_halves(void)
{
  g_autoptr(PartitaModel) model = new_model(&lstm, "openblas");
  g_autoptr(PartitaModelWorker) whole =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) half =
    partita_model_worker_new(model, ROWS, STEPS / 2);
  Chunk chunk;
  float expected[CELLS], nll[CELLS];

  fill_chunk(&chunk);
  chunk.reset[STEPS / 2 * ROWS] = 1; // where the halves meet
  chunk.reset[2 * ROWS + 1] = 1;
  (void)run(whole, &chunk, 0, NULL, expected);
  (void)run(half, &chunk, 0, NULL, nll);
  (void)run(half, &chunk, STEPS / 2, NULL, nll + STEPS / 2 * ROWS);
  assert_near(expected, nll, CELLS, 1e-5);
}

// Law: one worker's state put into another makes it the same, and only that.
static void
test_state(void)
{
  g_autoptr(PartitaModel) model = new_model(&lstm, "openblas");
  g_autoptr(PartitaModelWorker) one =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) two =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autofree float *state =
    g_new(float, partita_model_worker_get_state_size(one));
  Chunk chunk;

  fill_chunk(&chunk);
  (void)run(one, &chunk, 0, NULL, NULL);
  partita_model_worker_get_state(one, state);
  partita_model_worker_set_state(two, state);

  const double loss = run(one, &chunk, 0, NULL, NULL);

  g_assert_cmpfloat(loss, ==, run(two, &chunk, 0, NULL, NULL));
  partita_model_worker_set_state(two, NULL);
  g_assert_cmpfloat(loss, !=, run(two, &chunk, 0, NULL, NULL));
}

// Weights are a function of the seed.
static void
test_seed(void)
{
  g_autoptr(PartitaModel) a = partita_model_new(&lstm, 7);
  g_autoptr(PartitaModel) b = partita_model_new(&lstm, 7);
  g_autoptr(PartitaModel) other = partita_model_new(&lstm, 8);
  const size_t n = sizeof(float) * partita_model_get_n_parameters(a);

  g_assert_cmpint(
    memcmp(partita_model_get_parameters(a), partita_model_get_parameters(b), n),
    ==, 0);
  g_assert_cmpint(memcmp(partita_model_get_parameters(a),
                         partita_model_get_parameters(other), n),
                  !=, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/model/lstm/chunk-equals-halves", test_chunk_equals_halves);
  g_test_add_func("/model/lstm/state", test_state);
  g_test_add_func("/model/lstm/seed", test_seed);
  return g_test_run();
}
