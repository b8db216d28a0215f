// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_RUNS_H
#define PARTITA_CORPUS_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs of steps that lines share. A line is what partita_line_get() gives. */

/// Steps a fingerprint is taken of. Two lines that share one share a run of
/// that many, and every run of PARTITA_RUN_MIN has one in common.
#define PARTITA_GRAM 28
#define PARTITA_GRAM_WINDOW 5

typedef void
PartitaFingerprintVisitor(uint64_t hash, void *data);

/**
 * partita_runs_fingerprint:
 *
 * Visits the smallest hash of every PARTITA_GRAM_WINDOW neighbouring grams,
 * once for each place it stands at. Grams of few different steps do not count:
 * scales, tremolos and broken chords are everybody's.
 *
 * Source: Schleimer, Wilkerson and Aiken 2003, "Winnowing: local algorithms
 * for document fingerprinting", figure 5.
 * Cost: O(n), no allocation.
 */
void
partita_runs_fingerprint(const uint16_t *line,
                         size_t n,
                         PartitaFingerprintVisitor *visit,
                         void *data);

/// How many steps of @a lie in runs of @run or more that @b has too.
size_t
partita_runs_cover(
  const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, size_t run);

/**
 * partita_runs_longest:
 *
 * Cost: O(n log^2 n) by halving: runs of every length up to the longest are
 * shared.
 *
 * Returns: the length of the longest run of steps that both have
 */
size_t
partita_runs_longest(const uint16_t *a,
                     size_t n_a,
                     const uint16_t *b,
                     size_t n_b);

#endif
