// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Generation: one step at a time, no history kept. */

#include <model/arena.h>
#include <model/lstm-products.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  PartitaModelState base;
  PartitaLstmView view;
  PartitaArena arena;
  PartitaLstmProducts products;
  PartitaNnOperand input;  ///< shape [rows, width]
  PartitaReal *gates;      ///< shape [rows, 4, hidden]
  PartitaReal *tanh_c;     ///< shape [rows, hidden]
  PartitaNnOperand h;      ///< shape [layers, rows, hidden]
  PartitaReal *c;          ///< shape [layers, rows, hidden]
  PartitaNnOperand output; ///< shape [rows, hidden]: with a norm, its outcome
  PartitaReal *logits;     ///< shape [rows, vocab]
  void *scratch;           ///< of the products
} LstmState;

static void
plan_products(LstmState *state, PartitaNnPlan *plan)
{
  partita_lstm_products_plan(&state->products, plan, &state->base.model->config,
                             state->base.rows, 1, false);
}

static void
lay_out_state(LstmState *state, size_t scratch_size)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  PartitaArena *const arena = &state->arena;
  const size_t rows = state->base.rows;
  const size_t hidden = config->hidden;
  const bool half = partita_nn_backend_is_half(state->base.backend);

  state->input =
    partita_arena_take_operand(arena, half, rows, config->width, 1);
  state->gates = partita_arena_take(arena, rows, 4, hidden);
  state->tanh_c = partita_arena_take(arena, rows, hidden, 1);
  state->h =
    partita_arena_take_operand(arena, half, config->layers, rows, hidden);
  state->c = partita_arena_take(arena, config->layers, rows, hidden);
  if (config->norm)
    state->output = partita_arena_take_operand(arena, half, rows, hidden, 1);
  state->logits = partita_arena_take(arena, rows, config->vocab, 1);
  state->scratch = partita_arena_take_bytes(arena, scratch_size, 1);
}

PartitaModelState *
partita_lstm_state_new(const PartitaModel *model,
                       const PartitaNnBackend *backend,
                       size_t rows)
{
  LstmState *const state = g_new0(LstmState, 1);

  PartitaNnPlan plan;

  state->base = (PartitaModelState){model, backend, rows};
  partita_lstm_view(model, model->parameters, &state->view);
  partita_nn_plan_begin(&plan, backend);
  plan_products(state, &plan);
  lay_out_state(state, plan.scratch_size);
  if (partita_arena_begin(&state->arena)) {
    lay_out_state(state, plan.scratch_size);
    partita_nn_plan_make(&plan, state->scratch);
    plan_products(state, &plan);
  }
  if (state->arena.block == NULL || plan.failed) {
    partita_lstm_state_free(&state->base);
    return NULL;
  }
  partita_lstm_products_set_weights(&state->products, &state->view, false);
  return &state->base;
}

void
partita_lstm_state_free(PartitaModelState *base)
{
  LstmState *const state = (LstmState *)base;

  partita_lstm_products_clear(&state->products);
  free(state->arena.block);
  g_free(state);
}

void
partita_lstm_state_reset_row(PartitaModelState *base, size_t row)
{
  LstmState *const state = (LstmState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const size_t n = config->hidden;

  for (size_t l = 0; l < config->layers; ++l) {
    const size_t at = (l * base->rows + row) * n;
    const PartitaNnOperand h = partita_nn_operand_at(state->h, at);

    memset(h.real, 0, sizeof *h.real * n);
    memset(state->c + at, 0, sizeof *state->c * n);
    partita_nn_operand_round(h, n);
  }
}

static PartitaNnOperand
step_layer(LstmState *state, size_t l, const PartitaNnOperand *input)
{
  const PartitaLstmLayerProducts *const products = &state->products.layer[l];
  const size_t rows = state->base.rows;
  const size_t hidden = state->base.model->config.hidden;
  const size_t n = rows * hidden;
  const PartitaNnOperand h = partita_nn_operand_at(state->h, l * n);
  PartitaReal *const c = state->c + l * n;

  partita_nn_product_run(products->input.forward, input, NULL, state->gates);
  partita_nn_product_run(products->recurrent.forward, &h, NULL, state->gates);
  partita_nn_lstm(state->gates, state->view.layer[l].bias, c, c, state->tanh_c,
                  h.real, rows, hidden);
  partita_nn_operand_round(h, n);
  return h;
}

static PartitaNnOperand
step_norm(LstmState *state, const PartitaNnOperand *h)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  const size_t rows = state->base.rows;

  if (!config->norm)
    return *h;
  partita_nn_layer_norm(state->output.real, NULL, NULL, h->real,
                        state->view.norm_gain, state->view.norm_bias, rows,
                        config->hidden);
  partita_nn_operand_round(state->output, rows * config->hidden);
  return state->output;
}

void
partita_lstm_state_step(PartitaModelState *base,
                        const uint16_t *inputs,
                        float *logits)
{
  LstmState *const state = (LstmState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const size_t n = base->rows * config->vocab;
  PartitaNnOperand x = state->input;

  partita_nn_embed(x.real, (const PartitaReal *const *)state->view.embed,
                   inputs, base->rows, config->n_fields, config->width);
  partita_nn_operand_round(x, base->rows * config->width);
  for (size_t l = 0; l < config->layers; ++l)
    x = step_layer(state, l, &x);
  x = step_norm(state, &x);
  partita_nn_product_run(state->products.head.forward, &x, NULL, state->logits);
  partita_nn_add_bias(state->logits, state->view.head_bias, base->rows,
                      config->vocab);
  for (size_t i = 0; i < n; ++i)
    logits[i] = (float)state->logits[i];
}
