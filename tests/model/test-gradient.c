// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Whole models, compiled over double, against finite differences: resets,
 * dropout, targets left out and a state carried in. */

#include "../nn/gradient.h"

#include <model/model-private.h>
#include <string.h>

#define ROWS 3
#define STEPS 6
#define VOCAB 7

static const PartitaModelConfig lstm = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = 2,
  .field_size = {VOCAB, 3},
  .width = 4,
  .hidden = 5,
  .layers = 3,
  .norm = true,
  .dropout = 0.25,
};

/// As files from before there was a norm have it.
static const PartitaModelConfig bare_lstm = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = 2,
  .field_size = {VOCAB, 3},
  .width = 4,
  .hidden = 5,
  .layers = 2,
};

static const PartitaModelConfig transformer = {
  .architecture = "transformer",
  .vocab = VOCAB,
  .n_fields = 2,
  .field_size = {VOCAB, 3},
  .width = 12,
  .hidden = 9,
  .layers = 3,
  .heads = 3,
  .context = STEPS,
  .dropout = 0.25,
};

typedef struct {
  PartitaModel *model;
  PartitaModelWorker *worker;
  PartitaModelBatch batch;
  double *state;
  uint16_t inputs[STEPS * ROWS * 2];
  int32_t targets[STEPS * ROWS];
  uint8_t reset[STEPS * ROWS];
} Chunk;

static void
set_up(Chunk *chunk, const PartitaModelConfig *config, bool training)
{
  chunk->model = partita_model_new(config, 1);
  chunk->worker = partita_model_worker_new(chunk->model, ROWS, STEPS);
  chunk->batch = (PartitaModelBatch){
    .inputs = chunk->inputs,
    .targets = chunk->targets,
    .reset = chunk->reset,
    .training = training,
    .seed = 2,
    .step = 3,
    .shard = 4,
    .scale = 0.5,
  };
  for (size_t i = 0; i < STEPS * ROWS; ++i) {
    chunk->inputs[2 * i] = (uint16_t)g_test_rand_int_range(0, VOCAB);
    chunk->inputs[2 * i + 1] = (uint16_t)g_test_rand_int_range(0, 3);
    chunk->targets[i] = g_test_rand_int_range(-1, VOCAB);
    chunk->reset[i] = g_test_rand_int_range(0, 4) == 0;
  }

  const size_t n = partita_model_worker_get_state_size(chunk->worker);

  chunk->state = g_new(double, n);
  fill_random(chunk->state, n, 0.5);
}

static void
tear_down(Chunk *chunk)
{
  partita_model_worker_free(chunk->worker);
  partita_model_free(chunk->model);
  g_free(chunk->state);
}

static double
lose(const double *x, size_t n, double *gradient, void *data)
{
  Chunk *const chunk = data;
  double *const parameters = partita_model_get_parameters(chunk->model);

  memcpy(parameters, x, sizeof *x * n);
  partita_model_worker_set_state(chunk->worker, chunk->state);
  return chunk->batch.scale * partita_model_worker_run(chunk->worker,
                                                       &chunk->batch, gradient,
                                                       NULL, NULL);
}

static void
check(const PartitaModelConfig *config, bool training)
{
  for (int i = 0; i < 5; ++i) {
    Chunk chunk;

    set_up(&chunk, config, training);

    const size_t n = partita_model_get_n_parameters(chunk.model);
    g_autofree double *x = g_new(double, n);

    fill_random(x, n, 0.7);
    assert_gradient(lose, x, n, &chunk);
    tear_down(&chunk);
  }
}

static void
test_plain(gconstpointer config)
{
  check(config, false);
}

static void
test_dropout(gconstpointer config)
{
  check(config, true);
}

// Each tensor by itself, lest a small one hide behind a large one.
typedef struct {
  Chunk chunk;
  double *all;
  size_t offset;
} Part;

static double
lose_part(const double *x, size_t n, double *gradient, void *data)
{
  Part *const part = data;
  const size_t n_all = partita_model_get_n_parameters(part->chunk.model);
  g_autofree double *full = gradient == NULL ? NULL : g_new0(double, n_all);

  memcpy(part->all + part->offset, x, sizeof *x * n);

  const double loss = lose(part->all, n_all, full, &part->chunk);

  if (gradient != NULL)
    memcpy(gradient, full + part->offset, sizeof *x * n);
  return loss;
}

static void
test_tensors(gconstpointer config)
{
  Part part;
  size_t n_tensors = 0;

  set_up(&part.chunk, config, true);
  part.chunk.targets[0] = 0; // at least one

  const size_t n = partita_model_get_n_parameters(part.chunk.model);
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(part.chunk.model, &n_tensors);

  part.all = g_new(double, n);
  fill_random(part.all, n, 0.7);
  for (size_t i = 0; i < n_tensors; ++i) {
    g_autofree double *x =
      g_memdup2(part.all + tensors[i].offset, sizeof *x * tensors[i].size);

    part.offset = tensors[i].offset;
    assert_gradient(lose_part, x, tensors[i].size, &part);
    memcpy(part.all + part.offset, x, sizeof *x * tensors[i].size);
  }
  g_free(part.all);
  tear_down(&part.chunk);
}

// Law: gradients are added to what stands there.
static void
test_accumulate(gconstpointer config)
{
  Chunk chunk;

  set_up(&chunk, config, true);

  const size_t n = partita_model_get_n_parameters(chunk.model);
  g_autofree double *once = g_new0(double, n);
  g_autofree double *twice = g_new0(double, n);

  for (int i = 0; i < 3; ++i) {
    partita_model_worker_set_state(chunk.worker, chunk.state);
    (void)partita_model_worker_run(chunk.worker, &chunk.batch,
                                   i == 0 ? once : twice, NULL, NULL);
  }
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpfloat_with_epsilon(twice[i], 2.0 * once[i], 1e-12);
  tear_down(&chunk);
}

int
main(int argc, char **argv)
{
  static const PartitaModelConfig *const configs[] = {&lstm, &bare_lstm,
                                                      &transformer};
  static const struct {
    const char *name;
    GTestDataFunc run;
  } laws[] = {
    {"plain", test_plain},
    {"dropout", test_dropout},
    {"tensors", test_tensors},
    {"accumulate", test_accumulate},
  };

  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  for (size_t i = 0; i < G_N_ELEMENTS(configs); ++i)
    for (size_t j = 0; j < G_N_ELEMENTS(laws); ++j) {
      g_autofree char *path =
        g_strdup_printf("/model/gradient/%s%s/%s", configs[i]->architecture,
                        configs[i] == &bare_lstm ? "-bare" : "", laws[j].name);

      g_test_add_data_func(path, configs[i], laws[j].run);
    }
  return g_test_run();
}
