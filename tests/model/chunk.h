// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Random chunks for the tests of both networks by each backend. */

#ifndef PARTITA_TEST_CHUNK_H
#define PARTITA_TEST_CHUNK_H

#include <math.h>
#include <model/model-private.h>
#include <string.h>

#define ROWS 3
#define STEPS 80 // more than a block of attention
#define VOCAB 19
#define FIELDS 2
#define CELLS (STEPS * ROWS)

static const PartitaModelConfig lstm = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = FIELDS,
  .field_size = {VOCAB, 5},
  .width = 12,
  .hidden = 20,
  .layers = 2,
  .norm = true,
  .dropout = 0.2,
};

static const PartitaModelConfig transformer = {
  .architecture = "transformer",
  .vocab = VOCAB,
  .n_fields = FIELDS,
  .field_size = {VOCAB, 5},
  .width = 24,
  .hidden = 40,
  .layers = 2,
  .heads = 3,
  .context = STEPS,
  .dropout = 0.2,
};

/// A network by a backend. Nats that two ways to the same loss may differ by
/// tell the rounding: what lies between float and bf16 is told by the laws
/// that hold one against the other.
typedef struct {
  const char *name;
  const PartitaModelConfig *config;
  const char *backend;
  double tolerance;
} Side;

static const Side sides[] = {
  {"lstm/openblas", &lstm, "openblas", 1e-4},
  {"lstm/onednn", &lstm, "onednn", 0.02},
  {"transformer/openblas", &transformer, "openblas", 1e-4},
  {"transformer/onednn", &transformer, "onednn", 0.02},
};

/// Runs @function on each side, with @config only on its own, whose backend is
/// there.
static inline void
add_sides(const char *law,
          const PartitaModelConfig *config,
          void (*function)(const Side *side))
{
  for (size_t i = 0; i < G_N_ELEMENTS(sides); ++i) {
    g_autofree char *path = g_strdup_printf("/model/%s/%s", law, sides[i].name);

    if ((config == NULL || config == sides[i].config) &&
        partita_nn_backend_find(sides[i].backend, NULL) != NULL)
      g_test_add_data_func(path, &sides[i], (GTestDataFunc)function);
  }
}

/// A model with weights far from those of a fresh one, whose branches say
/// little.
static inline PartitaModel *
new_model(const PartitaModelConfig *config, const char *backend)
{
  PartitaModel *const model = partita_model_new(config, 7);
  float *const x = partita_model_get_parameters(model);

  for (size_t i = 0; i < partita_model_get_n_parameters(model); ++i)
    x[i] += (float)g_test_rand_double_range(-0.1, 0.1);
  partita_model_set_backend(model, partita_nn_backend_find(backend, NULL));
  return model;
}

typedef struct {
  uint16_t inputs[CELLS * FIELDS];
  int32_t targets[CELLS];
  uint8_t reset[CELLS];
} Chunk;

static inline void
fill_chunk(Chunk *chunk)
{
  for (size_t i = 0; i < CELLS; ++i) {
    chunk->inputs[FIELDS * i] = (uint16_t)g_test_rand_int_range(0, VOCAB);
    chunk->inputs[FIELDS * i + 1] = (uint16_t)g_test_rand_int_range(0, 5);
    chunk->targets[i] = g_test_rand_int_range(0, VOCAB);
    chunk->reset[i] = 0;
  }
}

/// The steps of a chunk from @first on through a worker of ROWS rows.
static inline double
run(PartitaModelWorker *worker,
    const Chunk *chunk,
    size_t first,
    float *gradients,
    float *nll)
{
  const PartitaModelBatch batch = {
    .inputs = chunk->inputs + first * ROWS * FIELDS,
    .targets = chunk->targets + first * ROWS,
    .reset = chunk->reset + first * ROWS,
    .training = gradients != NULL,
    .seed = 1,
    .step = 2,
    .shard = 3,
    .scale = 1.0,
  };

  return partita_model_worker_run(worker, &batch, gradients, nll, NULL);
}

/// Steps @state once; the loss of each row goes to @nll.
static inline void
step(PartitaModelState *state, const Chunk *chunk, size_t t, float *nll)
{
  float logits[ROWS * VOCAB];

  partita_model_step(state, chunk->inputs + t * ROWS * FIELDS, logits);
  for (size_t r = 0; r < ROWS; ++r) {
    double sum = 0.0;

    for (size_t i = 0; i < VOCAB; ++i)
      sum += exp((double)logits[r * VOCAB + i]);
    nll[r] =
      (float)(log(sum) -
              (double)logits[r * VOCAB + (size_t)chunk->targets[t * ROWS + r]]);
  }
}

static inline void
assert_near(const float *a, const float *b, size_t n, double tolerance)
{
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpfloat_with_epsilon((double)a[i], (double)b[i], tolerance);
}

#endif
