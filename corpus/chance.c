// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "chance.h"

#include <base/philox.h>

/// Of all pieces; another seed gives another corpus.
#define CORPUS_SEED 1685u

int
chance_below(Chance *chance, int n)
{
  return (int)partita_random_below(CORPUS_SEED, PARTITA_RANDOM_CORPUS,
                                   chance->piece, chance->next++, (uint32_t)n);
}

bool
chance_hit(Chance *chance, int percent)
{
  return chance_below(chance, 100) < percent;
}

int
chance_between(Chance *chance, int low, int high)
{
  return low + chance_below(chance, high - low + 1);
}

int
chance_weighted(Chance *chance, const double *weights, int n)
{
  double sum = 0.0;

  for (int i = 0; i < n; ++i)
    sum += weights[i];
  double left = sum * partita_random_uniform(CORPUS_SEED, PARTITA_RANDOM_CORPUS,
                                             chance->piece, chance->next++);
  int last = 0;
  for (int i = 0; i < n; ++i) {
    if (weights[i] <= 0.0)
      continue;
    last = i;
    left -= weights[i];
    if (left < 0.0)
      break;
  }
  return last;
}
