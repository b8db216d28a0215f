// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/lstm-products.h>

/* Of weights of shape [outputs, inputs]; @step_rows rows pass forward and back
 * at a time, @all have passed when the gradient is taken. */
static bool
plan(PartitaLstmLinear *linear,
     const PartitaNnBackend *backend,
     unsigned forward_flags,
     size_t step_rows,
     size_t all,
     size_t outputs,
     size_t inputs)
{
  linear->forward =
    partita_nn_product_new(backend, PARTITA_NN_TRANSPOSE_B | forward_flags,
                           true, step_rows, outputs, inputs);
  linear->back = partita_nn_product_new(backend, PARTITA_NN_PLAIN, true,
                                        step_rows, inputs, outputs);
  linear->gradient = partita_nn_product_new(
    backend, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false, outputs,
    inputs, all);
  return linear->forward != NULL && linear->back != NULL &&
         linear->gradient != NULL;
}

bool
partita_lstm_products_init(PartitaLstmProducts *products,
                           const PartitaModel *model,
                           size_t rows,
                           size_t steps)
{
  const PartitaModelConfig *const config = &model->config;
  const size_t gates = 4 * config->hidden;
  const size_t all = steps * rows;

  products->n_layers = config->layers;
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaLstmLayerProducts *const layer = &products->layer[l];
    const size_t n_inputs = l == 0 ? config->width : config->hidden;

    if (!plan(&layer->input, model->backend, 0, all, all, gates, n_inputs) ||
        !plan(&layer->recurrent, model->backend, PARTITA_NN_ACCUMULATE, rows,
              all, gates, config->hidden))
      return false;
  }
  return plan(&products->head, model->backend, 0, all, all, config->vocab,
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
