// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "bench.h"

#include <time.h>

#define REPEATS 5

const BenchCase bench_cases[BENCH_CASES] = {
  {
    .name = "lstm-small",
    .config =
      {
        .architecture = "lstm",
        .vocab = 512,
        .n_fields = 4,
        .field_size = {512, 64, 16, 16},
        .width = 256,
        .hidden = 512,
        .layers = 2,
        .dropout = 0.1,
      },
    .steps = 256,
    .rows = 32,
  },
  {
    .name = "transformer-small",
    .config =
      {
        .architecture = "transformer",
        .vocab = 512,
        .n_fields = 4,
        .field_size = {512, 64, 16, 16},
        .width = 256,
        .hidden = 1024,
        .layers = 6,
        .heads = 4,
        .context = 512,
        .dropout = 0.1,
      },
    .steps = 512,
    .rows = 16,
  },
};

const BenchCase bench_base = {
  .name = "transformer-base",
  .config =
    {
      .architecture = "transformer",
      .vocab = 512,
      .n_fields = 4,
      .field_size = {512, 64, 16, 16},
      .width = 512,
      .hidden = 2048,
      .layers = 8,
      .heads = 8,
      .context = 1024,
      .dropout = 0.1,
    },
  .steps = 1024,
  .rows = 8,
};

size_t
bench_count_weights(const PartitaModelConfig *config)
{
  const size_t width = config->width, hidden = config->hidden;

  if (config->heads > 0)
    return config->layers * (4 * width * width + 2 * width * hidden) +
           config->vocab * width;
  return 4 * hidden * (width + hidden) +
         (config->layers - 1) * 8 * hidden * hidden + config->vocab * hidden;
}

static double
read_clock(clockid_t clock)
{
  struct timespec now;

  (void)clock_gettime(clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double
bench_read_clock(void)
{
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

double
bench_read_wall(void)
{
  return read_clock(CLOCK_MONOTONIC);
}

typedef struct {
  void (*function)(void *);
  void *argument;
  double taken_s;
} Task;

static void *
run_task(void *data)
{
  Task *const task = data;
  const double start = bench_read_clock();

  task->function(task->argument);
  task->taken_s = bench_read_clock() - start;
  return NULL;
}

BenchTime
bench_time(void (*function)(void *), void *const *arguments, size_t n)
{
  BenchTime best = {G_MAXDOUBLE, G_MAXDOUBLE};

  for (int i = 0; i < REPEATS; ++i) {
    GThread *threads[BENCH_THREADS_MAX] = {NULL};
    Task tasks[BENCH_THREADS_MAX];
    const double start = bench_read_wall();
    double longest = 0.0;

    for (size_t t = 0; t < n; ++t) {
      tasks[t] = (Task){function, arguments[t], 0.0};
      threads[t] = g_thread_new("bench", run_task, &tasks[t]);
    }
    for (size_t t = 0; t < n; ++t) {
      (void)g_thread_join(threads[t]);
      longest = MAX(longest, tasks[t].taken_s);
    }
    best.cpu_s = MIN(best.cpu_s, longest);
    best.wall_s = MIN(best.wall_s, bench_read_wall() - start);
  }
  return best;
}
