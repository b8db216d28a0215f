// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/space.h>

#include <sys/mman.h>

bool
partita_space_has(size_t bytes)
{
  void *const space = mmap(NULL, bytes, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  if (space == MAP_FAILED)
    return false;
  (void)munmap(space, bytes);
  return true;
}
