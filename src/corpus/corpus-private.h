// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PRIVATE_H
#define PARTITA_CORPUS_PRIVATE_H

#include <corpus/pages.h>
#include <corpus/scan.h>
#include <partita/corpus.h>

/// Why a file was skipped, for the sums; @PARTITA_SKIP_NONE if it was not.
typedef enum {
  PARTITA_SKIP_NONE,
  PARTITA_SKIP_NAME,
  PARTITA_SKIP_IRREGULAR,
  PARTITA_SKIP_UNREADABLE,
  PARTITA_SKIP_BROKEN,
  PARTITA_SKIP_NO_NOTES,
  PARTITA_SKIP_SHORT,
  PARTITA_SKIP_LONG,
  PARTITA_SKIP_DRUMS,
  PARTITA_SKIP_DUPLICATE,
  PARTITA_SKIP_NEAR,
  PARTITA_N_SKIPS
} PartitaSkip;

/// What became of one file.
typedef struct {
  PartitaSkip skip;
  char *reason; ///< what was mended, why skipped, or advice; or ""
  bool mended;
  uint32_t notes;
  uint32_t bars;
  PartitaScore *score; ///< NULL if skipped
} PartitaIntake;

/// Turns the intake into a skipped one, without a score; takes @reason.
void
partita_intake_skip(PartitaIntake *intake, PartitaSkip why, char *reason);

/**
 * partita_intake_read:
 * @bytes: of a MIDI file
 *
 * Reads, judges and repairs one file.
 */
void
partita_intake_read(PartitaIntake *intake, GBytes *bytes);

void
partita_intake_clear(PartitaIntake *intake);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaIntake, partita_intake_clear)

/// Where a path stands: style and side of the split by its folders.
typedef struct {
  char *style;   ///< (nullable): for display
  bool in_valid; ///< below `valid`, `val` or `validation`
  bool in_train; ///< below `train`
} PartitaPlace;

/**
 * partita_place_find:
 * @split_folders: whether the first folder may name the side of the split
 */
void
partita_place_find(PartitaPlace *place, const char *path, bool split_folders);

void
partita_place_clear(PartitaPlace *place);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaPlace, partita_place_clear)

/// Whether files of MIDI names stand both below `train` and below `valid`.
bool
partita_place_has_split(const GPtrArray *items);

/// One piece before the split is drawn.
typedef struct {
  double draw;     ///< of the path of the first piece of its family
  uint32_t family; ///< number of that piece; its own if alone
  bool in_valid;
  bool in_train;
  bool valid; ///< (out)
} PartitaSide;

/// At least 0, below 1: the first 53 bits of SHA-256 of @seed and @path.
double
partita_split_draw(const char *path, uint64_t seed);

/**
 * partita_split:
 *
 * Chooses the side of every family. Its draw decides, which follows from the
 * seed and one path, so adding files moves no other; one that has more than
 * half of the pieces to be held out is trained on, as is a single family. Only
 * if one side would stay empty does the family nearest to it cross over.
 * Folders that name both sides decide before that, if both hold a piece.
 */
void
partita_split(PartitaSide *sides, size_t n, double valid_share);

/// A vocabulary has a token for each style, and ids are 16 bits.
#define PARTITA_CORPUS_STYLES_MAX 1024u

/// Of this version are the files a corpus is made of. It counts up when they
/// change, or what becomes of a MIDI file.
#define PARTITA_CORPUS_VERSION 4u

typedef struct PartitaIndex PartitaIndex;

/// What is known of a file once the corpus is assembled.
enum {
  PARTITA_MARK_VALID = 1 << 0,   ///< held out
  PARTITA_MARK_RELATED = 1 << 1, ///< its family has other pieces too
};

/* Whatever the index or a shard can say of a file is asked there and not kept:
 * both may be maps, so that memory hardly grows with the number of files. */
struct PartitaCorpus {
  bool common_key;
  PartitaScheme *scheme;
  PartitaIndex *index;
  GPtrArray *records;      // GVariant: those of each shard
  PartitaPages *pages;     // of the shards
  PartitaScratch *scratch; // that index and shards lie in; NULL if in files
  uint8_t *marks;          // shape [files]
  GArray *pieces;          // guint32: the number of each one's file, by path
};

/// Ids of styles begin here in every scheme.
#define PARTITA_CORPUS_FIRST_STYLE 2u

/**
 * partita_corpus_assemble:
 * @index: (transfer full), even if it fails
 * @shards: (element-type GVariant)
 * @scratch: (transfer full) (nullable), even if it fails: what index and shards
 * lie in; NULL if each shard is a map
 *
 * Makes the corpus of its parts, which it keeps, and draws the split. Parts
 * that do not fit are refused: they may come from a disk.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PartitaCorpus *
partita_corpus_assemble(PartitaIndex *index,
                        GPtrArray *shards,
                        PartitaScratch *scratch,
                        const PartitaCorpusOptions *options,
                        GError **error);

/**
 * partita_ledger_save:
 *
 * Writes the ledger of a corpus that is not assembled: it says nothing of the
 * split.
 */
bool
partita_ledger_save(const PartitaIndex *index,
                    const char *path,
                    GError **error);

#endif
