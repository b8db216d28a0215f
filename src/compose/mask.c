// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arranger.h>

static bool
is_dense(const PartitaPiece *piece)
{
  return piece->drawn / PARTITA_COMPOSE_BAR_TOKENS_MAX >
         piece->done - piece->given_done;
}

// Leaves only what moves on in time or ends, if the grammar allows any of it.
static void
hurry(const PartitaComposer *composer, uint8_t *mask)
{
  bool found = false;

  for (size_t i = 0; i < composer->vocab; ++i)
    found = found || (mask[i] != 0 && composer->kinds[i] >= PARTITA_KIND_BAR);
  if (!found)
    return;
  for (size_t i = 0; i < composer->vocab; ++i)
    if (composer->kinds[i] < PARTITA_KIND_BAR)
      mask[i] = 0;
}

static bool
is_in_range(const PartitaPiece *piece, int pitch)
{
  return pitch - piece->shift >= 0 && pitch - piece->shift <= 127;
}

/// No pitch that moving the piece to its own key would push out of MIDI's.
/// Where all that could sound are such, no velocity either, since only a pitch
/// could follow it; time may pass there instead.
static void
forbid_out_of_range(PartitaPiece *piece)
{
  const PartitaComposer *composer = piece->plan->composer;
  size_t kept = 0;
  size_t forbidden = 0;

  for (size_t i = 0; i < composer->vocab; ++i) {
    if (composer->pitches[i] < 0 || piece->mask[i] == 0)
      continue;
    if (is_in_range(piece, composer->pitches[i])) {
      ++kept;
    } else {
      piece->mask[i] = 0;
      ++forbidden;
    }
  }
  for (size_t i = 0; kept == 0 && forbidden > 0 && i < composer->vocab; ++i)
    if (composer->kinds[i] == PARTITA_KIND_VELOCITY)
      piece->mask[i] = 0;
}

void
partita_piece_restrict(PartitaPiece *piece)
{
  const PartitaComposePlan *plan = piece->plan;

  (void)partita_grammar_allowed(piece->grammar, piece->mask);
  partita_compose_restrict_prompt(plan->composer, piece->grammar, plan->style,
                                  piece->ids, piece->mask);
  if (piece->constraint != NULL)
    partita_constraint_restrict(piece->constraint, piece->mask);
  if (piece->arranger != NULL)
    partita_arranger_restrict(piece->arranger, plan->composer->vocab,
                              piece->mask);
  if (plan->melody != NULL && piece->ids->len >= piece->given->len)
    partita_melody_restrict(
      plan->melody, piece->time / PARTITA_COMPOSE_SPAN_VOICE,
      plan->composer->pitches, plan->composer->vocab, piece->mask);
  if (is_dense(piece) || (piece->prompted && piece->time == 0))
    hurry(plan->composer, piece->mask);
  if (piece->constraint != NULL)
    partita_constraint_shape_ending(piece->constraint, piece->mask);
  if (piece->shift != 0 && piece->constraint == NULL)
    forbid_out_of_range(piece);
}
