// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PULSE_H
#define PARTITA_CORPUS_PULSE_H

#include <partita/score.h>

/// Cells of the grid a quarter.
#define PARTITA_PULSE_CELLS 4

/// One cell of the grid in which notes begin.
typedef struct {
  int64_t index;   ///< cells from the grid's origin
  double salience; ///< how much a strong beat may be here, at least 0
} PartitaPulseCell;

/**
 * PartitaPulse: where, and how heavily, the notes of a score fall on a grid of
 * sixteenths, which begins where they fall best.
 */
typedef struct {
  double cell_ticks;
  double origin_ticks;  ///< of the grid, at least 0, below a cell
  double concentration; ///< 0: onsets anywhere; 1: all exactly on the grid
  size_t n_onsets;
  GArray *cells; // PartitaPulseCell, by index
} PartitaPulse;

/**
 * partita_pulse_measure:
 * @pulse: (out caller-allocates)
 *
 * The origin is the circular mean of the onsets (Fisher 1993, "Statistical
 * Analysis of Circular Data", section 2.3) modulo a sixteenth, or modulo a
 * triplet eighth where that fits better. The salience of a cell is a weighted
 * sum of the cues of Lerdahl and Jackendoff 1983, "A Generative Theory of
 * Tonal Music", metrical preference rules 3 (event), 4 (stress), 5 (length,
 * harmonic change) and 6 (bass).
 *
 * Cost: O(n log n) in the notes.
 */
void
partita_pulse_measure(PartitaPulse *pulse, const PartitaScore *score);

void
partita_pulse_clear(PartitaPulse *pulse);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaPulse, partita_pulse_clear)

#endif
