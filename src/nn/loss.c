// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

PARTITA_CLONED static PartitaReal
find_max(const PartitaReal *x, size_t n)
{
  return real_max(x, n);
}

PARTITA_CLONED static PartitaReal
sum_exp(const PartitaReal *x, size_t n, PartitaReal max)
{
  PartitaReal lane[PARTITA_LANES] = {0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j)
      lane[j] += real_exp(x[i + j] - max);
  for (; i < n; ++i)
    lane[0] += real_exp(x[i] - max);
  return real_sum_lanes(lane);
}

PARTITA_CLONED static void
set_softmax(PartitaReal *x, size_t n, PartitaReal max, PartitaReal factor)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    x[i] = real_exp(x[i] - max) * factor;
}

static double
take_row(
  PartitaReal *x, size_t vocab, size_t target, bool gradient, PartitaReal scale)
{
  const PartitaReal max = find_max(x, vocab);
  const PartitaReal sum = sum_exp(x, vocab, max);
  const double loss = log((double)sum) + (double)max - (double)x[target];

  if (gradient) {
    set_softmax(x, vocab, max, scale / sum);
    x[target] -= scale;
  }
  return loss;
}

double
partita_nn_cross_entropy(PartitaReal *logits,
                         const int32_t *targets,
                         size_t rows,
                         size_t vocab,
                         bool gradient,
                         double scale,
                         PartitaReal *nll)
{
  double total = 0.0;

  for (size_t r = 0; r < rows; ++r) {
    PartitaReal *const row = logits + r * vocab;
    double loss = 0.0;

    if (targets[r] >= 0)
      loss =
        take_row(row, vocab, (size_t)targets[r], gradient, (PartitaReal)scale);
    else if (gradient)
      memset(row, 0, sizeof *row * vocab);
    total += loss;
    if (nll != NULL)
      nll[r] = (PartitaReal)loss;
  }
  return total;
}
