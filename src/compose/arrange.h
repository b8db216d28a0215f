// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_ARRANGE_H
#define PARTITA_COMPOSE_ARRANGE_H

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
  bool harmony;        ///< three voices under the only track
  size_t keep;         ///< bars of the finished piece, 0 for all
};

/**
 * partita_arrangement_join:
 * @written: the notes that were composed, in the key of the piece
 *
 * Returns: (transfer full): they and the notes that stay, which are as they
 * were
 */
PartitaScore *
partita_arrangement_join(const PartitaArrangement *arrangement,
                         const PartitaScore *written);

/// The program on which the line of a harmony plays.
unsigned
partita_arrangement_get_line_program(const PartitaArrangement *arrangement);

#endif
