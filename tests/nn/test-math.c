// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <partita/nn.h>

#define N 100003

static void
fill_line(float *x, double low, double high)
{
  for (size_t i = 0; i < N; ++i)
    x[i] = (float)(low + (high - low) * (double)i / (double)(N - 1));
}

static void
test_exp_error(void)
{
  g_autofree float *x = g_new(float, N);
  g_autofree float *y = g_new(float, N);

  fill_line(x, -87.0, 88.0);
  partita_nn_exp(y, x, N);
  for (size_t i = 0; i < N; ++i) {
    const double exact = exp((double)x[i]);

    g_assert_cmpfloat(fabs((double)y[i] - exact), <, 5e-7 * exact);
  }
}

static void
test_exp_ends(void)
{
  const float x[] = {-INFINITY, -1000.0f, -87.0f, 88.0f, 1000.0f, INFINITY};
  float y[6];

  partita_nn_exp(y, x, 6);
  g_assert_cmpfloat(y[0], ==, y[2]);
  g_assert_cmpfloat(y[1], ==, y[2]);
  g_assert_cmpfloat(y[4], ==, y[3]);
  g_assert_cmpfloat(y[5], ==, y[3]);
  g_assert_cmpfloat(y[2], <, 2e-38f);
  g_assert_cmpfloat(y[3], >, 1e38f);
}

static void
test_nan(void)
{
  float x[17];

  for (size_t i = 0; i < G_N_ELEMENTS(x); ++i)
    x[i] = NAN;
  partita_nn_exp(x, x, G_N_ELEMENTS(x));
  for (size_t i = 0; i < G_N_ELEMENTS(x); ++i)
    g_assert_true(isnan(x[i]));
  partita_nn_tanh(x, x, G_N_ELEMENTS(x));
  partita_nn_sigmoid(x, x, G_N_ELEMENTS(x));
  for (size_t i = 0; i < G_N_ELEMENTS(x); ++i)
    g_assert_true(isnan(x[i]));
}

static void
test_squashing_error(void)
{
  g_autofree float *x = g_new(float, N);
  g_autofree float *t = g_new(float, N);
  g_autofree float *s = g_new(float, N);

  fill_line(x, -100.0, 100.0);
  for (size_t i = 0; i < N; i += 2) // half of them where it bends
    x[i] *= 0.05f;
  partita_nn_tanh(t, x, N);
  partita_nn_sigmoid(s, x, N);
  for (size_t i = 0; i < N; ++i) {
    const double exact = 1.0 / (1.0 + exp(-(double)x[i]));

    g_assert_cmpfloat(fabs((double)t[i] - tanh((double)x[i])), <, 5e-7);
    g_assert_cmpfloat(fabs((double)s[i] - exact), <, 5e-7);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/nn/math/exp-error", test_exp_error);
  g_test_add_func("/nn/math/exp-ends", test_exp_ends);
  g_test_add_func("/nn/math/nan", test_nan);
  g_test_add_func("/nn/math/squashing-error", test_squashing_error);
  return g_test_run();
}
