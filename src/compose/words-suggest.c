// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What a word that says nothing may have been meant for. */

#include <base/similar.h>
#include <compose/words-private.h>

char *
partita_controls_suggest_word(const char *word,
                              const char *language,
                              const char *const *styles)
{
  const PartitaLanguage *known = partita_find_language(language);
  PartitaSimilar similar;

  if (known == NULL)
    return NULL;
  partita_similar_init(&similar, word);
  for (const PartitaWord *w = known->words; w->words != NULL; ++w)
    partita_similar_try(&similar, w->words);
  for (const PartitaWord *unit = known->units; unit->words != NULL; ++unit)
    partita_similar_try(&similar, unit->words);
  if (styles != NULL)
    partita_similar_try_all(&similar, styles);
  if (similar.best != NULL)
    return g_strdup(similar.best);
  return g_strdup(partita_controls_suggest_group(word));
}
