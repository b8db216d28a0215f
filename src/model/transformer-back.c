// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Training, the way back. The worker's x holds the gradient of what the layers
 * add to: a branch's gradient is its copy, and what comes out of the branch's
 * beginning is added to it. */

#include <model/transformer-private.h>
#include <string.h>

/// Of y = weight x + bias: the gradients of weight and bias are added to
/// @gradient; @dx, shape [rows, inputs], is set.
static void
run_linear_back(const PartitaTransformerLinear *linear,
                const PartitaTransformerLinear *gradient,
                const PartitaReal *x,
                const PartitaReal *dy,
                size_t rows,
                PartitaReal *dx)
{
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE,
                  linear->n_outputs, linear->n_inputs, rows, dy, x,
                  gradient->weight);
  partita_nn_add_rows(gradient->bias, dy, rows, linear->n_outputs);
  partita_nn_gemm(PARTITA_NN_PLAIN, rows, linear->n_inputs, linear->n_outputs,
                  dy, linear->weight, dx);
}

static void
run_norm_back(PartitaTransformerWorker *worker,
              const PartitaTransformerNorm *norm,
              const PartitaTransformerNorm *gradient,
              const PartitaReal *normed,
              const PartitaReal *rate)
{
  partita_nn_layer_norm_backward(worker->x, gradient->gain, gradient->bias,
                                 worker->branch, normed, rate, norm->gain,
                                 worker->base.steps * worker->base.rows,
                                 worker->base.model->config.width);
}

// The gradient of what a branch gave.
static void
begin_branch(PartitaTransformerWorker *worker,
             const PartitaModelBatch *batch,
             size_t place)
{
  const size_t n =
    worker->base.steps * worker->base.rows * worker->base.model->config.width;
  PartitaNnDropout dropout;

  partita_nn_add_branch_backward(
    worker->branch, worker->x, worker->kept[place], n,
    partita_transformer_worker_find_dropout(worker, batch, place, &dropout));
}

static void
run_feed_forward_back(PartitaTransformerWorker *worker,
                      const PartitaModelBatch *batch,
                      const PartitaTransformerLayer *gradient,
                      size_t l)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const size_t cells = worker->base.steps * worker->base.rows;

  begin_branch(worker, batch, 2 * l + 2);
  // In place of what GELU gave comes its gradient, once it is not needed.
  run_linear_back(&weights->down, &gradient->down, layer->active,
                  worker->branch, cells, layer->active);
  partita_nn_multiply(layer->active, layer->slope, cells * config->hidden);
  partita_nn_layer_norm_again(worker->y, layer->normed2, weights->norm2.gain,
                              weights->norm2.bias, cells, config->width);
  run_linear_back(&weights->up, &gradient->up, worker->y, layer->active, cells,
                  worker->branch);
  run_norm_back(worker, &weights->norm2, &gradient->norm2, layer->normed2,
                layer->rate2);
}

// From the gradient of o, the last quarter of dheads, those of q, k and v.
static void
run_heads_back(PartitaTransformerWorker *worker, size_t l)
{
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t size = heads->steps * heads->dim;
  const size_t part = heads->rows * heads->heads * size;
  PartitaReal *const dq = worker->dheads;
  const PartitaReal *const dout = dq + 3 * part;

  memset(dq, 0, sizeof *dq * 3 * part);
  for (size_t i = 0; i < heads->rows * heads->heads; ++i) {
    const PartitaNnAttended head = {
      .q = layer->q + i * size,
      .k = layer->k + i * size,
      .v = layer->v + i * size,
      .o = layer->o + i * size,
      .log_sum = layer->log_sum + i * heads->steps,
      .first = worker->first + i / heads->heads * heads->steps,
      .steps = heads->steps,
      .dim = heads->dim,
    };
    PartitaReal *const at = dq + i * size;

    partita_nn_attention_backward(at, at + part, at + 2 * part, dout + i * size,
                                  &head, worker->scratch);
  }
  partita_nn_split_heads_backward(worker->wide, dq, dq + part, dq + 2 * part,
                                  worker->angles, heads);
}

static void
run_attention_back(PartitaTransformerWorker *worker,
                   const PartitaModelBatch *batch,
                   const PartitaTransformerLayer *gradient,
                   size_t l)
{
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t cells = heads->steps * heads->rows;
  const size_t width = heads->heads * heads->dim;

  begin_branch(worker, batch, 2 * l + 1);
  partita_nn_merge_heads(worker->y, layer->o, heads);
  run_linear_back(&weights->out, &gradient->out, worker->y, worker->branch,
                  cells, worker->wide);
  partita_nn_merge_heads_backward(worker->dheads + 3 * cells * width,
                                  worker->wide, heads);
  run_heads_back(worker, l);
  partita_nn_layer_norm_again(worker->y, layer->normed1, weights->norm1.gain,
                              weights->norm1.bias, cells, width);
  run_linear_back(&weights->qkv, &gradient->qkv, worker->y, worker->wide, cells,
                  worker->branch);
  run_norm_back(worker, &weights->norm1, &gradient->norm1, layer->normed1,
                layer->rate1);
}

void
partita_transformer_worker_run_back(PartitaTransformerWorker *worker,
                                    const PartitaModelBatch *batch,
                                    PartitaReal *gradients)
{
  const PartitaModel *const model = worker->base.model;
  const size_t cells = worker->base.steps * worker->base.rows;
  const PartitaTransformerView *const view = &worker->view;
  PartitaTransformerView gradient;
  PartitaNnDropout dropout;

  partita_transformer_view(model, gradients, &gradient);
  // y is what the head took; nobody has changed it since.
  run_linear_back(&view->head, &gradient.head, worker->y, worker->logits, cells,
                  worker->branch);
  memset(worker->x, 0, sizeof *worker->x * cells * model->config.width);
  run_norm_back(worker, &view->norm, &gradient.norm, worker->normed,
                worker->rate);
  partita_model_batch_settle(batch, gradients, gradient.norm.gain);
  for (size_t l = model->config.layers; l-- > 0;) {
    run_feed_forward_back(worker, batch, &gradient.layer[l], l);
    run_attention_back(worker, batch, &gradient.layer[l], l);
    partita_model_batch_settle(batch, gradients, gradient.layer[l].norm1.gain);
  }
  if (partita_transformer_worker_find_dropout(worker, batch, 0, &dropout))
    partita_nn_dropout_backward(worker->x, worker->kept[0],
                                cells * model->config.width, &dropout);
  partita_nn_embed_backward(gradient.embed, worker->x, batch->inputs, cells,
                            model->config.n_fields, model->config.width);
}
