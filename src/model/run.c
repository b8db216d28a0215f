// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Workers and states: checks that every architecture shares, then the one at
 * hand. */

#include <model/model-private.h>

#define GENERATION "generation" // key of the metadata

bool
partita_model_check_ids(const PartitaModelConfig *config,
                        const uint16_t *inputs,
                        size_t rows)
{
  for (size_t r = 0; r < rows; ++r)
    for (size_t f = 0; f < config->n_fields; ++f)
      if (inputs[r * config->n_fields + f] >= config->field_size[f])
        return false;
  return true;
}

static bool
check_targets(const PartitaModelConfig *config,
              const int32_t *targets,
              size_t rows,
              size_t *counted)
{
  *counted = 0;
  for (size_t r = 0; r < rows; ++r) {
    if (targets[r] < -1 || targets[r] >= (int32_t)config->vocab)
      return false;
    *counted += targets[r] >= 0;
  }
  return true;
}

size_t
partita_model_worker_measure(const PartitaModelConfig *config,
                             const PartitaNnBackend *backend,
                             size_t rows,
                             size_t steps)
{
  const PartitaModel model = {.config = *config, .backend = backend};

  return partita_model_find_architecture(config->architecture)
    ->worker_measure(&model, rows, steps);
}

void
partita_model_batch_settle(const PartitaModelBatch *batch,
                           const PartitaReal *gradients,
                           const PartitaReal *at)
{
  if (batch->settled != NULL)
    batch->settled((size_t)(at - gradients), batch->settled_data);
}

PartitaModelWorker *
partita_model_worker_new(const PartitaModel *model, size_t rows, size_t steps)
{
  g_return_val_if_fail(model != NULL && rows >= 1 && steps >= 1, NULL);
  return model->architecture->worker_new(model, rows, steps);
}

void
partita_model_worker_free(PartitaModelWorker *worker)
{
  if (worker != NULL)
    worker->model->architecture->worker_free(worker);
}

double
partita_model_worker_run(PartitaModelWorker *worker,
                         const PartitaModelBatch *batch,
                         PartitaReal *gradients,
                         PartitaReal *nll,
                         size_t *n_targets)
{
  const PartitaModel *const model = worker->model;
  const size_t rows = worker->rows * worker->steps;
  size_t counted = 0;

  g_return_val_if_fail(
    partita_model_check_ids(&model->config, batch->inputs, rows), 0.0);
  g_return_val_if_fail(
    check_targets(&model->config, batch->targets, rows, &counted), 0.0);
  if (n_targets != NULL)
    *n_targets = counted;
  return model->architecture->worker_run(worker, batch, gradients, nll);
}

size_t
partita_model_worker_get_state_size(const PartitaModelWorker *worker)
{
  return worker->model->architecture->worker_state_size(worker);
}

void
partita_model_worker_get_state(const PartitaModelWorker *worker,
                               PartitaReal *state)
{
  worker->model->architecture->worker_get_state(worker, state);
}

void
partita_model_worker_set_state(PartitaModelWorker *worker,
                               const PartitaReal *state)
{
  worker->model->architecture->worker_set_state(worker, state);
}

void
partita_model_set_int8(PartitaModel *model, bool int8)
{
  partita_model_set_metadata(model, GENERATION, int8 ? "int8" : "bf16");
}

// Who chose float gets float.
static const PartitaNnBackend *
choose_backend(const PartitaModel *model)
{
  const char *const wish = partita_model_get_metadata(model, GENERATION);
  const PartitaNnBackend *const int8 = partita_nn_backend_find_int8();

  return int8 != NULL && partita_nn_backend_is_half(model->backend) &&
             g_strcmp0(wish, "int8") == 0
           ? int8
           : model->backend;
}

PartitaModelState *
partita_model_state_new(const PartitaModel *model, size_t rows)
{
  g_return_val_if_fail(model != NULL && rows >= 1, NULL);
  return model->architecture->state_new(model, choose_backend(model), rows);
}

PartitaModelState *
partita_model_state_new_learnt(const PartitaModel *model, size_t rows)
{
  g_return_val_if_fail(model != NULL && rows >= 1, NULL);
  return model->architecture->state_new(model, model->backend, rows);
}

void
partita_model_state_free(PartitaModelState *state)
{
  if (state != NULL)
    state->model->architecture->state_free(state);
}

void
partita_model_state_reset(PartitaModelState *state)
{
  for (size_t r = 0; r < state->rows; ++r)
    partita_model_state_reset_row(state, r);
}

void
partita_model_state_reset_row(PartitaModelState *state, size_t row)
{
  g_return_if_fail(row < state->rows);
  state->model->architecture->state_reset_row(state, row);
}

// OpenBLAS takes another kernel for another number of rows; oneDNN's sums run
// in one order.
bool
partita_model_rows_agree(const PartitaModel *model)
{
  return partita_nn_backend_is_half(model->backend);
}

void
partita_model_step(PartitaModelState *state,
                   const uint16_t *inputs,
                   float *logits)
{
  const PartitaModel *const model = state->model;

  g_return_if_fail(
    partita_model_check_ids(&model->config, inputs, state->rows));
  model->architecture->state_step(state, inputs, logits);
}
