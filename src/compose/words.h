// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_WORDS_H
#define PARTITA_WORDS_H

#include <glib.h>

/* The words of a language, as data. */

/**
 * PartitaWord:
 *
 * @controls: what @words stand for: "name=value" parted by semicolons. A
 * "name?=value" holds only if nothing else names that control. A "program" or
 * "range" joins those that other words name; a "style" counts only if the
 * model knows it, and a "name!=value" behind it only if not.
 */
typedef struct {
  const char *words; ///< small letters, without hyphens
  const char *controls;
} PartitaWord;

typedef struct {
  const char *language;       ///< "en"
  const PartitaWord *words;   ///< ended by NULL
  const char *const *silent;  ///< words that ask for nothing, ended by NULL
  const char *const *numbers; ///< the words for 1, 2 and so on, likewise
  const PartitaWord *units;   ///< of numbers: the control each is of
} PartitaLanguage;

extern const PartitaLanguage partita_language_en;

#endif
