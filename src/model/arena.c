// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/arena.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

PartitaReal *
partita_arena_take(PartitaArena *arena, size_t a, size_t b, size_t c)
{
  const size_t unit = ALIGNMENT / sizeof(PartitaReal);
  PartitaReal *const piece =
    arena->block == NULL ? NULL : arena->block + arena->used;
  size_t n = 0;

  if (!g_size_checked_mul(&n, a, b) || !g_size_checked_mul(&n, n, c) ||
      !g_size_checked_add(&n, n, unit - 1) ||
      !g_size_checked_add(&arena->used, arena->used, n / unit * unit))
    arena->overflow = true;
  return piece;
}

PartitaNnOperand
partita_arena_take_operand(
  PartitaArena *arena, bool half, size_t a, size_t b, size_t c)
{
  PartitaReal *const real = partita_arena_take(arena, a, b, c);

  return half ? partita_arena_take_kept(arena, half, real, a, b, c)
              : (PartitaNnOperand){.real = real};
}

PartitaNnOperand
partita_arena_take_kept(PartitaArena *arena,
                        bool half,
                        PartitaReal *shared,
                        size_t a,
                        size_t b,
                        size_t c)
{
  const size_t halves = sizeof(PartitaReal) / sizeof(uint16_t);

  if (!half)
    return (PartitaNnOperand){.real = partita_arena_take(arena, a, b, c)};
  return (PartitaNnOperand){.real = shared,
                            .half = (uint16_t *)partita_arena_take(
                              arena, a, b, (c + halves - 1) / halves)};
}

static bool
count_bytes(const PartitaArena *arena, size_t *bytes)
{
  return !arena->overflow &&
         g_size_checked_mul(bytes, arena->used, sizeof(PartitaReal));
}

size_t
partita_arena_measure(const PartitaArena *arena, const PartitaNnPlan *plan)
{
  size_t bytes = 0;

  if (plan->failed || !count_bytes(arena, &bytes) ||
      !g_size_checked_add(&bytes, bytes, plan->weights_size))
    return G_MAXSIZE;
  return bytes;
}

bool
partita_arena_begin(PartitaArena *arena)
{
  size_t bytes = 0;

  if (!count_bytes(arena, &bytes))
    return false;
  arena->block = aligned_alloc(ALIGNMENT, bytes);
  if (arena->block == NULL)
    return false;
  memset(arena->block, 0, bytes);
  arena->used = 0;
  return true;
}

void *
partita_arena_take_bytes(PartitaArena *arena, size_t n, size_t size)
{
  size_t bytes = 0;

  if (!g_size_checked_mul(&bytes, n, size) ||
      !g_size_checked_add(&bytes, bytes, sizeof(PartitaReal) - 1))
    arena->overflow = true;
  return partita_arena_take(arena, bytes / sizeof(PartitaReal), 1, 1);
}
