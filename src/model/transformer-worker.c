// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Training, the way forward: every product takes all cells of a chunk, a cell
 * being a step of a row. */

#include <model/transformer-private.h>
#include <stdlib.h>
#include <string.h>

static void
lay_out_history(PartitaTransformerWorker *worker,
                PartitaTransformerHistory *layer)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  PartitaArena *const arena = &worker->arena;
  const size_t rows = worker->base.rows;
  const size_t steps = worker->base.steps;
  const size_t width = config->width;

  layer->normed1 = partita_arena_take(arena, steps, rows, width);
  layer->rate1 = partita_arena_take(arena, steps, rows, 1);
  layer->q = partita_arena_take(arena, steps, rows, width);
  layer->k = partita_arena_take(arena, steps, rows, width);
  layer->v = partita_arena_take(arena, steps, rows, width);
  layer->o = partita_arena_take(arena, steps, rows, width);
  layer->log_sum = partita_arena_take(arena, steps, rows, config->heads);
  layer->normed2 = partita_arena_take(arena, steps, rows, width);
  layer->rate2 = partita_arena_take(arena, steps, rows, 1);
  layer->slope = partita_arena_take(arena, steps, rows, config->hidden);
  layer->active = partita_arena_take(arena, steps, rows, config->hidden);
}

static void
lay_out_worker(PartitaTransformerWorker *worker)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  PartitaArena *const arena = &worker->arena;
  const size_t rows = worker->base.rows;
  const size_t steps = worker->base.steps;
  const size_t width = config->width;

  for (size_t l = 0; l < config->layers; ++l)
    lay_out_history(worker, &worker->layer[l]);
  for (size_t i = 0; i <= 2 * config->layers; ++i)
    worker->kept[i] = partita_arena_take_bytes(arena, steps * rows, width);
  worker->first =
    partita_arena_take_bytes(arena, steps * rows, sizeof *worker->first);
  worker->angles = partita_arena_take(arena, steps, worker->heads.dim, 1);
  worker->x = partita_arena_take(arena, steps, rows, width);
  worker->normed = partita_arena_take(arena, steps, rows, width);
  worker->rate = partita_arena_take(arena, steps, rows, 1);
  worker->logits = partita_arena_take(arena, steps, rows, config->vocab);
  worker->y = partita_arena_take(arena, steps, rows, width);
  worker->branch = partita_arena_take(arena, steps, rows, width);
  worker->wide = partita_arena_take(arena, steps, rows, 3 * width);
  worker->dheads = partita_arena_take(arena, steps, rows, 4 * width);
  worker->scratch =
    partita_arena_take(arena, PARTITA_NN_ATTENTION_SCRATCH, 1, 1);
}

// All but the memory, which is laid out but not taken.
static void
begin_worker(PartitaTransformerWorker *worker,
             const PartitaModel *model,
             size_t rows,
             size_t steps)
{
  const PartitaModelConfig *const config = &model->config;

  worker->base = (PartitaModelWorker){model, rows, steps};
  worker->heads = (PartitaNnHeads){
    .steps = steps,
    .rows = rows,
    .heads = config->heads,
    .dim = config->width / config->heads,
  };
  lay_out_worker(worker);
}

size_t
partita_transformer_worker_measure(const PartitaModel *model,
                                   size_t rows,
                                   size_t steps,
                                   PartitaModelPlan *plan)
{
  PartitaTransformerWorker worker = {0};

  (void)plan;
  begin_worker(&worker, model, rows, steps);
  return partita_arena_measure(&worker.arena);
}

PartitaModelWorker *
partita_transformer_worker_new(const PartitaModel *model,
                               size_t rows,
                               size_t steps)
{
  PartitaTransformerWorker *const worker = g_new0(PartitaTransformerWorker, 1);

  begin_worker(worker, model, rows, steps);
  partita_transformer_view(model, model->parameters, &worker->view);
  if (!partita_arena_begin(&worker->arena)) {
    g_free(worker);
    return NULL;
  }
  lay_out_worker(worker);
  partita_nn_rotary_table(worker->angles, steps, worker->heads.dim);
  return &worker->base;
}

void
partita_transformer_worker_free(PartitaModelWorker *base)
{
  PartitaTransformerWorker *const worker = (PartitaTransformerWorker *)base;

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

  if (!batch->training || p <= 0.0)
    return NULL;
  *dropout = (PartitaNnDropout){
    .p = p,
    .seed = batch->seed,
    .step = batch->step,
    .index = (uint64_t)batch->shard << 40 | (uint64_t)place << 34,
  };
  return dropout;
}

// A step sees back to the last reset of its row, or to the chunk's beginning.
static void
find_first(PartitaTransformerWorker *worker, const uint8_t *reset)
{
  const size_t rows = worker->base.rows;
  const size_t steps = worker->base.steps;

  for (size_t r = 0; r < rows; ++r) {
    uint32_t first = 0;

    for (size_t t = 0; t < steps; ++t) {
      if (reset[t * rows + r])
        first = (uint32_t)t;
      worker->first[r * steps + t] = first;
    }
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
    worker->x, worker->branch, bias, worker->kept[place],
    worker->base.steps * worker->base.rows, worker->base.model->config.width,
    partita_transformer_worker_find_dropout(worker, batch, place, &dropout));
}

static void
embed(PartitaTransformerWorker *worker, const PartitaModelBatch *batch)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const size_t cells = worker->base.steps * worker->base.rows;
  PartitaNnDropout dropout;

  partita_nn_embed(worker->x, (const PartitaReal *const *)worker->view.embed,
                   batch->inputs, cells, config->n_fields, config->width);
  if (partita_transformer_worker_find_dropout(worker, batch, 0, &dropout))
    partita_nn_dropout(worker->x, worker->kept[0], cells * config->width,
                       &dropout);
}

static void
run_attention(PartitaTransformerWorker *worker,
              const PartitaModelBatch *batch,
              size_t l)
{
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const PartitaNnHeads *const heads = &worker->heads;
  const size_t cells = heads->steps * heads->rows;
  const size_t size = heads->steps * heads->dim;

  partita_nn_layer_norm(worker->y, layer->normed1, layer->rate1, worker->x,
                        weights->norm1.gain, weights->norm1.bias, cells,
                        worker->base.model->config.width);
  partita_transformer_multiply(&weights->qkv, worker->y, cells, worker->wide);
  partita_nn_split_heads(layer->q, layer->k, layer->v, worker->wide,
                         weights->qkv.bias, worker->angles, heads);
  for (size_t i = 0; i < heads->rows * heads->heads; ++i)
    partita_nn_attention(layer->o + i * size, layer->log_sum + i * heads->steps,
                         layer->q + i * size, layer->k + i * size,
                         layer->v + i * size,
                         worker->first + i / heads->heads * heads->steps,
                         heads->steps, heads->dim, worker->scratch);
  partita_nn_merge_heads(worker->y, layer->o, heads);
  partita_transformer_multiply(&weights->out, worker->y, cells, worker->branch);
  add_branch(worker, batch, weights->out.bias, 2 * l + 1);
}

static void
run_feed_forward(PartitaTransformerWorker *worker,
                 const PartitaModelBatch *batch,
                 size_t l)
{
  const PartitaModelConfig *const config = &worker->base.model->config;
  const PartitaTransformerLayer *const weights = &worker->view.layer[l];
  const PartitaTransformerHistory *const layer = &worker->layer[l];
  const size_t cells = worker->base.steps * worker->base.rows;

  partita_nn_layer_norm(worker->y, layer->normed2, layer->rate2, worker->x,
                        weights->norm2.gain, weights->norm2.bias, cells,
                        config->width);
  partita_transformer_multiply(&weights->up, worker->y, cells, layer->slope);
  partita_nn_gelu(layer->active, layer->slope, weights->up.bias, cells,
                  config->hidden);
  partita_transformer_multiply(&weights->down, layer->active, cells,
                               worker->branch);
  add_branch(worker, batch, weights->down.bias, 2 * l + 2);
}

double
partita_transformer_worker_run(PartitaModelWorker *base,
                               const PartitaModelBatch *batch,
                               PartitaReal *gradients,
                               PartitaReal *nll)
{
  PartitaTransformerWorker *const worker = (PartitaTransformerWorker *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const PartitaTransformerView *const view = &worker->view;
  const size_t cells = base->steps * base->rows;

  find_first(worker, batch->reset);
  embed(worker, batch);
  for (size_t l = 0; l < config->layers; ++l) {
    run_attention(worker, batch, l);
    run_feed_forward(worker, batch, l);
  }
  partita_nn_layer_norm(worker->y, worker->normed, worker->rate, worker->x,
                        view->norm.gain, view->norm.bias, cells, config->width);
  partita_transformer_multiply(&view->head, worker->y, cells, worker->logits);
  partita_nn_add_bias(worker->logits, view->head.bias, cells, config->vocab);

  const double loss = partita_nn_cross_entropy(
    worker->logits, batch->targets, cells, config->vocab, gradients != NULL,
    batch->scale, nll);

  if (gradients != NULL)
    partita_transformer_worker_run_back(worker, batch, gradients);
  return loss;
}
