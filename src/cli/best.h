// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_BEST_H
#define PARTITA_CLI_BEST_H

#include <partita/compose.h>

/// A piece among many.
typedef struct {
  PartitaScore *score;
  uint64_t index;
  double likelihood; ///< mean log-probability of its ids
  double above;      ///< that, in deviations over the many
  double distance;   ///< of its measures from the style's
  PartitaMeasure furthest;
} CliCandidate;

/// (transfer full) (element-type CliCandidate): room for candidates
GArray *
cli_candidates_new(void);

/// Adds a copy of @score.
void
cli_candidates_add(GArray *candidates,
                   const PartitaComposer *composer,
                   const char *style,
                   const PartitaScore *score,
                   uint64_t index);

/**
 * cli_candidates_rank:
 * @likelihoods: of the pieces by their indices
 *
 * Puts the best first: by how far the log-probability lies above that of the
 * others, in deviations, less the distance of the measures.
 */
void
cli_candidates_rank(GArray *candidates, const double *likelihoods);

/// Prints what a candidate is kept for.
void
cli_candidate_print(const CliCandidate *candidate);

/// (transfer full): JSON of the #PartitaNoteReason of a piece
char *
cli_explain(const GArray *reasons);

#endif
