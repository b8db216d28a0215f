// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

static void
assert_philox(uint64_t seed,
              unsigned purpose,
              uint64_t step,
              uint64_t index,
              const uint32_t expected[4])
{
  uint32_t out[4];

  partita_philox(seed, (PartitaRandomPurpose)purpose, step, index, out);
  for (int i = 0; i < 4; ++i)
    g_assert_cmphex(out[i], ==, expected[i]);
}

/* The vectors philox4x32-10 of the authors' kat_vectors (Random123). Purpose
 * and step share the counter's second word, so 0xFF and a step of 56 bits
 * fill it. */
static void
test_known(void)
{
  static const uint32_t zeros[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c,
                                   0x9b00dbd8};
  static const uint32_t ones[] = {0x408f276d, 0x41c83b0e, 0xa20bc7c6,
                                  0x6d5451fd};
  static const uint32_t pi[] = {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};

  assert_philox(0, 0, 0, 0, zeros);
  assert_philox(UINT64_MAX, 0xFF, 0x00FFFFFFFFFFFFFF, UINT64_MAX, ones);
  // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
  assert_philox(0x299f31d0a4093822, 0x85, 0x00a308d313198a2e,
                0x03707344243f6a88, pi);
}

/* Law: a change of any argument changes the numbers. */
static void
test_places_differ(void)
{
  uint32_t base[4];
  uint32_t other[4];

  partita_philox(7, PARTITA_RANDOM_ORDER, 3, 5, base);
  for (int bit = 0; bit < 64; ++bit) {
    partita_philox(7 ^ UINT64_C(1) << bit, PARTITA_RANDOM_ORDER, 3, 5, other);
    g_assert_true(memcmp(base, other, sizeof base) != 0);
    partita_philox(7, PARTITA_RANDOM_ORDER, 3, 5 ^ UINT64_C(1) << bit, other);
    g_assert_true(memcmp(base, other, sizeof base) != 0);
  }
  for (int bit = 0; bit < 56; ++bit) {
    partita_philox(7, PARTITA_RANDOM_ORDER, 3 ^ UINT64_C(1) << bit, 5, other);
    g_assert_true(memcmp(base, other, sizeof base) != 0);
  }
  for (unsigned purpose = 1; purpose <= PARTITA_RANDOM_CORPUS; ++purpose) {
    partita_philox(7, (PartitaRandomPurpose)purpose, 3, 5, other);
    g_assert_true((memcmp(base, other, sizeof base) == 0) ==
                  (purpose == PARTITA_RANDOM_ORDER));
  }
}

/* Law: the same place, the same number. */
static void
test_pure(void)
{
  for (int i = 0; i < 100; ++i) {
    const uint64_t seed = (uint64_t)g_test_rand_int();
    const uint64_t index = (uint64_t)g_test_rand_int();
    const double first =
      partita_random_uniform(seed, PARTITA_RANDOM_SAMPLE, 1, index);

    g_assert_cmpfloat(
      partita_random_uniform(seed, PARTITA_RANDOM_SAMPLE, 1, index), ==, first);
    g_assert_cmpuint(
      partita_random_below(seed, PARTITA_RANDOM_SAMPLE, 1, index, 1000), ==,
      partita_random_below(seed, PARTITA_RANDOM_SAMPLE, 1, index, 1000));
  }
}

/// Chi-square of @n drawn counts against equal shares.
static double
chi_square(const unsigned *counts, unsigned n, unsigned drawn)
{
  const double expected = (double)drawn / n;
  double sum = 0.0;

  for (unsigned i = 0; i < n; ++i)
    sum += (counts[i] - expected) * (counts[i] - expected) / expected;
  return sum;
}

/* Over 99 degrees of freedom 99 + 6 * sqrt(2 * 99) is passed about once in
 * ten million; the seed is fixed, so this never flickers. */
#define CHI_SQUARE_MAX 184.0
#define CHI_SQUARE_MIN 35.0

static void
test_uniform(void)
{
  enum { N = 100, DRAWN = 200000 };
  unsigned counts[N] = {0};

  for (uint64_t i = 0; i < DRAWN; ++i) {
    const double x =
      partita_random_uniform(1, PARTITA_RANDOM_SAMPLE, i / 1000, i);

    g_assert_cmpfloat(x, >=, 0.0);
    g_assert_cmpfloat(x, <, 1.0);
    ++counts[(unsigned)(x * N)];
  }
  g_assert_cmpfloat(chi_square(counts, N, DRAWN), <, CHI_SQUARE_MAX);
  g_assert_cmpfloat(chi_square(counts, N, DRAWN), >, CHI_SQUARE_MIN);
}

static void
test_below(void)
{
  enum { N = 100, DRAWN = 200000 };
  unsigned counts[N] = {0};

  for (uint64_t i = 0; i < DRAWN; ++i) {
    const uint32_t x = partita_random_below(1, PARTITA_RANDOM_CROP, 0, i, N);

    g_assert_cmpuint(x, <, N);
    ++counts[x];
  }
  g_assert_cmpfloat(chi_square(counts, N, DRAWN), <, CHI_SQUARE_MAX);
  g_assert_cmpfloat(chi_square(counts, N, DRAWN), >, CHI_SQUARE_MIN);
}

static void
test_below_limits(void)
{
  bool high = false;

  for (uint64_t i = 0; i < 1000; ++i) {
    const uint32_t x =
      partita_random_below(2, PARTITA_RANDOM_CROP, 0, i, UINT32_MAX);

    g_assert_cmpuint(partita_random_below(2, PARTITA_RANDOM_CROP, 0, i, 1), ==,
                     0);
    g_assert_cmpuint(x, <, UINT32_MAX);
    high = high || x > UINT32_MAX / 2;
  }
  g_assert_true(high);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/philox/known", test_known);
  g_test_add_func("/base/philox/places-differ", test_places_differ);
  g_test_add_func("/base/philox/pure", test_pure);
  g_test_add_func("/base/philox/uniform", test_uniform);
  g_test_add_func("/base/philox/below", test_below);
  g_test_add_func("/base/philox/below-limits", test_below_limits);
  return g_test_run();
}
