// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/lstm-products.h>

void
partita_lstm_products_plan(PartitaLstmProducts *products,
                           PartitaNnPlan *plan,
                           const PartitaModelConfig *config,
                           size_t rows,
                           size_t steps,
                           bool training)
{
  const size_t all = steps * rows;
  const size_t hidden = config->hidden;
  PartitaModelLinearShape shape = {
    .training = training, .rows = all, .all = all, .inputs = hidden};

  products->n_layers = config->layers;
  shape.outputs = config->vocab;
  partita_model_linear_plan(&products->head, plan, &shape);
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaLstmLayerProducts *const layer = &products->layer[l];
    PartitaModelLinearShape input = shape, recurrent = shape;

    input.outputs = recurrent.outputs = 4 * hidden;
    input.inputs = l == 0 ? config->width : hidden;
    recurrent.flags = PARTITA_NN_ACCUMULATE;
    recurrent.rows = rows;
    partita_model_linear_plan(&layer->input, plan, &input);
    partita_model_linear_plan(&layer->recurrent, plan, &recurrent);
  }
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
