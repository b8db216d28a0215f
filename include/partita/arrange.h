// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_ARRANGE_H
#define PARTITA_ARRANGE_H

#include <partita/controls.h>
#include <partita/score.h>

G_BEGIN_DECLS

/**
 * PartitaArrangement:
 *
 * Music of which some notes stay and others are to be composed: what
 * partita_compose() is given to work on. Immutable; may be shared between
 * threads.
 */
typedef struct PartitaArrangement PartitaArrangement;

PARTITA_API void
partita_arrangement_free(PartitaArrangement *arrangement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaArrangement, partita_arrangement_free)

/**
 * partita_arrangement_new_infill:
 * @first: bar, counted from 0
 * @n_bars: at least 1
 * @tracks: (nullable): shape [tracks of @score]: whose notes are written anew;
 * NULL for those of all
 *
 * Leaves out the notes that begin in those bars.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if the bars are not
 * there, or the tracks have no notes
 */
PARTITA_API PartitaArrangement *
partita_arrangement_new_infill(const PartitaScore *score,
                               size_t first,
                               size_t n_bars,
                               const bool *tracks,
                               GError **error);

/**
 * partita_arrangement_new_variation:
 * @strength: the share to be written anew, from 0 to 1
 * @seed: of the choice
 *
 * Leaves out all notes of some bars of some tracks, chosen by chance so that
 * they are that share of all notes to within one bar's.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if @strength is out
 * of range, or @score has no notes
 */
PARTITA_API PartitaArrangement *
partita_arrangement_new_variation(const PartitaScore *score,
                                  double strength,
                                  uint64_t seed,
                                  GError **error);

/**
 * partita_arrangement_new_accompaniment:
 * @groups: shape [n_groups]: instruments to add; of each that program plays
 * which the model knows best and @score does not have
 *
 * All of @score stays.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if @score has no
 * notes, or all programs of a group already
 */
PARTITA_API PartitaArrangement *
partita_arrangement_new_accompaniment(const PartitaScore *score,
                                      const PartitaGroup *groups,
                                      size_t n_groups,
                                      GError **error);

/**
 * partita_arrangement_new_harmony:
 *
 * Keeps the top line of @score: of the tracks that are no drums, and not much
 * sparser than the fullest, the one of the highest mean pitch, and in it no
 * note that begins under another. Under it
 * three voices are to be written, which all sound where a note of it begins.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if there is no line
 * or it lies too low for three voices under it
 */
PARTITA_API PartitaArrangement *
partita_arrangement_new_harmony(const PartitaScore *score, GError **error);

/// (transfer none): the notes that stay
PARTITA_API const PartitaScore *
partita_arrangement_get_given(const PartitaArrangement *arrangement);

/**
 * partita_arrangement_measure:
 * @score: read from the finished file
 *
 * Returns: (transfer full) (element-type PartitaPromise): the promises that an
 * arrangement makes: every given note is there as it was, and what was to be
 * added plays
 */
PARTITA_API GArray *
partita_arrangement_measure(const PartitaArrangement *arrangement,
                            const PartitaScore *score);

G_END_DECLS

#endif
