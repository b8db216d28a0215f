// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_CORPUS_FIXTURE_H
#define PARTITA_TESTS_CORPUS_FIXTURE_H

#include <partita/corpus.h>

/// A new, empty folder; fixture_remove() takes it away with all it holds.
char *
fixture_folder(void);

/// Frees @folder too.
void
fixture_remove(char *folder);

/// Makes the folders above it as well.
void
fixture_write(const char *folder, const char *path, const char *text);

/// A short piece in 4/4; each @number gives another melody.
PartitaScore *
fixture_piece(unsigned number);

void
fixture_write_piece(const char *folder, const char *path, unsigned number);

void
fixture_write_score(const char *folder,
                    const char *path,
                    const PartitaScore *score);

/// Reads with `remi`, seed 0 and a tenth held out; must succeed.
PartitaCorpus *
fixture_read(const char *folder);

/// (transfer full) (element-type uint16_t): a piece's ids with its first style
GArray *
fixture_get_ids(const PartitaCorpus *corpus, size_t index);

/// The name of the entry's only style; NULL if it has none.
const char *
fixture_get_style(const PartitaCorpus *corpus, PartitaLedgerEntry entry);

/// The ledger's line for @path, which must have one.
PartitaLedgerEntry
fixture_find(const PartitaCorpus *corpus, const char *path);

/**
 * fixture_dance:
 * @first: tick of the first bar line, below a bar
 *
 * Bass on the first beat, chords on the others, a melody that moves on the
 * eighths; 480 ticks a quarter, no metre declared.
 */
PartitaScore *
fixture_dance(unsigned beats, unsigned bars, uint32_t first);

#endif
