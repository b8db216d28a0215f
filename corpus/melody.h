// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_MELODY_H
#define CORPUS_MELODY_H

#include "chance.h"
#include "theory.h"

typedef enum { WEIGHT_BETWEEN, WEIGHT_BEAT, WEIGHT_STRONG } Weight;

/// A note of a melody whose pitch is still to be found.
typedef struct {
  int at;
  int length;
  Weight weight;
  Chord chord; ///< that sounds below
  int aim;     ///< the pitch its motive would give it
  int wish;    ///< pitch class it must have, or -1
  int pitch;   ///< (out)
} MelodyNote;

/// Whether @pitch belongs to the scale as the chord colours it.
bool
melody_in_scale(const Chord *chord, int pitch);

/**
 * melody_fit:
 * @notes: shape [n], @n at least 1
 *
 * Finds the pitches from @low to @high that follow the aims best while chord
 * tones fall on strong beats, other tones lead on by step, and leaps are
 * small: the cheapest path (Viterbi) through all pitches.
 */
void
melody_fit(Chance *chance, MelodyNote *notes, int n, int low, int high);

#endif
