// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_SORT_KEYS_H
#define PARTITA_TOKEN_SORT_KEYS_H

#include <stddef.h>
#include <stdint.h>

/**
 * partita_sort_keys:
 * @keys: shape [n], put in ascending order in place
 * @bits: every key is below 2^bits
 *
 * Radix sort, least significant digit first. O(n), one allocation.
 */
void
partita_sort_keys(uint64_t *keys, size_t n, unsigned bits);

#endif
