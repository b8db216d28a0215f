// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/similar.h>

#include <string.h>

/// Bytes of the longest names that are compared.
#define LENGTH_MAX 64

/// Of a word of @n letters, how many may be wrong.
static unsigned
get_limit(size_t n)
{
  return n < 3 ? 0 : n < 6 ? 1 : (unsigned)n / 3;
}

void
partita_similar_init(PartitaSimilar *similar, const char *word)
{
  *similar = (PartitaSimilar){word, NULL, get_limit(strlen(word)) + 1};
}

/* The optimal string alignment distance (Damerau 1964), row by row: the row of
 * the letter before, and the one before that, for letters that were exchanged.
 */
static unsigned
measure(const char *a, size_t n_a, const char *b, size_t n_b)
{
  unsigned rows[3][LENGTH_MAX + 1];

  for (size_t j = 0; j <= n_b; ++j)
    rows[0][j] = (unsigned)j;
  for (size_t i = 1; i <= n_a; ++i) {
    unsigned *row = rows[i % 3];
    const unsigned *above = rows[(i - 1) % 3];

    row[0] = (unsigned)i;
    for (size_t j = 1; j <= n_b; ++j) {
      const char x = g_ascii_tolower(a[i - 1]);
      const char y = g_ascii_tolower(b[j - 1]);

      row[j] =
        MIN(MIN(row[j - 1], above[j]) + 1, above[j - 1] + (x != y ? 1 : 0));
      if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) &&
          y == g_ascii_tolower(a[i - 2]))
        row[j] = MIN(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[n_a % 3][n_b];
}

void
partita_similar_try(PartitaSimilar *similar, const char *name)
{
  const size_t n_word = strlen(similar->word), n_name = strlen(name);

  if (n_word > LENGTH_MAX || n_name > LENGTH_MAX)
    return;

  const unsigned distance = measure(similar->word, n_word, name, n_name);

  if (distance >= similar->distance)
    return;
  similar->best = name;
  similar->distance = distance;
}

void
partita_similar_try_all(PartitaSimilar *similar, const char *const *names)
{
  for (; *names != NULL; ++names)
    partita_similar_try(similar, *names);
}

char *
partita_similar_ask(const char *best)
{
  return best != NULL ? g_strdup_printf("; did you mean %s?", best)
                      : g_strdup("");
}
