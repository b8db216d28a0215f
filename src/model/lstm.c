// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* x = sum of the embeddings of the fields; stacked LSTM layers; logits =
 * W norm(h) + b. Dropout on every connection that is not recurrent (Zaremba,
 * Sutskever and Vinyals 2014, arXiv:1409.2329). */

#include <math.h>
#include <model/lstm-private.h>

static bool
check(const PartitaModelConfig *config)
{
  return config->heads == 0 && config->context == 0;
}

static void
append_output(const PartitaModelConfig *config, GArray *tensors, double bound)
{
  if (config->norm) {
    partita_model_append_tensor(tensors, config->hidden, 0, 0.0, false,
                                "norm.weight");
    partita_model_append_tensor(tensors, config->hidden, 0, 0.0, false,
                                "norm.bias");
  }
  partita_model_append_tensor(tensors, config->vocab, config->hidden, bound,
                              true, "head.weight");
  partita_model_append_tensor(tensors, config->vocab, 0, 0.0, false,
                              "head.bias");
}

/* Bounds: 1 / sqrt(hidden), as PyTorch's nn.LSTM and nn.Linear have them, but
 * for inputs. Uniform in +-sqrt(3 / n) keeps the variance of inputs with
 * variance 1 (LeCun et al. 1998, "Efficient BackProp", eq. 16). */
static void
lay_out(const PartitaModelConfig *config, GArray *tensors)
{
  const size_t hidden = config->hidden;
  const double bound = 1.0 / sqrt((double)hidden);
  // A fresh layer's outputs are small: what reads them makes up for it.
  const double upper = 2.0 * bound;

  for (size_t f = 0; f < config->n_fields; ++f)
    partita_model_append_embedding(config, f, tensors);
  for (size_t l = 0; l < config->layers; ++l) {
    const size_t n_inputs = l == 0 ? config->width : hidden;

    partita_model_append_tensor(tensors, 4 * hidden, n_inputs,
                                l == 0 ? sqrt(3.0 / (double)n_inputs) : upper,
                                true, "lstm.%zu.weight_ih", l);
    partita_model_append_tensor(tensors, 4 * hidden, hidden, bound, true,
                                "lstm.%zu.weight_hh", l);
    partita_model_append_tensor(tensors, 4 * hidden, 0, 0.0, false,
                                "lstm.%zu.bias", l);
  }
  append_output(config, tensors, bound);
}

void
partita_lstm_view(const PartitaModel *model,
                  PartitaReal *flat,
                  PartitaLstmView *view)
{
  const PartitaModelConfig *const config = &model->config;
  size_t n_tensors = 0;
  const PartitaModelTensor *tensor =
    partita_model_get_tensors(model, &n_tensors);

  for (size_t f = 0; f < config->n_fields; ++f)
    view->embed[f] = flat + (tensor++)->offset;
  for (size_t l = 0; l < config->layers; ++l) {
    PartitaLstmLayer *const layer = &view->layer[l];

    layer->n_inputs = tensor->shape[1];
    layer->weight_ih = flat + (tensor++)->offset;
    layer->weight_hh = flat + (tensor++)->offset;
    layer->bias = flat + (tensor++)->offset;
  }
  view->norm_gain = config->norm ? flat + (tensor++)->offset : NULL;
  view->norm_bias = config->norm ? flat + (tensor++)->offset : NULL;
  view->head_weight = flat + (tensor++)->offset;
  view->head_bias = flat + tensor->offset;
}

// A forget gate that begins open: Jozefowicz, Zaremba and Sutskever 2015, "An
// empirical exploration of recurrent network architectures".
static void
adjust(PartitaModel *model)
{
  const size_t hidden = model->config.hidden;
  PartitaLstmView view;

  partita_lstm_view(model, model->parameters, &view);
  for (size_t l = 0; l < model->config.layers; ++l)
    for (size_t j = 0; j < hidden; ++j)
      view.layer[l].bias[hidden + j] = 1;
  for (size_t j = 0; view.norm_gain != NULL && j < hidden; ++j)
    view.norm_gain[j] = 1;
}

const PartitaModelArchitecture partita_lstm_architecture = {
  .name = "lstm",
  .check = check,
  .lay_out = lay_out,
  .adjust = adjust,
  .worker_measure = partita_lstm_worker_measure,
  .worker_new = partita_lstm_worker_new,
  .worker_free = partita_lstm_worker_free,
  .worker_run = partita_lstm_worker_run,
  .worker_state_size = partita_lstm_worker_state_size,
  .worker_get_state = partita_lstm_worker_get_state,
  .worker_set_state = partita_lstm_worker_set_state,
  .state_new = partita_lstm_state_new,
  .state_free = partita_lstm_state_free,
  .state_reset_row = partita_lstm_state_reset_row,
  .state_step = partita_lstm_state_step,
};
