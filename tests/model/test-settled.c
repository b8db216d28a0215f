// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Gradients that a worker calls settled do not change any more, and it calls
 * them so layer by layer, not only at the end. */

#include <model/model-private.h>
#include <string.h>

#define ROWS 2
#define STEPS 8
#define VOCAB 7
#define CALLS_MAX 16

typedef struct {
  const PartitaReal *gradients;
  size_t n_parameters;
  size_t n_calls;
  size_t offset[CALLS_MAX];
  PartitaReal *seen[CALLS_MAX]; // the gradients then
} Log;

static void
note(size_t offset, void *data)
{
  Log *log = data;

  g_assert_cmpuint(log->n_calls, <, CALLS_MAX);
  log->offset[log->n_calls] = offset;
  log->seen[log->n_calls++] =
    g_memdup2(log->gradients, log->n_parameters * sizeof *log->gradients);
}

static void
run(const PartitaModelConfig *config, Log *log)
{
  g_autoptr(PartitaModel) model = partita_model_new(config, 1);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  uint16_t inputs[STEPS * ROWS];
  int32_t targets[STEPS * ROWS];
  uint8_t reset[STEPS * ROWS] = {0};
  const size_t n = partita_model_get_n_parameters(model);
  g_autofree PartitaReal *gradients = g_new0(PartitaReal, n);
  const PartitaModelBatch batch = {
    .inputs = inputs,
    .targets = targets,
    .reset = reset,
    .training = true,
    .scale = 1.0,
    .settled = note,
    .settled_data = log,
  };

  for (size_t i = 0; i < STEPS * ROWS; ++i) {
    inputs[i] = (uint16_t)g_test_rand_int_range(0, VOCAB);
    targets[i] = g_test_rand_int_range(0, VOCAB);
  }
  *log = (Log){.gradients = gradients, .n_parameters = n};
  (void)partita_model_worker_run(worker, &batch, gradients, NULL, NULL);
  for (size_t i = 0; i < log->n_calls; ++i) {
    const size_t at = log->offset[i];

    g_assert_cmpuint(at, <, i == 0 ? n : log->offset[i - 1]);
    g_assert_cmpint(
      memcmp(gradients + at, log->seen[i] + at, (n - at) * sizeof *gradients),
      ==, 0);
    // The way back was not over.
    g_assert_cmpint(memcmp(gradients, log->seen[i], at * sizeof *gradients), !=,
                    0);
    g_free(log->seen[i]);
  }
}

static const PartitaModelConfig lstm = {
  .architecture = "lstm",
  .vocab = VOCAB,
  .n_fields = 1,
  .field_size = {VOCAB},
  .width = 4,
  .hidden = 8,
  .layers = 3,
  .norm = true,
};

static const PartitaModelConfig transformer = {
  .architecture = "transformer",
  .vocab = VOCAB,
  .n_fields = 1,
  .field_size = {VOCAB},
  .width = 8,
  .hidden = 16,
  .layers = 3,
  .heads = 2,
  .context = STEPS,
};

/* Law: after the head and after each layer, all behind it is settled. */
static void
test_settled(gconstpointer data)
{
  const PartitaModelConfig *config = data;
  Log log;

  run(config, &log);
  g_assert_cmpuint(log.n_calls, ==, config->layers + 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_data_func("/model/settled/lstm", &lstm, test_settled);
  g_test_add_data_func("/model/settled/transformer", &transformer,
                       test_settled);
  return g_test_run();
}
