// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <train/train-private.h>

#define N_TRANSPOSITIONS (PARTITA_TRANSPOSE_MAX - PARTITA_TRANSPOSE_MIN + 1)
#define N_CONTROLS 6

// Draws without putting back until one fits: uniform over those that fit.
// None at all always does.
static void
transpose(const PartitaScheme *scheme,
          GArray *ids,
          uint64_t seed,
          uint64_t serial)
{
  int left[N_TRANSPOSITIONS];

  for (int i = 0; i < N_TRANSPOSITIONS; ++i)
    left[i] = PARTITA_TRANSPOSE_MIN + i;
  for (uint32_t n = N_TRANSPOSITIONS; n > 0; --n) {
    const uint32_t drawn =
      partita_random_below(seed, PARTITA_RANDOM_AUGMENT, serial, n, n);

    if (partita_scheme_transpose(scheme, (uint16_t *)(void *)ids->data,
                                 ids->len, left[drawn]))
      return;
    left[drawn] = left[n - 1];
  }
}

static unsigned
draw_controls(uint64_t seed, uint64_t serial)
{
  const uint64_t first = N_TRANSPOSITIONS + 1;
  unsigned controls = 0;

  if (partita_random_below(seed, PARTITA_RANDOM_AUGMENT, serial, first, 8) == 0)
    return PARTITA_CONTROL_ALL;
  for (unsigned i = 0; i < N_CONTROLS; ++i)
    if (partita_random_below(seed, PARTITA_RANDOM_AUGMENT, serial,
                             first + 1 + i, 4) == 0)
      controls |= 1u << i;
  return controls;
}

uint32_t
partita_augment_draw_style(uint64_t seed, uint64_t serial, uint32_t n)
{
  const uint64_t index = N_TRANSPOSITIONS + 2 + N_CONTROLS;

  return partita_random_below(seed, PARTITA_RANDOM_AUGMENT, serial, index, n);
}

void
partita_augment(const PartitaScheme *scheme,
                GArray *ids,
                bool transposing,
                uint64_t seed,
                uint64_t serial)
{
  if (transposing)
    transpose(scheme, ids, seed, serial);

  const size_t n =
    partita_scheme_drop_controls(scheme, (uint16_t *)(void *)ids->data,
                                 ids->len, draw_controls(seed, serial));
  g_array_set_size(ids, (guint)n);
}
