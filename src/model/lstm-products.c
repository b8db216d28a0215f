// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/lstm-products.h>

void
partita_lstm_products_plan(PartitaLstmProducts *products,
                           PartitaModelPlan *plan,
                           const PartitaModelConfig *config,
                           size_t rows,
                           size_t steps)
{
  const size_t all = steps * rows;
  const size_t hidden = config->hidden;

  products->n_layers = config->layers;
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaLstmLayerProducts *const layer = &products->layer[l];

    partita_model_linear_plan(&layer->input, plan, 0, all, all, 4 * hidden,
                              l == 0 ? config->width : hidden);
    partita_model_linear_plan(&layer->recurrent, plan, PARTITA_NN_ACCUMULATE,
                              rows, all, 4 * hidden, hidden);
  }
  partita_model_linear_plan(&products->head, plan, 0, all, all, config->vocab,
                            hidden);
}

void
partita_lstm_products_clear(PartitaLstmProducts *products)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    partita_model_linear_clear(&products->layer[l].input);
    partita_model_linear_clear(&products->layer[l].recurrent);
  }
  partita_model_linear_clear(&products->head);
}

void
partita_lstm_products_set_weights(PartitaLstmProducts *products,
                                  const PartitaLstmView *view,
                                  bool back)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    partita_model_linear_set_weights(&products->layer[l].input,
                                     view->layer[l].weight_ih, back);
    partita_model_linear_set_weights(&products->layer[l].recurrent,
                                     view->layer[l].weight_hh, back);
  }
  partita_model_linear_set_weights(&products->head, view->head_weight, back);
}
