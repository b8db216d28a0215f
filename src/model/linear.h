// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_LINEAR_H
#define PARTITA_MODEL_LINEAR_H

#include <partita/product.h>

/// y = x W^T of many rows, and its gradients.
typedef struct {
  PartitaNnProduct *forward;  ///< y = x W^T
  PartitaNnProduct *back;     ///< dx = dy W
  PartitaNnProduct *gradient; ///< dW += dy^T x
} PartitaModelLinear;

typedef struct {
  unsigned flags; ///< of the way forward: %PARTITA_NN_ACCUMULATE or none
  bool training;  ///< whether the way back is planned too
  size_t rows;    ///< pass forward and back at a time
  size_t all;     ///< rows that have passed when the gradient is taken
  size_t outputs;
  size_t inputs; ///< weights have the shape [outputs, inputs]
} PartitaModelLinearShape;

/// Measures or makes; after a failure, too, clearing is due.
void
partita_model_linear_plan(PartitaModelLinear *linear,
                          PartitaNnPlan *plan,
                          const PartitaModelLinearShape *shape);

void
partita_model_linear_clear(PartitaModelLinear *linear);

/// Takes @weights as they are now, for the way forward and with @back for the
/// way back too.
void
partita_model_linear_set_weights(const PartitaModelLinear *linear,
                                 const PartitaReal *weights,
                                 bool back);

#endif
