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

typedef struct {
  PartitaModelLinear qkv;
  PartitaModelLinear out;
  PartitaModelLinear up;
  PartitaModelLinear down;
} PartitaTransformerLayerProducts;

/// The products of a network with its weights, for so many rows at a time.
typedef struct {
  size_t n_layers;
  PartitaTransformerLayerProducts layer[PARTITA_MODEL_LAYERS_MAX];
  PartitaModelLinear head;
} PartitaTransformerProducts;

/// With @training those of the way back too. After a failure, too,
/// partita_transformer_products_clear() is due.
void
partita_transformer_products_plan(PartitaTransformerProducts *products,
                                  PartitaNnPlan *plan,
                                  const PartitaModelConfig *config,
                                  size_t rows,
                                  bool training);

void
partita_transformer_products_clear(PartitaTransformerProducts *products);

/// Takes the weights as they are now, for the way forward and with @back for
/// the way back too.
void
partita_transformer_products_set_weights(
  const PartitaTransformerProducts *products,
  const PartitaTransformerView *view,
  bool back);

/// What a layer keeps for the way back. Of an operand with bf16 only that is
/// kept.
typedef struct {
  PartitaReal *normed1;    ///< shape [steps, width]
  PartitaReal *rate1;      ///< shape [steps]
  PartitaNnOperand y1;     ///< shape [steps, width]: what qkv takes
  PartitaNnOperand heads;  ///< shape [3, heads, steps, width of a head]
  PartitaReal *o;          ///< shape [heads, steps, width of a head]
  PartitaReal *log_sum;    ///< shape [heads, steps]
  PartitaNnOperand merged; ///< shape [steps, width]: what out takes
  PartitaReal *normed2;    ///< shape [steps, width]
  PartitaReal *rate2;      ///< shape [steps]
  PartitaNnOperand y2;     ///< shape [steps, width]: what up takes
  PartitaReal *slope;      ///< shape [steps, hidden]: of GELU
  PartitaNnOperand active; ///< shape [steps, hidden]: what GELU gave
} PartitaTransformerHistory;

/// Takes the rows of a batch one after the other, forward and back: what is
/// kept on the way is that of one row.
typedef struct {
  PartitaModelWorker base;
  PartitaTransformerView view;
  PartitaArena arena;
  PartitaTransformerProducts products;
  PartitaNnAttention attention;
  PartitaNnHeads heads;
  size_t row; ///< at hand
  PartitaTransformerHistory layer[PARTITA_MODEL_LAYERS_MAX];
  uint8_t *kept[2 * PARTITA_MODEL_LAYERS_MAX + 1]; ///< of dropout, as @x
  uint16_t *inputs;                                ///< shape [steps, fields]
  int32_t *targets;                                ///< shape [steps]
  uint32_t *first;         ///< shape [steps]: where the segment begins
  PartitaReal *nll;        ///< shape [steps]
  PartitaReal *angles;     ///< shape [steps, width of a head]
  PartitaReal *x;          ///< shape [steps, width]: what the layers add to; on
                           ///< the way back its gradient
  PartitaReal *normed;     ///< shape [steps, width]: before the head
  PartitaReal *rate;       ///< shape [steps]
  PartitaNnOperand logits; ///< shape [steps, vocab]
  PartitaNnOperand y;      ///< shape [steps, width]: what the head takes
  PartitaNnOperand branch; ///< shape [steps, width]: what a layer adds to @x
  PartitaNnOperand wide;   ///< shape [steps, 3, width]
  PartitaReal *dheads;     ///< shape [3, steps, width]: gradients of q, k, v
  PartitaNnOperand dout;   ///< shape [steps, width]: gradient of o
  PartitaReal *active;     ///< shape [steps, hidden]
  PartitaNnOperand blocks; ///< scratch of attention
  void *scratch;           ///< of the products
} PartitaTransformerWorker;

size_t
partita_transformer_worker_measure(const PartitaModel *model,
                                   size_t rows,
                                   size_t steps);

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

/// The way back of a row, after its way forward; logits hold their gradients.
void
partita_transformer_worker_run_back(PartitaTransformerWorker *worker,
                                    const PartitaModelBatch *batch,
                                    PartitaReal *gradients);

/// A head of layer @l on the row at hand.
PartitaNnHead
partita_transformer_worker_find_head(const PartitaTransformerWorker *worker,
                                     size_t l,
                                     size_t h);

/// Dropout of the row at one of 2 layers + 1 places, into @dropout; NULL if
/// there is none.
const PartitaNnDropout *
partita_transformer_worker_find_dropout(const PartitaTransformerWorker *worker,
                                        const PartitaModelBatch *batch,
                                        size_t place,
                                        PartitaNnDropout *dropout);

PartitaModelState *
partita_transformer_state_new(const PartitaModel *model,
                              const PartitaNnBackend *backend,
                              size_t rows);

void
partita_transformer_state_free(PartitaModelState *base);

void
partita_transformer_state_reset_row(PartitaModelState *base, size_t row);

void
partita_transformer_state_step(PartitaModelState *base,
                               const uint16_t *inputs,
                               float *logits);

#endif
