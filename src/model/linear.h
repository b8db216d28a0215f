// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_LINEAR_H
#define PARTITA_MODEL_LINEAR_H

#include <partita/product.h>

/// Of the products of a worker or a state, which are planned twice by the same
/// function: once to measure, and once to make them.
typedef struct {
  const PartitaNnBackend *backend;
  bool training;  ///< whether the way back is planned too
  bool measuring; ///< sizes are summed, and no product is made
  bool failed;    ///< memory does not suffice
  size_t size;    ///< bytes of all products, summed while measuring
} PartitaModelPlan;

/// (nullable): a product; NULL while measuring, and after a failure.
PartitaNnProduct *
partita_model_plan_product(PartitaModelPlan *plan,
                           unsigned flags,
                           bool weights,
                           size_t m,
                           size_t n,
                           size_t k);

/// y = x W^T of many rows, and its gradients.
typedef struct {
  PartitaNnProduct *forward;  ///< y = x W^T
  PartitaNnProduct *back;     ///< dx = dy W
  PartitaNnProduct *gradient; ///< dW += dy^T x
} PartitaModelLinear;

/**
 * partita_model_linear_plan:
 * @flags: of the way forward: %PARTITA_NN_ACCUMULATE or none
 * @rows: pass forward and back at a time
 * @all: rows that have passed when the gradient is taken
 *
 * Of weights of shape [@outputs, @inputs].
 */
void
partita_model_linear_plan(PartitaModelLinear *linear,
                          PartitaModelPlan *plan,
                          unsigned flags,
                          size_t rows,
                          size_t all,
                          size_t outputs,
                          size_t inputs);

void
partita_model_linear_clear(PartitaModelLinear *linear);

/// Takes @weights as they are now, for the way forward and with @back for the
/// way back too.
void
partita_model_linear_set_weights(const PartitaModelLinear *linear,
                                 const PartitaReal *weights,
                                 bool back);

#endif
