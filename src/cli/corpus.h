// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_CORPUS_H
#define PARTITA_CLI_CORPUS_H

#include <partita/corpus.h>
#include <stdbool.h>

/**
 * cli_corpus_read:
 * @options: but for the progress, which is filled in if @shown
 *
 * partita_corpus_read() with a line that tells how far it is; with --verbose
 * each file that was mended or skipped is named.
 */
PartitaCorpus *
cli_corpus_read(const char *folder,
                const PartitaCorpusOptions *options,
                bool shown,
                GError **error);

#endif
