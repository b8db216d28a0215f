// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_SKETCH_H
#define CORPUS_SKETCH_H

#include "theory.h"

#include <partita/score.h>

/* Times in this folder are positions: twelve a quarter, so that triplets and
 * sixteenths both fall on whole numbers. */
#define QUARTER 12
#define EIGHTH 6
#define SIXTEENTH 3
#define POSITION_TICKS 40

typedef struct {
  Key key;
  int numerator;
  int denominator;
  int tempo; ///< quarters a minute
} Frame;

/// Positions in a bar.
int
frame_bar(const Frame *frame);

PartitaScore *
sketch_new(const Frame *frame);

/// Velocity is brought into 1 to 127.
void
sketch_note(PartitaTrack *track, int at, int length, int pitch, int velocity);

/// Sorts and ends the piece after @bars bars, the last of them slower.
void
sketch_finish(PartitaScore *score, const Frame *frame, int bars);

/**
 * sketch_swell:
 * @at: within a phrase of @length
 *
 * Returns: what a phrase that rises and falls adds to the velocity, -6 to 6
 */
int
sketch_swell(int at, int length);

#endif
