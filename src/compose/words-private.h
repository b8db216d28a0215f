// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_WORDS_PRIVATE_H
#define PARTITA_WORDS_PRIVATE_H

#include <compose/controls-private.h>
#include <compose/words.h>

/// Words that stand for something together, at most.
#define PARTITA_PHRASE_MAX 4

/// A sentence that is being read, word by word, and what it has said so far.
typedef struct {
  const PartitaLanguage *language;
  const char *const *styles; ///< (nullable): those of the model
  GStrv originals;           ///< the words as they were written
  GStrv words;               ///< the same in small letters
  size_t n;
  GHashTable *firm;   ///< control to value, both owned
  GHashTable *soft;   ///< likewise: what holds if nothing firm is said
  GPtrArray *order;   ///< of the controls, in which they were named
  GPtrArray *unknown; ///< words that say nothing
  GPtrArray *partly;  ///< sentences on what is granted in part
} PartitaWordReader;

/// (transfer full): the @n words from @at on, with blanks between
char *
partita_words_join(const PartitaWordReader *r, size_t at, size_t n);

/// Takes in one control; returns false with @error set if something else was
/// said of it.
bool
partita_words_take(PartitaWordReader *r,
                   const char *name,
                   const char *value,
                   bool firm,
                   GError **error);

/// (nullable): the entry of the language's table for the @n words from @at on
const PartitaWord *
partita_words_find_phrase(const PartitaWordReader *r, size_t at, size_t n);

/// (transfer full) (nullable): the instrument or family that the words from @at
/// on name; @used: (out): how many words that are
char *
partita_words_find_instrument(const PartitaWordReader *r,
                              size_t at,
                              size_t *used);

/* Each of these reads something at @at and returns how many words it took, 0
 * if there is nothing of the kind, or with @error set. */

/// "no drums", "without piano or bass"
size_t
partita_words_read_without(PartitaWordReader *r, size_t at, GError **error);

/// "not too fast"; what else shall not be so says nothing.
size_t
partita_words_read_not(PartitaWordReader *r, size_t at, GError **error);

/// (nullable): the language called @name
const PartitaLanguage *
partita_find_language(const char *name);

#endif
