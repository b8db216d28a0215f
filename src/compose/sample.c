// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <float.h>
#include <math.h>
#include <partita/compose.h>
#include <stdlib.h>

typedef struct {
  float weight;
  uint16_t id;
} Candidate;

// Likeliest first, equals by id, so that the order is total and the result
// does not hang on the sort.
static int
compare_candidates(const void *a, const void *b)
{
  const Candidate *x = a;
  const Candidate *y = b;

  if (x->weight != y->weight)
    return x->weight > y->weight ? -1 : 1;
  return (int)x->id - (int)y->id;
}

// A number that is none says nothing of its id, so the id falls away unless
// all do.
static double
read_logit(float logit)
{
  if (isnan(logit))
    return -HUGE_VAL;
  return isinf(logit) && logit > 0.0f ? (double)FLT_MAX : (double)logit;
}

static double
find_largest(const float *logits, const uint8_t *mask, size_t n)
{
  double largest = -HUGE_VAL;

  for (size_t i = 0; i < n; ++i)
    if (mask[i] != 0)
      largest = fmax(largest, read_logit(logits[i]));
  return largest;
}

// Softmax without its sum: the likeliest weighs 1, an id outside the mask 0.
static void
weigh(float *logits, const uint8_t *mask, size_t n, double temperature)
{
  const double largest = find_largest(logits, mask, n);

  for (size_t i = 0; i < n; ++i) {
    if (mask[i] == 0)
      logits[i] = 0.0f;
    else if (isinf(largest))
      logits[i] = 1.0f;
    else
      logits[i] = (float)exp((read_logit(logits[i]) - largest) / temperature);
  }
}

// How many of the first hold @share of all.
static size_t
count_share(const Candidate *candidates, size_t n, double share)
{
  double sum = 0.0, held = 0.0;
  size_t kept = 0;

  for (size_t i = 0; i < n; ++i)
    sum += (double)candidates[i].weight;
  while (kept < n && (kept == 0 || held < share * sum))
    held += (double)candidates[kept++].weight;
  return kept;
}

// Top-k and top-p, the two that need an order.
static void
keep_first(float *weights, size_t n, const PartitaSampling *sampling)
{
  g_autofree Candidate *candidates = g_new(Candidate, n);
  size_t found = 0;

  for (size_t i = 0; i < n; ++i)
    if (weights[i] > 0.0f)
      candidates[found++] =
        (Candidate){.weight = weights[i], .id = (uint16_t)i};
  qsort(candidates, found, sizeof *candidates, compare_candidates);

  size_t kept = found;
  if (sampling->top_k > 0)
    kept = MIN(kept, (size_t)sampling->top_k);
  if (sampling->top_p < 1.0)
    kept = count_share(candidates, kept, sampling->top_p);
  for (size_t i = kept; i < found; ++i)
    weights[candidates[i].id] = 0.0f;
}

static void
drop_unlikely(float *weights, size_t n, double least)
{
  for (size_t i = 0; i < n; ++i)
    if ((double)weights[i] < least)
      weights[i] = 0.0f;
}

static uint16_t
draw(float *weights, size_t n, double uniform)
{
  double sum = 0.0, passed = 0.0;
  size_t drawn = n;
  size_t last = 0;

  for (size_t i = 0; i < n; ++i)
    sum += (double)weights[i];
  for (size_t i = 0; i < n; ++i) {
    if (weights[i] == 0.0f)
      continue;
    passed += (double)weights[i];
    last = i;
    if (drawn == n && uniform * sum < passed)
      drawn = i;
    weights[i] = (float)((double)weights[i] / sum);
  }
  // Rounding may leave a number just below 1 past them all.
  return (uint16_t)(drawn < n ? drawn : last);
}

uint16_t
partita_sample(float *logits,
               const uint8_t *mask,
               size_t n,
               const PartitaSampling *sampling,
               double uniform)
{
  weigh(logits, mask, n, sampling->temperature);
  if (sampling->top_k > 0 || sampling->top_p < 1.0)
    keep_first(logits, n, sampling);
  // The likeliest weighs 1.
  drop_unlikely(logits, n, sampling->min_p);
  return draw(logits, n, uniform);
}
