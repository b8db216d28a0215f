// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_CHANCE_H
#define CORPUS_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/// The random numbers of one piece, drawn one after the other.
typedef struct {
  uint64_t piece;
  uint64_t next;
} Chance;

/// At least 0 and below @n.
int
chance_below(Chance *chance, int n);

/// Whether something of @percent likelihood comes about.
bool
chance_hit(Chance *chance, int percent);

/// At least @low and at most @high.
int
chance_between(Chance *chance, int low, int high);

/// An index below @n, in proportion to @weights, whose sum is above 0.
int
chance_weighted(Chance *chance, const double *weights, int n);

#endif
