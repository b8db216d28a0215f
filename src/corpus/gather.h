// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_GATHER_H
#define PARTITA_CORPUS_GATHER_H

#include <corpus/shards.h>

typedef struct {
  const char *root;
  const GPtrArray *items; ///< PartitaScanItem, by path
  const PartitaDeal *deal;
  const PartitaScheme *scheme; ///< without styles
  PartitaScratch *scratch;
  const char *folder; ///< (nullable): of shards; NULL: only in the scratch
  unsigned part;      ///< of the shards, only those of this part
  unsigned parts;
  const PartitaCorpusOptions *options; ///< workers, cancellable, progress
} PartitaGatherOptions;

/// All shards in their order; of a part the others are NULL.
typedef struct {
  GPtrArray *shards;   ///< GVariant
  GPtrArray *names;    ///< utf8, "" in the scratch
  PartitaPages *pages; ///< of shards and scratch; NULL of a part
} PartitaGathered;

void
partita_gathered_clear(PartitaGathered *gathered);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaGathered, partita_gathered_clear)

/**
 * partita_gather:
 *
 * Reads all files dealt, with as many workers as asked for, and makes the
 * shards of them. What is known of a file from a shard in the folder is not
 * found out again. Whoever ends the last file of a shard writes it, so that
 * hardly more than one shard a worker is in memory at a time.
 *
 * Returns: false with @error set
 */
bool
partita_gather(const PartitaGatherOptions *options,
               PartitaGathered *gathered,
               GError **error);

#endif
