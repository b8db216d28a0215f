// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

/// What OpenMPI, MPICH and launchers of PMIx set in each process they start.
static const char *const variables[] = {
  "OMPI_COMM_WORLD_SIZE",
  "PMI_SIZE",
  "PMIX_RANK",
};

bool
cli_join_ranks(PartitaRanks **ranks, GError **error)
{
  *ranks = NULL;
  for (size_t i = 0; i < G_N_ELEMENTS(variables); ++i) {
    const char *const value = g_getenv(variables[i]);

    if (value == NULL)
      continue;
    if (g_str_has_suffix(variables[i], "SIZE") && g_str_equal(value, "1"))
      return true;
    *ranks = partita_ranks_join(error);
    return *ranks != NULL;
  }
  return true;
}
