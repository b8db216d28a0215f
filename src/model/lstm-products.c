// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/lstm-products.h>

typedef struct {
  const PartitaNnBackend *backend;
  size_t all; ///< rows of all steps
  bool training;
} Plan;

/* Of weights of shape [outputs, inputs]; @rows rows pass forward and back at a
 * time, all have passed when the gradient is taken. */
static bool
plan_linear(const Plan *plan,
            PartitaLstmLinear *linear,
            unsigned forward_flags,
            size_t rows,
            size_t outputs,
            size_t inputs)
{
  linear->forward = partita_nn_product_new(
    plan->backend, PARTITA_NN_TRANSPOSE_B | forward_flags, true, rows, outputs,
    inputs);
  if (!plan->training)
    return linear->forward != NULL;
  linear->back = partita_nn_product_new(plan->backend, PARTITA_NN_PLAIN, true,
                                        rows, inputs, outputs);
  linear->gradient = partita_nn_product_new(
    plan->backend, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false,
    outputs, inputs, plan->all);
  return linear->forward != NULL && linear->back != NULL &&
         linear->gradient != NULL;
}

bool
partita_lstm_products_init(PartitaLstmProducts *products,
                           const PartitaModel *model,
                           size_t rows,
                           size_t steps,
                           bool training)
{
  const PartitaModelConfig *const config = &model->config;
  const Plan plan = {model->backend, steps * rows, training};
  const size_t gates = 4 * config->hidden;

  products->n_layers = config->layers;
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaLstmLayerProducts *const layer = &products->layer[l];
    const size_t n_inputs = l == 0 ? config->width : config->hidden;

    if (!plan_linear(&plan, &layer->input, 0, plan.all, gates, n_inputs) ||
        !plan_linear(&plan, &layer->recurrent, PARTITA_NN_ACCUMULATE, rows,
                     gates, config->hidden))
      return false;
  }
  return plan_linear(&plan, &products->head, 0, plan.all, config->vocab,
                     config->hidden);
}

static void
clear(PartitaLstmLinear *linear)
{
  g_clear_pointer(&linear->forward, partita_nn_product_free);
  g_clear_pointer(&linear->back, partita_nn_product_free);
  g_clear_pointer(&linear->gradient, partita_nn_product_free);
}

void
partita_lstm_products_clear(PartitaLstmProducts *products)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    clear(&products->layer[l].input);
    clear(&products->layer[l].recurrent);
  }
  clear(&products->head);
}

static void
set_weights(const PartitaLstmLinear *linear,
            const PartitaReal *weights,
            bool back)
{
  partita_nn_product_set_weights(linear->forward, weights);
  if (back)
    partita_nn_product_set_weights(linear->back, weights);
}

void
partita_lstm_products_set_weights(PartitaLstmProducts *products,
                                  const PartitaLstmView *view,
                                  bool back)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    set_weights(&products->layer[l].input, view->layer[l].weight_ih, back);
    set_weights(&products->layer[l].recurrent, view->layer[l].weight_hh, back);
  }
  set_weights(&products->head, view->head_weight, back);
}
