// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <train/train-private.h>

/* Law: it rises to 1, stays, then falls, and never jumps. */
static void
test_shape(void)
{
  double before = partita_train_schedule(0.0);
  bool falls = false;

  g_assert_cmpfloat(before, >, 0.0);
  for (int i = 1; i <= 10000; ++i) {
    const double rate = partita_train_schedule(i / 10000.0);

    falls = falls || rate < before;
    if (falls)
      g_assert_cmpfloat(rate, <=, before);
    g_assert_cmpfloat(rate, <=, 1.0);
    g_assert_cmpfloat_with_epsilon(rate, before, 0.005);
    before = rate;
  }
  g_assert_true(falls);
}

static void
test_points(void)
{
  g_assert_cmpfloat_with_epsilon(partita_train_schedule(0.03), 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon(partita_train_schedule(0.7), 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon(partita_train_schedule(0.85), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon(partita_train_schedule(1.0), 0.02, 1e-12);
  g_assert_cmpfloat_with_epsilon(partita_train_schedule(2.0), 0.02, 1e-12);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/schedule/shape", test_shape);
  g_test_add_func("/train/schedule/points", test_points);
  return g_test_run();
}
