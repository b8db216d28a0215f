// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <float.h>
#include <nn/nn-private.h>

#define LARGEST 127

PARTITA_CLONED static PartitaReal
find_largest(const PartitaReal *x, size_t n)
{
  PartitaReal lane[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j) {
      const PartitaReal size = x[i + j] < 0 ? -x[i + j] : x[i + j];

      lane[j] = size > lane[j] ? size : lane[j];
    }
  for (; i < n; ++i) {
    const PartitaReal size = x[i] < 0 ? -x[i] : x[i];

    lane[0] = size > lane[0] ? size : lane[0];
  }
  return real_max(lane, PARTITA_LANES);
}

PARTITA_CLONED static void
round_bytes(int8_t *y, const PartitaReal *x, size_t n, PartitaReal factor)
{
  const PartitaReal half = (PartitaReal)0.5;

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i) {
    const PartitaReal scaled = x[i] * factor;

    y[i] = (int8_t)(int32_t)(scaled + (scaled < 0 ? -half : half));
  }
}

PartitaReal
partita_nn_take_bytes(int8_t *y, const PartitaReal *x, size_t n)
{
  const PartitaReal largest = find_largest(x, n);

  // No number, or one too large or small to divide by: all are 0.
  if (!(largest > (PartitaReal)FLT_MIN) || !isfinite(largest)) {
    memset(y, 0, n);
    return 0;
  }
  round_bytes(y, x, n, LARGEST / largest);
  return largest / LARGEST;
}
