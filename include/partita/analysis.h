// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_ANALYSIS_H
#define PARTITA_ANALYSIS_H

#include <partita/corpus.h>
#include <partita/model.h>

G_BEGIN_DECLS

#define PARTITA_ANALYSIS_ERROR (partita_analysis_error_quark())

typedef enum {
  PARTITA_ANALYSIS_ERROR_MODEL, ///< it does not fit its scheme or the corpus
  PARTITA_ANALYSIS_ERROR_EMPTY  ///< no piece on that side of the split
} PartitaAnalysisError;

PARTITA_API GQuark
partita_analysis_error_quark(void);

typedef enum {
  PARTITA_SPLIT_ALL,
  PARTITA_SPLIT_TRAIN, ///< what is not held out
  PARTITA_SPLIT_VALID  ///< what is held out
} PartitaSplit;

typedef struct {
  PartitaSplit split;
  size_t tokens_max;         ///< of all pieces together; those that do not fit
                             ///< any more are left out; 0 for any number
  unsigned drop_controls;    ///< a set of #PartitaControl to leave out
  unsigned threads;          ///< 0 for one a core; the result is the same
  GCancellable *cancellable; ///< (nullable)
  /// (nullable): called now and then, in the caller's thread
  void (*progress)(size_t done, size_t total, void *data);
  void *progress_data;
} PartitaEvaluateOptions;

/// What was predicted of the tokens of one type, such as "Pitch".
typedef struct {
  char *type;
  size_t tokens;
  size_t hits; ///< tokens that were the likeliest of all
  double nll;  ///< summed, nats
} PartitaTypeScore;

/// What was predicted of the pieces of one style; one of several styles counts
/// for its first.
typedef struct {
  char *style;
  size_t pieces;
  size_t notes;
  size_t tokens;
  size_t hits;
  double nll; ///< summed, nats
} PartitaStyleScore;

/**
 * PartitaEvaluation:
 *
 * How well a model predicts pieces: the sums over every token after Bos.
 */
typedef struct {
  size_t pieces;
  size_t notes; ///< of the files as read, so the same for every scheme
  size_t tokens;
  size_t hits;
  double nll;              ///< summed, nats
  PartitaTypeScore *types; ///< shape [n_types]: those that occur, by id
  size_t n_types;
  PartitaStyleScore *styles; ///< shape [n_styles]: those that occur
  size_t n_styles;
} PartitaEvaluation;

/**
 * partita_evaluate:
 * @corpus: read with the scheme that the model's metadata describe, and in the
 * common key if their "transposition" is "common"; its styles may be others:
 * they are found by name, and one that the model has not learnt is left out
 *
 * Steps the model through each piece from Bos to Eos, many at a time, and sums
 * the negative log-likelihood of every token after Bos, controls among them:
 * with %PARTITA_SPLIT_VALID and all controls the loss by which training
 * measures what is held out.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PARTITA_API PartitaEvaluation *
partita_evaluate(const PartitaModel *model,
                 const PartitaCorpus *corpus,
                 const PartitaEvaluateOptions *options,
                 GError **error);

PARTITA_API void
partita_evaluation_free(PartitaEvaluation *evaluation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaEvaluation, partita_evaluation_free)

/// Nats a token, over all types; its exponential is the perplexity.
PARTITA_API double
partita_evaluation_get_nll(const PartitaEvaluation *evaluation);

/**
 * partita_evaluation_get_bits_per_note:
 *
 * Returns: the sum over all tokens, in bits, for each note; token schemes
 * differ in how many tokens they spend on a note, and can be compared by this.
 * NaN without notes.
 */
PARTITA_API double
partita_evaluation_get_bits_per_note(const PartitaEvaluation *evaluation);

/// The share of tokens that were the likeliest of the vocabulary.
PARTITA_API double
partita_evaluation_get_accuracy(const PartitaEvaluation *evaluation);

G_END_DECLS

#endif
