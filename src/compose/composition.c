// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>

struct PartitaComposition {
  PartitaComposePlan *plan;
  PartitaPiece *piece;
  PartitaModelState *state;
  uint16_t *inputs;                                   // shape [1 + n_fields]
  float *logits;                                      // shape [vocab]
  PartitaScoreEvent events[PARTITA_SCORE_EVENTS_MAX]; // of the last id
  size_t n_events;
  size_t told; // of the events
};

PartitaComposition *
partita_composition_new(const PartitaComposer *composer,
                        const PartitaComposeOptions *options,
                        GError **error)
{
  PartitaComposePlan *plan = partita_compose_plan_new(composer, options, error);
  if (plan == NULL)
    return NULL;

  g_autoptr(PartitaComposition) composition = g_new0(PartitaComposition, 1);
  composition->plan = plan;
  composition->piece = partita_piece_new(plan, options->index);
  composition->inputs = g_new(uint16_t, composer->n_fields + 1);
  composition->logits = g_new0(float, composer->vocab);
  composition->state = partita_compose_new_state(composer, 1, error);
  return composition->state != NULL ? g_steal_pointer(&composition) : NULL;
}

void
partita_composition_free(PartitaComposition *composition)
{
  if (composition == NULL)
    return;
  partita_piece_free(composition->piece);
  partita_compose_plan_free(composition->plan);
  partita_model_state_free(composition->state);
  g_free(composition->inputs);
  g_free(composition->logits);
  g_free(composition);
}

// The model is shown an id only when the next one is asked for, so that what
// the id settles need not wait.
static bool
take_id(PartitaComposition *composition, GError **error)
{
  PartitaPiece *piece = composition->piece;
  const PartitaComposeOptions *options = &composition->plan->options;
  const size_t before = piece->done;

  if (g_cancellable_set_error_if_cancelled(options->cancellable, error))
    return false;
  if (piece->ids->len > 0) {
    partita_piece_get_inputs(piece, composition->inputs);
    partita_model_step(composition->state, composition->inputs,
                       composition->logits);
  }
  if (!partita_piece_advance(piece, composition->logits, error))
    return false;
  composition->told = 0;
  composition->n_events =
    partita_grammar_get_events(piece->grammar, composition->events);
  if (options->progress != NULL && piece->done != before)
    options->progress(piece->done, piece->plan->bars, options->progress_data);
  return true;
}

/// From the model's key to that of the piece, and to the tempo asked for.
static void
move_event(PartitaScoreEvent *event, int shift, const PartitaControls *controls)
{
  if (event->type == PARTITA_SCORE_EVENT_TEMPO) {
    if (controls != NULL && controls->tempo > 0.0)
      event->tempo.us_per_quarter = partita_controls_get_us(controls);
  } else if (event->type == PARTITA_SCORE_EVENT_KEY) {
    const int key = partita_key_from_signature(event->key);
    const int root = ((key % 12 - shift) % 12 + 12) % 12;

    event->key = partita_key_to_signature(key / 12 * 12 + root);
  } else if (event->type == PARTITA_SCORE_EVENT_NOTE &&
             event->program != PARTITA_PROGRAM_DRUMS) {
    event->note.pitch = (uint8_t)(event->note.pitch - shift);
  }
}

bool
partita_composition_next(PartitaComposition *composition,
                         PartitaScoreEvent *event,
                         GError **error)
{
  while (composition->told == composition->n_events)
    if (partita_grammar_is_complete(composition->piece->grammar) ||
        !take_id(composition, error))
      return false;
  *event = composition->events[composition->told++];
  move_event(event, composition->piece->shift,
             composition->plan->options.controls);
  return true;
}

uint16_t
partita_composition_get_ppq(const PartitaComposition *composition)
{
  return partita_scheme_get_ppq(composition->plan->composer->scheme);
}

PartitaScore *
partita_composition_finish(PartitaComposition *composition, GError **error)
{
  while (!partita_grammar_is_complete(composition->piece->grammar))
    if (!take_id(composition, error))
      return NULL;
  return partita_piece_finish(composition->piece, error);
}
