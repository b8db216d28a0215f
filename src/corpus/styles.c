// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <string.h>

typedef struct {
  char *name;
  size_t n_files;
} Count;

static gint
compare_counts(gconstpointer a, gconstpointer b)
{
  const Count *x = a;
  const Count *y = b;

  if (x->n_files != y->n_files)
    return x->n_files > y->n_files ? -1 : 1;
  return strcmp(x->name, y->name);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GHashTable *
count_files(const GPtrArray *items, bool split_folders)
{
  GHashTable *counts =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);
    g_auto(PartitaPlace) place = {NULL, false, false};

    if (!item->midi || item->problem != NULL)
      continue;
    partita_place_find(&place, item->path, split_folders);
    if (place.style == NULL)
      continue;
    const gsize n =
      GPOINTER_TO_SIZE(g_hash_table_lookup(counts, place.style)) + 1;

    (void)g_hash_table_replace(counts, g_steal_pointer(&place.style),
                               GSIZE_TO_POINTER(n));
  }
  return counts;
}

GStrv
partita_styles_find(const GPtrArray *items, bool split_folders)
{
  g_autoptr(GHashTable) counts = count_files(items, split_folders);
  g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(Count));
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  GHashTableIter iter;
  gpointer name;
  gpointer n;

  g_hash_table_iter_init(&iter, counts);
  while (g_hash_table_iter_next(&iter, &name, &n)) {
    const Count count = {name, GPOINTER_TO_SIZE(n)};

    g_array_append_val(order, count);
  }
  g_array_sort(order, compare_counts);
  for (guint i = 0; i < MIN(order->len, PARTITA_CORPUS_STYLES_MAX); ++i)
    g_ptr_array_add(names, g_strdup(g_array_index(order, Count, i).name));
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return (GStrv)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}
