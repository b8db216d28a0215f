// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_NN_PRIVATE_H
#define PARTITA_NN_PRIVATE_H

#include <math.h>
#include <partita/nn.h>
#include <string.h>

/* One binary for every x86-64: the loader picks the clone for the chip. Not
 * under a sanitizer, which is not ready when the loader picks; nor with clang,
 * which until release 17 gives the picked symbol a name that other files do
 * not find. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&    \
  !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PARTITA_CLONED                                                         \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PARTITA_CLONED
#endif

/// Before a loop none of whose turns reads what another one writes.
#if defined(__clang__)
#define PARTITA_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define PARTITA_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define PARTITA_INLINE static inline __attribute__((always_inline))

/// Partial sums of a reduction: a fixed order, and still vector code.
#define PARTITA_LANES 16

#ifdef PARTITA_NN_DOUBLE

/* The tests of gradients need exact derivatives, so no approximation. */

PARTITA_INLINE double
real_exp(double x)
{
  return exp(x);
}

PARTITA_INLINE double
real_sqrt(double x)
{
  return sqrt(x);
}

#else

/* exp(x) = 2^n exp(r), n = round(x / ln 2), |r| <= ln(2) / 2; exp(r) by its
 * Taylor series to r^7, whose rest is below 6e-9. */
PARTITA_INLINE float
real_exp(float x)
{
  const float to_integer = 0x1.8p23f; // adding it leaves n in the low bits
  const float ln2_high = 0x1.62e4p-1f;
  const float ln2_low = 0x1.7f7d1cp-20f;
  uint32_t shifted_bits, bits;

  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float shifted = x * 0x1.715476p0f + to_integer;
  const float n = shifted - to_integer;
  const float r = x - n * ln2_high - n * ln2_low;
  float y = 1.0f / 5040.0f;

  y = y * r + 1.0f / 720.0f;
  y = y * r + 1.0f / 120.0f;
  y = y * r + 1.0f / 24.0f;
  y = y * r + 1.0f / 6.0f;
  y = y * r + 0.5f;
  y = y * r + 1.0f;
  y = y * r + 1.0f;
  memcpy(&shifted_bits, &shifted, sizeof bits);
  memcpy(&bits, &y, sizeof bits);
  bits += shifted_bits << 23; // adds n to the exponent
  memcpy(&y, &bits, sizeof y);
  return y;
}

PARTITA_INLINE float
real_sqrt(float x)
{
  return sqrtf(x);
}

#endif

/// The number of a bf16, the upper half of @bits.
PARTITA_INLINE PartitaReal
real_from_bits(uint32_t bits)
{
  float number = 0.0f;

  memcpy(&number, &bits, sizeof number);
  return (PartitaReal)number;
}

PARTITA_INLINE PartitaReal
real_sigmoid(PartitaReal x)
{
  return 1 / (1 + real_exp(-x));
}

PARTITA_INLINE PartitaReal
real_tanh(PartitaReal x)
{
  return 2 / (1 + real_exp(-2 * x)) - 1;
}

/// y = x in bytes, scaled to [-127, 127] by its largest number and rounded;
/// returns what a byte is worth.
PartitaReal
partita_nn_take_bytes(int8_t *y, const PartitaReal *x, size_t n);

/* Reductions of a row, for loops that are compiled per chip. */

/// The largest of @n >= 1 numbers.
PARTITA_INLINE PartitaReal
real_max(const PartitaReal *x, size_t n)
{
  PartitaReal lane[PARTITA_LANES];
  size_t i = 0;

  for (size_t j = 0; j < PARTITA_LANES; ++j)
    lane[j] = x[0];
  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j)
      lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j];
  for (; i < n; ++i)
    lane[0] = x[i] > lane[0] ? x[i] : lane[0];
  for (size_t j = 1; j < PARTITA_LANES; ++j)
    lane[0] = lane[j] > lane[0] ? lane[j] : lane[0];
  return lane[0];
}

/// Four numbers in one register; a compiler that finds sums of halves by itself
/// takes them apart number by number.
typedef PartitaReal PartitaQuad
  __attribute__((vector_size(4 * sizeof(PartitaReal))));

PARTITA_INLINE PartitaReal
real_sum_lanes(const PartitaReal *lane)
{
  PartitaQuad part[PARTITA_LANES / 4];

  memcpy(part, lane, sizeof part);

  const PartitaQuad sum = (part[0] + part[1]) + (part[2] + part[3]);

  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/// x = exp(x - max); returns the sum.
PARTITA_INLINE PartitaReal
real_exp_sum(PartitaReal *x, size_t n, PartitaReal max)
{
  PartitaReal lane[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j) {
      const PartitaReal e = real_exp(x[i + j] - max);

      x[i + j] = e;
      lane[j] += e;
    }
  for (; i < n; ++i) {
    x[i] = real_exp(x[i] - max);
    lane[0] += x[i];
  }
  return real_sum_lanes(lane);
}

PARTITA_INLINE PartitaReal
real_dot(const PartitaReal *a, const PartitaReal *b, size_t n)
{
  PartitaReal lane[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j)
      lane[j] += a[i + j] * b[i + j];
  for (; i < n; ++i)
    lane[0] += a[i] * b[i];
  return real_sum_lanes(lane);
}

PARTITA_INLINE PartitaReal
real_sum(const PartitaReal *x, size_t n)
{
  PartitaReal lane[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j)
      lane[j] += x[i + j];
  for (; i < n; ++i)
    lane[0] += x[i];
  return real_sum_lanes(lane);
}

#endif
