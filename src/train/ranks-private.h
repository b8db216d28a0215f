// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_RANKS_PRIVATE_H
#define PARTITA_TRAIN_RANKS_PRIVATE_H

#include <partita/nn.h>
#include <partita/train.h>

/* Ranks: the processes of one training. Each holds the whole model, takes some
 * of the shards and decides what rank 0 decides. What takes ranks below is
 * called by every rank in the same order, from the thread that joined, and
 * takes NULL for a training of one process. */

/// A transfer on its way.
typedef void *PartitaTransfer;

/// What carries bytes between the ranks. Transfers of a kind are begun by all
/// ranks in one order, those of the two kinds in any.
typedef struct {
  void (*leave)(PartitaRanks *ranks);
  /// The bytes of rank 0 become everybody's.
  void (*broadcast)(PartitaRanks *ranks, void *bytes, size_t size);
  /// @all: shape [ranks, size], of which the own row is filled in; the other
  /// rows come to rank 0, or to @everyone
  void (*gather)(PartitaRanks *ranks, void *all, size_t size, bool everyone);
  /// Row r of @rows, shape [ranks, n], goes to rank r, where it becomes the
  /// sender's row of @received, shape [ranks, n].
  void (*begin_exchange)(PartitaRanks *ranks,
                         const PartitaReal *rows,
                         PartitaReal *received,
                         size_t n,
                         PartitaTransfer *transfer);
  /// As gather to everyone.
  void (*begin_spread)(PartitaRanks *ranks,
                       PartitaReal *rows,
                       size_t n,
                       PartitaTransfer *transfer);
  /// Does not wait. Buffers belong to the caller again once it is done.
  bool (*is_done)(PartitaRanks *ranks, PartitaTransfer *transfer);
} PartitaTransport;

struct PartitaRanks {
  const PartitaTransport *transport;
  size_t rank;
  size_t size;
};

/// What the module that talks to MPI gives, under the name below.
typedef struct {
  /// (transfer full)
  PartitaRanks *(*join)(void);
} PartitaRanksModule;

#define PARTITA_RANKS_MODULE "partita_ranks_module"

void
partita_ranks_broadcast(PartitaRanks *ranks, void *bytes, size_t size);

void
partita_ranks_gather(PartitaRanks *ranks,
                     void *all,
                     size_t size,
                     bool everyone);

/// What rank 0 says.
bool
partita_ranks_agree(PartitaRanks *ranks, bool own);

/* Sums: gradients of all shards of all ranks, in a fixed tree. */

/**
 * partita_sum_shards:
 * @shards: (inout): vectors; the first becomes the sum, others are changed
 * @at: where in each the numbers begin
 *
 * Neighbours first, then pairs of pairs: the order, and so every bit of the
 * result, is a matter of the shards alone. Of 2^k neighbours the sum is one of
 * the tree's nodes, wherever it is taken.
 */
void
partita_sum_shards(PartitaReal *const *shards,
                   size_t n_shards,
                   size_t at,
                   size_t n);

/// Of numbers: the first becomes the sum.
void
partita_sum_numbers(double *numbers, size_t n);

/**
 * PartitaSum:
 *
 * Sums the gradients of all ranks while the way back goes on. The vector is cut
 * into buckets, the last first, and a bucket into a slice a rank. A bucket that
 * is settled is summed over the rank's own shards; each slice goes to its rank,
 * which sums what comes from the others, and the sum goes to everybody. So each
 * rank sends and receives 2 (R - 1) / R times the vector, which is the least
 * (Patarasuk and Yuan 2009, "Bandwidth optimal all-reduce algorithms for
 * clusters of workstations"), and all have the same bits.
 */
typedef struct PartitaSum PartitaSum;

/// What the vectors of shards must have room for, zeros behind the parameters.
size_t
partita_sum_pad(const PartitaRanks *ranks, size_t n_parameters);

/**
 * partita_sum_new:
 * @shards: of this rank, a power of two; the array is copied, the vectors,
 * shape [partita_sum_pad()], are borrowed
 *
 * Returns: (transfer full) (nullable): NULL if memory does not suffice
 */
PartitaSum *
partita_sum_new(PartitaRanks *ranks,
                PartitaReal *const *shards,
                size_t n_shards,
                size_t n_parameters);

void
partita_sum_free(PartitaSum *sum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaSum, partita_sum_free)

/// Begins with new gradients, of which none is settled.
void
partita_sum_begin(PartitaSum *sum);

/**
 * partita_sum_advance:
 * @settled: in every shard gradients at and after this place are final
 *
 * Does what can be done without waiting.
 *
 * Returns: whether the first shard holds the sum
 */
bool
partita_sum_advance(PartitaSum *sum, size_t settled);

/// Whether something is on its way to or from other ranks.
bool
partita_sum_is_busy(const PartitaSum *sum);

#endif
