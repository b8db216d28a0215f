// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Attention of one query, in generation: bound by reading keys and values. */

#include <nn/nn-private.h>
#include <partita/attention.h>

/// Values that are added at a time, lest each waits for the one before.
#define GROUP 4

PARTITA_CLONED static void
score(PartitaReal *scores,
      const PartitaReal *q,
      const PartitaReal *k,
      size_t n,
      size_t dim)
{
  for (size_t j = 0; j < n; ++j)
    scores[j] = real_dot(q, k + j * dim, dim);
}

PARTITA_CLONED static void
score_half(PartitaReal *scores,
           const PartitaReal *q,
           const uint16_t *k,
           size_t n,
           size_t dim)
{
  for (size_t j = 0; j < n; ++j, k += dim) {
    PartitaReal lane[PARTITA_LANES] = {0};
    size_t d = 0;

    for (; d + PARTITA_LANES <= dim; d += PARTITA_LANES)
      for (size_t i = 0; i < PARTITA_LANES; ++i)
        lane[i] += q[d + i] * real_from_half(k[d + i]);
    for (; d < dim; ++d)
      lane[0] += q[d] * real_from_half(k[d]);
    scores[j] = real_sum_lanes(lane);
  }
}

/// Returns 1 / the sum of the exponentials, which take the scores' place.
PARTITA_CLONED static PartitaReal
soften(PartitaReal *scores, size_t n)
{
  return 1 / real_exp_sum(scores, n, real_max(scores, n));
}

PARTITA_CLONED static void
add_values(PartitaReal *o,
           const PartitaReal *p,
           const PartitaReal *v,
           size_t n,
           size_t dim)
{
  size_t j = 0;

  for (; j + GROUP <= n; j += GROUP, v += GROUP * dim) {
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[d] += p[j] * v[d] + p[j + 1] * v[dim + d] + p[j + 2] * v[2 * dim + d] +
              p[j + 3] * v[3 * dim + d];
  }
  for (; j < n; ++j, v += dim) {
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[d] += p[j] * v[d];
  }
}

PARTITA_CLONED static void
add_values_half(
  PartitaReal *o, const PartitaReal *p, const uint16_t *v, size_t n, size_t dim)
{
  size_t j = 0;

  for (; j + GROUP <= n; j += GROUP, v += GROUP * dim) {
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[d] += p[j] * real_from_half(v[d]) +
              p[j + 1] * real_from_half(v[dim + d]) +
              p[j + 2] * real_from_half(v[2 * dim + d]) +
              p[j + 3] * real_from_half(v[3 * dim + d]);
  }
  for (; j < n; ++j, v += dim) {
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[d] += p[j] * real_from_half(v[d]);
  }
}

void
partita_nn_attend(PartitaReal *o,
                  const PartitaReal *q,
                  PartitaNnOperand k,
                  PartitaNnOperand v,
                  size_t n,
                  size_t dim,
                  PartitaReal *scores)
{
  PartitaReal share = 0;

  if (k.half != NULL)
    score_half(scores, q, k.half, n, dim);
  else
    score(scores, q, k.real, n, dim);
  share = soften(scores, n);
  memset(o, 0, sizeof *o * dim);
  if (v.half != NULL)
    add_values_half(o, scores, v.half, n, dim);
  else
    add_values(o, scores, v.real, n, dim);
  for (size_t d = 0; d < dim; ++d)
    o[d] *= share;
}
