// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>

static bool
compose_piece(PartitaPiece *piece, PartitaModelState *state, GError **error)
{
  const PartitaComposer *composer = piece->plan->composer;
  const PartitaComposeOptions *options = &piece->plan->options;
  g_autofree uint16_t *inputs = g_new(uint16_t, composer->n_fields + 1);
  g_autofree float *logits = g_new0(float, composer->vocab);

  while (!partita_grammar_is_complete(piece->grammar)) {
    const size_t before = piece->done;

    if (g_cancellable_set_error_if_cancelled(options->cancellable, error) ||
        !partita_piece_advance(piece, logits, error))
      return false;
    if (options->progress != NULL && piece->done != before)
      options->progress(piece->done, piece->plan->bars, options->progress_data);
    partita_piece_get_inputs(piece, inputs);
    partita_model_step(state, inputs, logits);
  }
  return true;
}

PartitaModelState *
partita_compose_new_state(const PartitaComposer *composer,
                          size_t rows,
                          GError **error)
{
  PartitaModelState *state = partita_model_state_new(composer->model, rows);

  if (state == NULL)
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
                "no memory to run the model");
  return state;
}

PartitaScore *
partita_compose(const PartitaComposer *composer,
                const PartitaComposeOptions *options,
                GError **error)
{
  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, options, error);
  if (plan == NULL)
    return NULL;

  g_autoptr(PartitaPiece) piece = partita_piece_new(plan, options->index);
  g_autoptr(PartitaModelState) state =
    partita_compose_new_state(composer, 1, error);
  return state != NULL && compose_piece(piece, state, error)
           ? partita_piece_finish(piece, error)
           : NULL;
}
