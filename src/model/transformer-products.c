// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/transformer-private.h>

void
partita_transformer_products_plan(PartitaTransformerProducts *products,
                                  PartitaNnPlan *plan,
                                  const PartitaModelConfig *config,
                                  size_t rows,
                                  bool training)
{
  const size_t width = config->width;
  PartitaModelLinearShape shape = {
    .training = training, .rows = rows, .all = rows, .inputs = width};

  products->n_layers = config->layers;
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaTransformerLayerProducts *const layer = &products->layer[l];
    PartitaModelLinearShape down = shape;

    shape.outputs = 3 * width;
    partita_model_linear_plan(&layer->qkv, plan, &shape);
    shape.outputs = width;
    partita_model_linear_plan(&layer->out, plan, &shape);
    shape.outputs = config->hidden;
    partita_model_linear_plan(&layer->up, plan, &shape);
    down.outputs = width;
    down.inputs = config->hidden;
    partita_model_linear_plan(&layer->down, plan, &down);
  }
  shape.outputs = config->vocab;
  partita_model_linear_plan(&products->head, plan, &shape);
}

void
partita_transformer_products_clear(PartitaTransformerProducts *products)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    partita_model_linear_clear(&products->layer[l].qkv);
    partita_model_linear_clear(&products->layer[l].out);
    partita_model_linear_clear(&products->layer[l].up);
    partita_model_linear_clear(&products->layer[l].down);
  }
  partita_model_linear_clear(&products->head);
}

void
partita_transformer_products_set_weights(
  const PartitaTransformerProducts *products,
  const PartitaTransformerView *view,
  bool back)
{
  for (size_t l = 0; l < products->n_layers; ++l) {
    const PartitaTransformerLayerProducts *const layer = &products->layer[l];
    const PartitaTransformerLayer *const weights = &view->layer[l];

    partita_model_linear_set_weights(&layer->qkv, weights->qkv.weight, back);
    partita_model_linear_set_weights(&layer->out, weights->out.weight, back);
    partita_model_linear_set_weights(&layer->up, weights->up.weight, back);
    partita_model_linear_set_weights(&layer->down, weights->down.weight, back);
  }
  partita_model_linear_set_weights(&products->head, view->head.weight, back);
}
