// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_BEATS_H
#define PARTITA_CORPUS_BEATS_H

#include <partita/score.h>

/**
 * partita_beats_track:
 *
 * The beats of a performance: times at even distances that change slowly, at
 * which much begins. Notes are heard in real time, whatever the metre and
 * ticks say; the salience of a moment is a weighted sum of the cues of
 * partita_pulse_measure(). Of all sequences of beats 0.24 to 1.2 s apart the
 * one is found, by dynamic programming over time and distance, that has the
 * greatest sum of saliences, each times the distance to the beat before, less
 * what lies halfway, less the squared logarithms of the ratios of neighbouring
 * distances, and of each to a usual one.
 *
 * Sources: Ellis 2007, "Beat Tracking by Dynamic Programming", J. New Music
 * Research 36; that the distance may drift follows Dixon 2001, "Automatic
 * Extraction of Tempo and Beat from Expressive Performances", same journal 30.
 *
 * Cost: O(notes log notes + 20,000 a second of music); 5 MB a minute.
 *
 * Returns: (transfer full) (element-type double): seconds, ascending; empty if
 * there are fewer than eight notes or more than an hour of music
 */
GArray *
partita_beats_track(const PartitaScore *score);

#endif
