// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_PRIVATE_H
#define PARTITA_CORPUS_PRIVATE_H

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
  PARTITA_SKIP_DRUMS,
  PARTITA_SKIP_DUPLICATE,
  PARTITA_N_SKIPS
} PartitaSkip;

/// What became of one file.
typedef struct {
  PartitaSkip skip;
  char *reason; ///< "" if used as it is
  uint32_t notes;
  uint32_t bars;
  PartitaScore *score; ///< NULL if skipped
} PartitaIntake;

/**
 * partita_intake_read:
 * @root: the corpus folder; @item stands in it
 *
 * Reads, judges and repairs one file.
 */
void
partita_intake_read(PartitaIntake *intake,
                    const char *root,
                    const PartitaScanItem *item);

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
  const char *path; ///< raw, below the folder
  bool in_valid;
  bool in_train;
  bool valid; ///< (out)
} PartitaSide;

/**
 * partita_split:
 *
 * Chooses the side of every piece. A piece's own path and @seed decide, so
 * adding files moves no other; only if one side would stay empty does the
 * piece nearest to it cross over. Folders that name both sides decide before
 * that, if both hold a piece.
 */
void
partita_split(PartitaSide *sides, size_t n, double valid_share, uint64_t seed);

/// A vocabulary has a token for each style, and ids are 16 bits.
#define PARTITA_CORPUS_STYLES_MAX 1024u

/**
 * partita_styles_find:
 *
 * Returns: (transfer full): in order of names, the folders that hold files of
 * MIDI names: of more than %PARTITA_CORPUS_STYLES_MAX those that hold the most
 */
GStrv
partita_styles_find(const GPtrArray *items, bool split_folders);

typedef struct {
  size_t start; // in ids
  size_t n;
  size_t ledger_index;
  int8_t shift;
} PartitaStored;

struct PartitaCorpus {
  bool common_key;
  PartitaScheme *scheme;
  GStringChunk *strings; // of the ledger
  GArray *ledger;        // PartitaLedgerEntry, by path
  GArray *pieces;        // PartitaStored, by path
  uint16_t *ids;         // of all pieces one after another
  size_t n_ids;
  size_t room; // for ids
};

#endif
