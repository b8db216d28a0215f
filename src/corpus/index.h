// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_INDEX_H
#define PARTITA_CORPUS_INDEX_H

#include <corpus/corpus-private.h>

/* The index of a corpus says of every file what became of it beside the
 * others. It has a head:
 *   s   name of the scheme
 *   as  styles
 *   as  names of the shards, in their order
 *   u   number of files */
#define PARTITA_INDEX_HEAD_TYPE "(sasasu)"
/* and blocks of PARTITA_INDEX_BLOCK files each, the last one of fewer: arrays,
 * by path, of
 *     s   path, for display
 *     s   reason
 *     y   PartitaSkip
 *     y   1 if it was mended
 *     y   side: 0, or 1 below `train`, 2 below `valid`
 *     u   number of the first file of its family, its own if alone
 *     u   notes
 *     u   bars
 *     u   tokens, without Style
 *     u   shard
 *     u   record in the shard
 *     y   shift, as the record has it
 *     t   content, as the record has it
 *     aq  styles, ascending */
#define PARTITA_INDEX_FILE_TYPE "(ssyyyuuuuuuytaq)"
#define PARTITA_INDEX_BLOCK 1024u

/* On disk: PARTITA_CORPUS_VERSION and a hash of all that follows, 8 bytes each;
 * then head and blocks as GVariant has them, in the byte order of the machine,
 * each after its size in 8 bytes and filled up with zeros to a multiple of 8.
 */

enum { PARTITA_SIDE_NONE, PARTITA_SIDE_TRAIN, PARTITA_SIDE_VALID };

struct PartitaIndex {
  GVariant *head;
  GPtrArray *blocks;   ///< GVariant
  PartitaPages *pages; ///< of the map; NULL in memory
};

/// Takes a reference of @head.
PartitaIndex *
partita_index_new(GVariant *head);

void
partita_index_free(PartitaIndex *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaIndex, partita_index_free)

guint
partita_index_get_n_files(const PartitaIndex *index);

/// Where a file's record is, and what ties it to others.
typedef struct {
  PartitaSkip skip;
  guint8 side;
  guint32 family;
  guint32 shard;
  guint32 record;
  int8_t shift;
  uint64_t content;
} PartitaIndexPlace;

/**
 * partita_index_view:
 * @number: of the file
 * @entry: (out): without family and side; its pointers last as long as
 * @index
 */
void
partita_index_view(const PartitaIndex *index,
                   guint number,
                   PartitaLedgerEntry *entry,
                   PartitaIndexPlace *place);

/// Returns: false with @error set
bool
partita_index_save(const PartitaIndex *index, const char *path, GError **error);

/**
 * partita_index_open:
 *
 * Maps what partita_index_save() wrote, and holds it against its hash.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PartitaIndex *
partita_index_open(const char *path, GError **error);

#endif
