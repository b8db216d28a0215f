// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_ANALYSIS_PRIVATE_H
#define PARTITA_ANALYSIS_PRIVATE_H

#include <partita/analysis.h>

/// Pieces that are stepped through together: enough for products of matrices.
#define PARTITA_EVALUATE_ROWS 32

/* Reading: pieces of a corpus in the words of a model. */

#define PARTITA_READING_TYPES_MAX 32

typedef struct {
  const PartitaModel *model;
  const PartitaCorpus *corpus;
  unsigned drop_controls;
  PartitaScheme *scheme; ///< the model's
  size_t vocab;          ///< of it
  size_t n_fields;
  int32_t *renamed; ///< by id of the corpus: the model's, -1 if left out
  uint8_t *type_of; ///< shape [vocab]: index in types
  const char *types[PARTITA_READING_TYPES_MAX]; ///< in order of ids
  size_t n_types;
} PartitaReading;

/**
 * partita_reading_init:
 * @reading: (out caller-allocates): all zero before; cleared by the caller,
 * also on failure
 *
 * Returns: false with @error set if the model does not fit
 */
bool
partita_reading_init(PartitaReading *reading,
                     const PartitaModel *model,
                     const PartitaCorpus *corpus,
                     unsigned drop_controls,
                     GError **error);

void
partita_reading_clear(PartitaReading *reading);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaReading, partita_reading_clear)

/// (transfer full) (element-type uint16_t): piece @index as the model has it
GArray *
partita_reading_get_ids(const PartitaReading *reading, size_t index);

/* Batch: some pieces stepped through together. */

typedef struct {
  size_t tokens;
  size_t hits;
  double nll;
} PartitaTally;

typedef struct {
  const PartitaReading *reading;
  const size_t *pieces; ///< shape [n_pieces]
  size_t n_pieces;      ///< at most %PARTITA_EVALUATE_ROWS
  GCancellable *cancellable;
  PartitaTally tallies[PARTITA_READING_TYPES_MAX]; ///< (out): by type
  PartitaTally by_piece[PARTITA_EVALUATE_ROWS];    ///< (out)
} PartitaBatch;

/// Fills in the tallies; in part only if cancelled.
void
partita_batch_run(PartitaBatch *batch);

#endif
