// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_VOICING_H
#define CORPUS_VOICING_H

#include "chance.h"
#include "theory.h"

typedef enum { SOPRANO, ALTO, TENOR, BASS, VOICES } Voice;

typedef struct {
  int pitch[VOICES];
} Voicing;

/// A chord of the chorale and what the melody wishes of it.
typedef struct {
  Chord chord;
  int at;       ///< position of the piece
  int length;   ///< positions
  int aim;      ///< pitch that the soprano should be near
  int soprano;  ///< pitch class that the soprano must have, or -1
  bool opens;   ///< first of a phrase, where voices may leap
  bool cadence; ///< last of a phrase
} Slot;

/// Whether two voices move in the same direction into the perfect fifth or
/// octave that they come from.
bool
moves_in_parallel(int upper, int lower, int upper_next, int lower_next);

/**
 * voicing_search:
 * @slots: shape [n]
 * @out: (out caller-allocates): shape [n]
 *
 * Sets chords for four voices: a beam search over all spacings in range, in
 * which the textbook's prohibitions cut and its preferences cost.
 *
 * Returns: false if the rules leave no way through
 */
bool
voicing_search(Chance *chance, const Slot *slots, int n, Voicing *out);

#endif
