// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PAGES_H
#define PARTITA_CORPUS_PAGES_H

#include <base/scratch.h>

/**
 * PartitaPages:
 *
 * Keeps what is resident of mapped files and of a scratch small: after every
 * 16 MiB that were read of them, about, all pages are given back, to be read
 * again from the disk or its cache.
 */
typedef struct PartitaPages PartitaPages;

/// @maps: (nullable) (element-type GVariant): each a map of its own, of whole
/// pages
/// @scratch: (transfer none) (nullable)
PartitaPages *
partita_pages_new(GPtrArray *maps, PartitaScratch *scratch);

void
partita_pages_free(PartitaPages *pages);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaPages, partita_pages_free)

/// Some @bytes in one place were read, or will be. Thread-safe.
/// @pages: (nullable): of what is in memory
void
partita_pages_touch(PartitaPages *pages, size_t bytes);

/// Gives the pages of one map back at once.
void
partita_pages_give_back(GVariant *map);

#endif
