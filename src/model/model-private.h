// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_PRIVATE_H
#define PARTITA_MODEL_PRIVATE_H

#include <partita/model.h>
#include <partita/nn.h>

/* What training needs of a model: its flat parameters and workers that take
 * a shard of the batch forward and backward. */

/// One named tensor inside the flat vector of parameters.
typedef struct {
  char name[32]; ///< in the PyTorch manner: "lstm.0.weight_ih"
  size_t offset; ///< in numbers, into the flat vector
  size_t n_dims; ///< 1 or 2
  size_t shape[2];
  size_t size; ///< product of the shape
  bool decay;  ///< whether weight decay applies: no bias, no embedding
} PartitaModelTensor;

/// (transfer none): shape [n_parameters]; who changes it owns the model alone
PartitaReal *
partita_model_get_parameters(PartitaModel *model);

/// (transfer none): the tensors in the order of the flat vector, which they
/// tile
const PartitaModelTensor *
partita_model_get_tensors(const PartitaModel *model, size_t *n_tensors);

/**
 * PartitaModelWorker:
 *
 * Takes chunks of @steps steps of @rows rows through a model. All memory is
 * allocated at once at its making. Workers of one model may run at the same
 * time, each on its own thread, while nobody changes the parameters.
 */
typedef struct PartitaModelWorker PartitaModelWorker;

/// A chunk of the rows of one shard; nothing is changed or kept.
typedef struct {
  const uint16_t *inputs; ///< shape [steps, rows, n_fields]
  const int32_t *targets; ///< shape [steps, rows]; -1 is not counted
  const uint8_t *reset;   ///< shape [steps, rows]; 1: the row's state is
                          ///< zeroed before this step
  bool training;          ///< whether dropout applies
  uint64_t seed;          ///< of dropout
  uint64_t step;          ///< of training, for dropout
  uint32_t shard;         ///< for dropout; below 2^24
  double scale; ///< gradients are those of the summed NLL times this, for
                ///< instance 1 / targets of the whole batch
} PartitaModelBatch;

/**
 * partita_model_worker_new:
 *
 * Call partita_nn_init() before.
 *
 * Returns: (transfer full) (nullable): a worker with state zero, which must
 * not outlive @model; NULL if memory does not suffice
 */
PartitaModelWorker *
partita_model_worker_new(const PartitaModel *model, size_t rows, size_t steps);

void
partita_model_worker_free(PartitaModelWorker *worker);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaModelWorker, partita_model_worker_free)

/**
 * partita_model_worker_run:
 * @gradients: (nullable): shape [n_parameters]; added to. NULL: forward only
 * @nll: (nullable) (out caller-allocates): shape [steps, rows], nats; 0 where
 *   the target is -1
 * @n_targets: (nullable) (out): targets counted
 *
 * The chunk forward, from the state the last chunk left, and backward;
 * gradients end at the chunk's beginning (truncated back-propagation through
 * time, Williams and Peng 1990). Allocates nothing. A result depends on the
 * arguments, the parameters and the state alone, bit for bit on one machine.
 *
 * Returns: the summed negative log-likelihood, nats
 */
double
partita_model_worker_run(PartitaModelWorker *worker,
                         const PartitaModelBatch *batch,
                         PartitaReal *gradients,
                         PartitaReal *nll,
                         size_t *n_targets);

/// Numbers in the state that is carried from chunk to chunk.
size_t
partita_model_worker_get_state_size(const PartitaModelWorker *worker);

/// @state: (out caller-allocates): shape [state_size]
void
partita_model_worker_get_state(const PartitaModelWorker *worker,
                               PartitaReal *state);

/// @state: (nullable): shape [state_size]; NULL is zero
void
partita_model_worker_set_state(PartitaModelWorker *worker,
                               const PartitaReal *state);

#endif
