// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PULSE_H
#define PARTITA_CORPUS_PULSE_H

#include <partita/score.h>

/// Cells of the grid a quarter.
#define PARTITA_PULSE_CELLS 4

/// What may mark a strong beat, each at least 0.
typedef enum {
  PARTITA_CUE_COUNT,        ///< many notes begin
  PARTITA_CUE_LENGTH,       ///< a long one begins
  PARTITA_CUE_TOP_LENGTH,   ///< the highest is long
  PARTITA_CUE_BASS,         ///< nothing lower begins within a quarter
  PARTITA_CUE_BASS_LENGTH,  ///< and it is long
  PARTITA_CUE_BASS_CHANGES, ///< and of another pitch class than the last one
  PARTITA_CUE_HARMONY,      ///< other pitch classes a quarter before and after
  PARTITA_CUE_WIDE_HARMONY, ///< ... two quarters
  PARTITA_CUE_STRESS,       ///< louder than the mean
  PARTITA_CUE_KICK,         ///< a bass drum
  PARTITA_CUE_SNARE,        ///< a snare drum
  PARTITA_N_CUES
} PartitaCue;

/// One cell of the grid in which notes begin.
typedef struct {
  int64_t index; ///< cells from the grid's origin
  double cues[PARTITA_N_CUES];
  float classes[12]; ///< lengths of the pitch classes, in sixteenths
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
  int64_t quarter_cells;
  GArray *cells; // PartitaPulseCell, by index
} PartitaPulse;

/**
 * partita_pulse_measure:
 * @pulse: (out caller-allocates)
 *
 * The origin is the circular mean of the onsets (Fisher 1993, "Statistical
 * Analysis of Circular Data", section 2.3) modulo a sixteenth, or modulo a
 * triplet eighth where that fits better. The cues are those of Lerdahl and
 * Jackendoff 1983, "A Generative Theory of Tonal Music", metrical preference
 * rules 3 (event), 4 (stress), 5 (length, harmonic change) and 6 (bass).
 *
 * Cost: O(n log n) in the notes.
 */
void
partita_pulse_measure(PartitaPulse *pulse, const PartitaScore *score);

/**
 * partita_pulse_listen:
 * @cell_ticks: of a grid that begins at tick 0
 * @quarter_cells: cells that are taken for a quarter
 *
 * The same on a grid that is given.
 */
void
partita_pulse_listen(PartitaPulse *pulse,
                     const PartitaScore *score,
                     double cell_ticks,
                     unsigned quarter_cells);

void
partita_pulse_clear(PartitaPulse *pulse);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaPulse, partita_pulse_clear)

#endif
