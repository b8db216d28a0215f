// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/runs.h>

#include <corpus/hash.h>
#include <glib.h>

/// Different steps a gram must have to tell anything.
#define DIFFERENT_MIN 7

/// Hashes of grams are polynomials in this, modulo 2^64, of their steps.
#define BASE 0x9E3779B97F4A7C15u

/// The hash of the gram that ends with the step last pushed.
typedef struct {
  const uint16_t *line;
  size_t length;  // of a gram
  size_t n;       // steps pushed
  uint64_t power; // of the step that leaves
  uint64_t sum;
} Roller;

static Roller
start(const uint16_t *line, size_t length)
{
  Roller roller = {.line = line, .length = length, .power = 1};

  for (size_t i = 0; i < length; ++i)
    roller.power *= BASE;
  return roller;
}

/// Whether a whole gram stands in it now.
static bool
push(Roller *roller)
{
  const uint64_t in = partita_hash_mix(roller->line[roller->n] + 1u);

  roller->sum = roller->sum * BASE + in;
  if (++roller->n > roller->length)
    roller->sum -=
      roller->power *
      partita_hash_mix(roller->line[roller->n - 1 - roller->length] + 1u);
  return roller->n >= roller->length;
}

/// Whether the gram that ends at @line[@end - 1] has enough different steps.
static bool
tells(const uint16_t *line, size_t end)
{
  uint16_t seen[DIFFERENT_MIN];
  size_t n = 0;

  for (size_t i = end - PARTITA_GRAM; i < end && n < DIFFERENT_MIN; ++i) {
    size_t j = 0;

    while (j < n && seen[j] != line[i])
      ++j;
    if (j == n)
      seen[n++] = line[i];
  }
  return n == DIFFERENT_MIN;
}

/// The rightmost of the smallest hashes, those of grams that tell nothing
/// being the greatest.
static size_t
find_smallest(const uint64_t *window)
{
  size_t smallest = 0;

  for (size_t i = 1; i < PARTITA_GRAM_WINDOW; ++i)
    if (window[i] <= window[smallest])
      smallest = i;
  return smallest;
}

void
partita_runs_fingerprint(const uint16_t *line,
                         size_t n,
                         PartitaFingerprintVisitor *visit,
                         void *data)
{
  Roller roller = start(line, PARTITA_GRAM);
  uint64_t window[PARTITA_GRAM_WINDOW];
  size_t smallest = 0; // in the window
  size_t n_grams = 0;
  bool visited = false; // the smallest

  while (roller.n < n) {
    if (!push(&roller))
      continue;
    const uint64_t hash =
      tells(line, roller.n) ? partita_hash_mix(roller.sum) >> 1 : G_MAXUINT64;

    if (n_grams++ < PARTITA_GRAM_WINDOW - 1) {
      window[n_grams] = hash; // place 0 goes as the next one comes
      continue;
    }
    memmove(window, window + 1, sizeof window - sizeof *window);
    window[PARTITA_GRAM_WINDOW - 1] = hash;
    if (n_grams == PARTITA_GRAM_WINDOW || smallest == 0) {
      smallest = find_smallest(window);
      visited = false;
    } else if (hash <= window[--smallest]) {
      smallest = PARTITA_GRAM_WINDOW - 1;
      visited = false;
    }
    if (!visited && window[smallest] != G_MAXUINT64)
      visit(window[smallest], data);
    visited = true;
  }
}

static int
compare_hashes(const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;

  return (x > y) - (x < y);
}

/// (transfer full): the hashes of all grams, sorted
static uint64_t *
list_grams(const uint16_t *line, size_t n, size_t length, size_t *n_grams)
{
  Roller roller = start(line, length);
  uint64_t *hashes = g_new(uint64_t, n);

  *n_grams = 0;
  while (roller.n < n)
    if (push(&roller))
      hashes[(*n_grams)++] = roller.sum;
  qsort(hashes, *n_grams, sizeof *hashes, compare_hashes);
  return hashes;
}

static bool
holds(const uint64_t *hashes, size_t n, uint64_t hash)
{
  size_t low = 0;

  while (n > 0) {
    const size_t half = n / 2;

    if (hashes[low + half] < hash) {
      low += half + 1;
      n -= half + 1;
    } else {
      if (hashes[low + half] == hash)
        return true;
      n = half;
    }
  }
  return false;
}

size_t
partita_runs_cover(
  const uint16_t *a, size_t n_a, const uint16_t *b, size_t n_b, size_t run)
{
  size_t n = 0;
  size_t covered = 0;
  size_t end = 0; // of what is covered

  if (run == 0 || n_a < run || n_b < run)
    return 0;
  g_autofree uint64_t *grams = list_grams(b, n_b, run, &n);
  Roller roller = start(a, run);

  while (roller.n < n_a) {
    if (!push(&roller) || !holds(grams, n, roller.sum))
      continue;
    covered += roller.n - MAX(end, roller.n - run);
    end = roller.n;
  }
  return covered;
}

size_t
partita_runs_longest(const uint16_t *a,
                     size_t n_a,
                     const uint16_t *b,
                     size_t n_b)
{
  size_t low = 0;
  size_t high = MIN(n_a, n_b);

  while (low < high) {
    const size_t middle = high - (high - low) / 2;

    if (partita_runs_cover(a, n_a, b, n_b, middle) > 0)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}
