// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib.h>
#include <train/count-table.h>

#define SIZE_AT_FIRST 1024

// Multiplication by 2^64 over the golden ratio carries every bit of the key
// into the high ones. Source: Knuth, TAOCP vol. 3, section 6.4.
static size_t
find_slot(const PartitaCountTable *table, uint64_t key)
{
  const uint64_t mixed = (key ^ key >> 29) * 0x9E3779B97F4A7C15u;
  size_t slot = (size_t)(mixed >> 20) & (table->size - 1);

  while (table->counts[slot].count != 0 && table->counts[slot].key != key)
    slot = (slot + 1) & (table->size - 1);
  return slot;
}

void
partita_count_table_init(PartitaCountTable *table)
{
  table->size = SIZE_AT_FIRST;
  table->used = 0;
  table->counts = g_new0(PartitaCount, table->size);
}

void
partita_count_table_clear(PartitaCountTable *table)
{
  g_clear_pointer(&table->counts, g_free);
}

static void
grow(PartitaCountTable *table)
{
  g_autofree PartitaCount *old = table->counts;
  const size_t old_size = table->size;

  table->size *= 2;
  table->counts = g_new0(PartitaCount, table->size);
  for (size_t i = 0; i < old_size; ++i)
    if (old[i].count != 0)
      table->counts[find_slot(table, old[i].key)] = old[i];
}

PartitaCount *
partita_count_table_add(PartitaCountTable *table, uint64_t key)
{
  if (table->used + 1 > table->size / 4 * 3)
    grow(table);

  PartitaCount *count = &table->counts[find_slot(table, key)];
  if (count->count == 0) {
    count->key = key;
    ++table->used;
  }
  ++count->count;
  return count;
}

const PartitaCount *
partita_count_table_find(const PartitaCountTable *table, uint64_t key)
{
  const PartitaCount *count = &table->counts[find_slot(table, key)];

  return count->count == 0 ? NULL : count;
}
