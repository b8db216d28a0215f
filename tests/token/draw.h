// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_TOKEN_DRAW_H
#define PARTITA_TESTS_TOKEN_DRAW_H

#include <partita/token.h>

/* Random scores and sequences; the numbers come from g_test_rand_int(), whose
 * seed GTest prints. */

/// (transfer full): with many programs, unisons, overlaps, long notes, odd
/// metres, tempo changes and pedals
PartitaScore *
draw_score(void);

/// Which kinds of tokens a walk prefers: one weight for each type.
typedef struct {
  unsigned weights[16];
} WalkTaste;

WalkTaste
draw_taste(void);

/**
 * walk_on:
 * @ids: (element-type uint16_t): grows
 * @max: stop after so many tokens
 *
 * Draws ids from the grammar's mask until the sequence is complete. Asserts
 * that there is always one, and that each is taken.
 */
void
walk_on(const PartitaScheme *scheme,
        PartitaGrammar *grammar,
        const WalkTaste *taste,
        GArray *ids,
        size_t max);

/// (transfer full): a scheme with a few styles
PartitaScheme *
make_scheme(const char *name);

/// (transfer full): the names of the ids with spaces between
char *
spell(const PartitaScheme *scheme, const GArray *ids);

/// Asserts that both hold the same ids.
void
assert_same_ids(const PartitaScheme *scheme, const GArray *a, const GArray *b);

/// Asserts that @ids is a whole, legal sequence.
void
assert_legal(const PartitaScheme *scheme, const GArray *ids);

/// shape [ids->len]
static inline const uint16_t *
ids_of(const GArray *ids)
{
  return (const uint16_t *)(const void *)ids->data;
}

#endif
