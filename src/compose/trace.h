// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRACE_H
#define PARTITA_TRACE_H

#include <compose/constraint.h>
#include <partita/compose.h>

/* How likely the model found what was drawn, and what else it would have. */

typedef struct {
  const PartitaConstraint *constraint; ///< (nullable)
  size_t vocab;
  uint8_t *legal;         ///< shape [vocab]: what the grammar allows
  float *logits;          ///< shape [vocab]: before they were changed
  double sum;             ///< of the log-probabilities of the ids drawn
  size_t n;               ///< ids drawn
  PartitaNoteReason note; ///< on its way
  GArray *reasons;        ///< (nullable): PartitaNoteReason
  bool given; ///< whether it is music that is given that takes away, rather
              ///< than the constraint
} PartitaTrace;

/// @reasons: (nullable): where the notes go
PartitaTrace *
partita_trace_new(const PartitaConstraint *constraint,
                  size_t vocab,
                  GArray *reasons);

void
partita_trace_free(PartitaTrace *trace);

/// Looks at the logits before an id is drawn by them.
void
partita_trace_see(PartitaTrace *trace,
                  const PartitaGrammar *grammar,
                  const float *logits);

/**
 * partita_trace_take:
 * @mask: shape [vocab]: what could be drawn
 *
 * Takes in the id that was drawn, before the constraint does.
 */
void
partita_trace_take(PartitaTrace *trace, const uint8_t *mask, uint16_t id);

/// Natural logarithm of the probability of @id.
double
partita_compose_log_softmax(const float *logits, size_t n, uint16_t id);

#endif
