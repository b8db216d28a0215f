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
  PartitaTransformerProducts products; ///< of one step
  PartitaTransformerProducts many;     ///< of steps_max, with the same weights
  size_t steps_max;                    ///< that are computed anew at a time
  size_t n;                            ///< steps kept
  uint16_t *inputs;                    ///< shape [context, rows, fields]
  uint8_t *memories;       ///< shape [layers, rows, heads, memory_size]
  size_t memory_size;      ///< bytes of a head's keys and values
  PartitaReal *angles;     ///< shape [context, dim]
  PartitaReal *x;          ///< shape [steps, rows, width]; steps: steps_max
  PartitaNnOperand y;      ///< as @x: what a product takes
  PartitaReal *branch;     ///< as @x
  PartitaReal *wide;       ///< shape [steps, rows, 3, width]
  PartitaReal *heads;      ///< shape [4, steps, rows, width]: new q, k, v, o
  PartitaReal *attending;  ///< scratch
  PartitaReal *slope;      ///< shape [steps, rows, hidden]
  PartitaNnOperand active; ///< as @slope
  PartitaReal *logits;     ///< shape [rows, vocab]
  void *scratch;           ///< of the products
} TransformerState;

static size_t
find_dim(const TransformerState *state)
{
  return state->base.model->config.width / state->base.model->config.heads;
}

static void
lay_out_state(TransformerState *state, size_t scratch_size)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  PartitaArena *const arena = &state->arena;
  const size_t rows = state->base.rows;
  const size_t width = config->width;
  const size_t context = config->context;
  const size_t steps = state->steps_max;
  const bool half = partita_nn_backend_is_half(state->base.backend);

  state->inputs = partita_arena_take_bytes(
    arena, context * rows, config->n_fields * sizeof *state->inputs);
  state->memory_size =
    partita_nn_memory_measure(half, context, find_dim(state));
  state->memories = partita_arena_take_bytes(
    arena, config->layers * rows * config->heads, state->memory_size);
  state->angles = partita_arena_take(arena, context, find_dim(state), 1);
  state->x = partita_arena_take(arena, steps, rows, width);
  state->y = partita_arena_take_operand(arena, half, steps, rows, width);
  state->branch = partita_arena_take(arena, steps, rows, width);
  state->wide = partita_arena_take(arena, steps, rows, 3 * width);
  state->heads = partita_arena_take(arena, steps, rows, 4 * width);
  state->attending = partita_arena_take(
    arena, partita_nn_memory_scratch(context, find_dim(state)), 1, 1);
  state->slope = partita_arena_take(arena, steps, rows, config->hidden);
  state->active =
    partita_arena_take_operand(arena, half, steps, rows, config->hidden);
  state->logits = partita_arena_take(arena, rows, config->vocab, 1);
  state->scratch = partita_arena_take_bytes(arena, scratch_size, 1);
}

static bool
borrow(PartitaModelLinear *linear,
       const PartitaModelLinear *lender,
       size_t rows)
{
  linear->forward = partita_nn_product_borrow(lender->forward, rows);
  return linear->forward != NULL;
}

static bool
borrow_products(TransformerState *state)
{
  const size_t rows = state->steps_max * state->base.rows;

  state->many.n_layers = state->products.n_layers;
  for (size_t l = 0; l < state->many.n_layers; ++l) {
    PartitaTransformerLayerProducts *const to = &state->many.layer[l];
    const PartitaTransformerLayerProducts *const from =
      &state->products.layer[l];

    if (!borrow(&to->qkv, &from->qkv, rows) ||
        !borrow(&to->out, &from->out, rows) ||
        !borrow(&to->up, &from->up, rows) ||
        !borrow(&to->down, &from->down, rows))
      return false;
  }
  return true;
}

static bool
make_products(TransformerState *state)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t rows = state->base.rows;
  PartitaNnPlan plan;

  partita_nn_plan_begin(&plan, state->base.backend);
  partita_transformer_products_plan(&state->products, &plan, config, rows,
                                    false);
  lay_out_state(state, plan.scratch_size);
  if (!partita_arena_begin(&state->arena))
    return false;
  lay_out_state(state, plan.scratch_size);
  partita_nn_plan_make(&plan, state->scratch);
  partita_transformer_products_plan(&state->products, &plan, config, rows,
                                    false);
  return !plan.failed && borrow_products(state);
}

PartitaModelState *
partita_transformer_state_new(const PartitaModel *model,
                              const PartitaNnBackend *backend,
                              size_t rows)
{
  TransformerState *const state = g_new0(TransformerState, 1);
  const size_t context = model->config.context;

  state->base = (PartitaModelState){model, backend, rows};
  state->steps_max = CLAMP(context / 2, 1, STEPS_MAX);
  partita_transformer_view(model, model->parameters, &state->view);
  if (!make_products(state)) {
    partita_transformer_state_free(&state->base);
    return NULL;
  }
  partita_transformer_products_set_weights(&state->products, &state->view,
                                           false);
  partita_nn_rotary_table(state->angles, context, find_dim(state));
  return &state->base;
}

void
partita_transformer_state_free(PartitaModelState *base)
{
  TransformerState *const state = (TransformerState *)base;

  partita_transformer_products_clear(&state->many);
  partita_transformer_products_clear(&state->products);
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

  for (size_t i = 0; i < n_heads; ++i) {
    const PartitaNnMemory memory = {
      .bytes = partita_nn_backend_is_half(state->base.backend),
      .context = config->context,
      .dim = dim,
      .block = state->memories + (l * n_heads + i) * state->memory_size,
    };

    for (size_t t = 0; t < n; ++t) {
      PartitaReal *const q = state->heads + (i * n + t) * dim;

      partita_nn_memory_store(&memory, state->n + t, q + part, q + 2 * part,
                              state->attending);
      partita_nn_attend(q + 3 * part, q, &memory, state->n + t + 1,
                        state->attending);
    }
  }
}

static void
add_branch(TransformerState *state, const PartitaReal *bias, size_t cells)
{
  partita_nn_add_branch(state->x, state->branch, bias, NULL, cells,
                        state->base.model->config.width, NULL);
}

static void
run_norm(TransformerState *state,
         const PartitaTransformerNorm *norm,
         size_t cells)
{
  const size_t width = state->base.model->config.width;

  partita_nn_layer_norm(state->y.real, NULL, NULL, state->x, norm->gain,
                        norm->bias, cells, width);
  partita_nn_operand_round(state->y, cells * width);
}

static void
take_layer(TransformerState *state,
           const PartitaTransformerLayerProducts *products,
           size_t l,
           size_t n)
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

  run_norm(state, &layer->norm1, cells);
  partita_nn_product_run(products->qkv.forward, &state->y, NULL, state->wide);
  partita_nn_split_heads(q, q + part, q + 2 * part, state->wide,
                         layer->qkv.bias, state->angles + state->n * heads.dim,
                         &heads);
  attend(state, l, n);
  partita_nn_merge_heads(state->y.real, q + 3 * part, &heads);
  partita_nn_operand_round(state->y, part);
  partita_nn_product_run(products->out.forward, &state->y, NULL, state->branch);
  add_branch(state, layer->out.bias, cells);

  run_norm(state, &layer->norm2, cells);
  partita_nn_product_run(products->up.forward, &state->y, NULL, state->slope);
  partita_nn_gelu(state->active.real, state->slope, layer->up.bias, cells,
                  config->hidden);
  partita_nn_operand_round(state->active, cells * config->hidden);
  partita_nn_product_run(products->down.forward, &state->active, NULL,
                         state->branch);
  add_branch(state, layer->down.bias, cells);
}

/// Takes the next @n of the inputs kept, 1 or up to steps_max. What products
/// of many steps give beyond is not read.
static void
take_steps(TransformerState *state, size_t n)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t rows = state->base.rows;
  const PartitaTransformerProducts *const products =
    n == 1 ? &state->products : &state->many;

  partita_nn_embed(state->x, (const PartitaReal *const *)state->view.embed,
                   state->inputs + state->n * rows * config->n_fields, n * rows,
                   config->n_fields, config->width);
  for (size_t l = 0; l < config->layers; ++l)
    take_layer(state, &products->layer[l], l, n);
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
    take_steps(state, MIN(state->steps_max, kept - state->n));
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
  run_norm(state, &view->norm, base->rows);
  partita_nn_product_run(state->products.head.forward, &state->y, NULL,
                         state->logits);
  partita_nn_add_bias(state->logits, view->head.bias, base->rows,
                      config->vocab);
  for (size_t i = 0; i < base->rows * config->vocab; ++i)
    logits[i] = (float)state->logits[i];
}
