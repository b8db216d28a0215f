// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/index.h>

#include <base/file.h>
#include <corpus/hash.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_TYPE "a" PARTITA_INDEX_FILE_TYPE

PartitaIndex *
partita_index_new(GVariant *head)
{
  PartitaIndex *index = g_new0(PartitaIndex, 1);

  index->head = g_variant_ref_sink(head);
  index->blocks =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
  return index;
}

void
partita_index_free(PartitaIndex *index)
{
  if (index == NULL)
    return;
  g_variant_unref(index->head);
  g_ptr_array_unref(index->blocks);
  partita_pages_free(index->pages);
  g_free(index);
}

guint
partita_index_get_n_files(const PartitaIndex *index)
{
  guint32 n = 0;

  g_variant_get_child(index->head, 3, "u", &n);
  return n;
}

void
partita_index_view(const PartitaIndex *index,
                   guint number,
                   PartitaLedgerEntry *entry,
                   PartitaIndexPlace *place)
{
  g_autoptr(GVariant) file = g_variant_get_child_value(
    g_ptr_array_index(index->blocks, number / PARTITA_INDEX_BLOCK),
    number % PARTITA_INDEX_BLOCK);
  guint8 skip = 0;
  guint8 mended = 0;
  guint8 shift = 0;
  gsize n = 0;

  *entry = (PartitaLedgerEntry){0};
  partita_pages_touch(index->pages, g_variant_get_size(file));
  g_variant_get(file, "(&s&syyyuuuuuuyt@aq)", &entry->path, &entry->reason,
                &skip, &mended, &place->side, &place->family, &entry->notes,
                &entry->bars, &entry->tokens, &place->shard, &place->record,
                &shift, &place->content, NULL);
  g_autoptr(GVariant) styles = g_variant_get_child_value(file, 13);

  entry->styles = g_variant_get_fixed_array(styles, &n, sizeof(uint16_t));
  entry->n_styles = n;
  entry->tokens += n > 0 ? 1 : 0;
  place->shift = (int8_t)shift;
  place->skip = skip < PARTITA_N_SKIPS ? (PartitaSkip)skip : PARTITA_SKIP_NAME;
  if (skip != PARTITA_SKIP_NONE)
    entry->verdict = PARTITA_VERDICT_SKIPPED;
  else if (mended != 0)
    entry->verdict = PARTITA_VERDICT_MENDED;
}

static uint64_t
add_to_hash(uint64_t hash, const void *data, size_t size)
{
  return partita_hash_mix(hash ^ partita_hash_bytes(data, size));
}

static uint64_t
hash_all(const PartitaIndex *index)
{
  uint64_t hash = add_to_hash(0, g_variant_get_data(index->head),
                              g_variant_get_size(index->head));

  for (guint i = 0; i < index->blocks->len; ++i) {
    GVariant *block = g_ptr_array_index(index->blocks, i);

    hash =
      add_to_hash(hash, g_variant_get_data(block), g_variant_get_size(block));
  }
  return hash;
}

static bool
write_part(FILE *file, GVariant *part)
{
  static const char zeros[8] = {0};
  const uint64_t size = g_variant_get_size(part);

  return fwrite(&size, sizeof size, 1, file) == 1 &&
         fwrite(g_variant_get_data(part), 1, size, file) == size &&
         fwrite(zeros, 1, -size % 8, file) == -size % 8;
}

typedef struct {
  const PartitaIndex *index;
  const char *path; // the one to name in messages
} Saving;

static bool
write_all(const char *path, void *data, GError **error)
{
  const Saving *saving = data;
  const GPtrArray *blocks = saving->index->blocks;
  const uint64_t start[] = {PARTITA_CORPUS_VERSION, hash_all(saving->index)};
  FILE *file = g_fopen(path, "wb");
  bool ok = file != NULL && fwrite(start, sizeof start, 1, file) == 1 &&
            write_part(file, saving->index->head);

  for (guint i = 0; ok && i < blocks->len; ++i)
    ok = write_part(file, g_ptr_array_index(blocks, i));
  if (file != NULL)
    ok = fclose(file) == 0 && ok;
  if (!ok) {
    const int code = errno;
    g_autofree char *shown = partita_file_display(saving->path);

    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
                "%s: cannot write: %s", shown, g_strerror(code));
  }
  return ok;
}

bool
partita_index_save(const PartitaIndex *index, const char *path, GError **error)
{
  Saving saving = {index, path};

  return partita_file_replace(path, write_all, &saving, error);
}

/// What is left to read of the file.
typedef struct {
  GBytes *bytes;
  gsize at;
} Reader;

static bool
read_number(Reader *reader, uint64_t *number)
{
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(reader->bytes, &size);

  if (size - reader->at < sizeof *number)
    return false;
  memcpy(number, data + reader->at, sizeof *number);
  reader->at += sizeof *number;
  return true;
}

/// (transfer full) (nullable): NULL where the file is cut off
static GVariant *
read_part(Reader *reader, const char *type)
{
  const gsize end = g_bytes_get_size(reader->bytes);
  uint64_t size = 0;

  if (!read_number(reader, &size) || size > end - reader->at ||
      -size % 8 > end - reader->at - size)
    return NULL;
  g_autoptr(GBytes) part =
    g_bytes_new_from_bytes(reader->bytes, reader->at, size);
  const uint8_t *data = g_bytes_get_data(reader->bytes, NULL);

  // The hash does not see what fills a part up to a multiple of eight bytes.
  for (reader->at += size; reader->at % 8 != 0; ++reader->at)
    if (data[reader->at] != 0)
      return NULL;
  return g_variant_ref_sink(
    g_variant_new_from_bytes(G_VARIANT_TYPE(type), part, FALSE));
}

/// All blocks but the last are full, and together they have all files.
static bool
read_blocks(Reader *reader, PartitaIndex *index)
{
  const gsize n = partita_index_get_n_files(index);
  gsize n_read = 0;

  while (reader->at < g_bytes_get_size(reader->bytes)) {
    GVariant *block = read_part(reader, BLOCK_TYPE);

    if (block == NULL)
      return false;
    g_ptr_array_add(index->blocks, block);
    if (n_read % PARTITA_INDEX_BLOCK != 0 ||
        g_variant_n_children(block) > PARTITA_INDEX_BLOCK)
      return false;
    n_read += g_variant_n_children(block);
  }
  return n_read == n;
}

static PartitaPages *
watch_pages(GBytes *bytes)
{
  g_autoptr(GPtrArray) maps =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
  GVariant *whole =
    g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);

  g_ptr_array_add(maps, g_variant_ref_sink(whole));
  partita_pages_give_back(whole);
  return partita_pages_new(maps, NULL);
}

PartitaIndex *
partita_index_open(const char *path, GError **error)
{
  g_autoptr(GBytes) bytes = partita_file_view(path, error);
  uint64_t version = 0;
  uint64_t hash = 0;

  if (bytes == NULL)
    return NULL;

  Reader reader = {.bytes = bytes};
  g_autofree char *name = g_path_get_basename(path);

  if (read_number(&reader, &version) && version != PARTITA_CORPUS_VERSION) {
    g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN,
                "%s is not of this version", name);
    return NULL;
  }
  GVariant *head = read_number(&reader, &hash)
                     ? read_part(&reader, PARTITA_INDEX_HEAD_TYPE)
                     : NULL;
  g_autoptr(PartitaIndex) index = head != NULL ? partita_index_new(head) : NULL;

  if (head != NULL)
    g_variant_unref(head);
  if (index != NULL && read_blocks(&reader, index) && hash == hash_all(index)) {
    index->pages = watch_pages(bytes);
    return g_steal_pointer(&index);
  }
  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN,
              "%s is damaged", name);
  return NULL;
}
