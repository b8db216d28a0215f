// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_CORPUS_DATA_SET_H
#define PARTITA_TESTS_CORPUS_DATA_SET_H

#include <partita/score.h>

/// @number counts the files of the set that can be read, from 0.
typedef void
DataSetEach(PartitaScore *score, unsigned number, void *data);

/// Calls @each for every file of the folder @set below $PARTITA_DATA that can
/// be read and has notes, in order of paths; false if there is no such set
/// here, and the test is skipped.
bool
data_set_for_each(const char *set, DataSetEach *each, void *data);

/**
 * data_set_find_meter:
 * @meter: (out): its tick is that of a bar line
 * @part: (out) (transfer full) (nullable): the longest run of bars in one
 * metre, at least 16, if none is in force for nine tenths of @score; NULL if
 * that is the whole score
 *
 * Returns: false if there is no such run, or it has fewer than 32 quarters
 */
bool
data_set_find_meter(const PartitaScore *score,
                    PartitaMeter *meter,
                    PartitaScore **part);

#endif
