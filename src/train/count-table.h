// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COUNT_TABLE_H
#define PARTITA_COUNT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A hash table with open addresses: sixteen bytes an entry, at most three
/// quarters full.
typedef struct {
  uint64_t key; ///< below 2^48
  uint32_t count;
  uint32_t types; ///< different ids that followed; for contexts
} PartitaCount;

typedef struct {
  PartitaCount *counts; ///< an entry with count 0 is free
  size_t size;          ///< a power of two
  size_t used;
} PartitaCountTable;

void
partita_count_table_init(PartitaCountTable *table);

void
partita_count_table_clear(PartitaCountTable *table);

/**
 * partita_count_table_add:
 *
 * Counts @key.
 *
 * Returns: (transfer none): its entry, valid until the next call
 */
PartitaCount *
partita_count_table_add(PartitaCountTable *table, uint64_t key);

/// (nullable)
const PartitaCount *
partita_count_table_find(const PartitaCountTable *table, uint64_t key);

#endif
