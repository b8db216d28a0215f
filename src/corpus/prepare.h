// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PREPARE_H
#define PARTITA_CORPUS_PREPARE_H

#include <partita/corpus.h>

/**
 * partita_corpus_open:
 * @folder: a prepared corpus
 *
 * Maps the index and the shards, and checks that whatever they hold can be
 * used without harm.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PartitaCorpus *
partita_corpus_open(const char *folder,
                    const PartitaCorpusOptions *options,
                    GError **error);

#endif
