// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <malloc.h>
#include <math.h>
#include <model/model-private.h>
#include <string.h>

#define ROWS 4
#define STEPS 12
#define VOCAB 50

static const PartitaModelConfig config = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = 1,
  .field_size = {VOCAB},
  .width = 24,
  .hidden = 40,
  .layers = 2,
  .dropout = 0.2,
};

static const PartitaModelConfig transformer = {
  .architecture = "transformer",
  .vocab = VOCAB,
  .n_fields = 1,
  .field_size = {VOCAB},
  .width = 32,
  .hidden = 64,
  .layers = 2,
  .heads = 4,
  .context = 256,
  .dropout = 0.2,
};

typedef struct {
  PartitaModel *model;
  PartitaModelWorker *worker;
  float *gradients;
  size_t n;
  double loss;
} Side;

static bool
side_init(Side *side, const char *name)
{
  g_autoptr(GError) error = NULL;
  const PartitaNnBackend *const backend = partita_nn_backend_find(name, &error);

  if (backend == NULL) {
    g_test_skip(error->message);
    return false;
  }
  side->model = partita_model_new(&config, 5);
  partita_model_set_backend(side->model, backend);
  side->worker = partita_model_worker_new(side->model, ROWS, STEPS);
  side->n = partita_model_get_n_parameters(side->model);
  side->gradients = g_new0(float, side->n);
  return true;
}

static void
side_clear(Side *side)
{
  partita_model_worker_free(side->worker);
  partita_model_free(side->model);
  g_free(side->gradients);
}

// One chunk of fixed data, from the state zero.
static void
take_chunk(Side *side, float *gradients, float *nll)
{
  uint16_t inputs[STEPS * ROWS];
  int32_t targets[STEPS * ROWS];
  uint8_t reset[STEPS * ROWS] = {0};
  const PartitaModelBatch batch = {
    .inputs = inputs,
    .targets = targets,
    .reset = reset,
    .training = gradients != NULL,
    .seed = 1,
    .step = 2,
    .scale = 1.0 / (STEPS * ROWS),
  };

  for (size_t i = 0; i < STEPS * ROWS; ++i) {
    inputs[i] = (uint16_t)(i * 7 % VOCAB);
    targets[i] = (int32_t)(i * 11 % VOCAB);
    reset[i] = i % 13 == 5;
  }
  partita_model_worker_set_state(side->worker, NULL);
  side->loss =
    partita_model_worker_run(side->worker, &batch, gradients, nll, NULL);
}

static void
take_step(Side *side)
{
  memset(side->gradients, 0, sizeof *side->gradients * side->n);
  take_chunk(side, side->gradients, NULL);
}

/* Law: loss and gradient by bf16 are those by float within its rounding:
 * their difference is a few hundredths of their length, and not nothing. */
static void
test_agree(void)
{
  Side blas, other;
  double difference = 0.0, length = 0.0;

  if (!side_init(&other, "onednn"))
    return;
  g_assert_true(side_init(&blas, "openblas"));
  take_step(&blas);
  take_step(&other);
  g_assert_cmpfloat_with_epsilon(blas.loss, other.loss, 0.01 * blas.loss);
  for (size_t i = 0; i < blas.n; ++i) {
    const double d = (double)(blas.gradients[i] - other.gradients[i]);

    difference += d * d;
    length += (double)(blas.gradients[i] * blas.gradients[i]);
  }
  g_assert_cmpfloat(sqrt(difference), <, 0.03 * sqrt(length));
  g_assert_cmpfloat(sqrt(difference), >, 1e-4 * sqrt(length));
  side_clear(&blas);
  side_clear(&other);
}

static void
assert_same(const Side *a, const Side *b)
{
  g_assert_true(memcmp(&a->loss, &b->loss, sizeof a->loss) == 0);
  g_assert_true(
    memcmp(a->gradients, b->gradients, a->n * sizeof *a->gradients) == 0);
}

/* Law: a step is a function of weights and batch: taken again it gives the
 * same bits; after the weights changed, those a fresh worker gives. */
static void
test_same(gconstpointer name)
{
  Side side, fresh;

  if (!side_init(&side, name))
    return;
  g_assert_true(side_init(&fresh, name));
  take_step(&side);
  take_step(&fresh);
  assert_same(&side, &fresh);
  take_step(&side);
  assert_same(&side, &fresh);
  for (size_t i = 0; i < side.n; ++i) {
    partita_model_get_parameters(side.model)[i] *= 1.5f;
    partita_model_get_parameters(fresh.model)[i] *= 1.5f;
  }
  partita_model_worker_free(fresh.worker);
  fresh.worker = partita_model_worker_new(fresh.model, ROWS, STEPS);

  const double before = side.loss;

  take_step(&side);
  take_step(&fresh);
  g_assert_cmpfloat(side.loss, !=, before);
  assert_same(&side, &fresh);
  side_clear(&side);
  side_clear(&fresh);
}

/* Law: stepping one row at a time gives, within the rounding of bf16, the loss
 * that the whole chunk at once gives. */
static void
test_step(gconstpointer name)
{
  float nll[STEPS * ROWS], logits[VOCAB];
  Side side;

  if (!side_init(&side, name))
    return;
  take_chunk(&side, NULL, nll);

  PartitaModelState *const state = partita_model_state_new(side.model, 1);

  for (size_t t = 0; t < 5; ++t) { // then the row is reset
    const uint16_t input = (uint16_t)(t * ROWS * 7 % VOCAB);
    double sum = 0.0;

    partita_model_step(state, &input, logits);
    for (size_t i = 0; i < VOCAB; ++i)
      sum += exp((double)logits[i]);
    g_assert_cmpfloat_with_epsilon(log(sum) -
                                     (double)logits[t * ROWS * 11 % VOCAB],
                                   (double)nll[t * ROWS], 0.01);
  }
  partita_model_state_free(state);
  side_clear(&side);
}

// 0 where another allocator took the place of the C library's.
static size_t
count_memory(void)
{
  return mallinfo2().uordblks + mallinfo2().hblkhd;
}

// Law: steps keep no memory. (Under AddressSanitizer nothing is counted.)
static void
test_memory(gconstpointer name)
{
  Side side;

  if (!side_init(&side, name))
    return;
  take_step(&side);

  const size_t before = count_memory();

  for (int i = 0; i < 20; ++i)
    take_step(&side);
  g_assert_cmpuint(count_memory(), ==, before);
  side_clear(&side);
}

/* Law: what making a worker takes is what was measured before, and the code
 * and tables of the products. (Under AddressSanitizer nothing is counted.) */
static void
test_measure(gconstpointer name)
{
  const struct {
    size_t rows;
    size_t steps;
  } shapes[] = {{1, 1}, {ROWS, STEPS}, {32, 256}};
  const PartitaNnBackend *const backend = partita_nn_backend_find(name, NULL);

  if (backend == NULL) {
    g_test_skip("no such backend");
    return;
  }
  for (size_t i = 0; i < 2 * G_N_ELEMENTS(shapes); ++i) {
    const size_t rows = shapes[i / 2].rows, steps = shapes[i / 2].steps;
    const PartitaModelConfig *const shape = i % 2 ? &transformer : &config;
    g_autoptr(PartitaModel) model = partita_model_new(shape, 1);
    const size_t measured =
      partita_model_worker_measure(shape, backend, rows, steps);
    const size_t before = count_memory();

    partita_model_set_backend(model, backend);

    g_autoptr(PartitaModelWorker) worker =
      partita_model_worker_new(model, rows, steps);
    const size_t taken = count_memory() - before;

    if (before == 0)
      continue;
    g_test_message("%s: measured %zu, taken %zu", shape->architecture, measured,
                   taken);
    g_assert_cmpuint(taken, >=, measured);
    g_assert_cmpuint(taken, <, measured + (1 << 20));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (!partita_nn_init(NULL))
    g_error("products need more address space");
  g_test_add_func("/model/backend/agree", test_agree);
  g_test_add_data_func("/model/backend/same/openblas", "openblas", test_same);
  g_test_add_data_func("/model/backend/same/onednn", "onednn", test_same);
  g_test_add_data_func("/model/backend/step/openblas", "openblas", test_step);
  g_test_add_data_func("/model/backend/step/onednn", "onednn", test_step);
  g_test_add_data_func("/model/backend/memory/openblas", "openblas",
                       test_memory);
  g_test_add_data_func("/model/backend/memory/onednn", "onednn", test_memory);
  g_test_add_data_func("/model/backend/measure/openblas", "openblas",
                       test_measure);
  g_test_add_data_func("/model/backend/measure/onednn", "onednn", test_measure);
  return g_test_run();
}
