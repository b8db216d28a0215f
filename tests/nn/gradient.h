// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_GRADIENT_H
#define PARTITA_TESTS_GRADIENT_H

#include <math.h>
#include <partita/nn.h>

/// A loss of @n numbers; with @gradient (all 0 on entry) its gradient too.
typedef double
GradientLoss(const double *x, size_t n, double *gradient, void *data);

/* Along a random direction, the gradient's slope against the central
 * difference, to a relative error of 1e-6. */
static inline void
assert_gradient(GradientLoss *loss, const double *x, size_t n, void *data)
{
  const double step = 1e-5;
  g_autofree double *gradient = g_new0(double, n);
  g_autofree double *direction = g_new(double, n);
  g_autofree double *moved = g_new(double, n);
  double slope = 0.0;
  double size = 0.0;

  (void)loss(x, n, gradient, data);
  for (size_t i = 0; i < n; ++i) {
    direction[i] = g_test_rand_double_range(-1.0, 1.0);
    slope += gradient[i] * direction[i];
    size += gradient[i] * gradient[i];
    moved[i] = x[i] + step * direction[i];
  }

  const double above = loss(moved, n, NULL, data);

  for (size_t i = 0; i < n; ++i)
    moved[i] = x[i] - step * direction[i];

  const double below = loss(moved, n, NULL, data);
  const double measured = (above - below) / (2.0 * step);

  // A slope is small when the direction happens to stand across the gradient;
  // then its error is that of the gradient's length.
  g_assert_cmpfloat(size, >, 0.0);
  g_assert_cmpfloat(fabs(slope - measured), <=,
                    1e-6 * fmax(fabs(slope), sqrt(size)));
}

static inline void
fill_random(double *x, size_t n, double bound)
{
  for (size_t i = 0; i < n; ++i)
    x[i] = g_test_rand_double_range(-bound, bound);
}

#endif
