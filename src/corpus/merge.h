// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_MERGE_H
#define PARTITA_CORPUS_MERGE_H

#include <corpus/gather.h>
#include <corpus/index.h>

/**
 * partita_merge:
 *
 * Finds duplicates and families among the records, labels the pieces, and
 * says of every item what became of it.
 *
 * Returns: (transfer full) (nullable): the index, whose files lie in the
 * scratch; NULL with @error set
 */
PartitaIndex *
partita_merge(const PartitaGatherOptions *gather,
              const PartitaGathered *gathered,
              GError **error);

#endif
