// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_SHARDS_H
#define PARTITA_CORPUS_SHARDS_H

#include <corpus/corpus-private.h>

/* A shard holds the records of some files, those whose paths have a hash with
 * the same last bits, by path. So a file that is added or changed changes one
 * shard, and a shard is a function of its files. On disk it is called
 * PLACE-OF-HASH.shard, in hexadecimal digits: its place, the number of shards
 * and the hash of its bytes. New and old can stand side by side.
 *
 * Layout, as GVariant has it, in the byte order of the machine:
 *   u   PARTITA_CORPUS_VERSION
 *   t   hash of the scheme's description
 *   a   records (record.h) */
#define PARTITA_SHARD_TYPE "(uta" PARTITA_RECORD_TYPE ")"

/// How files are dealt to shards.
typedef struct {
  guint n_shards; ///< a power of two
  guint *order;   ///< indices of items, shard after shard, by path in each
  guint *first;   ///< shape [n_shards + 1]: where in order a shard begins
} PartitaDeal;

/// Only files that can be read are dealt: regular ones with MIDI names.
void
partita_deal_init(PartitaDeal *deal, const GPtrArray *items);

void
partita_deal_clear(PartitaDeal *deal);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaDeal, partita_deal_clear)

/// The hash that tells schemes apart.
uint64_t
partita_shard_hash_scheme(const PartitaScheme *scheme);

/**
 * partita_shard_pack:
 * @records: shape [n], each of which it takes and sets to NULL
 *
 * Returns: (transfer full): serialised
 */
GVariant *
partita_shard_pack(uint64_t scheme_hash, GVariant **records, size_t n);

/**
 * partita_shard_save:
 * @name: (out) (transfer full)
 *
 * Writes the shard to @folder unless it is there.
 *
 * Returns: (transfer full) (nullable): the shard, mapped; NULL with @error set
 */
GVariant *
partita_shard_save(GVariant *shard,
                   const char *folder,
                   guint place,
                   guint n_shards,
                   char **name,
                   GError **error);

/**
 * partita_shard_open:
 *
 * Maps a shard and reads it once, to hold it against the hash in its name.
 *
 * Returns: (transfer full) (nullable): NULL with @error set if it cannot be
 * read, is damaged, or of another version or scheme
 */
GVariant *
partita_shard_open(const char *folder,
                   const char *name,
                   uint64_t scheme_hash,
                   GError **error);

/**
 * partita_shard_check_space:
 *
 * Whether a limit on address space (ulimit -v) leaves what reading and merging
 * take beside the shards: GLib ends the program where memory ends.
 *
 * Returns: false with @error set (%G_FILE_ERROR_NOMEM)
 */
bool
partita_shard_check_space(GError **error);

/**
 * partita_shard_list:
 *
 * Returns: (transfer full) (element-type utf8): names of all shards in
 * @folder, sorted
 */
GPtrArray *
partita_shard_list(const char *folder);

#endif
