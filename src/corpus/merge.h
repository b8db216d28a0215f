// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_MERGE_H
#define PARTITA_CORPUS_MERGE_H

#include <corpus/gather.h>

/* The index of a corpus says of every file what became of it beside the
 * others. Layout, as GVariant has it, in the byte order of the machine:
 *   s   name of the scheme
 *   as  styles
 *   as  names of the shards, in their order
 *   a   of every file, by path: */
#define PARTITA_INDEX_FILE_TYPE "(ssyyuuuuuaq)"
/*     s   path, for display
 *     s   reason
 *     y   PartitaSkip
 *     y   side: 0, or 1 below `train`, 2 below `valid`
 *     u   number of the first file of its family, its own if alone
 *     u   notes
 *     u   bars
 *     u   shard
 *     u   record in the shard
 *     aq  styles, ascending */
#define PARTITA_INDEX_TYPE "(sasasa" PARTITA_INDEX_FILE_TYPE ")"

enum { PARTITA_SIDE_NONE, PARTITA_SIDE_TRAIN, PARTITA_SIDE_VALID };

/**
 * partita_merge:
 *
 * Finds duplicates and families among the records, labels the pieces, and
 * says of every item what became of it.
 *
 * Returns: (transfer full) (nullable): of type %PARTITA_INDEX_TYPE, serialised;
 * NULL with @error set
 */
GVariant *
partita_merge(const char *root,
              const GPtrArray *items,
              const PartitaDeal *deal,
              const PartitaGathered *gathered,
              const char *scheme,
              GError **error);

#endif
