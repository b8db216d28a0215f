// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What both networks promise, by each backend. */

#include "chunk.h"

#include <malloc.h>

// Law: stepping with what is kept gives what the whole sequence at once gives;
// also from the state that the last chunk left, if one is carried, and after a
// reset.
static void
test_step_equals_worker(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  Chunk chunk;
  float nll[CELLS], found[ROWS];

  for (int round = 0; round < 3; ++round) {
    fill_chunk(&chunk);
    if (round == 2 || partita_model_worker_get_state_size(worker) == 0) {
      partita_model_state_reset(state);
      partita_model_worker_set_state(worker, NULL);
    }
    (void)run(worker, &chunk, 0, NULL, nll);
    for (size_t t = 0; t < STEPS; ++t) {
      step(state, &chunk, t, found);
      assert_near(found, nll + t * ROWS, ROWS, side->tolerance);
    }
  }
}

// Law: a batch equals its rows, in generation.
static void
test_batch_equals_rows(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelState) all = partita_model_state_new(model, ROWS);
  g_autoptr(PartitaModelState) one = partita_model_state_new(model, 1);
  static float batch[STEPS][ROWS * VOCAB];
  Chunk chunk;
  float row[VOCAB];

  fill_chunk(&chunk);
  for (size_t t = 0; t < STEPS; ++t)
    partita_model_step(all, chunk.inputs + t * ROWS * FIELDS, batch[t]);
  for (size_t r = 0; r < ROWS; ++r) {
    partita_model_state_reset(one);
    for (size_t t = 0; t < STEPS; ++t) {
      partita_model_step(one, chunk.inputs + (t * ROWS + r) * FIELDS, row);
      assert_near(row, batch[t] + r * VOCAB, VOCAB, 2e-4);
    }
  }
}

// Law: a row that is reset is what a new one is, wherever the others are, and
// they go on.
static void
check_reset_row(const Side *side, const PartitaModelConfig *config)
{
  enum { AT = 33, ROW = 1 };
  g_autoptr(PartitaModel) model = new_model(config, side->backend);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  g_autoptr(PartitaModelState) plain = partita_model_state_new(model, ROWS);
  g_autoptr(PartitaModelState) late = partita_model_state_new(model, ROWS);
  Chunk chunk;
  float found[ROWS * VOCAB], same[ROWS * VOCAB], fresh[ROWS * VOCAB];

  fill_chunk(&chunk);
  for (size_t t = 0; t < STEPS; ++t) {
    const uint16_t *const inputs = chunk.inputs + t * ROWS * FIELDS;

    if (t == AT)
      partita_model_state_reset_row(state, ROW);
    partita_model_step(state, inputs, found);
    partita_model_step(plain, inputs, same);
    if (t >= AT)
      partita_model_step(late, inputs, fresh);
    for (size_t r = 0; r < ROWS; ++r) {
      const size_t at = r * VOCAB;
      const float *const wanted = r == ROW && t >= AT ? fresh : same;

      g_assert_cmpint(memcmp(found + at, wanted + at, VOCAB * sizeof *found),
                      ==, 0);
    }
    if (t <= AT) // what was may be forgotten later
      g_assert_true((memcmp(found, same, sizeof found) == 0) == (t < AT));
  }
}

static void
test_reset_row(const Side *side)
{
  PartitaModelConfig config = *side->config;

  check_reset_row(side, &config);
  if (config.context > 0) {
    config.context = 20; // half is forgotten, of each row in its own time
    check_reset_row(side, &config);
  }
}

// Law: products of bytes give nearly what was learnt by bf16.
static void
test_int8(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelState) state = NULL;
  Chunk chunk;
  float nll[CELLS], found[ROWS];
  double apart = 0.0;

  if (partita_nn_backend_find_int8() == NULL ||
      !partita_nn_backend_is_half(model->backend)) {
    g_test_skip("float stays float");
    return;
  }
  partita_model_set_int8(model, true);
  state = partita_model_state_new(model, ROWS);
  fill_chunk(&chunk);
  (void)run(worker, &chunk, 0, NULL, nll);
  for (size_t t = 0; t < STEPS; ++t) {
    step(state, &chunk, t, found);
    assert_near(found, nll + t * ROWS, ROWS, 0.2);
    for (size_t r = 0; r < ROWS; ++r)
      apart += fabs((double)found[r] - (double)nll[t * ROWS + r]) / CELLS;
  }
  g_assert_cmpfloat(apart, <, 0.03);
  g_assert_cmpfloat(apart, >, 1e-5);
}

// Law: a batch equals its rows, in training.
static void
test_worker_equals_rows(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) all =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) one = partita_model_worker_new(model, 1, STEPS);
  const size_t n = partita_model_get_n_parameters(model);
  g_autofree float *sum = g_new0(float, n);
  g_autofree float *gradients = g_new0(float, n);
  Chunk chunk, row;
  PartitaModelBatch batch = {.inputs = chunk.inputs,
                             .targets = chunk.targets,
                             .reset = chunk.reset,
                             .scale = 1.0};
  float nll[CELLS], found[STEPS];

  fill_chunk(&chunk);
  chunk.reset[11 * ROWS + 1] = 1;
  (void)partita_model_worker_run(all, &batch, gradients, nll, NULL);
  batch = (PartitaModelBatch){.inputs = row.inputs,
                              .targets = row.targets,
                              .reset = row.reset,
                              .scale = 1.0};
  for (size_t r = 0; r < ROWS; ++r) {
    for (size_t t = 0; t < STEPS; ++t) {
      memcpy(row.inputs + t * FIELDS, chunk.inputs + (t * ROWS + r) * FIELDS,
             sizeof *row.inputs * FIELDS);
      row.targets[t] = chunk.targets[t * ROWS + r];
      row.reset[t] = chunk.reset[t * ROWS + r];
    }
    partita_model_worker_set_state(one, NULL);
    (void)partita_model_worker_run(one, &batch, sum, found, NULL);
    for (size_t t = 0; t < STEPS; ++t)
      g_assert_cmpfloat_with_epsilon(found[t], nll[t * ROWS + r],
                                     (float)side->tolerance);
  }
  assert_near(sum, gradients, n, 100.0 * side->tolerance);
}

// Law: after a reset, what was before leaves no trace; other rows keep theirs.
static void
test_reset(const Side *side)
{
  enum { AT = 30 };
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float first[CELLS], second[CELLS];

  fill_chunk(&chunk);
  for (size_t r = 0; r < ROWS; ++r)
    chunk.reset[r] = 1;
  chunk.reset[AT * ROWS + 1] = 1;
  (void)run(worker, &chunk, 0, NULL, first);
  for (size_t t = 0; t < 5; ++t) { // one alone may be lost in bf16
    uint16_t *const id = &chunk.inputs[(t * ROWS + 1) * FIELDS];

    *id = (uint16_t)((*id + 1) % VOCAB);
  }
  (void)run(worker, &chunk, 0, NULL, second);
  for (size_t t = 0; t < STEPS; ++t) {
    if (t < 5 || t >= AT)
      g_assert_true((first[t * ROWS + 1] == second[t * ROWS + 1]) == (t >= AT));
    g_assert_cmpfloat(first[t * ROWS], ==, second[t * ROWS]);
    g_assert_cmpfloat(first[t * ROWS + 2], ==, second[t * ROWS + 2]);
  }
}

typedef struct {
  PartitaModel *model;
  PartitaModelWorker *worker;
  float *gradients;
  size_t n;
  double loss;
} Learner;

static void
learner_init(Learner *learner,
             const PartitaModelConfig *config,
             const char *backend)
{
  learner->model = partita_model_new(config, 7);
  partita_model_set_backend(learner->model,
                            partita_nn_backend_find(backend, NULL));
  learner->worker = partita_model_worker_new(learner->model, ROWS, STEPS);
  learner->n = partita_model_get_n_parameters(learner->model);
  learner->gradients = g_new0(float, learner->n);
}

static void
learner_clear(Learner *learner)
{
  partita_model_worker_free(learner->worker);
  partita_model_free(learner->model);
  g_free(learner->gradients);
}

static void
take_step(Learner *learner, const Chunk *chunk)
{
  memset(learner->gradients, 0, sizeof *learner->gradients * learner->n);
  learner->loss = run(learner->worker, chunk, 0, learner->gradients, NULL);
}

static void
assert_same(const Learner *a, const Learner *b)
{
  g_assert_cmpfloat(a->loss, ==, b->loss);
  g_assert_cmpint(
    memcmp(a->gradients, b->gradients, a->n * sizeof *a->gradients), ==, 0);
}

/* Law: a step is a function of weights, batch and state: the same bits by
 * another worker, also after it has seen something else, and after the weights
 * have changed those that a fresh worker gives. */
static void
test_same_bits(const Side *side)
{
  Learner one, two;
  Chunk chunk, other;

  learner_init(&one, side->config, side->backend);
  learner_init(&two, side->config, side->backend);

  const size_t n_state = partita_model_worker_get_state_size(one.worker);
  g_autofree float *state = g_new(float, n_state);

  fill_chunk(&other);
  other.reset[9] = 1;
  fill_chunk(&chunk);
  take_step(&one, &other);
  partita_model_worker_get_state(one.worker, state);
  partita_model_worker_set_state(two.worker, state);
  take_step(&one, &chunk);
  take_step(&two, &chunk);
  assert_same(&one, &two);
  for (size_t i = 0; i < one.n; ++i) {
    partita_model_get_parameters(one.model)[i] *= 1.5f;
    partita_model_get_parameters(two.model)[i] *= 1.5f;
  }
  partita_model_worker_free(two.worker);
  two.worker = partita_model_worker_new(two.model, ROWS, STEPS);
  partita_model_worker_set_state(one.worker, NULL);

  const double before = one.loss;

  take_step(&one, &chunk);
  take_step(&two, &chunk);
  g_assert_cmpfloat(one.loss, !=, before);
  assert_same(&one, &two);
  learner_clear(&one);
  learner_clear(&two);
}

// Dropout acts in training alone, and differs between shards and rows.
static void
test_dropout(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  double loss[3];
  float nll[CELLS];

  fill_chunk(&chunk);
  for (size_t i = 1; i < CELLS; i += ROWS) { // two rows alike
    memcpy(chunk.inputs + i * FIELDS, chunk.inputs + (i - 1) * FIELDS,
           sizeof *chunk.inputs * FIELDS);
    chunk.targets[i] = chunk.targets[i - 1];
  }
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
    loss[i] = partita_model_worker_run(worker, &batch, NULL, nll, NULL);
    g_assert_true((nll[CELLS - 2] == nll[CELLS - 3]) == (i == 0));
  }
  g_assert_cmpfloat(loss[0], !=, loss[1]);
  g_assert_cmpfloat(loss[1], !=, loss[2]);
}

static void
test_targets_counted(const Side *side)
{
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float nll[CELLS];
  size_t n = 0;
  double sum = 0.0;

  fill_chunk(&chunk);
  chunk.targets[4] = -1;

  const PartitaModelBatch batch = {.inputs = chunk.inputs,
                                   .targets = chunk.targets,
                                   .reset = chunk.reset,
                                   .scale = 1.0};
  const double loss = partita_model_worker_run(worker, &batch, NULL, nll, &n);

  g_assert_cmpuint(n, ==, CELLS - 1);
  g_assert_cmpfloat(nll[4], ==, 0.0f);
  for (size_t i = 0; i < CELLS; ++i)
    sum += (double)nll[i];
  g_assert_cmpfloat_with_epsilon(loss, sum, 1e-3);
}

// What it must remember to say the next id lies far back: a small model learns
// by heart one sequence of few ids. AdamW, clipping and all.
static void
test_learns(const Side *side)
{
  enum { LEARNT = 16 };
  g_autoptr(PartitaModel) model = partita_model_new(side->config, 7);
  const size_t n = partita_model_get_n_parameters(model);
  const PartitaNnAdamw settings = {
    .learning_rate = 0.01, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8};
  g_autofree float *m = g_new0(float, n);
  g_autofree float *v = g_new0(float, n);
  g_autofree float *gradients = g_new(float, n);
  Chunk chunk;
  double loss = 0.0;

  partita_model_set_backend(model,
                            partita_nn_backend_find(side->backend, NULL));

  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, LEARNT);

  fill_chunk(&chunk);
  for (size_t r = 0; r < ROWS; ++r)
    chunk.reset[r] = 1;
  for (uint64_t s = 1; s <= 400; ++s) {
    memset(gradients, 0, sizeof *gradients * n);
    loss = run(worker, &chunk, 0, gradients, NULL);
    (void)partita_nn_clip(gradients, n, 5.0);
    partita_nn_adamw(partita_model_get_parameters(model), gradients, m, v, n, s,
                     &settings);
  }
  g_assert_cmpfloat(loss / (LEARNT * ROWS), <, 0.2);
}

/* Law: loss and gradient by bf16 are those by float within its rounding:
 * their difference is a few hundredths of their length, and not nothing. */
static void
test_agree(gconstpointer config)
{
  Learner blas, other;
  Chunk chunk;
  double difference = 0.0, length = 0.0;

  if (partita_nn_backend_find("onednn", NULL) == NULL) {
    g_test_skip("no bf16 here");
    return;
  }
  learner_init(&other, config, "onednn");
  learner_init(&blas, config, "openblas");
  fill_chunk(&chunk);
  take_step(&blas, &chunk);
  take_step(&other, &chunk);
  g_assert_cmpfloat_with_epsilon(blas.loss, other.loss, 0.01 * blas.loss);
  for (size_t i = 0; i < blas.n; ++i) {
    const double d = (double)(blas.gradients[i] - other.gradients[i]);

    difference += d * d;
    length += (double)(blas.gradients[i] * blas.gradients[i]);
  }
  g_assert_cmpfloat(sqrt(difference), <, 0.03 * sqrt(length));
  g_assert_cmpfloat(sqrt(difference), >, 1e-4 * sqrt(length));
  learner_clear(&blas);
  learner_clear(&other);
}

// 0 where another allocator took the place of the C library's.
static size_t
count_memory(void)
{
  return mallinfo2().uordblks + mallinfo2().hblkhd;
}

// Law: steps keep no memory. (Under AddressSanitizer nothing is counted.)
static void
test_memory(const Side *side)
{
  Learner learner;
  Chunk chunk;

  learner_init(&learner, side->config, side->backend);
  partita_model_worker_free(learner.worker); // fewer steps do
  learner.worker = partita_model_worker_new(learner.model, ROWS, 8);
  fill_chunk(&chunk);
  take_step(&learner, &chunk);

  const size_t before = count_memory();

  for (int i = 0; i < 1000; ++i)
    take_step(&learner, &chunk);
  g_assert_cmpuint(count_memory(), ==, before);
  learner_clear(&learner);
}

/* Law: what making a worker takes is what was measured before, and the code
 * and tables of the products. (Under AddressSanitizer nothing is counted.) */
static void
test_measure(const Side *side)
{
  static const size_t shapes[][2] = {{1, 1}, {ROWS, STEPS}, {32, 256}};
  const PartitaNnBackend *const backend =
    partita_nn_backend_find(side->backend, NULL);
  g_autoptr(PartitaModel) model = new_model(side->config, side->backend);

  for (size_t i = 0; i < G_N_ELEMENTS(shapes); ++i) {
    const size_t measured = partita_model_worker_measure(
      side->config, backend, shapes[i][0], shapes[i][1]);
    const size_t before = count_memory();
    g_autoptr(PartitaModelWorker) worker =
      partita_model_worker_new(model, shapes[i][0], shapes[i][1]);
    const size_t taken = count_memory() - before;

    if (before == 0)
      continue;
    g_assert_cmpuint(taken, >=, measured);
    g_assert_cmpuint(taken, <, measured + (1 << 20));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  add_sides("step-equals-worker", NULL, test_step_equals_worker);
  add_sides("batch-equals-rows", NULL, test_batch_equals_rows);
  add_sides("reset-row", NULL, test_reset_row);
  add_sides("int8", NULL, test_int8);
  add_sides("worker-equals-rows", NULL, test_worker_equals_rows);
  add_sides("reset", NULL, test_reset);
  add_sides("same-bits", NULL, test_same_bits);
  add_sides("dropout", NULL, test_dropout);
  add_sides("targets-counted", NULL, test_targets_counted);
  add_sides("learns", NULL, test_learns);
  add_sides("memory", NULL, test_memory);
  add_sides("measure", NULL, test_measure);
  g_test_add_data_func("/model/agree/lstm", &lstm, test_agree);
  g_test_add_data_func("/model/agree/transformer", &transformer, test_agree);
  return g_test_run();
}
