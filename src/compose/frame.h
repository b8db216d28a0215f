// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_FRAME_H
#define PARTITA_COMPOSE_FRAME_H

#include <compose/arrange.h>
#include <compose/compose-private.h>

/// A note of the line over which a harmony is set.
typedef struct {
  uint32_t onset; ///< positions
  uint32_t end;
  uint8_t pitch; ///< as the model hears it
} PartitaLineNote;

/// An arrangement as a model is shown it, ready to be filled any number of
/// times.
struct PartitaFrame {
  const PartitaArrangement *arrangement;
  GArray *ids;   ///< uint16_t: all that is given, Bos to Eos; what is written
                 ///< goes behind each Part_Written
  GArray *spans; ///< PartitaSpan: with all programs
  GArray *densities;    ///< double: notes a position around each span, of its
                        ///< programs; 0 if nothing is known
  GArray *bars;         ///< PartitaBar: in ticks of the scheme
  PartitaBarGrid *grid; ///< of the piece
  GArray *line;         ///< PartitaLineNote: of a harmony, else empty
  GArray *given;   ///< guint: shape [bars, %PARTITA_N_PROGRAMS]: given notes
  uint16_t ppq;    ///< of the scheme
  int shift;       ///< semitones from the piece's key to the model's
  uint8_t *steps;  ///< shape [vocab]: PartitaStep
  uint8_t *values; ///< shape [vocab]
};

/**
 * partita_frame_new:
 * @style: id of the style's token, or -1
 * @name: (nullable): of that style
 *
 * Returns: (transfer full) (nullable): NULL with @error set if the model has
 * not learnt to fill in, or cannot write the piece's bars
 */
PartitaFrame *
partita_frame_new(const PartitaComposer *composer,
                  const PartitaArrangement *arrangement,
                  int style,
                  const char *name,
                  GError **error);

/// Given notes that begin in @bar, of @programs (nullable: of all).
size_t
partita_frame_count_given(const PartitaFrame *frame,
                          size_t bar,
                          const bool *programs);

void
partita_frame_free(PartitaFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaFrame, partita_frame_free)

#endif
