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

/* Keys and values in bf16 are read as pairs, for shifting the lower one up and
 * masking it away cost less than widening each; queries and sums lie apart, the
 * even numbers before the odd ones. */

PARTITA_INLINE uint32_t
load_pair(const uint16_t *half)
{
  uint32_t pair = 0;

  memcpy(&pair, half, sizeof pair);
  return G_BYTE_ORDER == G_LITTLE_ENDIAN ? pair : pair << 16 | pair >> 16;
}

PARTITA_INLINE PartitaReal
get_even(uint32_t pair)
{
  return real_from_bits(pair << 16);
}

PARTITA_INLINE PartitaReal
get_odd(uint32_t pair)
{
  return real_from_bits(pair & 0xFFFF0000u);
}

PARTITA_CLONED static void
score_half(PartitaReal *scores,
           const PartitaReal *q,
           const uint16_t *k,
           size_t n,
           size_t dim)
{
  const size_t pairs = dim / 2;

  for (size_t j = 0; j < n; ++j, k += dim) {
    PartitaReal lane[PARTITA_LANES] = {0};
    size_t i = 0;

    for (; i + PARTITA_LANES <= pairs; i += PARTITA_LANES)
      for (size_t l = 0; l < PARTITA_LANES; ++l) {
        const uint32_t pair = load_pair(k + 2 * (i + l));

        lane[l] += q[i + l] * get_even(pair);
        lane[l] += q[pairs + i + l] * get_odd(pair);
      }
    for (; i < pairs; ++i) {
      const uint32_t pair = load_pair(k + 2 * i);

      lane[0] += q[i] * get_even(pair) + q[pairs + i] * get_odd(pair);
    }
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
  const size_t pairs = dim / 2;
  size_t j = 0;

  for (; j + GROUP <= n; j += GROUP, v += GROUP * dim) {
    PARTITA_INDEPENDENT
    for (size_t i = 0; i < pairs; ++i) {
      const uint32_t a = load_pair(v + 2 * i);
      const uint32_t b = load_pair(v + dim + 2 * i);
      const uint32_t c = load_pair(v + 2 * dim + 2 * i);
      const uint32_t d = load_pair(v + 3 * dim + 2 * i);

      o[i] += p[j] * get_even(a) + p[j + 1] * get_even(b) +
              p[j + 2] * get_even(c) + p[j + 3] * get_even(d);
      o[pairs + i] += p[j] * get_odd(a) + p[j + 1] * get_odd(b) +
                      p[j + 2] * get_odd(c) + p[j + 3] * get_odd(d);
    }
  }
  for (; j < n; ++j, v += dim) {
    PARTITA_INDEPENDENT
    for (size_t i = 0; i < pairs; ++i) {
      const uint32_t pair = load_pair(v + 2 * i);

      o[i] += p[j] * get_even(pair);
      o[pairs + i] += p[j] * get_odd(pair);
    }
  }
}

static void
attend_half(PartitaReal *o,
            const PartitaReal *q,
            const uint16_t *k,
            const uint16_t *v,
            size_t n,
            size_t dim,
            PartitaReal *scratch)
{
  const size_t pairs = dim / 2;
  PartitaReal *const apart = scratch;
  PartitaReal *const sums = apart + dim;
  PartitaReal *const scores = sums + dim;

  for (size_t i = 0; i < pairs; ++i) {
    apart[i] = q[2 * i];
    apart[pairs + i] = q[2 * i + 1];
  }
  score_half(scores, apart, k, n, dim);

  const PartitaReal share = soften(scores, n);

  memset(sums, 0, sizeof *sums * dim);
  add_values_half(sums, scores, v, n, dim);
  for (size_t i = 0; i < pairs; ++i) {
    o[2 * i] = sums[i] * share;
    o[2 * i + 1] = sums[pairs + i] * share;
  }
}

void
partita_nn_attend(PartitaReal *o,
                  const PartitaReal *q,
                  PartitaNnOperand k,
                  PartitaNnOperand v,
                  size_t n,
                  size_t dim,
                  PartitaReal *scratch)
{
  if (k.half != NULL) {
    attend_half(o, q, k.half, v.half, n, dim, scratch);
    return;
  }
  score(scratch, q, k.real, n, dim);

  const PartitaReal share = soften(scratch, n);

  memset(o, 0, sizeof *o * dim);
  add_values(o, scratch, v.real, n, dim);
  for (size_t d = 0; d < dim; ++d)
    o[d] *= share;
}
