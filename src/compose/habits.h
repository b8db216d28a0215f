// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_HABITS_H
#define PARTITA_COMPOSE_HABITS_H

#include <partita/model.h>
#include <partita/score.h>

/// What the training pieces of a style have.
typedef struct {
  GArray *meters; ///< uint16_t: 256 * numerator + denominator; empty if unknown
  unsigned tempo; ///< that half of them are faster than; 0 if unknown
  unsigned voices; ///< that sound at once, drums aside; 0 if unknown
  /// Lowest and highest notes of each program, in the piece's own key: those of
  /// the style, or of the instrument's players where the style has not that of
  /// an octave at least; all if unknown.
  uint8_t low[PARTITA_PROGRAM_DRUMS];
  uint8_t high[PARTITA_PROGRAM_DRUMS];
} PartitaHabits;

/**
 * partita_habits_read:
 * @style: (nullable): for all that the model learnt
 *
 * Returns: (transfer full): what the model's metadata "styles" say; of what
 * they do not say, nothing is known
 */
PartitaHabits *
partita_habits_read(const PartitaModel *model, const char *style);

void
partita_habits_free(PartitaHabits *habits);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaHabits, partita_habits_free)

#endif
