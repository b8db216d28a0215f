// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* An index and a shard whose hashes are made right. The input is the length of
 * what follows the index's hash in four bytes, little-endian, that, and the
 * shard. Oracle: a corpus that is opened gives pieces that its scheme can
 * decode, or refuses them, and a ledger; nothing is read out of bounds. */

#include "fuzz.h"

#include <corpus/corpus-private.h>
#include <corpus/hash.h>
#include <corpus/shards.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PIECES_LOOKED_AT 8u
#define NAME_DIGITS 16
#define NAME_MARK "0000-0001-"

/// Of the parts of an index, as far as they are whole.
static uint64_t
hash_parts(const uint8_t *bytes, size_t size)
{
  uint64_t hash = 0;
  size_t at = 0;

  while (size - at >= sizeof(uint64_t)) {
    uint64_t length = 0;

    memcpy(&length, bytes + at, sizeof length);
    at += sizeof length;
    if (length > size - at || -length % 8 > size - at - length)
      break;
    hash = partita_hash_mix(hash ^ partita_hash_bytes(bytes + at, length));
    at += length + -length % 8;
  }
  return hash;
}

/// Gives every shard that the index names the name of this one.
static void
name_shards(uint8_t *index, size_t size, const char *digits)
{
  uint8_t *at = index;

  while ((at = memmem(at, size - (size_t)(at - index), NAME_MARK,
                      strlen(NAME_MARK))) != NULL) {
    at += strlen(NAME_MARK);
    if (size - (size_t)(at - index) < NAME_DIGITS)
      return;
    memcpy(at, digits, NAME_DIGITS);
  }
}

static void
write_index(const char *path, const uint8_t *body, size_t size)
{
  const uint64_t start[] = {PARTITA_CORPUS_VERSION, hash_parts(body, size)};
  g_autoptr(GByteArray) bytes = g_byte_array_new();

  g_byte_array_append(bytes, (const uint8_t *)start, sizeof start);
  g_byte_array_append(bytes, body, (guint)size);
  if (!g_file_set_contents_full(path, (const char *)bytes->data,
                                (gssize)bytes->len, G_FILE_SET_CONTENTS_NONE,
                                0600, NULL))
    g_error("%s cannot be written", path);
}

static void
look_at(PartitaCorpus *corpus)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  const size_t n = partita_corpus_get_n_pieces(corpus);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (size_t i = 0; i < MIN(n, PIECES_LOOKED_AT); ++i) {
    partita_corpus_get_ids(corpus, i, 1, ids);
    g_autoptr(PartitaScore) score = partita_scheme_decode(
      scheme, (const uint16_t *)(void *)ids->data, ids->len, NULL, NULL);
  }
  (void)partita_corpus_write_ledger(corpus, "/dev/null", NULL);
}

static char *
make_folder(void)
{
  char *folder = g_dir_make_tmp("partita-fuzz-XXXXXX", NULL);

  if (folder == NULL)
    g_error("no folder for the corpus");
  return folder;
}

static void
try_corpus(uint8_t *index, size_t index_size, const uint8_t *shard, size_t size)
{
  g_autofree char *digits = g_strdup_printf("%016" G_GINT64_MODIFIER "x",
                                            partita_hash_bytes(shard, size));
  g_autofree char *name = g_strconcat(NAME_MARK, digits, ".shard", NULL);
  g_autofree char *folder = make_folder();
  g_autofree char *index_path = g_build_filename(folder, "corpus.index", NULL);
  g_autofree char *shard_path = g_build_filename(folder, name, NULL);
  const PartitaCorpusOptions options = {0};

  name_shards(index, index_size, digits);
  write_index(index_path, index, index_size);
  if (!g_file_set_contents(shard_path, (const char *)shard, (gssize)size, NULL))
    g_error("%s cannot be written", shard_path);

  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaCorpus) corpus =
    partita_corpus_read(folder, &options, &error);

  if ((corpus == NULL) != (error != NULL))
    g_error("an error without failure, or the reverse");
  if (corpus != NULL)
    look_at(corpus);
  (void)g_unlink(shard_path);
  (void)g_unlink(index_path);
  (void)g_rmdir(folder);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  uint32_t length = 0;

  if (size < sizeof length)
    return 0;
  memcpy(&length, data, sizeof length);
  length = GUINT32_FROM_LE(length);
  size -= sizeof length;
  if (length > size)
    return 0;

  g_autofree uint8_t *index = g_memdup2(data + sizeof length, size);

  try_corpus(index, length, index + length, size - length);
  return 0;
}
