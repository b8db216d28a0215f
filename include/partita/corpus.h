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
  PARTITA_CORPUS_ERROR_EMPTY,  ///< no file of it can be used
  PARTITA_CORPUS_ERROR_STYLES, ///< its styles.tsv is no such list
  PARTITA_CORPUS_ERROR_BROKEN, ///< a prepared corpus that is damaged, of
                               ///< another version or another scheme
  PARTITA_CORPUS_ERROR_BUSY    ///< it is being prepared by somebody else
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
  const char *reason; ///< what was mended, why skipped, or advice; or ""
  /// The first path of the family of pieces that share long runs with each
  /// other; NULL if the piece is alone.
  const char *family;
  const uint16_t *styles; ///< indices in the scheme's styles, ascending
  size_t n_styles;        ///< 0: unlabelled
  bool valid;             ///< held out from training
  uint32_t notes;
  uint32_t bars;
  uint32_t tokens;
} PartitaLedgerEntry;

typedef enum {
  PARTITA_CORPUS_READING,  ///< files
  PARTITA_CORPUS_COMPARING ///< pieces with each other, for duplicates
} PartitaCorpusStage;

typedef struct {
  /// "remi", "performance" or "grid"; (nullable) of a prepared corpus, whose
  /// scheme it must be
  const char *scheme;
  double valid_share; ///< of pieces held out; 0.1 if 0, none if negative
  uint64_t seed;      ///< of the split
  /// Whether each piece is moved to C major or A minor, as near as it can be.
  bool common_key;
  unsigned workers; ///< threads that read files, 0 for one a core

  GCancellable *cancellable; ///< (nullable)
  /// (nullable): called now and then, in the caller's thread
  void (*progress)(PartitaCorpusStage stage,
                   size_t done,
                   size_t total,
                   void *data);
  void *progress_data;
} PartitaCorpusOptions;

/**
 * partita_corpus_read:
 * @folder: searched to its depths; symbolic links to folders are not followed.
 * Or a corpus that partita_corpus_prepare() wrote.
 *
 * Every file whose name ends in .mid .midi .kar .rmi .smf (in any case) is
 * read, its bars repaired (live performances are counted in the beats that are
 * heard), and encoded; every other file gets a ledger line too. What comes out
 * does not depend on the number of workers.
 *
 * Styles are the names of the first sub-folders, unless @folder holds a file
 * `styles.tsv`: then they are what that says, and pieces it does not name have
 * none. Its lines are a path below @folder (of a file, or of a folder for all
 * that is in it), a tab, and one or more styles with tabs between; lines that
 * are empty or begin with # do not count.
 *
 * Of pieces that are the same, in any key, the first by path is used, and of
 * pieces that are nearly the same too: the runs of at least %PARTITA_RUN_MIN
 * intervals and rhythms that they share cover nine tenths of both, and one has
 * at most a tenth more notes. Pieces that share such a run are a family.
 *
 * If @folder holds sub-folders called `train` and `valid` (or `val`,
 * `validation`), these are the split and not styles. Otherwise a family's side
 * of the split follows from @seed and its first path; families that hold more
 * than half of what is to be held out are trained on.
 *
 * Memory: of a prepared corpus, tokens and ledger stay in its files, mapped, of
 * which some 32 MiB are in memory at a time; of a folder, in a file without a
 * name in $TMPDIR or /var/tmp, as long as the disk has room. Beside that a file
 * takes about 30 bytes.
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

/// Intervals (each with the time to the next onset) that two pieces must have
/// in common to be of one family; shorter runs are chance or idiom.
#define PARTITA_RUN_MIN 32

/// Ids of the longest piece; a file that needs more is skipped as too long.
#define PARTITA_PIECE_TOKENS_MAX 1048576

/**
 * partita_corpus_prepare:
 * @folder: as partita_corpus_read() takes it
 * @corpus: the folder to write to; made if it is not there; must not lie in
 * @folder
 * @part: from 0 to @parts - 1
 * @parts: 1, or more to read only a part of the files, so that several
 * programs can share the work; a call with 1 then finishes it
 *
 * Reads @folder and writes the corpus: `ledger.jsonl`, `corpus.index` and
 * shards of tokens. Of a corpus that is there already, files are read again
 * only if size or time changed, and encoded again only if their contents did.
 * Killed at any moment, it leaves the old corpus or the new one whole, and the
 * next call goes on from the shards that are done. The bytes written follow
 * from the files (with their times) and the scheme alone. Split, seed and key
 * are chosen when the corpus is read.
 *
 * Returns: false with @error set
 */
PARTITA_API bool
partita_corpus_prepare(const char *folder,
                       const char *corpus,
                       unsigned part,
                       unsigned parts,
                       const PartitaCorpusOptions *options,
                       GError **error);

/// Whether @path is a folder that partita_corpus_prepare() wrote.
PARTITA_API bool
partita_corpus_is_prepared(const char *path);

/// With the styles found; belongs to the corpus.
PARTITA_API const PartitaScheme *
partita_corpus_get_scheme(const PartitaCorpus *corpus);

/// All that stood in the folder, in order of paths.
PARTITA_API size_t
partita_corpus_get_n_files(const PartitaCorpus *corpus);

/// Line @number of the ledger, from 0. Of a number past the last, all zeros.
PARTITA_API PartitaLedgerEntry
partita_corpus_get_entry(const PartitaCorpus *corpus, size_t number);

/// One JSON object a line: path, verdict, reason, family, styles, split, notes,
/// bars, tokens. The file appears whole or not at all.
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
  size_t n;   ///< ids that partita_corpus_get_ids() gives
  bool valid; ///< held out from training
  size_t ledger_index;
  uint32_t notes;
  uint32_t n_styles;
  uint64_t content; ///< hash of the ids as stored
  int8_t shift;     ///< semitones it is moved by to the common key
} PartitaPiece;

PARTITA_API PartitaPiece
partita_corpus_get_piece(const PartitaCorpus *corpus, size_t index);

/**
 * partita_corpus_get_ids:
 * @draw: which of the piece's styles stands in it, modulo their number
 * @ids: (element-type uint16_t): filled with Bos to Eos, with all controls;
 * what it held is gone
 *
 * Copies a piece out of the corpus, which may lie on disk.
 */
PARTITA_API void
partita_corpus_get_ids(const PartitaCorpus *corpus,
                       size_t index,
                       uint32_t draw,
                       GArray *ids);

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

/**
 * partita_score_decide_bars:
 *
 * The same bars for music of which nothing may move: where that function would
 * move it, a short first bar makes up for it. @reason is such as "bars counted
 * in 4/4 from tick 480".
 */
PARTITA_API bool
partita_score_decide_bars(PartitaScore *score, char **reason);

G_END_DECLS

#endif
