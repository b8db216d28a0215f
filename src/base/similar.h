// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_SIMILAR_H
#define PARTITA_BASE_SIMILAR_H

#include <glib.h>

/* What somebody who mistyped a word may have meant: names are tried one after
 * the other, from whatever tables they stand in. */

typedef struct {
  const char *word;
  const char *best; ///< (nullable): the name that is nearest, if one is near
  unsigned distance;
} PartitaSimilar;

/// @word: must outlive @similar
void
partita_similar_init(PartitaSimilar *similar, const char *word);

/**
 * partita_similar_try:
 * @name: what @word may stand for; must outlive @similar
 *
 * Takes @name if it is nearer than those before: if fewer letters must be put
 * in, left out, replaced or exchanged with their neighbours to get from one to
 * the other, whatever their case. More than a third of the letters, or two of
 * four, are too many.
 */
void
partita_similar_try(PartitaSimilar *similar, const char *name);

/// The same for each of @names, ended by NULL.
void
partita_similar_try_all(PartitaSimilar *similar, const char *const *names);

/**
 * partita_similar_ask:
 * @best: (nullable): of a #PartitaSimilar
 *
 * Returns: (transfer full): "; did you mean waltz?", or "" without @best
 */
char *
partita_similar_ask(const char *best);

#endif
