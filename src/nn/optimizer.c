// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

PARTITA_CLONED void
partita_nn_adamw(PartitaReal *weights,
                 const PartitaReal *gradients,
                 PartitaReal *m,
                 PartitaReal *v,
                 size_t n,
                 uint64_t step,
                 const PartitaNnAdamw *settings)
{
  const double t = (double)step;
  const PartitaReal beta1 = (PartitaReal)settings->beta1;
  const PartitaReal beta2 = (PartitaReal)settings->beta2;
  const PartitaReal rest1 = (PartitaReal)(1.0 - settings->beta1);
  const PartitaReal rest2 = (PartitaReal)(1.0 - settings->beta2);
  const PartitaReal unbias1 =
    (PartitaReal)(1.0 / (1.0 - pow(settings->beta1, t)));
  const PartitaReal unbias2 =
    (PartitaReal)(1.0 / (1.0 - pow(settings->beta2, t)));
  const PartitaReal epsilon = (PartitaReal)settings->epsilon;
  const PartitaReal rate = (PartitaReal)settings->learning_rate;
  const PartitaReal keep =
    (PartitaReal)(1.0 - settings->learning_rate * settings->weight_decay);

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i) {
    const PartitaReal g = gradients[i];
    const PartitaReal first = beta1 * m[i] + rest1 * g;
    const PartitaReal second = beta2 * v[i] + rest2 * g * g;

    m[i] = first;
    v[i] = second;
    weights[i] = keep * weights[i] - rate * first * unbias1 /
                                       (real_sqrt(second * unbias2) + epsilon);
  }
}

PARTITA_CLONED void
partita_nn_sgd(PartitaReal *weights,
               const PartitaReal *gradients,
               PartitaReal *momentum,
               size_t n,
               const PartitaNnSgd *settings)
{
  const PartitaReal beta = (PartitaReal)settings->beta;
  const PartitaReal rate = (PartitaReal)settings->learning_rate;
  const PartitaReal keep =
    (PartitaReal)(1.0 - settings->learning_rate * settings->weight_decay);

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i) {
    momentum[i] = beta * momentum[i] + gradients[i];
    weights[i] = keep * weights[i] - rate * momentum[i];
  }
}

PARTITA_CLONED static double
sum_squares(const PartitaReal *x, size_t n)
{
  double lane[PARTITA_LANES] = {0.0};
  size_t i = 0;

  for (; i + PARTITA_LANES <= n; i += PARTITA_LANES)
    for (size_t j = 0; j < PARTITA_LANES; ++j)
      lane[j] += (double)x[i + j] * (double)x[i + j];
  for (; i < n; ++i)
    lane[0] += (double)x[i] * (double)x[i];
  for (size_t j = 1; j < PARTITA_LANES; ++j)
    lane[0] += lane[j];
  return lane[0];
}

double
partita_nn_clip(PartitaReal *x, size_t n, double max)
{
  const double norm = sqrt(sum_squares(x, n));

  if (isfinite(norm) && norm > max) {
    const PartitaReal factor = (PartitaReal)(max / norm);

    for (size_t i = 0; i < n; ++i)
      x[i] *= factor;
  }
  return norm;
}
