// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_H
#define PARTITA_TRAIN_H

#include <partita/corpus.h>
#include <partita/model.h>

G_BEGIN_DECLS

#define PARTITA_TRAIN_ERROR (partita_train_error_quark())

typedef enum {
  PARTITA_TRAIN_ERROR_OPTIONS, ///< no such model, size or limit
  PARTITA_TRAIN_ERROR_DIVERGED ///< the loss is no number any more
} PartitaTrainError;

PARTITA_API GQuark
partita_train_error_quark(void);

/// How training goes, given to the callback.
typedef struct {
  uint64_t step;
  uint64_t steps;         ///< until the end; 0 if minutes decide
  double share;           ///< of the run that is done, 0 to 1
  double epoch;           ///< times the corpus was seen
  double loss;            ///< running mean, nats a token
  double valid_loss;      ///< last held-out loss, NaN before the first
  double best_valid_loss; ///< NaN before the first
  double learning_rate;
  double gradient_norm; ///< before clipping
  double tokens_per_s;
  double left_s;  ///< time left
  bool evaluated; ///< a held-out loss was just measured
} PartitaTrainStatus;

/// One of minutes, epochs and steps decides the length; 0 means not given.
typedef struct {
  const char *architecture; ///< "lstm" or "transformer"
  const char *size;         ///< "tiny", "small" or "base"
  double minutes;
  double epochs;
  uint64_t steps;
  uint64_t seed;
  unsigned threads;    ///< workers, 0 for one a core
  const char *backend; ///< (nullable): as partita_nn_backend_find() takes it
  /// Seconds on a clock that never goes back; the library reads no clock.
  double (*clock)(void *data);
  void *clock_data;
  GCancellable *cancellable; ///< (nullable): stops after the step
  void (*progress)(const PartitaTrainStatus *status, void *data);
  void *progress_data;
} PartitaTrainOptions;

typedef struct {
  uint64_t steps;
  double seconds;
  double tokens_per_s;
  double train_loss;
  double valid_loss;   ///< of the model given back: the best seen
  double trigram_loss; ///< of the count model on the same held-out tokens
  bool cancelled;
} PartitaTrainReport;

/**
 * partita_train:
 *
 * Trains a fresh model on the pieces of @corpus that are not held out, by
 * truncated back-propagation through time, and keeps the weights with the
 * lowest held-out loss. The model's metadata hold the scheme's description,
 * the settings and the losses. A cancelled run gives its best model so far.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PARTITA_API PartitaModel *
partita_train(const PartitaCorpus *corpus,
              const PartitaTrainOptions *options,
              PartitaTrainReport *report,
              GError **error);

/**
 * partita_trigram_loss:
 *
 * The loss of an interpolated trigram model of the same tokens, counted on
 * the training side and scored on the held-out side: what any network must
 * beat. Source: Witten and Bell 1991, "The zero-frequency problem", method C.
 *
 * Returns: nats a token, NaN if nothing is held out
 */
PARTITA_API double
partita_trigram_loss(const PartitaCorpus *corpus);

G_END_DECLS

#endif
