// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/linear.h>

void
partita_model_linear_plan(PartitaModelLinear *linear,
                          PartitaNnPlan *plan,
                          const PartitaModelLinearShape *shape)
{
  linear->forward =
    partita_nn_plan_product(plan, PARTITA_NN_TRANSPOSE_B | shape->flags, true,
                            shape->rows, shape->outputs, shape->inputs);
  if (!shape->training)
    return;
  linear->back = partita_nn_plan_product(
    plan, PARTITA_NN_PLAIN, true, shape->rows, shape->inputs, shape->outputs);
  linear->gradient = partita_nn_plan_product(
    plan, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false, shape->outputs,
    shape->inputs, shape->all);
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
