// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_ARRANGER_H
#define PARTITA_COMPOSE_ARRANGER_H

#include <compose/frame.h>
#include <compose/harmony.h>

/**
 * PartitaArranger:
 *
 * One walk through a frame: what is given comes as it is; behind Part_Written
 * ids are drawn, until one ends the bar.
 */
typedef struct PartitaArranger {
  const PartitaFrame *frame;
  size_t next;      ///< of the frame's ids
  bool writing;     ///< ids are drawn
  size_t n_bars;    ///< begun
  int32_t position; ///< in the bar, -1: none yet
  unsigned program; ///< %PARTITA_N_PROGRAMS: none yet
  unsigned pitch;
  unsigned holds;
  int below;      ///< pitch of the last note at this position, -1: none yet
  bool struck;    ///< a note was written in this bar
  size_t written; ///< notes of the span
  uint32_t open;  ///< positions of the span, to the end of this bar
  unsigned silent[PARTITA_N_PROGRAMS]; ///< bars without a note, and this one
  PartitaHarmony harmony;
} PartitaArranger;

/// @frame must outlive it.
PartitaArranger *
partita_arranger_new(const PartitaFrame *frame);

void
partita_arranger_free(PartitaArranger *arranger);

/// (nullable) (transfer none): the id that is given next; NULL if it is to be
/// drawn
const uint16_t *
partita_arranger_get_given(const PartitaArranger *arranger);

/// Whether the bars that are kept are behind it.
bool
partita_arranger_is_past(const PartitaArranger *arranger);

/**
 * partita_arranger_push:
 * @grammar: has taken @id
 *
 * Takes an id, given or drawn.
 */
void
partita_arranger_push(PartitaArranger *arranger,
                      PartitaGrammar *grammar,
                      uint16_t id);

/**
 * partita_arranger_restrict:
 * @mask: shape [vocab]: what the grammar allows; left with at least one id
 *
 * Of what is drawn, leaves only notes of the programs that are open; no bar
 * without any note; about as many as there are around the span; of instruments
 * that are added none that is silent for more than a bar; and of a harmony what
 * partita_harmony_may_strike() allows.
 */
void
partita_arranger_restrict(const PartitaArranger *arranger,
                          size_t vocab,
                          uint8_t *mask);

#endif
