// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_H
#define PARTITA_CORPUS_H

#include <gio/gio.h>
#include <partita/token.h>

G_BEGIN_DECLS

#define PARTITA_CORPUS_ERROR (partita_corpus_error_quark())

typedef enum {
  PARTITA_CORPUS_ERROR_FOLDER, ///< not a folder, or it cannot be read
  PARTITA_CORPUS_ERROR_EMPTY   ///< no file of it can be used
} PartitaCorpusError;

PARTITA_API GQuark
partita_corpus_error_quark(void);

/**
 * PartitaCorpus:
 *
 * The pieces of a folder as token sequences, with a ledger that says of every
 * file what became of it. Immutable once read.
 */
typedef struct PartitaCorpus PartitaCorpus;

typedef enum {
  PARTITA_VERDICT_USED,   ///< as it is
  PARTITA_VERDICT_MENDED, ///< after a repair
  PARTITA_VERDICT_SKIPPED ///< not at all
} PartitaVerdict;

/// One line of the ledger; strings belong to the corpus.
typedef struct {
  const char *path; ///< below the folder; bytes that are no UTF-8 escaped
  PartitaVerdict verdict;
  const char *reason; ///< what was mended, or why skipped; "" if used
  const char *style;  ///< the first sub-folder's name, NULL at the top
  bool valid;         ///< held out from training
  uint32_t notes;
  uint32_t bars;
  uint32_t tokens;
} PartitaLedgerEntry;

typedef struct {
  const char *scheme; ///< "remi" or "performance"
  double valid_share; ///< of files held out; 0.1 if 0, none if negative
  uint64_t seed;      ///< of the split
  /// Whether each piece is moved to C major or A minor, as near as it can be.
  bool common_key;

  GCancellable *cancellable; ///< (nullable)
  /// (nullable): called now and then, in the caller's thread
  void (*progress)(size_t done, size_t total, void *data);
  void *progress_data;
} PartitaCorpusOptions;

/**
 * partita_corpus_read:
 * @folder: searched to its depths; symbolic links to folders are not followed
 *
 * Every file whose name ends in .mid .midi .kar .rmi .smf (in any case) is
 * read, its bars repaired, and encoded; every other file gets a ledger line
 * too. If @folder holds sub-folders called `train` and `valid` (or `val`,
 * `validation`), these are the split and not styles. Otherwise a file's side
 * of the split follows from @seed and its path.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PARTITA_API PartitaCorpus *
partita_corpus_read(const char *folder,
                    const PartitaCorpusOptions *options,
                    GError **error);

PARTITA_API void
partita_corpus_free(PartitaCorpus *corpus);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaCorpus, partita_corpus_free)

/// With the styles found; belongs to the corpus.
PARTITA_API const PartitaScheme *
partita_corpus_get_scheme(const PartitaCorpus *corpus);

/// In order of paths.
PARTITA_API const PartitaLedgerEntry *
partita_corpus_get_ledger(const PartitaCorpus *corpus, size_t *n);

/// One JSON object a line: path, verdict, reason, style, split, notes, bars,
/// tokens. The file appears whole or not at all.
PARTITA_API bool
partita_corpus_write_ledger(const PartitaCorpus *corpus,
                            const char *path,
                            GError **error);

/// Whether it was read with common_key.
PARTITA_API bool
partita_corpus_is_in_common_key(const PartitaCorpus *corpus);

/// Pieces, the files used or mended, in order of paths.
PARTITA_API size_t
partita_corpus_get_n_pieces(const PartitaCorpus *corpus);

typedef struct {
  const uint16_t *ids; ///< Bos to Eos, with all controls
  size_t n;
  bool valid; ///< held out from training
  size_t ledger_index;
  uint32_t notes;
  int8_t shift; ///< semitones it was moved by to the common key
} PartitaPiece;

PARTITA_API PartitaPiece
partita_corpus_get_piece(const PartitaCorpus *corpus, size_t index);

/**
 * partita_score_repair_bars:
 * @score: changed in place
 * @reason: (out) (optional) (transfer full): what was done, such as
 * "metre 1/4 read as 4/4"
 *
 * Where the declared metre contradicts the notes, puts in the metre, and the
 * first bar line, that agree with them best. For the latter the whole piece
 * may move in time by less than a bar; the times between notes stay.
 *
 * Returns: whether anything was changed
 */
PARTITA_API bool
partita_score_repair_bars(PartitaScore *score, char **reason);

G_END_DECLS

#endif
