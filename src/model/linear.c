// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/linear.h>

PartitaNnProduct *
partita_model_plan_product(PartitaModelPlan *plan,
                           unsigned flags,
                           bool weights,
                           size_t m,
                           size_t n,
                           size_t k)
{
  PartitaNnProduct *product = NULL;
  size_t size = 0;

  if (plan->measuring) {
    plan->failed |= !partita_nn_product_measure(plan->backend, flags, weights,
                                                m, n, k, &size) ||
                    !g_size_checked_add(&plan->size, plan->size, size);
    return NULL;
  }
  if (!plan->failed)
    product = partita_nn_product_new(plan->backend, flags, weights, m, n, k);
  plan->failed |= product == NULL;
  return product;
}

void
partita_model_linear_plan(PartitaModelLinear *linear,
                          PartitaModelPlan *plan,
                          unsigned flags,
                          size_t rows,
                          size_t all,
                          size_t outputs,
                          size_t inputs)
{
  linear->forward = partita_model_plan_product(
    plan, PARTITA_NN_TRANSPOSE_B | flags, true, rows, outputs, inputs);
  if (!plan->training)
    return;
  linear->back = partita_model_plan_product(plan, PARTITA_NN_PLAIN, true, rows,
                                            inputs, outputs);
  linear->gradient = partita_model_plan_product(
    plan, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false, outputs,
    inputs, all);
}

void
partita_model_linear_clear(PartitaModelLinear *linear)
{
  g_clear_pointer(&linear->forward, partita_nn_product_free);
  g_clear_pointer(&linear->back, partita_nn_product_free);
  g_clear_pointer(&linear->gradient, partita_nn_product_free);
}

void
partita_model_linear_set_weights(const PartitaModelLinear *linear,
                                 const PartitaReal *weights,
                                 bool back)
{
  partita_nn_product_set_weights(linear->forward, weights);
  if (back)
    partita_nn_product_set_weights(linear->back, weights);
}
