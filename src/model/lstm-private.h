// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_LSTM_PRIVATE_H
#define PARTITA_MODEL_LSTM_PRIVATE_H

#include <model/model-private.h>

typedef struct {
  PartitaReal *weight_ih; ///< shape [4, hidden, inputs]
  PartitaReal *weight_hh; ///< shape [4, hidden, hidden]
  PartitaReal *bias;      ///< shape [4, hidden]
  size_t n_inputs;
} PartitaLstmLayer;

/// A flat vector, of parameters or of gradients, by the tensors' parts.
typedef struct {
  PartitaReal *embed[PARTITA_MODEL_FIELDS_MAX]; ///< shape [field size, width]
  PartitaLstmLayer layer[PARTITA_MODEL_LAYERS_MAX];
  PartitaReal *norm_gain;   ///< shape [hidden]; NULL without a norm
  PartitaReal *norm_bias;   ///< shape [hidden]
  PartitaReal *head_weight; ///< shape [vocab, hidden]
  PartitaReal *head_bias;   ///< shape [vocab]
} PartitaLstmView;

void
partita_lstm_view(const PartitaModel *model,
                  PartitaReal *flat,
                  PartitaLstmView *view);

size_t
partita_lstm_worker_measure(const PartitaModel *model,
                            size_t rows,
                            size_t steps);

PartitaModelWorker *
partita_lstm_worker_new(const PartitaModel *model, size_t rows, size_t steps);

void
partita_lstm_worker_free(PartitaModelWorker *base);

double
partita_lstm_worker_run(PartitaModelWorker *base,
                        const PartitaModelBatch *batch,
                        PartitaReal *gradients,
                        PartitaReal *nll);

size_t
partita_lstm_worker_state_size(const PartitaModelWorker *base);

void
partita_lstm_worker_get_state(const PartitaModelWorker *base, PartitaReal *out);

void
partita_lstm_worker_set_state(PartitaModelWorker *base, const PartitaReal *in);

PartitaModelState *
partita_lstm_state_new(const PartitaModel *model,
                       const PartitaNnBackend *backend,
                       size_t rows);

void
partita_lstm_state_free(PartitaModelState *base);

void
partita_lstm_state_reset_row(PartitaModelState *base, size_t row);

void
partita_lstm_state_step(PartitaModelState *base,
                        const uint16_t *inputs,
                        float *logits);

#endif
