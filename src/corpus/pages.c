// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/pages.h>

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/// What may be read of maps before their pages are given back.
#define TOUCHED_KIB 16384u
/// Whoever reads one page is given so many around it.
#define AROUND_KIB 64u

struct PartitaPages {
  GPtrArray *maps; // GVariant; NULL if there are none
  PartitaScratch *scratch;
  gint touched_kib;
};

PartitaPages *
partita_pages_new(GPtrArray *maps, PartitaScratch *scratch)
{
  PartitaPages *pages = g_new0(PartitaPages, 1);

  pages->maps = maps != NULL ? g_ptr_array_ref(maps) : NULL;
  pages->scratch = scratch;
  return pages;
}

void
partita_pages_free(PartitaPages *pages)
{
  if (pages != NULL)
    g_clear_pointer(&pages->maps, g_ptr_array_unref);
  g_free(pages);
}

void
partita_pages_touch(PartitaPages *pages, size_t bytes)
{
  const size_t kib = bytes / 1024 + AROUND_KIB;

  if (pages == NULL ||
      (size_t)g_atomic_int_add(&pages->touched_kib, (gint)kib) < TOUCHED_KIB)
    return;
  g_atomic_int_set(&pages->touched_kib, 0);
  for (guint i = 0; pages->maps != NULL && i < pages->maps->len; ++i)
    partita_pages_give_back(g_ptr_array_index(pages->maps, i));
  if (pages->scratch != NULL)
    partita_scratch_give_back(pages->scratch);
}

void
partita_pages_give_back(GVariant *map)
{
  const uintptr_t data = (uintptr_t)g_variant_get_data(map);

  // A map begins with a page; what does not was copied.
  if (data % (uintptr_t)sysconf(_SC_PAGESIZE) == 0)
    (void)madvise((void *)data, g_variant_get_size(map), MADV_DONTNEED);
}
