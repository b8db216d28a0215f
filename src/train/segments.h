// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_SEGMENTS_H
#define PARTITA_TRAIN_SEGMENTS_H

#include <train/train-private.h>

/* From the pieces of a corpus to the segments that the rows of a batch read.
 * Rows that read whole pieces side by side see the same few pieces for
 * hundreds of steps: what they learn from one they forget over the next. So
 * pieces for training are cut into segments, which wait in a pool and leave it
 * in a random order. */

/// In place of a piece's number: there is none.
#define PARTITA_NO_PIECE G_MAXUINT64

/// A stretch of a piece that one row reads from its beginning to its end.
typedef struct {
  uint64_t serial; ///< number of the piece in the run, or %PARTITA_NO_PIECE
  size_t begin;    ///< index of its first input in the piece
  GArray *inputs; ///< uint16_t, shape [n, n_fields]: token and grammar's fields
  GArray *targets; ///< uint16_t, shape [n]: the token that follows each input
} PartitaSegment;

/// Bytes that the pool of a training takes at most; short segments in small
/// allocations add a few a segment.
size_t
partita_segments_measure_pool(const PartitaModelConfig *config);

void
partita_segment_init(PartitaSegment *segment);

void
partita_segment_clear(PartitaSegment *segment);

typedef struct PartitaSegments PartitaSegments;

/**
 * partita_segments_new:
 * @pieces: (element-type uint32_t): indices in the corpus, copied
 * @training: whether the segments have no end, each pass over the pieces in
 * another order, its styles balanced, its pieces changed and their controls
 * dropped by chance; else each piece is one segment, as it is, in the order
 * given, of its first @settings->held_out_length tokens
 *
 * A piece for training is cut every @settings->segment tokens, at another
 * place in each pass; its first segment begins with the piece and its last
 * ends with it, so that these overlap with their neighbours. The segments are
 * a function of the arguments.
 */
PartitaSegments *
partita_segments_new(const PartitaCorpus *corpus,
                     const GArray *pieces,
                     const PartitaTrainSettings *settings,
                     bool training);

void
partita_segments_free(PartitaSegments *segments);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaSegments, partita_segments_free)

/// Gives @segment, whose old content is lost, the next one. Returns: false if
/// none is left.
bool
partita_segments_next(PartitaSegments *segments, PartitaSegment *segment);

/// Tokens of one pass.
double
partita_segments_count_tokens(const PartitaSegments *segments);

/// Numbers in the state.
size_t
partita_segments_get_state_size(const PartitaSegments *segments);

/// @state: (out caller-allocates): shape [state_size]
void
partita_segments_get_state(const PartitaSegments *segments, uint64_t *state);

/**
 * partita_segments_set_state:
 * @state: shape [state_size], of segments for training of the same arguments
 * @also: shape [n_also]: segments that were taken before; each is given its
 * content from its serial and begin, or none if the serial is
 * %PARTITA_NO_PIECE
 *
 * Returns: false if there is no such state; the segments are then of no use
 */
bool
partita_segments_set_state(PartitaSegments *segments,
                           const uint64_t *state,
                           PartitaSegment *const *also,
                           size_t n_also);

#endif
