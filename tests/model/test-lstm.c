// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <model/model-private.h>
#include <string.h>

#define ROWS 3
#define STEPS 8
#define VOCAB 19
#define FIELDS 2

static const PartitaModelConfig config = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = FIELDS,
  .field_size = {VOCAB, 5},
  .width = 12,
  .hidden = 20,
  .layers = 2,
  .dropout = 0.2,
};

typedef struct {
  uint16_t inputs[STEPS * ROWS * FIELDS];
  int32_t targets[STEPS * ROWS];
  uint8_t reset[STEPS * ROWS];
} Chunk;

// In float, for the laws are tight.
static PartitaModel *
make_model(uint64_t seed)
{
  PartitaModel *const model = partita_model_new(&config, seed);

  partita_model_set_backend(model, partita_nn_backend_find("openblas", NULL));
  return model;
}

static void
fill_chunk(Chunk *chunk)
{
  for (size_t i = 0; i < STEPS * ROWS; ++i) {
    chunk->inputs[FIELDS * i] = (uint16_t)g_test_rand_int_range(0, VOCAB);
    chunk->inputs[FIELDS * i + 1] = (uint16_t)g_test_rand_int_range(0, 5);
    chunk->targets[i] = g_test_rand_int_range(0, VOCAB);
    chunk->reset[i] = 0;
  }
}

static double
run(PartitaModelWorker *worker,
    const Chunk *chunk,
    size_t first_step,
    float *gradients,
    float *nll)
{
  const PartitaModelBatch batch = {
    .inputs = chunk->inputs + first_step * ROWS * FIELDS,
    .targets = chunk->targets + first_step * ROWS,
    .reset = chunk->reset + first_step * ROWS,
    .training = gradients != NULL,
    .seed = 1,
    .step = 2,
    .shard = 3,
    .scale = 1.0,
  };

  return partita_model_worker_run(worker, &batch, gradients, nll, NULL);
}

static double
find_nll(const float *logits, int32_t target)
{
  double sum = 0.0;

  for (size_t i = 0; i < VOCAB; ++i)
    sum += exp((double)logits[i]);
  return log(sum) - (double)logits[target];
}

// Law: stepping gives what the whole sequence at once gives.
static void
test_step_equals_worker(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  Chunk chunk;
  float nll[STEPS * ROWS], logits[ROWS * VOCAB];

  fill_chunk(&chunk);
  for (int round = 0; round < 2; ++round) { // the second on the carried state
    (void)run(worker, &chunk, 0, NULL, nll);
    for (size_t t = 0; t < STEPS; ++t) {
      partita_model_step(state, chunk.inputs + t * ROWS * FIELDS, logits);
      for (size_t r = 0; r < ROWS; ++r)
        g_assert_cmpfloat_with_epsilon(
          find_nll(logits + r * VOCAB, chunk.targets[t * ROWS + r]),
          (double)nll[t * ROWS + r], 1e-4);
    }
  }
}

// Law: a batch equals its rows.
static void
test_batch_equals_rows(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelState) all = partita_model_state_new(model, ROWS);
  g_autoptr(PartitaModelState) one = partita_model_state_new(model, 1);
  Chunk chunk;
  float batch[STEPS][ROWS * VOCAB], row[VOCAB];

  fill_chunk(&chunk);
  for (size_t t = 0; t < STEPS; ++t)
    partita_model_step(all, chunk.inputs + t * ROWS * FIELDS, batch[t]);
  for (size_t r = 0; r < ROWS; ++r) {
    partita_model_state_reset(one);
    for (size_t t = 0; t < STEPS; ++t) {
      partita_model_step(one, chunk.inputs + (t * ROWS + r) * FIELDS, row);
      for (size_t i = 0; i < VOCAB; ++i)
        g_assert_cmpfloat_with_epsilon((double)row[i],
                                       (double)batch[t][r * VOCAB + i], 1e-4);
    }
  }
}

// Law: a chunk equals its halves, for the state is carried.
static void
test_chunk_equals_halves(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) whole =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) half =
    partita_model_worker_new(model, ROWS, STEPS / 2);
  Chunk chunk;
  float expected[STEPS * ROWS], nll[STEPS * ROWS];

  fill_chunk(&chunk);
  chunk.reset[STEPS / 2 * ROWS] = 1; // where the halves meet
  chunk.reset[2 * ROWS + 1] = 1;
  (void)run(whole, &chunk, 0, NULL, expected);
  (void)run(half, &chunk, 0, NULL, nll);
  (void)run(half, &chunk, STEPS / 2, NULL, nll + STEPS / 2 * ROWS);
  for (size_t i = 0; i < STEPS * ROWS; ++i)
    g_assert_cmpfloat_with_epsilon(expected[i], nll[i], 1e-5f);
}

// Law: after a reset, what was before leaves no trace; other rows keep theirs.
static void
test_reset(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float first[STEPS * ROWS], second[STEPS * ROWS];

  fill_chunk(&chunk);
  for (size_t r = 0; r < ROWS; ++r)
    chunk.reset[r] = 1;
  chunk.reset[3 * ROWS + 1] = 1;
  (void)run(worker, &chunk, 0, NULL, first);
  chunk.inputs[1 * FIELDS] = (uint16_t)((chunk.inputs[1 * FIELDS] + 1) % VOCAB);
  (void)run(worker, &chunk, 0, NULL, second);
  for (size_t t = 0; t < STEPS; ++t) {
    const bool same = t >= 3;

    g_assert_true((first[t * ROWS + 1] == second[t * ROWS + 1]) == same);
    g_assert_cmpfloat(first[t * ROWS], ==, second[t * ROWS]);
    g_assert_cmpfloat(first[t * ROWS + 2], ==, second[t * ROWS + 2]);
  }
}

// Law: the same seed and data, the same bits; and one worker's state put into
// another makes it the same.
static void
test_same_bits(void)
{
  g_autoptr(PartitaModel) a = make_model(7);
  g_autoptr(PartitaModel) b = make_model(7);
  g_autoptr(PartitaModel) other = partita_model_new(&config, 8);
  g_autoptr(PartitaModelWorker) first =
    partita_model_worker_new(a, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) second =
    partita_model_worker_new(b, ROWS, STEPS);
  const size_t n = partita_model_get_n_parameters(a);
  g_autofree float *one = g_new0(float, n);
  g_autofree float *two = g_new0(float, n);
  const size_t n_state = partita_model_worker_get_state_size(first);
  g_autofree float *state = g_new(float, n_state);
  Chunk chunk;

  g_assert_cmpint(memcmp(partita_model_get_parameters(a),
                         partita_model_get_parameters(b), sizeof(float) * n),
                  ==, 0);
  g_assert_cmpint(memcmp(partita_model_get_parameters(a),
                         partita_model_get_parameters(other),
                         sizeof(float) * n),
                  !=, 0);
  fill_chunk(&chunk);
  (void)run(first, &chunk, 0, NULL, NULL);
  partita_model_worker_get_state(first, state);
  partita_model_worker_set_state(second, state);

  const double loss = run(first, &chunk, 0, one, NULL);

  g_assert_cmpfloat(loss, ==, run(second, &chunk, 0, two, NULL));
  g_assert_cmpint(memcmp(one, two, sizeof(float) * n), ==, 0);
  partita_model_worker_set_state(second, NULL);
  g_assert_cmpfloat(loss, !=, run(second, &chunk, 0, two, NULL));
}

// Dropout acts in training alone, and differs between shards.
static void
test_dropout(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  double loss[3];

  fill_chunk(&chunk);
  for (uint32_t i = 0; i < 3; ++i) {
    const PartitaModelBatch batch = {
      .inputs = chunk.inputs,
      .targets = chunk.targets,
      .reset = chunk.reset,
      .training = i > 0,
      .shard = i,
      .scale = 1.0,
    };

    partita_model_worker_set_state(worker, NULL);
    loss[i] = partita_model_worker_run(worker, &batch, NULL, NULL, NULL);
  }
  g_assert_cmpfloat(loss[0], !=, loss[1]);
  g_assert_cmpfloat(loss[1], !=, loss[2]);
}

static void
test_targets_counted(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float nll[STEPS * ROWS];
  size_t n = 0;
  double sum = 0.0;

  fill_chunk(&chunk);
  chunk.targets[4] = -1;

  const PartitaModelBatch batch = {.inputs = chunk.inputs,
                                   .targets = chunk.targets,
                                   .reset = chunk.reset,
                                   .scale = 1.0};
  const double loss = partita_model_worker_run(worker, &batch, NULL, nll, &n);

  g_assert_cmpuint(n, ==, STEPS * ROWS - 1);
  g_assert_cmpfloat(nll[4], ==, 0.0f);
  for (size_t i = 0; i < STEPS * ROWS; ++i)
    sum += (double)nll[i];
  g_assert_cmpfloat_with_epsilon(loss, sum, 1e-4);
}

// A small model learns by heart one sequence: AdamW, clipping and all.
static void
test_learns(void)
{
  g_autoptr(PartitaModel) model = make_model(7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  const size_t n = partita_model_get_n_parameters(model);
  const PartitaNnAdamw settings = {
    .learning_rate = 0.02, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8};
  g_autofree float *m = g_new0(float, n);
  g_autofree float *v = g_new0(float, n);
  Chunk chunk;
  double loss = 0.0;

  fill_chunk(&chunk);
  for (size_t r = 0; r < ROWS; ++r)
    chunk.reset[r] = 1;
  for (uint64_t step = 1; step <= 150; ++step) {
    g_autofree float *gradients = g_new0(float, n);

    loss = run(worker, &chunk, 0, gradients, NULL);
    (void)partita_nn_clip(gradients, n, 5.0);
    partita_nn_adamw(partita_model_get_parameters(model), gradients, m, v, n,
                     step, &settings);
  }
  g_assert_cmpfloat(loss / (STEPS * ROWS), <, 0.2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/model/lstm/step-equals-worker", test_step_equals_worker);
  g_test_add_func("/model/lstm/batch-equals-rows", test_batch_equals_rows);
  g_test_add_func("/model/lstm/chunk-equals-halves", test_chunk_equals_halves);
  g_test_add_func("/model/lstm/reset", test_reset);
  g_test_add_func("/model/lstm/same-bits", test_same_bits);
  g_test_add_func("/model/lstm/dropout", test_dropout);
  g_test_add_func("/model/lstm/targets-counted", test_targets_counted);
  g_test_add_func("/model/lstm/learns", test_learns);
  return g_test_run();
}
