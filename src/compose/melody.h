// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_MELODY_H
#define PARTITA_COMPOSE_MELODY_H

#include <compose/bar-grid.h>
#include <partita/token.h>

/* A given melody under which a model of four voices sets the other three. */

typedef struct {
  PartitaScore *given; ///< the music with no notes but the melody's
  PartitaBarGrid *grid;
  GArray *ids; ///< uint16_t: its token at each step, in the model's key
  int shift;   ///< semitones it was moved by to the model's key
} PartitaMelody;

/// -1 if there is no note.
double
partita_track_find_mean_pitch(const PartitaTrack *track);

/**
 * partita_melody_take_line:
 *
 * Of the tracks that are no drums, and not much sparser than the fullest, the
 * one of the highest mean pitch, and in it no note that begins under another.
 *
 * Returns: (transfer full) (nullable): that track alone, as "Soprano", which
 * models of voices know; NULL if there is no note
 */
PartitaScore *
partita_melody_take_line(const PartitaScore *score);

/**
 * partita_melody_keep_line:
 *
 * Returns: (transfer full) (nullable): @score with all of its tracks, of whose
 * notes those of partita_melody_take_line() are left; NULL if there is no note
 */
PartitaScore *
partita_melody_keep_line(const PartitaScore *score);

/**
 * partita_melody_new:
 * @scheme: of voices
 * @common_key: whether the model knows C major and A minor only
 *
 * Takes the top line of @score.
 *
 * Returns: (transfer full) (nullable): NULL if there is no note
 */
PartitaMelody *
partita_melody_new(const PartitaScheme *scheme,
                   const PartitaScore *score,
                   bool common_key);

void
partita_melody_free(PartitaMelody *melody);

/// Of sixteen steps.
size_t
partita_melody_count_bars(const PartitaMelody *melody);

/**
 * partita_melody_restrict:
 * @cells: voices said so far, four a step
 * @pitches: shape [vocab]: of the tokens that sound, else -1
 * @mask: shape [vocab]: what may follow; left with at least one id
 *
 * The melody's own token where it is the soprano's turn, no pitch over the
 * melody's in the other voices, and no end before the melody's.
 */
void
partita_melody_restrict(const PartitaMelody *melody,
                        size_t cells,
                        const int16_t *pitches,
                        size_t vocab,
                        uint8_t *mask);

/**
 * partita_melody_join:
 * @voices: four tracks; the first is not read
 *
 * Returns: (transfer full): the melody as it was given, in its track among
 * those of the music, which are empty, and the other voices behind them
 */
PartitaScore *
partita_melody_join(const PartitaMelody *melody, const PartitaScore *voices);

#endif
