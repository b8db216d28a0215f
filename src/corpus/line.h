// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_LINE_H
#define PARTITA_CORPUS_LINE_H

#include <partita/score.h>

/**
 * partita_line_get:
 *
 * The upper line of a score as steps, which do not change when the score is
 * transposed: the highest note (no drums) of each sixteenth in which one
 * begins, and from each to the next the interval + 128 in the high byte, the
 * sixteenths between in the low byte, 255 at most.
 *
 * Returns: (transfer full) (element-type uint16_t): one step fewer than there
 * are such notes
 */
GArray *
partita_line_get(const PartitaScore *score);

#endif
