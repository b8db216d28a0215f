// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_ARENA_H
#define PARTITA_MODEL_ARENA_H

#include <partita/product.h>

/**
 * PartitaArena:
 *
 * One block of memory, handed out in pieces aligned to 64 bytes. A structure
 * is laid out twice by the same function: once to measure, with no block, and
 * once to hand out.
 */
typedef struct {
  PartitaReal *block; ///< NULL while measuring
  size_t used;        ///< in numbers
  bool overflow;      ///< a size passed the range of size_t
} PartitaArena;

/// The product of the three sizes in numbers; NULL while measuring.
PartitaReal *
partita_arena_take(PartitaArena *arena, size_t a, size_t b, size_t c);

/// The same, with as many numbers of bf16 beside them if @half.
PartitaNnOperand
partita_arena_take_operand(
  PartitaArena *arena, bool half, size_t a, size_t b, size_t c);

/// What is kept for a product to read: with @half in bf16 alone, beside @shared
/// that others use too.
PartitaNnOperand
partita_arena_take_kept(PartitaArena *arena,
                        bool half,
                        PartitaReal *shared,
                        size_t a,
                        size_t b,
                        size_t c);

/// Bytes of the measured arena's block and of the weights of the measured
/// @plan; G_MAXSIZE if they pass the range or the plan failed.
size_t
partita_arena_measure(const PartitaArena *arena, const PartitaNnPlan *plan);

/// Gives the measured arena its block, filled with zeros, to begin again;
/// false if memory does not suffice. The caller frees the block with free().
bool
partita_arena_begin(PartitaArena *arena);

/// As partita_arena_take(), room for @n things of @size bytes each.
void *
partita_arena_take_bytes(PartitaArena *arena, size_t n, size_t size);

#endif
