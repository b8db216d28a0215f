// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_METER_FIT_H
#define PARTITA_CORPUS_METER_FIT_H

#include <corpus/pulse.h>

typedef struct {
  PartitaMeter meter; ///< its tick is 0
  double first_ticks; ///< of a bar line, at least 0, below a bar's length
  double fit;         ///< log of its probability among those compared
} PartitaMeterFit;

/**
 * partita_meter_fit_best:
 *
 * Of the common metres and their bar lines, the likeliest by a linear model of
 * what is heard (conditional logit, McFadden 1974). Of each cue
 * (#PartitaCue), in units of its own variation: the means on the bar line, the
 * half bar, the beats and the eighths of the metre; the adjusted shares of
 * variance that bar and beat explain (one-way analysis of variance by the
 * place in the period), so that longer bars, which fit more closely by chance,
 * have no advantage; and how far the music resembles itself a bar later, in
 * rhythm and in pitch classes (parallelism, metrical preference rule 1 of
 * Lerdahl and Jackendoff 1983). bench/fit-meter learns the weights.
 *
 * Cost: O(cells), whatever the length of the piece.
 */
void
partita_meter_fit_best(PartitaMeterFit *fit, const PartitaPulse *pulse);

/**
 * partita_meter_fit_one:
 *
 * The same for one metre with its likeliest bar lines; the tick of @meter does
 * not count.
 *
 * Returns: false, and @fit is unchanged, if it is not a metre known here
 */
bool
partita_meter_fit_one(PartitaMeterFit *fit,
                      const PartitaPulse *pulse,
                      PartitaMeter meter);

/**
 * partita_meter_fit_line:
 * @line_ticks: of a bar line
 *
 * The same for one metre with the bar lines it is given, to the nearest cell.
 */
bool
partita_meter_fit_line(PartitaMeterFit *fit,
                       const PartitaPulse *pulse,
                       PartitaMeter meter,
                       double line_ticks);

/* For learning the weights. */

#define PARTITA_METERS 7
#define PARTITA_METER_LEVELS 4
#define PARTITA_METER_CELLS_MAX 24

/// Levels of each cue, shares of variance of bar and beat of each cue,
/// parallelism of two kinds, the metre itself.
#define PARTITA_METER_FEATURES                                                 \
  (PARTITA_N_CUES * (PARTITA_METER_LEVELS + 2) + 2 + PARTITA_METERS)

/// Cells in a bar of the metre @index.
unsigned
partita_meter_fit_bar_cells(unsigned index);

PartitaMeter
partita_meter_fit_get_meter(unsigned index);

/**
 * partita_meter_fit_measure:
 * @index: of a metre, below %PARTITA_METERS
 * @features: (out): shape [bar_cells, features]: for each place of the bar
 * line, in cells from the pulse's origin
 *
 * @pulse must hold a cell.
 */
void
partita_meter_fit_measure(
  const PartitaPulse *pulse,
  unsigned index,
  double features[PARTITA_METER_CELLS_MAX][PARTITA_METER_FEATURES]);

#endif
