// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_TRANSFORMER_PRIVATE_H
#define PARTITA_MODEL_TRANSFORMER_PRIVATE_H

#include <model/arena.h>
#include <model/model-private.h>
#include <partita/attention.h>

typedef struct {
  PartitaReal *gain; ///< shape [width]
  PartitaReal *bias; ///< shape [width]
} PartitaTransformerNorm;

/// y = weight x + bias.
typedef struct {
  PartitaReal *weight; ///< shape [outputs, inputs]
  PartitaReal *bias;   ///< shape [outputs]
  size_t n_outputs;
  size_t n_inputs;
} PartitaTransformerLinear;

typedef struct {
  PartitaTransformerNorm norm1;
  PartitaTransformerLinear qkv; ///< to [3, heads, width of a head]
  PartitaTransformerLinear out;
  PartitaTransformerNorm norm2;
  PartitaTransformerLinear up; ///< to the feed-forward part
  PartitaTransformerLinear down;
} PartitaTransformerLayer;

/// A flat vector, of parameters or of gradients, by the tensors' parts.
typedef struct {
  PartitaReal *embed[PARTITA_MODEL_FIELDS_MAX]; ///< shape [field size, width]
  PartitaTransformerLayer layer[PARTITA_MODEL_LAYERS_MAX];
  PartitaTransformerNorm norm;
  PartitaTransformerLinear head;
} PartitaTransformerView;

void
partita_transformer_view(const PartitaModel *model,
                         PartitaReal *flat,
                         PartitaTransformerView *view);

/// y = weight x without the bias; @x: shape [rows, inputs].
void
partita_transformer_multiply(const PartitaTransformerLinear *linear,
                             const PartitaReal *x,
                             size_t rows,
                             PartitaReal *y);

/// What a layer keeps for the way back; a cell is a step of a row.
typedef struct {
  PartitaReal *normed1; ///< shape [cells, width]
  PartitaReal *rate1;   ///< shape [cells]
  PartitaReal *q;       ///< shape [rows, heads, steps, width of a head]
  PartitaReal *k;
  PartitaReal *v;
  PartitaReal *o;
  PartitaReal *log_sum; ///< shape [rows, heads, steps]
  PartitaReal *normed2; ///< shape [cells, width]
  PartitaReal *rate2;   ///< shape [cells]
  PartitaReal *slope;   ///< shape [cells, hidden]: of GELU
  PartitaReal *active;  ///< shape [cells, hidden]: what GELU gave
} PartitaTransformerHistory;

typedef struct {
  PartitaModelWorker base;
  PartitaTransformerView view;
  PartitaArena arena;
  PartitaNnHeads heads;
  PartitaTransformerHistory layer[PARTITA_MODEL_LAYERS_MAX];
  uint8_t *kept[2 * PARTITA_MODEL_LAYERS_MAX + 1]; ///< of dropout, as @x
  uint32_t *first;     ///< shape [rows, steps]: where the segment begins
  PartitaReal *angles; ///< shape [steps, width of a head]
  PartitaReal *x;      ///< shape [cells, width]: what the layers add to; on the
                       ///< way back its gradient
  PartitaReal *normed; ///< shape [cells, width]: before the head
  PartitaReal *rate;   ///< shape [cells]
  PartitaReal *logits; ///< shape [cells, vocab]
  PartitaReal *y;      ///< shape [cells, width]: what a product takes
  PartitaReal *branch; ///< shape [cells, width]: what a layer adds to @x
  PartitaReal *wide;   ///< shape [cells, 3, width]
  PartitaReal *dheads; ///< shape [4, cells, width]: gradients of q, k, v, o
  PartitaReal *scratch; ///< of attention
} PartitaTransformerWorker;

size_t
partita_transformer_worker_measure(const PartitaModel *model,
                                   size_t rows,
                                   size_t steps,
                                   PartitaModelPlan *plan);

PartitaModelWorker *
partita_transformer_worker_new(const PartitaModel *model,
                               size_t rows,
                               size_t steps);

void
partita_transformer_worker_free(PartitaModelWorker *base);

double
partita_transformer_worker_run(PartitaModelWorker *base,
                               const PartitaModelBatch *batch,
                               PartitaReal *gradients,
                               PartitaReal *nll);

/// The way back, after the way forward; logits hold their gradients.
void
partita_transformer_worker_run_back(PartitaTransformerWorker *worker,
                                    const PartitaModelBatch *batch,
                                    PartitaReal *gradients);

/// Dropout at one of 2 layers + 1 places, into @dropout; NULL if there is none.
const PartitaNnDropout *
partita_transformer_worker_find_dropout(const PartitaTransformerWorker *worker,
                                        const PartitaModelBatch *batch,
                                        size_t place,
                                        PartitaNnDropout *dropout);

PartitaModelState *
partita_transformer_state_new(const PartitaModel *model, size_t rows);

void
partita_transformer_state_free(PartitaModelState *base);

void
partita_transformer_state_reset(PartitaModelState *base);

void
partita_transformer_state_step(PartitaModelState *base,
                               const uint16_t *inputs,
                               float *logits);

#endif
