// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

/* With u = sqrt(2 / pi) (z + c z^3) and t = tanh(u), y = z / 2 (1 + t), so
 * dy / dz = (1 + t) / 2 + z / 2 (1 - t^2) sqrt(2 / pi) (1 + 3 c z^2). */
PARTITA_CLONED static void
take_row(PartitaReal *y, PartitaReal *x, const PartitaReal *bias, size_t dim)
{
  const PartitaReal a = (PartitaReal)0.79788456080286535588; // sqrt(2 / pi)
  const PartitaReal c = (PartitaReal)0.044715;
  const PartitaReal half = (PartitaReal)0.5;

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < dim; ++i) {
    const PartitaReal z = x[i] + bias[i];
    const PartitaReal cube = c * z * z;
    const PartitaReal t = real_tanh(a * z * (1 + cube));

    y[i] = half * z * (1 + t);
    x[i] = half * (1 + t) + half * z * (1 - t * t) * a * (1 + 3 * cube);
  }
}

void
partita_nn_gelu(PartitaReal *y,
                PartitaReal *x,
                const PartitaReal *bias,
                size_t rows,
                size_t dim)
{
  for (size_t r = 0; r < rows; ++r)
    take_row(y + r * dim, x + r * dim, bias, dim);
}

PARTITA_CLONED void
partita_nn_multiply(PartitaReal *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] *= x[i];
}
