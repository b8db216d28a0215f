// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* x = sum of the embeddings of the fields; then in each layer
 *   x = x + W_out attention(norm(x)) + b
 *   x = x + W_down gelu(W_up norm(x) + b) + b
 * and logits = W norm(x) + b. Vaswani et al. 2017, arXiv:1706.03762, with the
 * norms before the branches (Xiong et al. 2020, arXiv:2002.04745) and
 * positions that turn queries and keys (Su et al. 2021, arXiv:2104.09864).
 * Dropout after the embedding and on each branch. */

#include <math.h>
#include <model/transformer-private.h>

static bool
check(const PartitaModelConfig *config)
{
  return config->heads >= 1 && config->context >= 1 && !config->norm &&
         config->width % config->heads == 0 &&
         config->width / config->heads % 2 == 0;
}

static void
append_norm(GArray *tensors, size_t width, const char *name)
{
  partita_model_append_tensor(tensors, width, 0, 0.0, false, "%s.weight", name);
  partita_model_append_tensor(tensors, width, 0, 0.0, false, "%s.bias", name);
}

/* Uniform in +-sqrt(3 / n) keeps the variance of inputs with variance 1 (LeCun
 * et al. 1998, "Efficient BackProp", eq. 16), times @share. */
static void
append_linear(GArray *tensors,
              size_t outputs,
              size_t inputs,
              double share,
              const char *name)
{
  partita_model_append_tensor(tensors, outputs, inputs,
                              share * sqrt(3.0 / (double)inputs), true,
                              "%s.weight", name);
  partita_model_append_tensor(tensors, outputs, 0, 0.0, false, "%s.bias", name);
}

static void
append_layer(const PartitaModelConfig *config, GArray *tensors, size_t l)
{
  // What 2 branches a layer add up to does not grow with their number (Radford
  // et al. 2019, "Language models are unsupervised multitask learners", 2.3).
  const double share = 1.0 / sqrt(2.0 * (double)config->layers);
  const size_t width = config->width;
  const struct {
    const char *name;
    size_t outputs;
    size_t inputs;
    double share;
  } parts[] = {
    {"norm1", width, 0, 0.0},           {"qkv", 3 * width, width, 1.0},
    {"out", width, width, share},       {"norm2", width, 0, 0.0},
    {"up", config->hidden, width, 1.0}, {"down", width, config->hidden, share},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(parts); ++i) {
    g_autofree char *name = g_strdup_printf("layer.%zu.%s", l, parts[i].name);

    if (parts[i].inputs == 0)
      append_norm(tensors, parts[i].outputs, name);
    else
      append_linear(tensors, parts[i].outputs, parts[i].inputs, parts[i].share,
                    name);
  }
}

// A fresh model is nearly undecided.
static void
lay_out(const PartitaModelConfig *config, GArray *tensors)
{
  for (size_t f = 0; f < config->n_fields; ++f)
    partita_model_append_embedding(config, f, tensors);
  for (size_t l = 0; l < config->layers; ++l)
    append_layer(config, tensors, l);
  append_norm(tensors, config->width, "norm");
  append_linear(tensors, config->vocab, config->width, 0.25, "head");
}

static void
view_norm(PartitaTransformerNorm *norm,
          PartitaReal *flat,
          const PartitaModelTensor **tensor)
{
  norm->gain = flat + ((*tensor)++)->offset;
  norm->bias = flat + ((*tensor)++)->offset;
}

static void
view_linear(PartitaTransformerLinear *linear,
            PartitaReal *flat,
            const PartitaModelTensor **tensor)
{
  linear->n_outputs = (*tensor)->shape[0];
  linear->n_inputs = (*tensor)->shape[1];
  linear->weight = flat + ((*tensor)++)->offset;
  linear->bias = flat + ((*tensor)++)->offset;
}

void
partita_transformer_view(const PartitaModel *model,
                         PartitaReal *flat,
                         PartitaTransformerView *view)
{
  size_t n_tensors = 0;
  const PartitaModelTensor *tensor =
    partita_model_get_tensors(model, &n_tensors);

  for (size_t f = 0; f < model->config.n_fields; ++f)
    view->embed[f] = flat + (tensor++)->offset;
  for (size_t l = 0; l < model->config.layers; ++l) {
    PartitaTransformerLayer *const layer = &view->layer[l];

    view_norm(&layer->norm1, flat, &tensor);
    view_linear(&layer->qkv, flat, &tensor);
    view_linear(&layer->out, flat, &tensor);
    view_norm(&layer->norm2, flat, &tensor);
    view_linear(&layer->up, flat, &tensor);
    view_linear(&layer->down, flat, &tensor);
  }
  view_norm(&view->norm, flat, &tensor);
  view_linear(&view->head, flat, &tensor);
}

static void
fill_ones(PartitaReal *x, size_t n)
{
  for (size_t i = 0; i < n; ++i)
    x[i] = 1;
}

static void
open_norms(PartitaModel *model)
{
  const size_t width = model->config.width;
  PartitaTransformerView view;

  partita_transformer_view(model, model->parameters, &view);
  for (size_t l = 0; l < model->config.layers; ++l) {
    fill_ones(view.layer[l].norm1.gain, width);
    fill_ones(view.layer[l].norm2.gain, width);
  }
  fill_ones(view.norm.gain, width);
}

// A worker carries nothing from chunk to chunk.
static size_t
get_worker_state_size(const PartitaModelWorker *worker)
{
  (void)worker;
  return 0;
}

static void
get_worker_state(const PartitaModelWorker *worker, PartitaReal *out)
{
  (void)worker;
  (void)out;
}

static void
set_worker_state(PartitaModelWorker *worker, const PartitaReal *in)
{
  (void)worker;
  (void)in;
}

const PartitaModelArchitecture partita_transformer_architecture = {
  .name = "transformer",
  .check = check,
  .lay_out = lay_out,
  .adjust = open_norms,
  .worker_measure = partita_transformer_worker_measure,
  .worker_new = partita_transformer_worker_new,
  .worker_free = partita_transformer_worker_free,
  .worker_run = partita_transformer_worker_run,
  .worker_state_size = get_worker_state_size,
  .worker_get_state = get_worker_state,
  .worker_set_state = set_worker_state,
  .state_new = partita_transformer_state_new,
  .state_free = partita_transformer_state_free,
  .state_reset_row = partita_transformer_state_reset_row,
  .state_step = partita_transformer_state_step,
};
