// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef THREAD_RANKS_H
#define THREAD_RANKS_H

#include <string.h>
#include <train/ranks-private.h>

/* Ranks that are threads of one process: what is tested over them holds for
 * any transport that does what its header says, and sanitizers see all. */

#define RANKS_MAX 8
#define MEETINGS_MAX 20000

/// Where the ranks meet for one transfer; the n-th of its kind of each rank.
typedef struct {
  const void *given[RANKS_MAX];
  void *wanted[RANKS_MAX];
  bool taken[RANKS_MAX];
  size_t n_given;
  size_t n_taken;
  size_t size; // bytes of a row
} Meeting;

typedef enum { KIND_BROADCAST, KIND_GATHER, KIND_EXCHANGE, KIND_SPREAD } Kind;

#define N_KINDS 4

typedef struct {
  size_t n_ranks;
  GMutex lock;
  GCond changed;
  Meeting *meetings[N_KINDS]; // shape [MEETINGS_MAX]
} World;

typedef struct {
  PartitaRanks base;
  World *world;
  size_t n_met[N_KINDS];
} ThreadRanks;

static inline Meeting *
meet(
  ThreadRanks *ranks, Kind kind, const void *given, void *wanted, size_t size)
{
  World *world = ranks->world;
  const size_t n = ranks->n_met[kind]++;
  Meeting *meeting = &world->meetings[kind][n];

  g_assert_cmpuint(n, <, MEETINGS_MAX);
  g_mutex_lock(&world->lock);
  g_assert_true(meeting->n_given == 0 || meeting->size == size);
  meeting->given[ranks->base.rank] = given;
  meeting->wanted[ranks->base.rank] = wanted;
  meeting->size = size;
  ++meeting->n_given;
  g_cond_broadcast(&world->changed);
  g_mutex_unlock(&world->lock);
  return meeting;
}

// With the lock held, once all have given.
static inline void
take(ThreadRanks *ranks, Kind kind, Meeting *meeting)
{
  const size_t own = ranks->base.rank;
  const size_t size = meeting->size;
  uint8_t *to = meeting->wanted[own];

  for (size_t r = 0; r < ranks->world->n_ranks; ++r) {
    const uint8_t *from = meeting->given[r];

    if (kind == KIND_EXCHANGE)
      memcpy(to + r * size, from + own * size, size);
    else if (kind == KIND_BROADCAST && r == 0 && own != 0)
      memcpy(to, from, size);
    else if (kind != KIND_BROADCAST && r != own)
      memcpy(to + r * size, from + r * size, size);
  }
  meeting->taken[own] = true;
  ++meeting->n_taken;
  g_cond_broadcast(&ranks->world->changed);
}

// A buffer is its owner's again once everybody has taken from it.
static inline bool
is_over(ThreadRanks *ranks, Kind kind, Meeting *meeting)
{
  const size_t n = ranks->world->n_ranks;

  if (meeting->n_given == n && !meeting->taken[ranks->base.rank])
    take(ranks, kind, meeting);
  return meeting->n_taken == n;
}

static inline void
wait_for(ThreadRanks *ranks, Kind kind, Meeting *meeting)
{
  g_mutex_lock(&ranks->world->lock);
  while (!is_over(ranks, kind, meeting))
    g_cond_wait(&ranks->world->changed, &ranks->world->lock);
  g_mutex_unlock(&ranks->world->lock);
}

static inline void
thread_leave(PartitaRanks *ranks)
{
  g_free(ranks);
}

static inline void
thread_broadcast(PartitaRanks *base, void *bytes, size_t size)
{
  ThreadRanks *ranks = (ThreadRanks *)base;

  wait_for(ranks, KIND_BROADCAST,
           meet(ranks, KIND_BROADCAST, bytes, bytes, size));
}

static inline void
thread_gather(PartitaRanks *base, void *all, size_t size, bool everyone)
{
  ThreadRanks *ranks = (ThreadRanks *)base;
  // What only rank 0 is to get, the others get where nobody looks.
  g_autofree uint8_t *copy = g_memdup2(all, size * base->size);
  const bool own = everyone || base->rank == 0;

  wait_for(ranks, KIND_GATHER,
           meet(ranks, KIND_GATHER, all, own ? all : copy, size));
}

static inline void
thread_begin_exchange(PartitaRanks *base,
                      const PartitaReal *rows,
                      PartitaReal *received,
                      size_t n,
                      PartitaTransfer *transfer)
{
  *transfer =
    meet((ThreadRanks *)base, KIND_EXCHANGE, rows, received, n * sizeof *rows);
}

static inline void
thread_begin_spread(PartitaRanks *base,
                    PartitaReal *rows,
                    size_t n,
                    PartitaTransfer *transfer)
{
  *transfer =
    meet((ThreadRanks *)base, KIND_SPREAD, rows, rows, n * sizeof *rows);
}

static inline bool
thread_is_done(PartitaRanks *base, PartitaTransfer *transfer)
{
  ThreadRanks *ranks = (ThreadRanks *)base;
  Meeting *meeting = *transfer;
  World *world = ranks->world;
  const Meeting *spreads = world->meetings[KIND_SPREAD];
  const bool spread = meeting >= spreads && meeting < spreads + MEETINGS_MAX;

  g_mutex_lock(&world->lock);
  const bool over =
    is_over(ranks, spread ? KIND_SPREAD : KIND_EXCHANGE, meeting);
  g_mutex_unlock(&world->lock);
  return over;
}

static inline PartitaRanks *
thread_ranks_new(World *world, size_t rank)
{
  static const PartitaTransport transport = {
    .leave = thread_leave,
    .broadcast = thread_broadcast,
    .gather = thread_gather,
    .begin_exchange = thread_begin_exchange,
    .begin_spread = thread_begin_spread,
    .is_done = thread_is_done,
  };
  ThreadRanks *ranks = g_new0(ThreadRanks, 1);

  ranks->base = (PartitaRanks){&transport, rank, world->n_ranks};
  ranks->world = world;
  return &ranks->base;
}

static inline void
world_init(World *world, size_t n_ranks)
{
  *world = (World){.n_ranks = n_ranks};
  g_mutex_init(&world->lock);
  g_cond_init(&world->changed);
  for (size_t i = 0; i < N_KINDS; ++i)
    world->meetings[i] = g_new0(Meeting, MEETINGS_MAX);
}

static inline void
world_clear(World *world)
{
  for (size_t i = 0; i < N_KINDS; ++i)
    g_free(world->meetings[i]);
  g_mutex_clear(&world->lock);
  g_cond_clear(&world->changed);
}

#endif
