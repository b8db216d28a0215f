// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Generation: one step at a time, no history kept. */

#include <model/arena.h>
#include <model/lstm-private.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  PartitaModelState base;
  PartitaLstmView view;
  PartitaArena arena;
  PartitaReal *input;  ///< shape [rows, width]
  PartitaReal *gates;  ///< shape [rows, 4, hidden]
  PartitaReal *tanh_c; ///< shape [rows, hidden]
  PartitaReal *h;      ///< shape [layers, rows, hidden]
  PartitaReal *c;      ///< shape [layers, rows, hidden]
  PartitaReal *logits; ///< shape [rows, vocab]
} LstmState;

static void
lay_out_state(LstmState *state)
{
  const PartitaModelConfig *const config = &state->base.model->config;
  PartitaArena *const arena = &state->arena;
  const size_t rows = state->base.rows;
  const size_t hidden = config->hidden;

  state->input = partita_arena_take(arena, rows, config->width, 1);
  state->gates = partita_arena_take(arena, rows, 4, hidden);
  state->tanh_c = partita_arena_take(arena, rows, hidden, 1);
  state->h = partita_arena_take(arena, config->layers, rows, hidden);
  state->c = partita_arena_take(arena, config->layers, rows, hidden);
  state->logits = partita_arena_take(arena, rows, config->vocab, 1);
}

PartitaModelState *
partita_lstm_state_new(const PartitaModel *model, size_t rows)
{
  LstmState *const state = g_new0(LstmState, 1);

  state->base.model = model;
  state->base.rows = rows;
  partita_lstm_view(model, model->parameters, &state->view);
  lay_out_state(state);
  if (!partita_arena_begin(&state->arena)) {
    g_free(state);
    return NULL;
  }
  lay_out_state(state);
  return &state->base;
}

void
partita_lstm_state_free(PartitaModelState *base)
{
  LstmState *const state = (LstmState *)base;

  free(state->arena.block);
  g_free(state);
}

void
partita_lstm_state_reset(PartitaModelState *base)
{
  LstmState *const state = (LstmState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const size_t size =
    sizeof(PartitaReal) * config->layers * base->rows * config->hidden;

  memset(state->h, 0, size);
  memset(state->c, 0, size);
}

static const PartitaReal *
step_layer(LstmState *state, size_t l, const PartitaReal *input)
{
  const PartitaLstmLayer *const layer = &state->view.layer[l];
  const size_t rows = state->base.rows;
  const size_t hidden = state->base.model->config.hidden;
  PartitaReal *const h = state->h + l * rows * hidden;
  PartitaReal *const c = state->c + l * rows * hidden;

  partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, rows, 4 * hidden, layer->n_inputs,
                  input, layer->weight_ih, state->gates);
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_B | PARTITA_NN_ACCUMULATE, rows,
                  4 * hidden, hidden, h, layer->weight_hh, state->gates);
  partita_nn_lstm(state->gates, layer->bias, c, c, state->tanh_c, h, rows,
                  hidden);
  return h;
}

void
partita_lstm_state_step(PartitaModelState *base,
                        const uint16_t *inputs,
                        float *logits)
{
  LstmState *const state = (LstmState *)base;
  const PartitaModelConfig *const config = &base->model->config;
  const size_t n = base->rows * config->vocab;
  const PartitaReal *x = state->input;

  partita_nn_embed(state->input, (const PartitaReal *const *)state->view.embed,
                   inputs, base->rows, config->n_fields, config->width);
  for (size_t l = 0; l < config->layers; ++l)
    x = step_layer(state, l, x);
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, base->rows, config->vocab,
                  config->hidden, x, state->view.head_weight, state->logits);
  partita_nn_add_bias(state->logits, state->view.head_bias, base->rows,
                      config->vocab);
  for (size_t i = 0; i < n; ++i)
    logits[i] = (float)state->logits[i];
}
