// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Ranks over MPI. Its own error handler stands: whatever fails ends the whole
 * job with a message, and so does a rank that ends without leaving. */

#include <mpi.h>
#include <string.h>
#include <train/ranks-private.h>

/// Of one message: MPI counts in int.
#define BYTES_MAX ((size_t)1 << 30)

typedef struct {
  PartitaRanks base;
  // Apart, for the collectives of one communicator keep one order.
  MPI_Comm exchanges;
  MPI_Comm spreads;
} MpiRanks;

G_STATIC_ASSERT(sizeof(MPI_Request) <= sizeof(PartitaTransfer));
G_STATIC_ASSERT(sizeof(PartitaReal) == sizeof(float));

static void
leave(PartitaRanks *ranks)
{
  MpiRanks *mpi = (MpiRanks *)ranks;

  MPI_Comm_free(&mpi->exchanges);
  MPI_Comm_free(&mpi->spreads);
  MPI_Finalize();
  g_free(mpi);
}

static void
broadcast(PartitaRanks *ranks, void *bytes, size_t size)
{
  uint8_t *at = bytes;

  (void)ranks;
  for (size_t part; size > 0; at += part, size -= part) {
    part = MIN(size, BYTES_MAX);
    MPI_Bcast(at, (int)part, MPI_BYTE, 0, MPI_COMM_WORLD);
  }
}

static void
gather(PartitaRanks *ranks, void *all, size_t size, bool everyone)
{
  const int n = (int)size; // a rank's state is far smaller than its worker
  uint8_t *const own = (uint8_t *)all + ranks->rank * size;

  if (everyone)
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_BYTE, all, n, MPI_BYTE, MPI_COMM_WORLD);
  else if (ranks->rank == 0)
    MPI_Gather(MPI_IN_PLACE, 0, MPI_BYTE, all, n, MPI_BYTE, 0, MPI_COMM_WORLD);
  else
    MPI_Gather(own, n, MPI_BYTE, NULL, 0, MPI_BYTE, 0, MPI_COMM_WORLD);
}

static void
keep(PartitaTransfer *transfer, MPI_Request request)
{
  memcpy(transfer, &request, sizeof request);
}

static void
begin_exchange(PartitaRanks *ranks,
               const PartitaReal *rows,
               PartitaReal *received,
               size_t n,
               PartitaTransfer *transfer)
{
  const MpiRanks *mpi = (const MpiRanks *)ranks;
  MPI_Request request;

  MPI_Ialltoall(rows, (int)n, MPI_FLOAT, received, (int)n, MPI_FLOAT,
                mpi->exchanges, &request);
  keep(transfer, request);
}

static void
begin_spread(PartitaRanks *ranks,
             PartitaReal *rows,
             size_t n,
             PartitaTransfer *transfer)
{
  const MpiRanks *mpi = (const MpiRanks *)ranks;
  MPI_Request request;

  MPI_Iallgather(MPI_IN_PLACE, 0, MPI_FLOAT, rows, (int)n, MPI_FLOAT,
                 mpi->spreads, &request);
  keep(transfer, request);
}

static bool
is_done(PartitaRanks *ranks, PartitaTransfer *transfer)
{
  MPI_Request request;
  int done = 0;

  (void)ranks;
  memcpy(&request, transfer, sizeof request);
  MPI_Test(&request, &done, MPI_STATUS_IGNORE);
  keep(transfer, request);
  return done != 0;
}

static const PartitaTransport transport = {
  .leave = leave,
  .broadcast = broadcast,
  .gather = gather,
  .begin_exchange = begin_exchange,
  .begin_spread = begin_spread,
  .is_done = is_done,
};

static PartitaRanks *
join(void)
{
  MpiRanks *mpi = g_new0(MpiRanks, 1);
  int given = 0, rank = 0, size = 1;

  MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Comm_dup(MPI_COMM_WORLD, &mpi->exchanges);
  MPI_Comm_dup(MPI_COMM_WORLD, &mpi->spreads);
  mpi->base = (PartitaRanks){&transport, (size_t)rank, (size_t)size};
  return &mpi->base;
}

PARTITA_API const PartitaRanksModule partita_ranks_module = {.join = join};
