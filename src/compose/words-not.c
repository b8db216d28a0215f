// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What shall not be, or not so much. */

#include <compose/words-private.h>
#include <string.h>

/// How many words one of @phrases takes at @at, 0 if none stands there.
static size_t
match(const PartitaWordReader *r, size_t at, const char *const *phrases)
{
  for (; *phrases != NULL; ++phrases) {
    const size_t n = strchr(*phrases, ' ') != NULL ? 2 : 1;

    if (at + n <= r->n) {
      g_autofree char *phrase = partita_words_join(r, at, n);

      if (strcmp(phrase, *phrases) == 0)
        return n;
    }
  }
  return 0;
}

/// The @n words at @at say nothing, together.
static size_t
give_up(PartitaWordReader *r, size_t at, size_t n)
{
  g_ptr_array_add(r->unknown, partita_words_join(r, at, MIN(n, r->n - at)));
  return n;
}

/// How many words stand at @at before what is named: "or the".
static size_t
count_before(const PartitaWordReader *r, size_t at, bool first)
{
  const size_t joint = first ? 0 : match(r, at, r->language->joints);

  return joint + match(r, at + joint, r->language->articles);
}

size_t
partita_words_read_without(PartitaWordReader *r, size_t at, GError **error)
{
  const size_t begin = at + match(r, at, r->language->without);
  size_t next = begin;

  if (begin == at)
    return 0;
  while (next < r->n) {
    const bool first = next == begin;
    const size_t before = count_before(r, next, first);
    size_t used = 0;
    g_autofree char *name =
      first || before > 0
        ? partita_words_find_instrument(r, next + before, &used)
        : NULL;

    if (name == NULL)
      break;
    if (!partita_words_take(r, "without", name, true, error))
      return 0;
    next += before + used;
  }
  return next > begin
           ? next - at
           : give_up(r, at, next - at + count_before(r, next, true) + 1);
}

/// What is left of @value, a tempo or a density, if it shall not be so strong:
/// the middle, on its own side of it; 0 if it lies there already.
static double
moderate(const char *name, double value)
{
  if (strcmp(name, "tempo") == 0)
    return value > 116.0 ? 112.0 : value < 84.0 ? 88.0 : 0.0;
  if (strcmp(name, "density") == 0)
    return value > 3.0 ? 3.0 : 2.0;
  return 0.0;
}

size_t
partita_words_read_not(PartitaWordReader *r, size_t at, GError **error)
{
  const size_t begin = match(r, at, r->language->less);

  if (begin == 0)
    return 0;
  for (size_t n = MIN(PARTITA_PHRASE_MAX, r->n - at - begin); n > 0; --n) {
    const PartitaWord *word = partita_words_find_phrase(r, at + begin, n);
    const char *equals = word != NULL ? strchr(word->controls, '=') : NULL;

    if (equals == NULL)
      continue;

    g_autofree char *name =
      g_strndup(word->controls, (size_t)(equals - word->controls));
    const double value = moderate(g_strdelimit(name, "?!", '\0'),
                                  g_ascii_strtod(equals + 1, NULL));
    g_autofree char *text = g_strdup_printf("%g", value);

    if (value <= 0.0)
      return give_up(r, at, begin + n);
    return partita_words_take(r, name, text, true, error) ? begin + n : 0;
  }
  return give_up(r, at, begin + 1);
}
