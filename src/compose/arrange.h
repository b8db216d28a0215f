// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_ARRANGE_H
#define PARTITA_COMPOSE_ARRANGE_H

#include <compose/bar-grid.h>
#include <partita/arrange.h>
#include <partita/token.h>

struct PartitaArrangement {
  PartitaScore *whole; ///< as it was given
  PartitaScore *given; ///< what stays of it
  bool *tracks;        ///< (nullable): shape [tracks of @given]: those in which
                       ///< notes were taken out, to be written into
  GArray *spans;       ///< PartitaSpan, in bars of @whole; the programs of what
                       ///< is added are the model's to choose
  GArray *groups;      ///< PartitaGroup: to be added
  PartitaScore *line;  ///< (nullable): of a harmony: the only track that stays,
                       ///< under which three voices come
  size_t keep;         ///< bars of the finished piece, 0 for all
};

/**
 * partita_arrangement_join:
 * @grid: of the piece
 * @written: the notes that were composed, in the key of the piece
 *
 * Returns: (transfer full): they and the notes that stay, which are as they
 * were
 */
PartitaScore *
partita_arrangement_join(const PartitaArrangement *arrangement,
                         const PartitaBarGrid *grid,
                         const PartitaScore *written);

/**
 * partita_arrange_choose:
 * @bars: (element-type PartitaBar): of @score
 *
 * Returns: (transfer full): shape [tracks, bars]: which bars of which tracks
 * are chosen by chance, so that the notes in them are the share @strength of
 * all, to within those of one bar
 */
bool *
partita_arrange_choose(const PartitaScore *score,
                       const GArray *bars,
                       double strength,
                       uint64_t seed);

/// The program on which the line of a harmony plays.
unsigned
partita_arrangement_get_line_program(const PartitaArrangement *arrangement);

#endif
