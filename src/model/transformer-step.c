// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Generation: keys and values of the steps so far are kept. When context steps
 * of a row are kept and another one comes, the older half is forgotten and the
 * newer one computed anew from the inputs, as training has it that begins a
 * chunk anywhere in a piece: a window that only slid would take away the first
 * steps, on which attention leans (Xiao et al. 2023, arXiv:2309.17453).
 *
 * All products take a number of cells: one step of every row, or some steps of
 * one. */

#include <model/transformer-private.h>
#include <stdlib.h>
#include <string.h>

/// Steps that are computed anew at a time.
#define STEPS_MAX 32

/// A step of a row.
typedef struct {
  size_t row;
  size_t step; ///< from the first one kept
} Cell;

typedef struct {
  PartitaModelState base;
  PartitaTransformerView view;
  PartitaArena arena;
  PartitaTransformerProducts products; ///< of a step of every row
  PartitaTransformerProducts many;     ///< of steps_max, with the same weights
  size_t steps_max;                    ///< that are computed anew at a time
  size_t memory_size;                  ///< bytes of a head's keys and values
  size_t *n;                           ///< shape [rows]: steps kept
  Cell *cells;             ///< shape [cells]: rows or steps_max, the larger
  uint16_t *inputs;        ///< shape [rows, context, fields]
  uint16_t *fields;        ///< shape [cells, fields]: of the cells at hand
  uint8_t *memories;       ///< shape [layers, rows, heads, memory_size]
  PartitaReal *angles;     ///< shape [context, dim]
  PartitaReal *x;          ///< shape [cells, width]
  PartitaNnOperand y;      ///< as @x: what a product takes
  PartitaReal *branch;     ///< as @x
  PartitaReal *wide;       ///< shape [cells, 3, width]
  PartitaReal *heads;      ///< shape [3, width]: q, k, v of a cell
  PartitaReal *attending;  ///< scratch
  PartitaReal *slope;      ///< shape [cells, hidden]
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
  const size_t cells = MAX(rows, state->steps_max);
  const size_t dim = find_dim(state);
  const bool half = partita_nn_backend_is_half(state->base.backend);

  state->memory_size = partita_nn_memory_measure(half, context, dim);
  state->n = partita_arena_take_bytes(arena, rows, sizeof *state->n);
  state->cells = partita_arena_take_bytes(arena, cells, sizeof *state->cells);
  state->inputs = partita_arena_take_bytes(
    arena, context * rows, config->n_fields * sizeof *state->inputs);
  state->fields = partita_arena_take_bytes(
    arena, cells, config->n_fields * sizeof *state->fields);
  state->memories = partita_arena_take_bytes(
    arena, config->layers * rows * config->heads, state->memory_size);
  state->angles = partita_arena_take(arena, context, dim, 1);
  state->x = partita_arena_take(arena, cells, width, 1);
  state->y = partita_arena_take_operand(arena, half, cells, width, 1);
  state->branch = partita_arena_take(arena, cells, width, 1);
  state->wide = partita_arena_take(arena, cells, width, 3);
  state->heads = partita_arena_take(arena, width, 3, 1);
  state->attending =
    partita_arena_take(arena, partita_nn_memory_scratch(context, dim), 1, 1);
  state->slope = partita_arena_take(arena, cells, config->hidden, 1);
  state->active =
    partita_arena_take_operand(arena, half, cells, config->hidden, 1);
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
  state->many.n_layers = state->products.n_layers;
  for (size_t l = 0; l < state->many.n_layers; ++l) {
    PartitaTransformerLayerProducts *const to = &state->many.layer[l];
    const PartitaTransformerLayerProducts *const from =
      &state->products.layer[l];

    if (!borrow(&to->qkv, &from->qkv, state->steps_max) ||
        !borrow(&to->out, &from->out, state->steps_max) ||
        !borrow(&to->up, &from->up, state->steps_max) ||
        !borrow(&to->down, &from->down, state->steps_max))
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
partita_transformer_state_reset_row(PartitaModelState *base, size_t row)
{
  ((TransformerState *)base)->n[row] = 0;
}

// Keeps the keys and values of a cell in layer @l, and lets its query see all
// up to its own step.
static void
attend(TransformerState *state, size_t l, size_t at)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const Cell *const cell = &state->cells[at];
  const size_t width = config->width;
  const size_t dim = find_dim(state);
  const PartitaNnHeads shape = {1, 1, config->heads, dim};
  PartitaReal *const q = state->heads;
  PartitaNnMemory memory = {
    .bytes = partita_nn_backend_is_half(state->base.backend),
    .context = config->context,
    .dim = dim,
  };

  partita_nn_split_heads(
    q, q + width, q + 2 * width, state->wide + at * 3 * width,
    state->view.layer[l].qkv.bias, state->angles + cell->step * dim, &shape);
  for (size_t h = 0; h < config->heads; ++h) {
    const size_t head = (l * state->base.rows + cell->row) * config->heads + h;

    memory.block = state->memories + head * state->memory_size;
    partita_nn_memory_store(&memory, cell->step, q + width + h * dim,
                            q + 2 * width + h * dim, state->attending);
    partita_nn_attend(state->y.real + at * width + h * dim, q + h * dim,
                      &memory, cell->step + 1, state->attending);
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
           size_t cells)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const PartitaTransformerLayer *const layer = &state->view.layer[l];

  run_norm(state, &layer->norm1, cells);
  partita_nn_product_run(products->qkv.forward, &state->y, NULL, state->wide);
  for (size_t i = 0; i < cells; ++i)
    attend(state, l, i);
  partita_nn_operand_round(state->y, cells * config->width);
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

/// Adds the next step of @row, whose inputs are kept, to the @at cells.
static void
add_cell(TransformerState *state, size_t at, size_t row)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const Cell cell = {row, state->n[row]++};

  state->cells[at] = cell;
  memcpy(state->fields + at * config->n_fields,
         state->inputs + (row * config->context + cell.step) * config->n_fields,
         sizeof *state->inputs * config->n_fields);
}

/// What products give for cells beyond @n is not read.
static void
take_cells(TransformerState *state,
           const PartitaTransformerProducts *products,
           size_t n)
{
  const PartitaModelConfig *const config = &state->base.model->config;

  partita_nn_embed(state->x, (const PartitaReal *const *)state->view.embed,
                   state->fields, n, config->n_fields, config->width);
  for (size_t l = 0; l < config->layers; ++l)
    take_layer(state, &products->layer[l], l, n);
}

static void
forget_half(TransformerState *state, size_t row)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t n_fields = config->n_fields;
  const size_t kept = config->context / 2;
  uint16_t *const inputs = state->inputs + row * config->context * n_fields;

  memmove(inputs, inputs + (config->context - kept) * n_fields,
          sizeof *inputs * kept * n_fields);
  state->n[row] = 0;
  while (state->n[row] < kept) {
    size_t n = 0;

    while (n < state->steps_max && state->n[row] < kept)
      add_cell(state, n++, row);
    take_cells(state, &state->many, n);
  }
}

void
partita_transformer_state_step(PartitaModelState *base,
                               const uint16_t *inputs,
                               float *logits)
{
  TransformerState *const state = (TransformerState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const PartitaTransformerView *const view = &state->view;
  const size_t n_fields = config->n_fields;

  for (size_t r = 0; r < base->rows; ++r) {
    if (state->n[r] == config->context)
      forget_half(state, r);
    memcpy(state->inputs + (r * config->context + state->n[r]) * n_fields,
           inputs + r * n_fields, sizeof *inputs * n_fields);
  }
  for (size_t r = 0; r < base->rows; ++r)
    add_cell(state, r, r);
  take_cells(state, &state->products, base->rows);
  run_norm(state, &view->norm, base->rows);
  partita_nn_product_run(state->products.head.forward, &state->y, NULL,
                         state->logits);
  partita_nn_add_bias(state->logits, view->head.bias, base->rows,
                      config->vocab);
  for (size_t i = 0; i < base->rows * config->vocab; ++i)
    logits[i] = (float)state->logits[i];
}
