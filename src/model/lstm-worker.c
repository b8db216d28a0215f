// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Training: a chunk of steps, layer by layer. What does not wait for the step
 * before is one product over all steps: inputs to gates, and every gradient
 * of weights. Source of the method: Williams and Peng 1990, "An efficient
 * gradient-based algorithm for on-line training of recurrent network
 * trajectories". */

#include <model/arena.h>
#include <model/lstm-products.h>
#include <stdlib.h>
#include <string.h>

/// What a layer keeps for the way back. Slot 0 of @h and @c is the state the
/// last chunk left; slot t + 1 is what step t gave, with the rows that step
/// t + 1 resets set to 0.
typedef struct {
  PartitaNnOperand gates; ///< shape [steps, rows, 4, hidden]
  PartitaReal *tanh_c;    ///< shape [steps, rows, hidden]
  PartitaNnOperand h;     ///< shape [steps + 1, rows, hidden]
  PartitaReal *c;         ///< shape [steps + 1, rows, hidden]
} LayerHistory;

typedef struct {
  PartitaModelWorker base;
  PartitaLstmView view;
  PartitaArena arena;
  PartitaLstmProducts products;
  LayerHistory layer[PARTITA_MODEL_LAYERS_MAX];
  /// What goes into layer l after dropout, the last into the head; on the way
  /// back its gradient. Shape [steps, rows, inputs of the layer].
  PartitaNnOperand input[PARTITA_MODEL_LAYERS_MAX + 1];
  uint8_t *kept[PARTITA_MODEL_LAYERS_MAX + 1]; ///< of dropout, as @input
  PartitaNnOperand output; ///< what goes into the head; shape [steps, rows,
                           ///< hidden]
  PartitaReal *normed;     ///< shape [steps, rows, hidden]; NULL without a norm
  PartitaReal *rate;       ///< of the norm, shape [steps, rows]
  PartitaNnOperand logits; ///< shape [steps, rows, vocab]
  PartitaReal *dh;         ///< shape [rows, hidden]
  PartitaReal *dc;         ///< shape [rows, hidden]
  void *scratch;           ///< of the products
} LstmWorker;

static size_t
count_inputs(const PartitaModelConfig *config, size_t l)
{
  return l == 0 ? config->width : config->hidden;
}

static void
lay_out_worker(LstmWorker *worker, size_t scratch_size)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  PartitaArena *const arena = &worker->arena;
  const size_t rows = worker->base.rows;
  const size_t steps = worker->base.steps;
  const size_t hidden = config->hidden;
  const bool half = partita_nn_backend_is_half(worker->base.model->backend);

  for (size_t l = 0; l < config->layers; ++l) {
    LayerHistory *const layer = &worker->layer[l];

    layer->gates =
      partita_arena_take_operand(arena, half, steps, rows, 4 * hidden);
    layer->tanh_c = partita_arena_take(arena, steps, rows, hidden);
    layer->h = partita_arena_take_operand(arena, half, steps + 1, rows, hidden);
    layer->c = partita_arena_take(arena, steps + 1, rows, hidden);
  }
  for (size_t l = 0; l <= config->layers; ++l) {
    const size_t width = count_inputs(config, l);

    worker->input[l] =
      partita_arena_take_operand(arena, half, steps, rows, width);
    worker->kept[l] = (uint8_t *)partita_arena_take(
      arena, steps, rows,
      (width + sizeof(PartitaReal) - 1) / sizeof(PartitaReal));
  }
  worker->output = worker->input[config->layers];
  if (config->norm) {
    worker->output =
      partita_arena_take_operand(arena, half, steps, rows, hidden);
    worker->normed = partita_arena_take(arena, steps, rows, hidden);
    worker->rate = partita_arena_take(arena, steps, rows, 1);
  }
  worker->logits =
    partita_arena_take_operand(arena, half, steps, rows, config->vocab);
  worker->dh = partita_arena_take(arena, rows, hidden, 1);
  worker->dc = partita_arena_take(arena, rows, hidden, 1);
  worker->scratch = partita_arena_take_bytes(arena, scratch_size, 1);
}

static void
plan_products(LstmWorker *worker, PartitaNnPlan *plan)
{
  partita_lstm_products_plan(&worker->products, plan,
                             &worker->base.model->config, worker->base.rows,
                             worker->base.steps, true);
}

static void
measure(LstmWorker *worker, PartitaNnPlan *plan)
{
  partita_nn_plan_begin(plan, worker->base.model->backend);
  plan_products(worker, plan);
  lay_out_worker(worker, plan->scratch_size);
}

size_t
partita_lstm_worker_measure(const PartitaModel *model,
                            size_t rows,
                            size_t steps)
{
  LstmWorker worker = {.base = {model, rows, steps}};
  PartitaNnPlan plan;

  measure(&worker, &plan);
  return partita_arena_measure(&worker.arena, &plan);
}

PartitaModelWorker *
partita_lstm_worker_new(const PartitaModel *model, size_t rows, size_t steps)
{
  LstmWorker *const worker = g_new0(LstmWorker, 1);

  PartitaNnPlan plan;

  worker->base = (PartitaModelWorker){model, rows, steps};
  partita_lstm_view(model, model->parameters, &worker->view);
  measure(worker, &plan);
  if (partita_arena_begin(&worker->arena)) {
    lay_out_worker(worker, plan.scratch_size);
    partita_nn_plan_make(&plan, worker->scratch);
    plan_products(worker, &plan);
  }
  if (worker->arena.block == NULL || plan.failed) {
    partita_lstm_worker_free(&worker->base);
    return NULL;
  }
  return &worker->base;
}

void
partita_lstm_worker_free(PartitaModelWorker *base)
{
  LstmWorker *const worker = (LstmWorker *)base;

  partita_lstm_products_clear(&worker->products);
  free(worker->arena.block);
  g_free(worker);
}

size_t
partita_lstm_worker_state_size(const PartitaModelWorker *base)
{
  const PartitaModelConfig *const config = &base->model->config;

  return config->layers * 2 * base->rows * config->hidden;
}

void
partita_lstm_worker_get_state(const PartitaModelWorker *base, PartitaReal *out)
{
  const LstmWorker *const worker = (const LstmWorker *)base;
  const size_t n = base->rows * base->model->config.hidden;

  for (size_t l = 0; l < base->model->config.layers; ++l) {
    memcpy(out + 2 * l * n, worker->layer[l].h.real, sizeof *out * n);
    memcpy(out + (2 * l + 1) * n, worker->layer[l].c, sizeof *out * n);
  }
}

void
partita_lstm_worker_set_state(PartitaModelWorker *base, const PartitaReal *in)
{
  LstmWorker *const worker = (LstmWorker *)base;
  const size_t n = base->rows * base->model->config.hidden;

  for (size_t l = 0; l < base->model->config.layers; ++l) {
    if (in == NULL) {
      memset(worker->layer[l].h.real, 0, sizeof *in * n);
      memset(worker->layer[l].c, 0, sizeof *in * n);
    } else {
      memcpy(worker->layer[l].h.real, in + 2 * l * n, sizeof *in * n);
      memcpy(worker->layer[l].c, in + (2 * l + 1) * n, sizeof *in * n);
    }
  }
}

static void
reset_rows(const uint8_t *reset,
           size_t rows,
           size_t hidden,
           PartitaReal *h,
           PartitaReal *c)
{
  for (size_t r = 0; r < rows; ++r)
    if (reset[r]) {
      memset(h + r * hidden, 0, sizeof *h * hidden);
      memset(c + r * hidden, 0, sizeof *c * hidden);
    }
}

static void
run_layer(LstmWorker *worker, const PartitaModelBatch *batch, size_t l)
{
  const PartitaLstmLayerProducts *const products = &worker->products.layer[l];
  const LayerHistory *const layer = &worker->layer[l];
  const PartitaNnOperand input = worker->input[l];
  const size_t rows = worker->base.rows;
  const size_t steps = worker->base.steps;
  const size_t hidden = worker->base.model->config.hidden;
  const size_t n = rows * hidden;

  partita_nn_operand_round(
    input, steps * rows * count_inputs(&worker->base.model->config, l));
  partita_nn_product_run(products->input.forward, &input, NULL,
                         layer->gates.real);
  for (size_t t = 0; t < steps; ++t) {
    PartitaReal *const gates = layer->gates.real + t * 4 * n;
    const PartitaNnOperand h = partita_nn_operand_at(layer->h, t * n);
    PartitaReal *const c = layer->c + t * n;

    reset_rows(batch->reset + t * rows, rows, hidden, h.real, c);
    partita_nn_operand_round(h, n);
    partita_nn_product_run(products->recurrent.forward, &h, NULL, gates);
    partita_nn_lstm(gates, worker->view.layer[l].bias, c, c + n,
                    layer->tanh_c + t * n, h.real + n, rows, hidden);
    // A copy, for resets change the slot and dropout the copy.
    memcpy(worker->input[l + 1].real + t * n, h.real + n, sizeof *h.real * n);
  }
}

/* Turns the gates of every step into their gradients, last step first. A
 * gradient does not pass a reset, nor the chunk's beginning. */
static void
run_steps_back(LstmWorker *worker, const PartitaModelBatch *batch, size_t l)
{
  const LayerHistory *const layer = &worker->layer[l];
  const size_t rows = worker->base.rows;
  const size_t hidden = worker->base.model->config.hidden;
  const size_t n = rows * hidden;

  memset(worker->dh, 0, sizeof(PartitaReal) * n);
  memset(worker->dc, 0, sizeof(PartitaReal) * n);
  for (size_t t = worker->base.steps; t-- > 0;) {
    const PartitaNnOperand gates =
      partita_nn_operand_at(layer->gates, t * 4 * n);

    partita_nn_lstm_backward(
      gates.real, layer->c + t * n, layer->tanh_c + t * n,
      worker->input[l + 1].real + t * n, worker->dh, worker->dc, rows, hidden);
    partita_nn_operand_round(gates, 4 * n);
    if (t == 0)
      break;
    partita_nn_product_run(worker->products.layer[l].recurrent.back, &gates,
                           NULL, worker->dh);
    reset_rows(batch->reset + t * rows, rows, hidden, worker->dh, worker->dc);
  }
}

/// From the gradients of the gates, those of the weights and, in place of the
/// layer's input, the input's.
static void
run_layer_back(LstmWorker *worker, size_t l, const PartitaLstmLayer *gradient)
{
  const PartitaLstmLayerProducts *const products = &worker->products.layer[l];
  const LayerHistory *const layer = &worker->layer[l];
  const size_t hidden = worker->base.model->config.hidden;

  partita_nn_product_run(products->input.gradient, &layer->gates,
                         &worker->input[l], gradient->weight_ih);
  partita_nn_product_run(products->recurrent.gradient, &layer->gates, &layer->h,
                         gradient->weight_hh);
  partita_nn_add_rows(gradient->bias, layer->gates.real,
                      worker->base.steps * worker->base.rows, 4 * hidden);
  partita_nn_product_run(products->input.back, &layer->gates, NULL,
                         worker->input[l].real);
}

static void
run_head(LstmWorker *worker)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t all = worker->base.steps * worker->base.rows;
  const PartitaNnOperand output = worker->output;

  partita_nn_operand_round(output, all * config->hidden);
  partita_nn_product_run(worker->products.head.forward, &output, NULL,
                         worker->logits.real);
  partita_nn_add_bias(worker->logits.real, worker->view.head_bias, all,
                      config->vocab);
}

static void
run_head_back(LstmWorker *worker, const PartitaLstmView *gradient)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const PartitaModelLinear *const products = &worker->products.head;
  const PartitaNnOperand *const output = &worker->output;
  const size_t all = worker->base.steps * worker->base.rows;

  partita_nn_operand_round(worker->logits, all * config->vocab);
  partita_nn_product_run(products->gradient, &worker->logits, output,
                         gradient->head_weight);
  partita_nn_add_rows(gradient->head_bias, worker->logits.real, all,
                      config->vocab);
  partita_nn_product_run(products->back, &worker->logits, NULL, output->real);
}

static void
run_norm(LstmWorker *worker)
{
  const PartitaModelConfig *const config = &worker->base.model->config;

  if (config->norm)
    partita_nn_layer_norm(worker->output.real, worker->normed, worker->rate,
                          worker->input[config->layers].real,
                          worker->view.norm_gain, worker->view.norm_bias,
                          worker->base.steps * worker->base.rows,
                          config->hidden);
}

static void
run_norm_back(LstmWorker *worker, const PartitaLstmView *gradient)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t all = worker->base.steps * worker->base.rows;
  PartitaReal *const dx = worker->input[config->layers].real;

  if (!config->norm)
    return;
  memset(dx, 0, sizeof *dx * all * config->hidden);
  partita_nn_layer_norm_backward(
    dx, gradient->norm_gain, gradient->norm_bias, worker->output.real,
    worker->normed, worker->rate, worker->view.norm_gain, all, config->hidden);
}

// Dropout of the input of layer @l, which may be the head, or with @back of its
// gradient.
static void
drop(LstmWorker *worker, const PartitaModelBatch *batch, size_t l, bool back)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t n =
    worker->base.steps * worker->base.rows * count_inputs(config, l);
  const PartitaNnDropout dropout = {
    .p = config->dropout,
    .seed = batch->seed,
    .step = batch->step,
    .index = (uint64_t)batch->shard << 40 | (uint64_t)l << 35,
  };

  PartitaReal *const x =
    l == config->layers ? worker->output.real : worker->input[l].real;

  if (!batch->training || config->dropout <= 0.0)
    return;
  if (back)
    partita_nn_dropout_backward(x, worker->kept[l], n, &dropout);
  else
    partita_nn_dropout(x, worker->kept[l], n, &dropout);
}

static void
run_back(LstmWorker *worker,
         const PartitaModelBatch *batch,
         PartitaReal *gradients)
{
  const PartitaModel *const model = worker->base.model;
  PartitaLstmView gradient;

  partita_lstm_view(model, gradients, &gradient);
  run_head_back(worker, &gradient);
  drop(worker, batch, model->config.layers, true);
  run_norm_back(worker, &gradient);
  partita_model_batch_settle(batch, gradients,
                             model->config.norm ? gradient.norm_gain
                                                : gradient.head_weight);
  for (size_t l = model->config.layers; l-- > 0;) {
    run_steps_back(worker, batch, l);
    run_layer_back(worker, l, &gradient.layer[l]);
    partita_model_batch_settle(batch, gradients, gradient.layer[l].weight_ih);
    drop(worker, batch, l, true);
  }
  partita_nn_embed_backward(gradient.embed, worker->input[0].real,
                            batch->inputs,
                            worker->base.steps * worker->base.rows,
                            model->config.n_fields, model->config.width);
}

static void
carry_state(LstmWorker *worker)
{
  const size_t n = worker->base.rows * worker->base.model->config.hidden;

  for (size_t l = 0; l < worker->base.model->config.layers; ++l) {
    const LayerHistory *const layer = &worker->layer[l];
    const size_t last = worker->base.steps * n;

    memcpy(layer->h.real, layer->h.real + last, sizeof(PartitaReal) * n);
    memcpy(layer->c, layer->c + last, sizeof(PartitaReal) * n);
  }
}

double
partita_lstm_worker_run(PartitaModelWorker *base,
                        const PartitaModelBatch *batch,
                        PartitaReal *gradients,
                        PartitaReal *nll)
{
  LstmWorker *const worker = (LstmWorker *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const size_t all = base->steps * base->rows;

  partita_lstm_products_set_weights(&worker->products, &worker->view,
                                    gradients != NULL);
  partita_nn_embed(worker->input[0].real,
                   (const PartitaReal *const *)worker->view.embed,
                   batch->inputs, all, config->n_fields, config->width);
  for (size_t l = 0; l < config->layers; ++l) {
    drop(worker, batch, l, false);
    run_layer(worker, batch, l);
  }
  run_norm(worker);
  drop(worker, batch, config->layers, false);
  run_head(worker);

  const double loss = partita_nn_cross_entropy(
    worker->logits.real, batch->targets, all, config->vocab, gradients != NULL,
    batch->scale, nll);

  if (gradients != NULL)
    run_back(worker, batch, gradients);
  carry_state(worker);
  return loss;
}
