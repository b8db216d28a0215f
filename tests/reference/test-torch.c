// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Both networks against the same ones in PyTorch, whose numbers
 * torch-model.py wrote: fresh weights, logits, gradients, losses and weights
 * of ten steps of AdamW. Compiled over double it shows that the formulas are
 * the same; over float, what rounding makes of them, by every backend. */

#include "torch-numbers.h"

#include <base/philox.h>
#include <math.h>
#include <model/model-private.h>

#define STEPS 72
#define ROWS 3
#define CELLS (STEPS * ROWS)
#define UPDATES 10
#define CHUNKS 2
#define VOCAB 31
#define FIELD 5
#define SEED 1
#define DATA_SEED 2
#define CLIP 0.4

static const PartitaNnAdamw adamw = {
  .learning_rate = 0.02,
  .beta1 = 0.9,
  .beta2 = 0.98,
  .epsilon = 1e-8,
};
static const PartitaNnMuon muon = {
  .learning_rate = 0.02,
  .beta = 0.95,
  .weight_decay = 0.05,
};
static const double weight_decay = 0.05;

/// How far a number may be from PyTorch's, which is exact. A weight moves by
/// about the learning rate whatever the size of its gradient, so rounding alone
/// sends those with a gradient of nearly 0 another way.
typedef struct {
  double logit;
  double loss; ///< or norm, or gradient
  double weight;
} Tolerance;

typedef struct {
  PartitaModelConfig config;
  bool by_muon; ///< which takes the hidden matrices, else AdamW takes all
  const double *losses;
  const double *norms;
  const double *logits;
  const double *gradients;
  const double *weights;
  size_t n_tensors;
  Tolerance half; ///< of bf16: two to three times what was found
} Reference;

#define SHARED                                                                 \
  .vocab = VOCAB, .n_fields = 2, .field_size = {VOCAB, FIELD}, .width = 20,    \
  .hidden = 36, .layers = 2

static const Reference lstm = {
  .config = {.architecture = "lstm", SHARED, .norm = true},
  .losses = lstm_losses,
  .norms = lstm_norms,
  .logits = lstm_logits,
  .gradients = lstm_gradients,
  .weights = lstm_weights,
  .n_tensors = G_N_ELEMENTS(lstm_gradients),
  .half = {0.03, 0.025, 0.4},
};

static const Reference lstm_by_muon = {
  .config = {.architecture = "lstm", SHARED, .norm = true},
  .by_muon = true,
  .losses = muon_losses,
  .norms = muon_norms,
  .logits = muon_logits,
  .gradients = muon_gradients,
  .weights = muon_weights,
  .n_tensors = G_N_ELEMENTS(muon_gradients),
  .half = {0.03, 0.025, 0.8},
};

static const Reference transformer = {
  .config = {.architecture = "transformer",
             SHARED,
             .heads = 2,
             .context = STEPS},
  .losses = transformer_losses,
  .norms = transformer_norms,
  .logits = transformer_logits,
  .gradients = transformer_gradients,
  .weights = transformer_weights,
  .n_tensors = G_N_ELEMENTS(transformer_gradients),
  .half = {0.005, 0.015, 0.4},
};

typedef struct {
  uint16_t inputs[CELLS * 2];
  int32_t targets[CELLS];
  uint8_t reset[CELLS];
  size_t n_targets;
} Chunk;

static uint32_t
draw(size_t chunk, size_t index, uint32_t n)
{
  return partita_random_below(DATA_SEED, PARTITA_RANDOM_CORPUS, chunk, index,
                              n);
}

static void
make_chunk(Chunk *chunk, size_t number)
{
  chunk->n_targets = 0;
  for (size_t i = 0; i < CELLS; ++i) {
    chunk->inputs[2 * i] = (uint16_t)draw(number, 4 * i, VOCAB);
    chunk->inputs[2 * i + 1] = (uint16_t)draw(number, 4 * i + 1, FIELD);
    chunk->targets[i] = (int32_t)draw(number, 4 * i + 2, VOCAB + 1) - 1;
    chunk->reset[i] = draw(number, 4 * i + 3, 40) == 0;
    chunk->n_targets += chunk->targets[i] >= 0;
  }
}

static double
project(const PartitaReal *x, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += (double)x[i] * cos((double)i);
  return sum;
}

/// Each tensor of a flat vector, as one number.
static void
assert_tensors(PartitaModel *model,
               const PartitaReal *flat,
               const double *wanted,
               size_t n_wanted,
               double tolerance)
{
  size_t n = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n);

  g_assert_cmpuint(n, ==, n_wanted);
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpfloat_with_epsilon(
      project(flat + tensors[i].offset, tensors[i].size), wanted[i], tolerance);
}

// The logits of the last step of every row, by the way of generation.
static void
check_logits(PartitaModel *model, const Reference *reference, double tolerance)
{
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  float logits[ROWS * VOCAB];
  Chunk chunk;

  make_chunk(&chunk, 0);
  for (size_t t = 0; t < STEPS; ++t) {
    for (size_t r = 0; r < ROWS; ++r)
      if (chunk.reset[t * ROWS + r])
        partita_model_state_reset_row(state, r);
    partita_model_step(state, chunk.inputs + 2 * t * ROWS, logits);
  }
  for (size_t i = 0; i < ROWS * VOCAB; ++i)
    g_assert_cmpfloat_with_epsilon((double)logits[i], reference->logits[i],
                                   tolerance);
}

static void
update(PartitaModel *model,
       bool by_muon,
       PartitaReal *gradients,
       PartitaReal *first,
       PartitaReal *second,
       uint64_t step)
{
  PartitaReal *const weights = partita_model_get_parameters(model);
  PartitaNnAdamw settings = adamw;
  size_t n = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n);

  for (size_t i = 0; i < n; ++i) {
    const size_t at = tensors[i].offset;

    settings.weight_decay = tensors[i].decay ? weight_decay : 0.0;
    if (by_muon && partita_model_tensor_is_hidden(&tensors[i])) {
      const size_t rows = tensors[i].shape[0];
      const size_t columns = tensors[i].shape[1];
      g_autofree PartitaReal *scratch =
        g_new(PartitaReal, partita_nn_muon_count_scratch(rows, columns));

      partita_nn_muon(weights + at, gradients + at, first + at, rows, columns,
                      &muon, scratch);
    } else {
      partita_nn_adamw(weights + at, gradients + at, first + at, second + at,
                       tensors[i].size, step, &settings);
    }
  }
}

/// The loss of a step, with its gradients.
static double
run_chunk(PartitaModelWorker *worker,
          const Chunk *chunk,
          PartitaReal *gradients)
{
  const double scale = 1.0 / (double)chunk->n_targets;
  const PartitaModelBatch batch = {
    .inputs = chunk->inputs,
    .targets = chunk->targets,
    .reset = chunk->reset,
    .training = true, // the model's dropout is 0
    .scale = scale,
  };

  return scale *
         partita_model_worker_run(worker, &batch, gradients, NULL, NULL);
}

static void
check_training(PartitaModel *model,
               const Reference *reference,
               const Tolerance *tolerance)
{
  const size_t n = partita_model_get_n_parameters(model);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autofree PartitaReal *first = g_new0(PartitaReal, n);
  g_autofree PartitaReal *second = g_new0(PartitaReal, n);

  for (size_t step = 0; step < UPDATES; ++step) {
    g_autofree PartitaReal *gradients = g_new0(PartitaReal, n);
    Chunk chunk;

    make_chunk(&chunk, step % CHUNKS);
    g_assert_cmpfloat_with_epsilon(run_chunk(worker, &chunk, gradients),
                                   reference->losses[step], tolerance->loss);
    if (step == 0)
      assert_tensors(model, gradients, reference->gradients,
                     reference->n_tensors, tolerance->loss);
    g_assert_cmpfloat_with_epsilon(partita_nn_clip(gradients, n, CLIP),
                                   reference->norms[step], tolerance->loss);
    update(model, reference->by_muon, gradients, first, second, step + 1);
  }
  assert_tensors(model, partita_model_get_parameters(model), reference->weights,
                 reference->n_tensors, tolerance->weight);
}

static void
check(const Reference *reference,
      const PartitaNnBackend *backend,
      const Tolerance *tolerance)
{
  g_autoptr(PartitaModel) model = partita_model_new(&reference->config, SEED);

  partita_model_set_backend(model, backend);
  check_logits(model, reference, tolerance->logit);
  check_training(model, reference, tolerance);
}

static void
test_openblas(gconstpointer reference)
{
  // Generation gives floats in both.
  const Tolerance tolerance = sizeof(PartitaReal) == sizeof(double)
                                ? (Tolerance){1e-6, 1e-10, 1e-9}
                                : (Tolerance){1e-5, 1e-5, 1e-3};

  check(reference, partita_nn_backend_find("openblas", NULL), &tolerance);
}

static void
test_onednn(gconstpointer reference)
{
  g_autoptr(GError) error = NULL;
  const PartitaNnBackend *const backend =
    partita_nn_backend_find("onednn", &error);

  if (backend == NULL)
    g_test_skip(error->message);
  else
    check(reference, backend, &((const Reference *)reference)->half);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_data_func("/reference/openblas/lstm", &lstm, test_openblas);
  g_test_add_data_func("/reference/openblas/muon", &lstm_by_muon,
                       test_openblas);
  g_test_add_data_func("/reference/openblas/transformer", &transformer,
                       test_openblas);
  g_test_add_data_func("/reference/onednn/lstm", &lstm, test_onednn);
  g_test_add_data_func("/reference/onednn/muon", &lstm_by_muon, test_onednn);
  g_test_add_data_func("/reference/onednn/transformer", &transformer,
                       test_onednn);
  return g_test_run();
}
