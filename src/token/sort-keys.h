// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_SORT_KEYS_H
#define PARTITA_TOKEN_SORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

/**
 * partita_sort_keys:
 * @keys: shape [n], put in ascending order in place
 * @shift: 0 to 63; the bits from this one on tell most keys apart
 *
 * Radix sort by the bits from @shift on, least significant digit first, then
 * insertion; where that takes long, radix sort by all bits. Only the speed
 * depends on @shift. O(n), one allocation.
 */
void
partita_sort_keys(uint64_t *keys, size_t n, unsigned shift);

#endif
