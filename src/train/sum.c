// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <train/ranks-private.h>

/// Numbers of a bucket, about: small enough that the first is on its way while
/// most layers still compute, large enough that messages are not all latency.
#define BUCKET_SIZE ((size_t)1 << 19)

struct PartitaSum {
  PartitaRanks *ranks;
  PartitaReal **shards; // shape [n_shards], vectors borrowed
  size_t n_shards;
  size_t n_buckets;
  size_t slice;              // numbers of one
  PartitaReal *received;     // shape [n_buckets, ranks, slice]
  PartitaReal **parts;       // shape [ranks]: of the slice at hand
  PartitaTransfer *exchange; // shape [n_buckets], the last bucket first
  PartitaTransfer *spread;   // shape [n_buckets]
  size_t n_exchanging;       // buckets whose exchange has begun
  size_t n_spreading;        // whose spread has
  size_t n_done;
};

void
partita_sum_shards(PartitaReal *const *shards,
                   size_t n_shards,
                   size_t at,
                   size_t n)
{
  for (size_t stride = 1; stride < n_shards; stride *= 2)
    for (size_t i = 0; i + stride < n_shards; i += 2 * stride)
      partita_nn_add(shards[i] + at, shards[i + stride] + at, n);
}

void
partita_sum_numbers(double *numbers, size_t n)
{
  for (size_t stride = 1; stride < n; stride *= 2)
    for (size_t i = 0; i + stride < n; i += 2 * stride)
      numbers[i] += numbers[i + stride];
}

static size_t
count_buckets(size_t n_parameters)
{
  return MAX(n_parameters / BUCKET_SIZE, 1u);
}

static size_t
find_slice(size_t n_ranks, size_t n_parameters)
{
  const size_t n_slices = n_ranks * count_buckets(n_parameters);

  return (n_parameters + n_slices - 1) / n_slices;
}

size_t
partita_sum_pad(const PartitaRanks *ranks, size_t n_parameters)
{
  const size_t n_ranks = partita_ranks_get_size(ranks);

  return n_ranks * count_buckets(n_parameters) *
         find_slice(n_ranks, n_parameters);
}

PartitaSum *
partita_sum_new(PartitaRanks *ranks,
                PartitaReal *const *shards,
                size_t n_shards,
                size_t n_parameters)
{
  PartitaSum *sum = g_new0(PartitaSum, 1);

  sum->ranks = ranks;
  sum->shards = g_memdup2(shards, n_shards * sizeof *shards);
  sum->n_shards = n_shards;
  sum->n_buckets = count_buckets(n_parameters);
  sum->slice = find_slice(ranks->size, n_parameters);
  sum->parts = g_new0(PartitaReal *, ranks->size);
  sum->exchange = g_new0(PartitaTransfer, sum->n_buckets);
  sum->spread = g_new0(PartitaTransfer, sum->n_buckets);
  sum->received = g_try_new(PartitaReal, partita_sum_pad(ranks, n_parameters));
  if (sum->received == NULL)
    g_clear_pointer(&sum, partita_sum_free);
  return sum;
}

void
partita_sum_free(PartitaSum *sum)
{
  if (sum == NULL)
    return;
  g_free(sum->received);
  g_free(sum->spread);
  g_free(sum->exchange);
  g_free(sum->parts);
  g_free(sum->shards);
  g_free(sum);
}

void
partita_sum_begin(PartitaSum *sum)
{
  sum->n_exchanging = sum->n_spreading = sum->n_done = 0;
}

// Where bucket @i of those on their way begins.
static size_t
find_start(const PartitaSum *sum, size_t i)
{
  return (sum->n_buckets - 1 - i) * sum->ranks->size * sum->slice;
}

static void
begin_exchange(PartitaSum *sum, size_t i)
{
  const size_t at = find_start(sum, i);

  partita_sum_shards(sum->shards, sum->n_shards, at,
                     sum->ranks->size * sum->slice);
  sum->ranks->transport->begin_exchange(sum->ranks, sum->shards[0] + at,
                                        sum->received + at, sum->slice,
                                        &sum->exchange[i]);
}

static void
begin_spread(PartitaSum *sum, size_t i)
{
  const size_t at = find_start(sum, i);
  PartitaReal *const rows = sum->shards[0] + at;

  for (size_t r = 0; r < sum->ranks->size; ++r)
    sum->parts[r] = sum->received + at + r * sum->slice;
  partita_sum_shards(sum->parts, sum->ranks->size, 0, sum->slice);
  memcpy(rows + sum->ranks->rank * sum->slice, sum->parts[0],
         sum->slice * sizeof *rows);
  sum->ranks->transport->begin_spread(sum->ranks, rows, sum->slice,
                                      &sum->spread[i]);
}

bool
partita_sum_advance(PartitaSum *sum, size_t settled)
{
  const PartitaTransport *const transport = sum->ranks->transport;

  while (sum->n_exchanging < sum->n_buckets &&
         find_start(sum, sum->n_exchanging) >= settled)
    begin_exchange(sum, sum->n_exchanging++);
  while (sum->n_spreading < sum->n_exchanging &&
         transport->is_done(sum->ranks, &sum->exchange[sum->n_spreading]))
    begin_spread(sum, sum->n_spreading++);
  while (sum->n_done < sum->n_spreading &&
         transport->is_done(sum->ranks, &sum->spread[sum->n_done]))
    ++sum->n_done;
  return sum->n_done == sum->n_buckets;
}

bool
partita_sum_is_busy(const PartitaSum *sum)
{
  return sum->n_done < sum->n_exchanging;
}
