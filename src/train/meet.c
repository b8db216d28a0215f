// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Before the first step: that the ranks are about to do the same. */

#include <string.h>
#include <train/run-private.h>

#define DIGEST_SIZE 32

/// (transfer full): shape [ranks, size]: what each rank has
static uint8_t *
gather(PartitaRanks *ranks, const void *own, size_t size)
{
  uint8_t *all = g_malloc0_n(partita_ranks_get_size(ranks), size);

  memcpy(all + partita_ranks_get_rank(ranks) * size, own, size);
  partita_ranks_gather(ranks, all, size, true);
  return all;
}

/// The first rank that has something else than rank 0; 0 if none.
static size_t
find_other(PartitaRanks *ranks, const void *own, size_t size)
{
  g_autofree uint8_t *all = gather(ranks, own, size);

  for (size_t r = 1; r < partita_ranks_get_size(ranks); ++r)
    if (memcmp(all, all + r * size, size) != 0)
      return r;
  return 0;
}

static bool
compare(PartitaRanks *ranks, const char *key, const char *value, GError **error)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  uint8_t digest[DIGEST_SIZE];
  gsize size = sizeof digest;

  g_checksum_update(sum, (const guchar *)value, -1);
  g_checksum_get_digest(sum, digest, &size);

  const size_t other = find_other(ranks, digest, sizeof digest);

  if (other == 0)
    return true;
  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RANKS,
              "process %zu has another %s than process 0", other, key);
  return false;
}

bool
partita_run_meet(PartitaRun *run, GError **error)
{
  PartitaRanks *const ranks = run->options->ranks;
  char core[64] = "";

  for (char **pair = run->identity; *pair != NULL; pair += 2)
    if (!compare(ranks, pair[0], pair[1], error))
      return false;
  g_strlcpy(core, partita_nn_get_core_name(), sizeof core);
  run->mixed_ranks = find_other(ranks, core, sizeof core) != 0;
  run->other_core = run->mixed_ranks;
  return true;
}
