// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_REBAR_H
#define PARTITA_CORPUS_REBAR_H

#include <partita/score.h>

typedef enum {
  PARTITA_REBAR_KEPT,   ///< its ticks are those of its notes, or it is short
  PARTITA_REBAR_DONE,   ///< quarters are now the beats that were heard
  PARTITA_REBAR_IN_VAIN ///< played freely, and no beats were heard that fit
} PartitaRebar;

/**
 * partita_rebar:
 * @score: (inout) (transfer full): replaced if it is done
 * @before: (out): how well the onsets keep to a grid of sixteenths: 0 anywhere
 * to 1 exactly (PartitaPulse.concentration)
 * @after: (out): ... once quarters are the beats
 *
 * Where the onsets have nothing to do with the ticks, as in a recording of a
 * live performance, looks for the beats (partita_beats_track()) and counts time
 * in them: a quarter a beat, no metre, every note where it was in seconds, by a
 * tempo for each beat. Done only if the notes then keep to sixteenths.
 */
PartitaRebar
partita_rebar(PartitaScore **score, double *before, double *after);

#endif
