// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* MPI is in a module of its own, beside the library, that only a training of
 * several processes loads: everybody else neither waits for it nor needs it. */

#include <dlfcn.h>
#include <string.h>
#include <train/ranks-private.h>

#define MODULE_FILE "libpartita-mpi.so"

static bool
refuse(GError **error, const char *why)
{
  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RANKS,
              "several processes, but no MPI to join them: %s",
              why != NULL ? why : "unknown");
  return false;
}

static const PartitaRanksModule *
load(GError **error)
{
  static const int anchor = 0;
  Dl_info self;

  if (dladdr(&anchor, &self) == 0) {
    refuse(error, dlerror());
    return NULL;
  }

  g_autofree char *folder = g_path_get_dirname(self.dli_fname);
  g_autofree char *path = g_build_filename(folder, MODULE_FILE, NULL);
  // Never closed: MPI cannot be begun twice. Global: MPI loads modules too.
  void *const module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  const PartitaRanksModule *found =
    module != NULL ? dlsym(module, PARTITA_RANKS_MODULE) : NULL;

  if (found == NULL)
    refuse(error, dlerror());
  return found;
}

PartitaRanks *
partita_ranks_join(GError **error)
{
  const PartitaRanksModule *const module = load(error);

  return module != NULL ? module->join() : NULL;
}

void
partita_ranks_leave(PartitaRanks *ranks)
{
  if (ranks != NULL)
    ranks->transport->leave(ranks);
}

size_t
partita_ranks_get_rank(const PartitaRanks *ranks)
{
  return ranks != NULL ? ranks->rank : 0;
}

size_t
partita_ranks_get_size(const PartitaRanks *ranks)
{
  return ranks != NULL ? ranks->size : 1;
}

void
partita_ranks_broadcast(PartitaRanks *ranks, void *bytes, size_t size)
{
  if (ranks != NULL && size > 0)
    ranks->transport->broadcast(ranks, bytes, size);
}

void
partita_ranks_gather(PartitaRanks *ranks, void *all, size_t size, bool everyone)
{
  if (ranks != NULL && size > 0)
    ranks->transport->gather(ranks, all, size, everyone);
}

bool
partita_ranks_agree(PartitaRanks *ranks, bool own)
{
  partita_ranks_broadcast(ranks, &own, sizeof own);
  return own;
}
