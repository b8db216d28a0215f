// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Training, the way back of a row. The worker's x holds the gradient of what
 * the layers add to: a branch's gradient is its copy, and what comes out of
 * the branch's beginning is added to it. */

#include <model/transformer-private.h>
#include <string.h>

/// Of y = weight x + bias: the gradients of weight and bias are added to
/// @gradient; @dx, shape [steps, inputs], is set.
static void
run_linear_back(const PartitaModelLinear *linear,
                const PartitaTransformerLinear *gradient,
                const PartitaNnOperand *x,
                const PartitaNnOperand *dy,
                size_t steps,
                PartitaReal *dx)
{
  partita_nn_operand_round(*dy, steps * gradient->n_outputs);
  partita_nn_product_run(linear->gradient, dy, x, gradient->weight);
  partita_nn_add_rows(gradient->bias, dy->real, steps, gradient->n_outputs);
  partita_nn_product_run(linear->back, dy, NULL, dx);
}

static void
run_norm_back(PartitaTransformerWorker *worker,
              const PartitaTransformerNorm *norm,
              const PartitaTransformerNorm *gradient,
              const PartitaReal *normed,
              const PartitaReal *rate)
{
  partita_nn_layer_norm_backward(
    worker->x, gradient->gain, gradient->bias, worker->branch.real, normed,
    rate, norm->gain, worker->base.steps, worker->base.model->config.width);
}

// The gradient of what a branch gave.
static void
begin_branch(PartitaTransformerWorker *worker,
             const PartitaModelBatch *batch,
             size_t place)
{
  const size_t n = worker->base.steps * worker->base.model->config.width;
  PartitaNnDropout dropout;

  partita_nn_add_branch_backward(
    worker->branch.real, worker->x, worker->kept[place], n,
    partita_transformer_worker_find_dropout(worker, batch, place, &dropout));
}

static void
run_feed_forward_back(PartitaTransformerWorker *worker,
                      const PartitaModelBatch *batch,
                      const PartitaTransformerLayer *gradient,
                      size_t l)
{
  const PartitaTransformerLayerProducts *const products =
    &worker->products.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const size_t steps = worker->base.steps;

  begin_branch(worker, batch, 2 * l + 2);
  // In place of what GELU gave comes its gradient, once it is not needed.
  run_linear_back(&products->down, &gradient->down, &layer->active,
                  &worker->branch, steps, layer->active.real);
  partita_nn_multiply(layer->active.real, layer->slope,
                      steps * worker->base.model->config.hidden);
  run_linear_back(&products->up, &gradient->up, &layer->y2, &layer->active,
                  steps, worker->branch.real);
  run_norm_back(worker, &worker->view.layer[l].norm2, &gradient->norm2,
                layer->normed2, layer->rate2);
}

// From the gradient of o those of q, k and v, and of what was split into them.
static void
run_heads_back(PartitaTransformerWorker *worker, size_t l)
{
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t size = heads->steps * heads->dim;
  const size_t part = heads->heads * size;
  PartitaReal *const dq = worker->dheads;

  memset(dq, 0, sizeof *dq * 3 * part);
  partita_nn_operand_round(worker->dout, part);
  for (size_t h = 0; h < heads->heads; ++h) {
    const PartitaNnHead head =
      partita_transformer_worker_find_head(worker, l, h);
    const PartitaNnHeadGradient gradient = {
      .q = dq + h * size,
      .k = dq + part + h * size,
      .v = dq + 2 * part + h * size,
      .o = partita_nn_operand_at(worker->dout, h * size),
    };

    partita_nn_attention_run_back(&worker->attention, &head, &gradient,
                                  worker->blocks);
  }
  partita_nn_split_heads_backward(worker->wide.real, dq, dq + part,
                                  dq + 2 * part, worker->angles, heads);
}

static void
run_attention_back(PartitaTransformerWorker *worker,
                   const PartitaModelBatch *batch,
                   const PartitaTransformerLayer *gradient,
                   size_t l)
{
  const PartitaTransformerLayerProducts *const products =
    &worker->products.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const size_t steps = worker->base.steps;

  begin_branch(worker, batch, 2 * l + 1);
  run_linear_back(&products->out, &gradient->out, &layer->merged,
                  &worker->branch, steps, worker->y.real);
  partita_nn_merge_heads_backward(worker->dout.real, worker->y.real,
                                  &worker->heads);
  run_heads_back(worker, l);
  run_linear_back(&products->qkv, &gradient->qkv, &layer->y1, &worker->wide,
                  steps, worker->branch.real);
  run_norm_back(worker, &worker->view.layer[l].norm1, &gradient->norm1,
                layer->normed1, layer->rate1);
}

// Before the last row nothing is settled.
static void
settle(const PartitaTransformerWorker *worker,
       const PartitaModelBatch *batch,
       const PartitaReal *gradients,
       const PartitaReal *at)
{
  if (worker->row + 1 == worker->base.rows)
    partita_model_batch_settle(batch, gradients, at);
}

void
partita_transformer_worker_run_back(PartitaTransformerWorker *worker,
                                    const PartitaModelBatch *batch,
                                    PartitaReal *gradients)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t steps = worker->base.steps;
  const size_t n = steps * config->width;
  PartitaTransformerView gradient;
  PartitaNnDropout dropout;

  partita_transformer_view(worker->base.model, gradients, &gradient);
  // y is what the head took; nobody has changed it since.
  run_linear_back(&worker->products.head, &gradient.head, &worker->y,
                  &worker->logits, steps, worker->branch.real);
  memset(worker->x, 0, sizeof *worker->x * n);
  run_norm_back(worker, &worker->view.norm, &gradient.norm, worker->normed,
                worker->rate);
  settle(worker, batch, gradients, gradient.norm.gain);
  for (size_t l = config->layers; l-- > 0;) {
    run_feed_forward_back(worker, batch, &gradient.layer[l], l);
    run_attention_back(worker, batch, &gradient.layer[l], l);
    settle(worker, batch, gradients, gradient.layer[l].norm1.gain);
  }
  if (partita_transformer_worker_find_dropout(worker, batch, 0, &dropout))
    partita_nn_dropout_backward(worker->x, worker->kept[0], n, &dropout);
  partita_nn_embed_backward(gradient.embed, worker->x, worker->inputs, steps,
                            config->n_fields, config->width);
}
