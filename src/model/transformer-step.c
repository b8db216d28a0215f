// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Generation: keys and values of the steps so far are kept. When context steps
 * are kept and another one comes, the older half is forgotten and the newer
 * one computed anew from the inputs, as training has it that begins a chunk
 * anywhere in a piece: a window that only slid would take away the first steps,
 * on which attention leans (Xiao et al. 2023, arXiv:2309.17453). */

#include <model/transformer-private.h>
#include <stdlib.h>
#include <string.h>

/// Steps that are computed anew at a time.
#define STEPS_MAX 32

typedef struct {
  PartitaModelState base;
  PartitaTransformerView view;
  PartitaArena arena;
  size_t n;            ///< steps kept
  uint16_t *inputs;    ///< shape [context, rows, fields]
  PartitaReal *k;      ///< shape [layers, rows, heads, context, dim]
  PartitaReal *v;      ///< as @k
  PartitaReal *angles; ///< shape [context, dim]
  PartitaReal *x;      ///< shape [STEPS_MAX, rows, width]
  PartitaReal *y;      ///< as @x
  PartitaReal *branch; ///< as @x
  PartitaReal *wide;   ///< shape [STEPS_MAX, rows, 3, width]
  PartitaReal *heads;  ///< shape [4, STEPS_MAX, rows, width]: new q, k, v, o
  PartitaReal *scores; ///< shape [STEPS_MAX, context]
  PartitaReal *slope;  ///< shape [STEPS_MAX, rows, hidden]
  PartitaReal *active; ///< as @slope
  PartitaReal *logits; ///< shape [rows, vocab]
} TransformerState;

static size_t
find_dim(const TransformerState *state)
{
  return state->base.model->config.width / state->base.model->config.heads;
}

static void
lay_out_state(TransformerState *state)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  PartitaArena *const arena = &state->arena;
  const size_t rows = state->base.rows;
  const size_t width = config->width;
  const size_t context = config->context;
  const size_t steps = MIN(STEPS_MAX, context);

  state->inputs = partita_arena_take_bytes(
    arena, context * rows, config->n_fields * sizeof *state->inputs);
  state->k = partita_arena_take(arena, config->layers * context, rows, width);
  state->v = partita_arena_take(arena, config->layers * context, rows, width);
  state->angles = partita_arena_take(arena, context, find_dim(state), 1);
  state->x = partita_arena_take(arena, steps, rows, width);
  state->y = partita_arena_take(arena, steps, rows, width);
  state->branch = partita_arena_take(arena, steps, rows, width);
  state->wide = partita_arena_take(arena, steps, rows, 3 * width);
  state->heads = partita_arena_take(arena, steps, rows, 4 * width);
  state->scores = partita_arena_take(arena, steps, context, 1);
  state->slope = partita_arena_take(arena, steps, rows, config->hidden);
  state->active = partita_arena_take(arena, steps, rows, config->hidden);
  state->logits = partita_arena_take(arena, rows, config->vocab, 1);
}

PartitaModelState *
partita_transformer_state_new(const PartitaModel *model, size_t rows)
{
  TransformerState *const state = g_new0(TransformerState, 1);

  state->base = (PartitaModelState){model, rows};
  partita_transformer_view(model, model->parameters, &state->view);
  lay_out_state(state);
  if (!partita_arena_begin(&state->arena)) {
    g_free(state);
    return NULL;
  }
  lay_out_state(state);
  partita_nn_rotary_table(state->angles, model->config.context,
                          find_dim(state));
  return &state->base;
}

void
partita_transformer_state_free(PartitaModelState *base)
{
  TransformerState *const state = (TransformerState *)base;

  free(state->arena.block);
  g_free(state);
}

void
partita_transformer_state_reset(PartitaModelState *base)
{
  ((TransformerState *)base)->n = 0;
}

// Keeps @n new keys and values of layer @l, and lets each new query see all up
// to its own step.
static void
attend(TransformerState *state, size_t l, size_t n)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t dim = find_dim(state);
  const size_t n_heads = state->base.rows * config->heads;
  const size_t part = n_heads * n * dim;
  const size_t seen = state->n + n;

  for (size_t i = 0; i < n_heads; ++i) {
    const size_t kept = (l * n_heads + i) * config->context * dim;
    PartitaReal *const k = state->k + kept;
    PartitaReal *const v = state->v + kept;
    PartitaReal *const q = state->heads + i * n * dim;

    memcpy(k + state->n * dim, q + part, sizeof *k * n * dim);
    memcpy(v + state->n * dim, q + 2 * part, sizeof *v * n * dim);
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, n, seen, dim, q, k, state->scores);
    partita_nn_causal_softmax(state->scores, n, state->n);
    partita_nn_gemm(PARTITA_NN_PLAIN, n, dim, seen, state->scores, v,
                    q + 3 * part);
  }
}

static void
add_branch(TransformerState *state, const PartitaReal *bias, size_t cells)
{
  partita_nn_add_branch(state->x, state->branch, bias, NULL, cells,
                        state->base.model->config.width, NULL);
}

static void
take_layer(TransformerState *state, size_t l, size_t n)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const PartitaTransformerLayer *const layer = &state->view.layer[l];
  const size_t cells = n * state->base.rows;
  const size_t part = cells * config->width;
  PartitaReal *const q = state->heads;
  const PartitaNnHeads heads = {
    .steps = n,
    .rows = state->base.rows,
    .heads = config->heads,
    .dim = find_dim(state),
  };

  partita_nn_layer_norm(state->y, NULL, NULL, state->x, layer->norm1.gain,
                        layer->norm1.bias, cells, config->width);
  partita_transformer_multiply(&layer->qkv, state->y, cells, state->wide);
  partita_nn_split_heads(q, q + part, q + 2 * part, state->wide,
                         layer->qkv.bias, state->angles + state->n * heads.dim,
                         &heads);
  attend(state, l, n);
  partita_nn_merge_heads(state->y, q + 3 * part, &heads);
  partita_transformer_multiply(&layer->out, state->y, cells, state->branch);
  add_branch(state, layer->out.bias, cells);

  partita_nn_layer_norm(state->y, NULL, NULL, state->x, layer->norm2.gain,
                        layer->norm2.bias, cells, config->width);
  partita_transformer_multiply(&layer->up, state->y, cells, state->slope);
  partita_nn_gelu(state->active, state->slope, layer->up.bias, cells,
                  config->hidden);
  partita_transformer_multiply(&layer->down, state->active, cells,
                               state->branch);
  add_branch(state, layer->down.bias, cells);
}

/// Takes the next @n of the inputs kept.
static void
take_steps(TransformerState *state, size_t n)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t rows = state->base.rows;

  partita_nn_embed(state->x, (const PartitaReal *const *)state->view.embed,
                   state->inputs + state->n * rows * config->n_fields, n * rows,
                   config->n_fields, config->width);
  for (size_t l = 0; l < config->layers; ++l)
    take_layer(state, l, n);
  state->n += n;
}

static void
forget_half(TransformerState *state)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t size = state->base.rows * config->n_fields;
  const size_t kept = config->context / 2;

  memmove(state->inputs, state->inputs + (config->context - kept) * size,
          sizeof *state->inputs * kept * size);
  state->n = 0;
  while (state->n < kept)
    take_steps(state, MIN(STEPS_MAX, kept - state->n));
}

void
partita_transformer_state_step(PartitaModelState *base,
                               const uint16_t *inputs,
                               float *logits)
{
  TransformerState *const state = (TransformerState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const PartitaTransformerView *const view = &state->view;
  const size_t size = base->rows * config->n_fields;

  if (state->n == config->context)
    forget_half(state);
  memcpy(state->inputs + state->n * size, inputs, sizeof *inputs * size);
  take_steps(state, 1);
  partita_nn_layer_norm(state->y, NULL, NULL, state->x, view->norm.gain,
                        view->norm.bias, base->rows, config->width);
  partita_transformer_multiply(&view->head, state->y, base->rows,
                               state->logits);
  partita_nn_add_bias(state->logits, view->head.bias, base->rows,
                      config->vocab);
  for (size_t i = 0; i < base->rows * config->vocab; ++i)
    logits[i] = (float)state->logits[i];
}
