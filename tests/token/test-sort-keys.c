// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib.h>
#include <stdlib.h>
#include <token/sort-keys.h>

static int
compare(const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;

  return x < y ? -1 : x > y;
}

/// Law: the same as qsort(), whatever the number of keys and of bits.
static void
test_like_qsort(void)
{
  for (int i = 0; i < 300; ++i) {
    const size_t n = (size_t)g_test_rand_int_range(0, i < 200 ? 200 : 3000);
    const unsigned bits = (unsigned)g_test_rand_int_range(1, 64);
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    g_autofree uint64_t *keys = g_new(uint64_t, n);
    g_autofree uint64_t *expected = g_new(uint64_t, n);

    for (size_t k = 0; k < n; ++k) {
      const uint64_t high = (uint32_t)g_test_rand_int();

      keys[k] = (high << 32 | (uint32_t)g_test_rand_int()) & mask;
      if (g_test_rand_int_range(0, 4) == 0)
        keys[k] &= UINT64_C(0xFF00000);
      expected[k] = keys[k];
    }
    if (n > 0)
      qsort(expected, n, sizeof *expected, compare);
    partita_sort_keys(keys, n, (unsigned)g_test_rand_int_range(0, 64));
    for (size_t k = 0; k < n; ++k)
      g_assert_cmpuint(keys[k], ==, expected[k]);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/sort-keys/like-qsort", test_like_qsort);
  return g_test_run();
}
