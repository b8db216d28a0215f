// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_TRIGRAM_H
#define PARTITA_TRAIN_TRIGRAM_H

#include <partita/corpus.h>

/* A model that counts: what any network must beat. */

typedef struct PartitaTrigram PartitaTrigram;

PartitaTrigram *
partita_trigram_new(size_t vocab);

void
partita_trigram_free(PartitaTrigram *trigram);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaTrigram, partita_trigram_free)

/// Counts a sequence; its first id is context only, and stands twice before
/// the second.
void
partita_trigram_add(PartitaTrigram *trigram, const uint16_t *ids, size_t n);

/**
 * partita_trigram_probability:
 *
 * p(c | a b), by Witten and Bell's method C at every order:
 *   p(w | h) = (count(h w) + types(h) p(w | shorter h)) /
 *              (count(h) + types(h)),
 * down to 1 / vocab; types(h) is how many different ids followed h.
 */
double
partita_trigram_probability(const PartitaTrigram *trigram,
                            uint16_t a,
                            uint16_t b,
                            uint16_t c);

/**
 * partita_trigram_measure:
 * @held_out: (element-type uint32_t): the pieces to score
 * @transposing: whether the counts may also be taken over all transpositions,
 * where that helps them
 *
 * The loss as partita_trigram_loss() has it, of some pieces.
 */
double
partita_trigram_measure(const PartitaCorpus *corpus,
                        const GArray *held_out,
                        bool transposing);

/// The summed negative log-likelihood of ids 1 to @n - 1, nats.
double
partita_trigram_score(const PartitaTrigram *trigram,
                      const uint16_t *ids,
                      size_t n);

#endif
