// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/shards.h>

#include <base/file.h>
#include <base/space.h>
#include <corpus/hash.h>
#include <corpus/record.h>
#include <stdio.h>
#include <string.h>

/// Files of a shard, about; what a worker holds in memory at a time.
#define SHARD_FILES 128

#define ENDING ".shard"

/// What the files being read, the table of fingerprints and what is known of
/// each file take.
#define SPACE_BESIDE ((size_t)64 << 20)

static guint
find_place(const char *path, guint n_shards)
{
  return (guint)partita_hash_bytes(path, strlen(path)) & (n_shards - 1);
}

static bool
is_dealt(const PartitaScanItem *item)
{
  return item->midi && item->problem == NULL;
}

void
partita_deal_init(PartitaDeal *deal, const GPtrArray *items)
{
  guint n = 0;

  for (guint i = 0; i < items->len; ++i)
    n += is_dealt(g_ptr_array_index(items, i));
  deal->n_shards = 1;
  while (deal->n_shards < G_MAXUINT16 && n / deal->n_shards > SHARD_FILES)
    deal->n_shards *= 2;
  deal->order = g_new(guint, n);
  deal->first = g_new0(guint, deal->n_shards + 2);

  // A counting sort; items are by path, and stay so in each shard. Counts lie
  // two places on, so that they end as beginnings one place on.
  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    if (is_dealt(item))
      ++deal->first[find_place(item->path, deal->n_shards) + 2];
  }
  for (guint s = 0; s < deal->n_shards; ++s)
    deal->first[s + 1] += deal->first[s];
  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    if (is_dealt(item))
      deal->order[deal->first[find_place(item->path, deal->n_shards) + 1]++] =
        i;
  }
}

void
partita_deal_clear(PartitaDeal *deal)
{
  g_clear_pointer(&deal->order, g_free);
  g_clear_pointer(&deal->first, g_free);
}

uint64_t
partita_shard_hash_scheme(const PartitaScheme *scheme)
{
  g_autofree char *description = partita_scheme_describe(scheme);

  return partita_hash_bytes(description, strlen(description));
}

GVariant *
partita_shard_pack(uint64_t scheme_hash, GVariant **records, size_t n)
{
  GVariant *fields[] = {
    g_variant_new_uint32(PARTITA_CORPUS_VERSION),
    g_variant_new_uint64(scheme_hash),
    g_variant_new_array(G_VARIANT_TYPE(PARTITA_RECORD_TYPE), records, n),
  };
  GVariant *shard =
    g_variant_ref_sink(g_variant_new_tuple(fields, G_N_ELEMENTS(fields)));

  for (size_t i = 0; i < n; ++i)
    g_clear_pointer(&records[i], g_variant_unref);
  (void)g_variant_get_data(shard);
  return shard;
}

static bool
refuse_space(GError **error)
{
  g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
              "the limit on address space (ulimit -v) leaves no room for the "
              "corpus and %zu MiB beside it",
              SPACE_BESIDE >> 20);
  return false;
}

bool
partita_shard_check_space(GError **error)
{
  return partita_space_has(SPACE_BESIDE) || refuse_space(error);
}

static GVariant *
map(const char *path, GError **error)
{
  g_autoptr(GError) why = NULL;
  g_autoptr(GBytes) bytes = partita_file_view(path, &why);

  if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOMEM)) {
    (void)refuse_space(error);
    return NULL;
  }
  if (bytes == NULL)
    g_propagate_error(error, g_steal_pointer(&why));
  if (bytes == NULL || !partita_shard_check_space(error))
    return NULL;
  return g_variant_ref_sink(
    g_variant_new_from_bytes(G_VARIANT_TYPE(PARTITA_SHARD_TYPE), bytes, FALSE));
}

/// (transfer full): the name of a shard of these bytes
static char *
name_shard(const void *data, gsize size, guint place, guint n_shards)
{
  return g_strdup_printf("%04x-%04x-%016" G_GINT64_MODIFIER "x" ENDING, place,
                         n_shards, partita_hash_bytes(data, size));
}

/// Whether the bytes are those the name was given for.
static bool
fits_name(GVariant *shard, const char *name)
{
  guint place = 0;
  guint n_shards = 0;

  if (sscanf(name, "%x-%x-", &place, &n_shards) != 2)
    return false;
  g_autofree char *right = name_shard(
    g_variant_get_data(shard), g_variant_get_size(shard), place, n_shards);

  return strcmp(name, right) == 0;
}

GVariant *
partita_shard_save(GVariant *shard,
                   const char *folder,
                   guint place,
                   guint n_shards,
                   char **name,
                   GError **error)
{
  const gsize size = g_variant_get_size(shard);
  const void *data = g_variant_get_data(shard);
  g_autofree char *called = name_shard(data, size, place, n_shards);
  g_autofree char *path = g_build_filename(folder, called, NULL);
  g_autoptr(GBytes) there = partita_file_view(path, NULL);

  if ((there == NULL || g_bytes_get_size(there) != size ||
       memcmp(g_bytes_get_data(there, NULL), data, size) != 0) &&
      !partita_file_replace_bytes(path, data, size, error))
    return NULL;
  *name = g_steal_pointer(&called);
  return map(path, error);
}

GVariant *
partita_shard_open(const char *folder,
                   const char *name,
                   uint64_t scheme_hash,
                   GError **error)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autoptr(GVariant) shard = map(path, error);
  guint32 version = 0;
  guint64 hash = 0;

  if (shard == NULL)
    return NULL;
  g_variant_get_child(shard, 0, "u", &version);
  g_variant_get_child(shard, 1, "t", &hash);
  const bool known = version == PARTITA_CORPUS_VERSION && hash == scheme_hash;

  if (!known || !fits_name(shard, name)) {
    g_set_error(
      error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN,
      known ? "%s is damaged" : "%s is not of this version and scheme", name);
    return NULL;
  }
  partita_pages_give_back(shard);
  return g_steal_pointer(&shard);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
partita_shard_list(const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
    if (g_str_has_suffix(name, ENDING))
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  return names;
}
