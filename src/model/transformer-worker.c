// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Training, the way forward. Rows are taken one after the other, so that
 * memory does not grow with their number and what is at hand stays near the
 * processor; a row has steps enough for its products to be fast. */

#include <model/transformer-private.h>
#include <stdlib.h>
#include <string.h>

static void
lay_out_history(PartitaTransformerWorker *worker,
                PartitaTransformerHistory *layer)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  PartitaArena *const arena = &worker->arena;
  const size_t steps = worker->base.steps;
  const size_t width = config->width;
  const bool half = partita_nn_backend_is_half(worker->base.model->backend);

  layer->normed1 = partita_arena_take(arena, steps, width, 1);
  layer->rate1 = partita_arena_take(arena, steps, 1, 1);
  layer->y1 =
    partita_arena_take_kept(arena, half, worker->y.real, steps, width, 1);
  layer->heads =
    partita_arena_take_kept(arena, half, worker->dheads, steps, width, 3);
  layer->o = partita_arena_take(arena, steps, width, 1);
  layer->log_sum = partita_arena_take(arena, steps, config->heads, 1);
  layer->merged =
    partita_arena_take_kept(arena, half, worker->y.real, steps, width, 1);
  layer->normed2 = partita_arena_take(arena, steps, width, 1);
  layer->rate2 = partita_arena_take(arena, steps, 1, 1);
  layer->y2 =
    partita_arena_take_kept(arena, half, worker->y.real, steps, width, 1);
  layer->slope = partita_arena_take(arena, steps, config->hidden, 1);
  layer->active = partita_arena_take_kept(arena, half, worker->active, steps,
                                          config->hidden, 1);
}

static void
lay_out_worker(PartitaTransformerWorker *worker, size_t scratch_size)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  PartitaArena *const arena = &worker->arena;
  const size_t steps = worker->base.steps;
  const size_t width = config->width;
  const bool half = partita_nn_backend_is_half(worker->base.model->backend);

  worker->inputs = partita_arena_take_bytes(
    arena, steps, config->n_fields * sizeof *worker->inputs);
  worker->targets =
    partita_arena_take_bytes(arena, steps, sizeof *worker->targets);
  worker->first = partita_arena_take_bytes(arena, steps, sizeof *worker->first);
  worker->nll = partita_arena_take(arena, steps, 1, 1);
  worker->angles = partita_arena_take(arena, steps, worker->heads.dim, 1);
  worker->x = partita_arena_take(arena, steps, width, 1);
  worker->normed = partita_arena_take(arena, steps, width, 1);
  worker->rate = partita_arena_take(arena, steps, 1, 1);
  worker->logits =
    partita_arena_take_operand(arena, half, steps, config->vocab, 1);
  worker->y = partita_arena_take_operand(arena, half, steps, width, 1);
  worker->branch = partita_arena_take_operand(arena, half, steps, width, 1);
  worker->wide = partita_arena_take_operand(arena, half, steps, width, 3);
  worker->dheads = partita_arena_take(arena, steps, width, 3);
  worker->dout = partita_arena_take_operand(arena, half, steps, width, 1);
  worker->active = partita_arena_take(arena, steps, config->hidden, 1);
  worker->blocks =
    partita_arena_take_operand(arena, half, PARTITA_NN_ATTENTION_SCRATCH, 1, 1);
  worker->scratch = partita_arena_take_bytes(arena, scratch_size, 1);
  for (size_t i = 0; i <= 2 * config->layers; ++i)
    worker->kept[i] = partita_arena_take_bytes(arena, steps, width);
  for (size_t l = 0; l < config->layers; ++l)
    lay_out_history(worker, &worker->layer[l]);
}

static void
plan_products(PartitaTransformerWorker *worker, PartitaNnPlan *plan)
{
  const size_t steps = worker->base.steps;

  partita_transformer_products_plan(&worker->products, plan,
                                    &worker->base.model->config, steps, true);
  partita_nn_attention_plan(&worker->attention, plan, steps, worker->heads.dim,
                            true);
}

// All but what needs memory.
static void
begin(PartitaTransformerWorker *worker,
      PartitaNnPlan *plan,
      const PartitaModel *model,
      size_t rows,
      size_t steps)
{
  const PartitaModelConfig *const config = &model->config;

  worker->base = (PartitaModelWorker){model, rows, steps};
  worker->heads = (PartitaNnHeads){
    .steps = steps,
    .rows = 1,
    .heads = config->heads,
    .dim = config->width / config->heads,
  };
  partita_nn_plan_begin(plan, model->backend);
  plan_products(worker, plan);
  lay_out_worker(worker, plan->scratch_size);
}

size_t
partita_transformer_worker_measure(const PartitaModel *model,
                                   size_t rows,
                                   size_t steps)
{
  PartitaTransformerWorker worker = {.row = 0};
  PartitaNnPlan plan;

  begin(&worker, &plan, model, rows, steps);
  return partita_arena_measure(&worker.arena, &plan);
}

PartitaModelWorker *
partita_transformer_worker_new(const PartitaModel *model,
                               size_t rows,
                               size_t steps)
{
  PartitaTransformerWorker *const worker = g_new0(PartitaTransformerWorker, 1);
  PartitaNnPlan plan;

  begin(worker, &plan, model, rows, steps);
  if (partita_arena_begin(&worker->arena)) {
    lay_out_worker(worker, plan.scratch_size);
    partita_nn_plan_make(&plan, worker->scratch);
    plan_products(worker, &plan);
  }
  if (worker->arena.block == NULL || plan.failed) {
    partita_transformer_worker_free(&worker->base);
    return NULL;
  }
  partita_transformer_view(model, model->parameters, &worker->view);
  partita_nn_rotary_table(worker->angles, steps, worker->heads.dim);
  return &worker->base;
}

void
partita_transformer_worker_free(PartitaModelWorker *base)
{
  PartitaTransformerWorker *const worker = (PartitaTransformerWorker *)base;

  partita_transformer_products_clear(&worker->products);
  partita_nn_attention_clear(&worker->attention);
  free(worker->arena.block);
  g_free(worker);
}

const PartitaNnDropout *
partita_transformer_worker_find_dropout(const PartitaTransformerWorker *worker,
                                        const PartitaModelBatch *batch,
                                        size_t place,
                                        PartitaNnDropout *dropout)
{
  const double p = worker->base.model->config.dropout;
  const size_t n = worker->base.steps * worker->base.model->config.width;

  if (!batch->training || p <= 0.0)
    return NULL;
  *dropout = (PartitaNnDropout){
    .p = p,
    .seed = batch->seed,
    .step = batch->step,
    .index = ((uint64_t)batch->shard << 40 | (uint64_t)place << 34) +
             worker->row * ((n + 7) / 8),
  };
  return dropout;
}

// A step sees back to the last reset of its row, or to the chunk's beginning.
static void
take_row(PartitaTransformerWorker *worker, const PartitaModelBatch *batch)
{
  const size_t n_fields = worker->base.model->config.n_fields;
  uint32_t first = 0;

  for (size_t t = 0; t < worker->base.steps; ++t) {
    const size_t cell = t * worker->base.rows + worker->row;

    memcpy(worker->inputs + t * n_fields, batch->inputs + cell * n_fields,
           sizeof *worker->inputs * n_fields);
    worker->targets[t] = batch->targets[cell];
    if (batch->reset[cell])
      first = (uint32_t)t;
    worker->first[t] = first;
  }
}

static void
add_branch(PartitaTransformerWorker *worker,
           const PartitaModelBatch *batch,
           const PartitaReal *bias,
           size_t place)
{
  PartitaNnDropout dropout;

  partita_nn_add_branch(
    worker->x, worker->branch.real, bias, worker->kept[place],
    worker->base.steps, worker->base.model->config.width,
    partita_transformer_worker_find_dropout(worker, batch, place, &dropout));
}

static void
embed(PartitaTransformerWorker *worker, const PartitaModelBatch *batch)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t steps = worker->base.steps;
  PartitaNnDropout dropout;

  partita_nn_embed(worker->x, (const PartitaReal *const *)worker->view.embed,
                   worker->inputs, steps, config->n_fields, config->width);
  if (partita_transformer_worker_find_dropout(worker, batch, 0, &dropout))
    partita_nn_dropout(worker->x, worker->kept[0], steps * config->width,
                       &dropout);
}

static void
run_norm(PartitaTransformerWorker *worker,
         const PartitaTransformerNorm *norm,
         PartitaReal *normed,
         PartitaReal *rate,
         PartitaNnOperand y)
{
  const size_t steps = worker->base.steps;
  const size_t width = worker->base.model->config.width;

  partita_nn_layer_norm(y.real, normed, rate, worker->x, norm->gain, norm->bias,
                        steps, width);
  partita_nn_operand_round(y, steps * width);
}

static void
run_attention(PartitaTransformerWorker *worker,
              const PartitaModelBatch *batch,
              size_t l)
{
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerLayerProducts *const products =
    &worker->products.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t part = heads->steps * heads->heads * heads->dim;
  PartitaReal *const q = layer->heads.real;

  run_norm(worker, &weights->norm1, layer->normed1, layer->rate1, layer->y1);
  partita_nn_product_run(products->qkv.forward, &layer->y1, NULL,
                         worker->wide.real);
  partita_nn_split_heads(q, q + part, q + 2 * part, worker->wide.real,
                         weights->qkv.bias, worker->angles, heads);
  partita_nn_operand_round(layer->heads, 3 * part);
  for (size_t h = 0; h < heads->heads; ++h) {
    const PartitaNnHead head =
      partita_transformer_worker_find_head(worker, l, h);

    partita_nn_attention_run(&worker->attention, &head, worker->blocks);
  }
  partita_nn_merge_heads(layer->merged.real, layer->o, heads);
  partita_nn_operand_round(layer->merged, part);
  partita_nn_product_run(products->out.forward, &layer->merged, NULL,
                         worker->branch.real);
  add_branch(worker, batch, weights->out.bias, 2 * l + 1);
}

PartitaNnHead
partita_transformer_worker_find_head(const PartitaTransformerWorker *worker,
                                     size_t l,
                                     size_t h)
{
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t size = heads->steps * heads->dim;
  const size_t part = heads->heads * size;

  return (PartitaNnHead){
    .q = partita_nn_operand_at(layer->heads, h * size),
    .k = partita_nn_operand_at(layer->heads, part + h * size),
    .v = partita_nn_operand_at(layer->heads, 2 * part + h * size),
    .o = layer->o + h * size,
    .log_sum = layer->log_sum + h * heads->steps,
    .first = worker->first,
  };
}

static void
run_feed_forward(PartitaTransformerWorker *worker,
                 const PartitaModelBatch *batch,
                 size_t l)
{
  const size_t hidden = worker->base.model->config.hidden;
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerLayerProducts *const products =
    &worker->products.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const size_t steps = worker->base.steps;

  run_norm(worker, &weights->norm2, layer->normed2, layer->rate2, layer->y2);
  partita_nn_product_run(products->up.forward, &layer->y2, NULL, layer->slope);
  partita_nn_gelu(layer->active.real, layer->slope, weights->up.bias, steps,
                  hidden);
  partita_nn_operand_round(layer->active, steps * hidden);
  partita_nn_product_run(products->down.forward, &layer->active, NULL,
                         worker->branch.real);
  add_branch(worker, batch, weights->down.bias, 2 * l + 2);
}

static double
run_row(PartitaTransformerWorker *worker,
        const PartitaModelBatch *batch,
        PartitaReal *gradients,
        PartitaReal *nll)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const PartitaTransformerView *const view = &worker->view;
  const size_t steps = worker->base.steps;

  take_row(worker, batch);
  embed(worker, batch);
  for (size_t l = 0; l < config->layers; ++l) {
    run_attention(worker, batch, l);
    run_feed_forward(worker, batch, l);
  }
  run_norm(worker, &view->norm, worker->normed, worker->rate, worker->y);
  partita_nn_product_run(worker->products.head.forward, &worker->y, NULL,
                         worker->logits.real);
  partita_nn_add_bias(worker->logits.real, view->head.bias, steps,
                      config->vocab);

  const double loss = partita_nn_cross_entropy(
    worker->logits.real, worker->targets, steps, config->vocab,
    gradients != NULL, batch->scale, worker->nll);

  for (size_t t = 0; nll != NULL && t < steps; ++t)
    nll[t * worker->base.rows + worker->row] = worker->nll[t];
  if (gradients != NULL)
    partita_transformer_worker_run_back(worker, batch, gradients);
  return loss;
}

double
partita_transformer_worker_run(PartitaModelWorker *base,
                               const PartitaModelBatch *batch,
                               PartitaReal *gradients,
                               PartitaReal *nll)
{
  PartitaTransformerWorker *const worker = (PartitaTransformerWorker *)base;
  double loss = 0.0;

  partita_transformer_products_set_weights(&worker->products, &worker->view,
                                           gradients != NULL);
  for (worker->row = 0; worker->row < base->rows; ++worker->row)
    loss += run_row(worker, batch, gradients, nll);
  return loss;
}
