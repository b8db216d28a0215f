// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_SHIFT_H
#define PARTITA_CORPUS_SHIFT_H

#include <partita/score.h>

/**
 * partita_shift_to_bar:
 * @line: a tick where a bar line must lie, below @bar_ticks
 *
 * Moves the whole piece in time so that @line comes to a multiple of
 * @bar_ticks: earlier if only silence is cut by that, else later, by less than
 * a bar. The times between notes stay as they are.
 *
 * Returns: by how many ticks it was moved: 0 also if it could not be
 */
int32_t
partita_shift_to_bar(PartitaScore *score, uint32_t line, uint32_t bar_ticks);

#endif
