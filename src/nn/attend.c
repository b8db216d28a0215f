// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Attention of one query, in generation: bound by reading keys and values. So
 * where products are of bf16 they are kept as bytes, four to a word. 16 words
 * lie side by side, of keys for 16 steps, of values for 16 numbers of each
 * vector, and no sum runs across a register. A mask alone leaves one byte of
 * each word, 256^place times too large, which what it meets makes up for; that
 * the lower three may have no sign, 128 is added to them, and taken off the
 * sum. */

#include <nn/nn-private.h>
#include <partita/attention.h>

/// Words or numbers at hand at a time.
#define GROUP 16
/// Bytes of a word.
#define FOUR 4

typedef PartitaReal PartitaWide
  __attribute__((vector_size(GROUP * sizeof(PartitaReal))));
typedef int32_t PartitaWhole
  __attribute__((vector_size(GROUP * sizeof(int32_t))));
typedef uint32_t PartitaWords
  __attribute__((vector_size(GROUP * sizeof(uint32_t))));

static size_t
round_up(size_t n, size_t unit)
{
  return (n + unit - 1) / unit * unit;
}

size_t
partita_nn_memory_measure(bool bytes, size_t context, size_t dim)
{
  const size_t steps = round_up(context, GROUP);

  if (!bytes)
    return 2 * context * dim * sizeof(PartitaReal);
  return steps * (round_up(dim, FOUR) + round_up(dim, GROUP)) +
         2 * steps * sizeof(PartitaReal);
}

size_t
partita_nn_memory_scratch(size_t context, size_t dim)
{
  return round_up(context, GROUP) + 2 * round_up(dim, GROUP);
}

/// Where the parts of a memory of bytes lie.
typedef struct {
  PartitaReal *k_scale; ///< shape [steps]: what a byte of a key is worth
  PartitaReal *v_scale; ///< shape [steps]
  uint32_t *k;          ///< shape [steps / 16, dim / 4, 16]: words of 4 numbers
  uint32_t *v;          ///< shape [steps / 4, dim]: words of 4 steps
  size_t quads;         ///< words of a key
  size_t stride;        ///< numbers of a value, with some that are 0
} Parts;

static Parts
find_parts(const PartitaNnMemory *memory)
{
  const size_t steps = round_up(memory->context, GROUP);
  Parts parts = {
    .k_scale = memory->block,
    .quads = round_up(memory->dim, FOUR) / FOUR,
    .stride = round_up(memory->dim, GROUP),
  };

  parts.v_scale = parts.k_scale + steps;
  parts.k = (uint32_t *)(void *)(parts.v_scale + steps);
  parts.v = parts.k + steps * parts.quads;
  return parts;
}

/// 128 more of each byte but the highest, of two's complement.
#define OFFSETS ((uint32_t)0x808080)

PARTITA_INLINE uint32_t
place_byte(int8_t byte, size_t place)
{
  return (uint32_t)(uint8_t)byte << 8 * place;
}

PARTITA_CLONED static void
put_bytes(uint32_t *words, const int8_t *bytes, size_t n, size_t place)
{
  const uint32_t own = (uint32_t)UINT8_MAX << 8 * place;

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    words[i] =
      (words[i] & ~own) | (place_byte(bytes[i], place) ^ (OFFSETS & own));
}

static void
store_bytes(const PartitaNnMemory *memory,
            size_t at,
            const PartitaReal *k,
            const PartitaReal *v,
            int8_t *bytes)
{
  const Parts parts = find_parts(memory);
  const size_t dim = memory->dim;
  uint32_t *const keys =
    parts.k + at / GROUP * GROUP * parts.quads + at % GROUP;

  parts.k_scale[at] = partita_nn_take_bytes(bytes, k, dim);
  memset(bytes + dim, 0, parts.stride - dim);
  for (size_t i = 0; i < parts.quads; ++i) {
    const int8_t *const four = bytes + FOUR * i;

    keys[GROUP * i] = (place_byte(four[0], 0) | place_byte(four[1], 1) |
                       place_byte(four[2], 2) | place_byte(four[3], 3)) ^
                      OFFSETS;
  }
  parts.v_scale[at] = partita_nn_take_bytes(bytes, v, dim);
  put_bytes(parts.v + at / FOUR * parts.stride, bytes, dim, at % FOUR);
}

void
partita_nn_memory_store(const PartitaNnMemory *memory,
                        size_t at,
                        const PartitaReal *k,
                        const PartitaReal *v,
                        PartitaReal *scratch)
{
  const size_t dim = memory->dim;
  PartitaReal *const keys = memory->block;
  PartitaReal *const values = keys + memory->context * dim;

  if (memory->bytes) {
    store_bytes(memory, at, k, v, (int8_t *)scratch);
    return;
  }
  memcpy(keys + at * dim, k, sizeof *k * dim);
  memcpy(values + at * dim, v, sizeof *v * dim);
}

/// What meets the bytes of words, @n numbers with a multiple of 16, each times
/// its @scale; returns what the offsets add to the sum.
PARTITA_INLINE PartitaReal
ready(PartitaReal *x, const PartitaReal *scale, size_t n)
{
  const PartitaReal units[FOUR] = {1, 0x1p-8f, 0x1p-16f, 0x1p-24f};
  PartitaReal lane[GROUP];
  PartitaWide unit, offset, sum = {0}, at_hand, factor;

  for (size_t i = 0; i < GROUP; ++i) {
    unit[i] = units[i % FOUR];
    offset[i] = i % FOUR < FOUR - 1 ? 128 : 0;
  }
  for (size_t i = 0; i < n; i += GROUP) {
    memcpy(&at_hand, x + i, sizeof at_hand);
    if (scale != NULL) {
      memcpy(&factor, scale + i, sizeof factor);
      at_hand *= factor;
    }
    sum += at_hand * offset;
    at_hand *= unit;
    memcpy(x + i, &at_hand, sizeof at_hand);
  }
  memcpy(lane, &sum, sizeof lane);
  return real_sum_lanes(lane);
}

/// Byte @place of each word, times 256^place.
PARTITA_INLINE void
take_byte(PartitaWide *wide, const PartitaWords *words, size_t place)
{
  const PartitaWhole high =
    (PartitaWhole)(*words & (uint32_t)UINT8_MAX << 8 * place);

  *wide = __builtin_convertvector(high, PartitaWide);
}

/// @scores: shape [n, rounded up to 16]; @q: shape [stride], changed
PARTITA_CLONED static void
score_bytes(PartitaReal *scores, PartitaReal *q, const Parts *parts, size_t n)
{
  const PartitaReal offset = ready(q, NULL, parts->stride);
  const uint32_t *k = parts->k;

  for (size_t j = 0; j < n; j += GROUP) {
    PartitaWide sum[FOUR] = {{0}, {0}, {0}, {0}};
    PartitaWide scale;

    for (size_t i = 0; i < parts->quads; ++i, k += GROUP) {
      PartitaWords words;

      memcpy(&words, k, sizeof words);
      for (size_t place = 0; place < FOUR; ++place) {
        PartitaWide key;

        take_byte(&key, &words, place);
        sum[place] += q[FOUR * i + place] * key;
      }
    }
    memcpy(&scale, parts->k_scale + j, sizeof scale);
    sum[0] = ((sum[0] + sum[1]) + (sum[2] + sum[3]) - offset) * scale;
    memcpy(scores + j, &sum[0], sizeof sum[0]);
  }
}

/// sums[0 .. 16 n_wides) = p v; @p: shape [n, rounded up to 4]
PARTITA_INLINE void
sum_values(PartitaReal *sums,
           const PartitaReal *p,
           const uint32_t *v,
           size_t n,
           size_t stride,
           size_t n_wides)
{
  PartitaWide sum[4] = {{0}, {0}, {0}, {0}};

  for (size_t j = 0; j < n; j += FOUR, v += stride)
    for (size_t i = 0; i < n_wides; ++i) {
      PartitaWords words;

      memcpy(&words, v + i * GROUP, sizeof words);
      for (size_t place = 0; place < FOUR; ++place) {
        PartitaWide value;

        take_byte(&value, &words, place);
        sum[i] += p[j + place] * value;
      }
    }
  memcpy(sums, sum, sizeof *sum * n_wides);
}

/// sums = p v times @share; @p: shape [n, rounded up to 16], changed
PARTITA_CLONED static void
sum_bytes(PartitaReal *sums,
          PartitaReal *p,
          const Parts *parts,
          size_t n,
          PartitaReal share)
{
  const PartitaReal offset = ready(p, parts->v_scale, round_up(n, GROUP));
  const size_t stride = parts->stride;
  size_t d = 0;

  for (; d + 4 * GROUP <= stride; d += 4 * GROUP)
    sum_values(sums + d, p, parts->v + d, n, stride, 4);
  for (; d < stride; d += GROUP)
    sum_values(sums + d, p, parts->v + d, n, stride, 1);
  for (d = 0; d < stride; ++d)
    sums[d] = (sums[d] - offset) * share;
}

/// Returns 1 / the sum of the exponentials, which take the scores' place.
PARTITA_CLONED static PartitaReal
soften(PartitaReal *scores, size_t n)
{
  return 1 / real_exp_sum(scores, n, real_max(scores, n));
}

static void
attend_bytes(PartitaReal *o,
             const PartitaReal *q,
             const PartitaNnMemory *memory,
             size_t n,
             PartitaReal *scratch)
{
  const Parts parts = find_parts(memory);
  PartitaReal *const padded = scratch;
  PartitaReal *const sums = padded + parts.stride;
  PartitaReal *const scores = sums + parts.stride;

  memset(padded + memory->dim, 0,
         sizeof *padded * (parts.stride - memory->dim));
  memcpy(padded, q, sizeof *q * memory->dim);
  score_bytes(scores, padded, &parts, n);

  const PartitaReal share = soften(scores, n);

  // Steps that are not there yet have no share in what their words hold.
  memset(scores + n, 0, sizeof *scores * (round_up(n, GROUP) - n));
  sum_bytes(sums, scores, &parts, n, share);
  memcpy(o, sums, sizeof *o * memory->dim);
}

PARTITA_CLONED static void
score_reals(PartitaReal *scores,
            const PartitaReal *q,
            const PartitaReal *k,
            size_t n,
            size_t dim)
{
  for (size_t j = 0; j < n; ++j)
    scores[j] = real_dot(q, k + j * dim, dim);
}

// Four at a time, lest each waits for the one before.
PARTITA_CLONED static void
sum_reals(PartitaReal *o,
          const PartitaReal *p,
          const PartitaReal *v,
          size_t n,
          size_t dim)
{
  size_t j = 0;

  memset(o, 0, sizeof *o * dim);
  for (; j + 4 <= n; j += 4, v += 4 * dim) {
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

void
partita_nn_attend(PartitaReal *o,
                  const PartitaReal *q,
                  const PartitaNnMemory *memory,
                  size_t n,
                  PartitaReal *scratch)
{
  const size_t dim = memory->dim;
  const PartitaReal *const keys = memory->block;

  if (memory->bytes) {
    attend_bytes(o, q, memory, n, scratch);
    return;
  }
  score_reals(scratch, q, keys, n, dim);

  const PartitaReal share = soften(scratch, n);

  sum_reals(o, scratch, keys + memory->context * dim, n, dim);
  for (size_t d = 0; d < dim; ++d)
    o[d] *= share;
}
