// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_FAMILIES_H
#define PARTITA_CORPUS_FAMILIES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/// What the search looks at of a piece.
typedef struct {
  const uint16_t *ids;
  size_t n_ids;
  const uint16_t *line;
  size_t n_line;
  uint64_t content; ///< hash of the ids
  uint32_t notes;
} PartitaMusic;

/// Where pieces come from. Their ids and lines stay where they are.
typedef struct {
  size_t n;
  void (*get)(size_t index, PartitaMusic *music, void *data);
  /// (nullable): called now and then; whether to go on
  bool (*progress)(size_t done, size_t total, void *data);
  void *data;
} PartitaMusicSource;

#define PARTITA_NO_PIECE G_MAXUINT32

/// What it finds out.
typedef struct {
  uint32_t same; ///< the first piece of the same ids; NO_PIECE if it is itself
  uint32_t near; ///< the piece it is nearly the same as, or NO_PIECE
  uint32_t run;  ///< notes of the longest run it shares with that
  uint32_t family; ///< the first piece of its family; its own number if alone
} PartitaKin;

/**
 * partita_families_find:
 * @table_max: fingerprints in memory at a time, about; 0 for a million, which
 * is 25 MB. Of more, each pass over the lines takes those in one range.
 * @kin: (out caller-allocates): shape [n]; written only as far as it went
 *
 * Finds pieces of the same ids, and families: pieces whose lines share a run
 * of PARTITA_RUN_MIN steps, in any key, directly or through others. One of
 * PARTITA_GRAM may do, none shorter does.
 *
 * Cost: O(total length of lines) a pass; memory for the fingerprints, and 28
 * bytes a piece in a scratch.
 *
 * Returns: false if it was told to stop
 */
bool
partita_families_find(const PartitaMusicSource *source,
                      size_t table_max,
                      PartitaKin *kin);

#endif
