// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BENCH_H
#define PARTITA_BENCH_H

#include <model/model-private.h>

/// A model of a standard size and the chunks it learns from.
typedef struct {
  const char *name;
  PartitaModelConfig config;
  size_t steps;
  size_t rows; ///< of the batch
} BenchCase;

#define BENCH_CASES 2

/// LSTM and Transformer of size small.
extern const BenchCase bench_cases[BENCH_CASES];

/// A Transformer of size base.
extern const BenchCase bench_base;

/// Weights that every token meets in products.
size_t
bench_count_weights(const PartitaModelConfig *config);

/// Seconds of the thread on its processor: others use the machine too.
double
bench_read_clock(void);

/// Seconds that pass.
double
bench_read_wall(void);

typedef struct {
  double cpu_s; ///< of the thread that took longest
  double wall_s;
} BenchTime;

#define BENCH_THREADS_MAX 2

/// Runs @function on each of @n arguments at once, each on its own thread,
/// some times: the best of each clock.
BenchTime
bench_time(void (*function)(void *), void *const *arguments, size_t n);

#endif
