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
 * "name?=value" holds only if nothing else names that control. A "program",
 * "range" or "without" joins those that other words name; a "style" counts only
 * if the model knows it, and a "name!=value" behind it only if not: if it does
 * not, it is said what the words give all the same.
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
  const PartitaWord *units;   ///< of numbers: the control each is of, with what
                              ///< it is to be multiplied by behind an asterisk
  const char *const *without; ///< before what must not play, ended by NULL
  const char *const *less;    ///< before what shall not be so strong, likewise
  const char *const *joints;  ///< between these, likewise
  const char *const *articles; ///< before what is named, likewise
  const char *in;              ///< before a key
  const char *only;            ///< between what was asked for and what is given
  const char *together;        ///< between the last two of a list
  const char *no_style;        ///< what is said of a style that the model lacks
  const PartitaWord *names;    ///< of controls, for people; ended by NULL
} PartitaLanguage;

extern const PartitaLanguage partita_language_en;

#endif
