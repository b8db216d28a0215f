// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_BLUES_H
#define CORPUS_BLUES_H

#include "chance.h"
#include "sketch.h"

#define CHORUS_BARS 12
#define BLUES_BAR (4 * QUARTER)

/// A twelve-bar blues on its way to the score.
typedef struct {
  Frame frame;
  const int *roots; ///< shape [12]: semitones above the tonic, a bar each
  int choruses;
  PartitaTrack *lead, *comping, *bass, *drums;
  int lead_low, lead_high;
} Blues;

/// Swung eighths: the second of each pair falls on the last triplet.
int
blues_swing(int eighth);

/// Root of a bar's chord as a pitch class; bars beyond the chorus go round.
int
blues_root(const Blues *blues, int bar);

/// Call and response over all choruses, to the last note.
void
blues_write_lead(Chance *chance, const Blues *blues);

/// Ride or shuffle, backbeat, fills before each chorus.
void
blues_write_drums(Chance *chance, const Blues *blues);

#endif
