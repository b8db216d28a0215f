// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib.h>
#include <string.h>
#include <token/sort-keys.h>

#define DIGIT_BITS 11
#define N_DIGITS (1u << DIGIT_BITS)
#define SMALL 48

static void
insert_keys(uint64_t *keys, size_t n)
{
  for (size_t i = 1; i < n; ++i) {
    const uint64_t key = keys[i];
    size_t at = i;

    for (; at > 0 && keys[at - 1] > key; --at)
      keys[at] = keys[at - 1];
    keys[at] = key;
  }
}

void
partita_sort_keys(uint64_t *keys, size_t n, unsigned bits)
{
  if (n <= SMALL) {
    insert_keys(keys, n);
    return;
  }

  g_autofree uint64_t *spare = g_new(uint64_t, n);
  uint64_t *from = keys;
  uint64_t *to = spare;

  for (unsigned shift = 0; shift < bits; shift += DIGIT_BITS) {
    size_t start[N_DIGITS] = {0};
    size_t sum = 0;

    for (size_t i = 0; i < n; ++i)
      ++start[from[i] >> shift & (N_DIGITS - 1)];
    if (start[from[0] >> shift & (N_DIGITS - 1)] == n)
      continue; // all alike in this digit
    for (size_t d = 0; d < N_DIGITS; ++d) {
      const size_t count = start[d];

      start[d] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; ++i)
      to[start[from[i] >> shift & (N_DIGITS - 1)]++] = from[i];

    uint64_t *const swap = from;

    from = to;
    to = swap;
  }
  if (from != keys)
    memcpy(keys, from, n * sizeof *keys);
}
