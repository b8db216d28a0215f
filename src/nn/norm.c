// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

#define EPSILON 1e-5

PARTITA_CLONED static PartitaReal
normalise_row(PartitaReal *normed, const PartitaReal *x, size_t dim)
{
  const PartitaReal mean = real_sum(x, dim) / (PartitaReal)dim;

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < dim; ++i)
    normed[i] = x[i] - mean;

  const PartitaReal variance = real_dot(normed, normed, dim) / (PartitaReal)dim;
  const PartitaReal rate = 1 / real_sqrt(variance + (PartitaReal)EPSILON);

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < dim; ++i)
    normed[i] *= rate;
  return rate;
}

PARTITA_CLONED static void
scale_row(PartitaReal *y,
          const PartitaReal *normed,
          const PartitaReal *gain,
          const PartitaReal *bias,
          size_t dim)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < dim; ++i)
    y[i] = gain[i] * normed[i] + bias[i];
}

void
partita_nn_layer_norm(PartitaReal *y,
                      PartitaReal *normed,
                      PartitaReal *rate,
                      const PartitaReal *x,
                      const PartitaReal *gain,
                      const PartitaReal *bias,
                      size_t rows,
                      size_t dim)
{
  for (size_t r = 0; r < rows; ++r) {
    const size_t at = r * dim;
    PartitaReal *const row = (normed == NULL ? y : normed) + at;
    const PartitaReal found = normalise_row(row, x + at, dim);

    scale_row(y + at, row, gain, bias, dim);
    if (rate != NULL)
      rate[r] = found;
  }
}

void
partita_nn_layer_norm_again(PartitaReal *y,
                            const PartitaReal *normed,
                            const PartitaReal *gain,
                            const PartitaReal *bias,
                            size_t rows,
                            size_t dim)
{
  for (size_t r = 0; r < rows; ++r)
    scale_row(y + r * dim, normed + r * dim, gain, bias, dim);
}

/* With g = gain dy and n = normed, dx = rate (g - mean(g) - n mean(g n)): the
 * chain rule on mean and deviation. */
PARTITA_CLONED static void
take_row_back(PartitaReal *dx,
              PartitaReal *dgain,
              PartitaReal *dbias,
              const PartitaReal *dy,
              const PartitaReal *normed,
              const PartitaReal *gain,
              PartitaReal rate,
              size_t dim)
{
  PartitaReal sum[PARTITA_LANES] = {0};
  PartitaReal slope[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= dim; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j) {
      const PartitaReal g = gain[i + j] * dy[i + j];

      sum[j] += g;
      slope[j] += g * normed[i + j];
    }
  for (; i < dim; ++i) {
    sum[0] += gain[i] * dy[i];
    slope[0] += gain[i] * dy[i] * normed[i];
  }

  const PartitaReal mean = real_sum_lanes(sum) / (PartitaReal)dim;
  const PartitaReal along = real_sum_lanes(slope) / (PartitaReal)dim;

  PARTITA_INDEPENDENT
  for (size_t d = 0; d < dim; ++d) {
    dx[d] += rate * (gain[d] * dy[d] - mean - normed[d] * along);
    dgain[d] += dy[d] * normed[d];
    dbias[d] += dy[d];
  }
}

void
partita_nn_layer_norm_backward(PartitaReal *dx,
                               PartitaReal *dgain,
                               PartitaReal *dbias,
                               const PartitaReal *dy,
                               const PartitaReal *normed,
                               const PartitaReal *rate,
                               const PartitaReal *gain,
                               size_t rows,
                               size_t dim)
{
  for (size_t r = 0; r < rows; ++r)
    take_row_back(dx + r * dim, dgain, dbias, dy + r * dim, normed + r * dim,
                  gain, rate[r], dim);
}
