// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <token/sort-keys.h>

#define DIGIT_BITS_MAX 11u
#define SMALL 48

/* Moves in insertion, a key, before it gives up. */
#define MOVES_MAX 4

/// Returns whether all are in order: insertion ends after @moves_left moves.
static bool
insert_keys(uint64_t *keys, size_t n, size_t moves_left)
{
  for (size_t i = 1; i < n; ++i) {
    const uint64_t key = keys[i];
    size_t at = i;

    for (; at > 0 && keys[at - 1] > key && moves_left > 0; --at) {
      keys[at] = keys[at - 1];
      --moves_left;
    }
    keys[at] = key;
  }
  return moves_left > 0;
}

/// One stable pass by the digit of @width bits at @shift.
static void
sort_digit(
  const uint64_t *from, uint64_t *to, size_t n, unsigned shift, unsigned width)
{
  uint32_t start[1u << DIGIT_BITS_MAX] = {0};
  const uint64_t mask = (1u << width) - 1;
  uint32_t sum = 0;

  for (size_t i = 0; i < n; ++i)
    ++start[from[i] >> shift & mask];
  for (size_t d = 0; d <= mask; ++d) {
    const uint32_t count = start[d];

    start[d] = sum;
    sum += count;
  }
  for (size_t i = 0; i < n; ++i)
    to[start[from[i] >> shift & mask]++] = from[i];
}

/// Sorts @keys, which differ in the bits of @differ, by the bits from @low on.
static void
sort_digits(
  uint64_t *keys, uint64_t *spare, size_t n, unsigned low, uint64_t differ)
{
  unsigned bits = 0;
  uint64_t *from = keys;
  uint64_t *to = spare;

  while (low + bits < 64 && differ >> (low + bits) > 0)
    ++bits;

  const unsigned n_digits = (bits + DIGIT_BITS_MAX - 1) / DIGIT_BITS_MAX;

  for (unsigned d = 0; d < n_digits; ++d) {
    const unsigned width = (bits + n_digits - 1) / n_digits;
    const unsigned shift = low + d * width;

    if ((differ >> shift & ((1u << width) - 1)) == 0)
      continue; // all alike in this digit
    sort_digit(from, to, n, shift, width);

    uint64_t *const swap = from;

    from = to;
    to = swap;
  }
  if (from != keys)
    memcpy(keys, from, n * sizeof *keys);
}

void
partita_sort_keys(uint64_t *keys, size_t n, unsigned shift)
{
  uint64_t any = 0;
  uint64_t all = UINT64_MAX;

  if (n <= SMALL) {
    (void)insert_keys(keys, n, SIZE_MAX);
    return;
  }
  for (size_t i = 0; i < n; ++i) {
    any |= keys[i];
    all &= keys[i];
  }

  g_autofree uint64_t *spare = g_new(uint64_t, n);

  sort_digits(keys, spare, n, shift, any ^ all);
  if (!insert_keys(keys, n, MOVES_MAX * n))
    sort_digits(keys, spare, n, 0, any ^ all);
}
