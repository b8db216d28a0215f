// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_HARMONY_H
#define CORPUS_HARMONY_H

#include "chance.h"
#include "theory.h"

#define WALK_MAX 32

/// Which chord may follow which, and how often.
typedef enum {
  GRAMMAR_CHORALE, ///< a chord a beat, with inversions
  GRAMMAR_DANCE    ///< a chord a bar, in root position
} Grammar;

/**
 * harmony_walk:
 * @from: the chord before the first
 * @to: the chord after the last
 * @n: 0 to %WALK_MAX
 * @out: (out caller-allocates): shape [n]
 *
 * Draws the chords between two others: of all progressions that the grammar
 * allows, each with the likelihood of its rules.
 *
 * Returns: false if no progression of that length leads from @from to @to
 */
bool
harmony_walk(Chance *chance,
             Grammar grammar,
             bool minor,
             Numeral from,
             Numeral to,
             int n,
             Numeral *out);

#endif
