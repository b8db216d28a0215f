// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <float.h>
#include <math.h>
#include <partita/compose.h>

#define N 24

typedef struct {
  float logits[N];
  uint8_t mask[N];
  PartitaSampling sampling;
} Case;

static void
make_case(Case *c)
{
  c->sampling = (PartitaSampling){
    .temperature = g_test_rand_double_range(0.2, 3.0),
    .top_k = (unsigned)g_test_rand_int_range(0, N + 4),
    .top_p = g_test_rand_double_range(0.05, 1.0),
    .min_p = g_test_rand_double_range(0.0, 0.3),
  };
  for (size_t i = 0; i < N; ++i) {
    c->logits[i] = (float)g_test_rand_double_range(-4.0, 4.0);
    c->mask[i] = (uint8_t)g_test_rand_int_range(0, 2);
  }
  c->mask[g_test_rand_int_range(0, N)] = 1;
}

static uint16_t
sample(const Case *c, double uniform, float probabilities[N])
{
  memcpy(probabilities, c->logits, sizeof c->logits);
  return partita_sample(probabilities, c->mask, N, &c->sampling, uniform);
}

/* The same law written the slow way: one id at a time, the likeliest left. */
static void
reference(const Case *c, double p[N])
{
  double sum = 0.0, kept = 0.0, first = 0.0;
  bool taken[N] = {false};
  size_t n = 0;

  for (size_t i = 0; i < N; ++i) {
    p[i] = c->mask[i] == 0
             ? 0.0
             : exp((double)c->logits[i] / c->sampling.temperature);
    sum += p[i];
  }
  /* Top-p is a share of what top-k left. */
  double rest = 0.0;
  for (int pass = 0; pass < 2; ++pass) {
    memset(taken, 0, sizeof taken);
    kept = 0.0;
    for (n = 0; n < N; ++n) {
      size_t best = N;
      for (size_t i = 0; i < N; ++i)
        if (!taken[i] && p[i] > 0.0 && (best == N || p[i] > p[best]))
          best = i;
      if (best == N || (c->sampling.top_k > 0 && n >= c->sampling.top_k))
        break;
      if (n == 0)
        first = p[best];
      if (pass == 1 && n > 0 && kept >= c->sampling.top_p * rest)
        break;
      if (pass == 1 && p[best] < c->sampling.min_p * first)
        break;
      taken[best] = true;
      kept += p[best];
    }
    rest = kept;
  }
  for (size_t i = 0; i < N; ++i)
    p[i] = taken[i] ? p[i] / kept : 0.0;
}

/* Law: the probabilities drawn from are those of the definition. */
static void
test_definition(void)
{
  for (int run = 0; run < 2000; ++run) {
    Case c;
    float got[N];
    double want[N];

    make_case(&c);
    (void)sample(&c, 0.5, got);
    reference(&c, want);
    for (size_t i = 0; i < N; ++i)
      g_assert_cmpfloat_with_epsilon((double)got[i], want[i], 1e-5);
  }
}

/* Law: ids fall as often as their probabilities say. */
static void
test_distribution(void)
{
  enum { DRAWS = 20000 };
  Case c;
  float p[N];
  size_t counts[N] = {0};
  double chi = 0.0;
  int freedom = -1;

  make_case(&c);
  c.sampling =
    (PartitaSampling){.temperature = 1.3, .top_k = 12, .top_p = 0.95};
  for (size_t i = 0; i < DRAWS; ++i)
    ++counts[sample(&c, ((double)i + g_test_rand_double()) / DRAWS, p)];
  for (size_t i = 0; i < N; ++i) {
    const double expected = (double)p[i] * DRAWS;

    if (expected == 0.0) {
      g_assert_cmpuint(counts[i], ==, 0);
      continue;
    }
    chi += ((double)counts[i] - expected) * ((double)counts[i] - expected) /
           expected;
    ++freedom;
  }
  g_assert_cmpfloat(chi, <, freedom + 6.0 * sqrt(2.0 * freedom) + 6.0);
}

/* Law: whatever the logits, only ids of the mask come out. */
static void
test_mask(void)
{
  const float odd[] = {NAN, INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, 0.0f};

  for (int run = 0; run < 5000; ++run) {
    Case c;
    float p[N];
    double sum = 0.0;

    make_case(&c);
    for (size_t i = 0; i < N; ++i)
      if (g_test_rand_bit() || run % 3 == 0)
        c.logits[i] = odd[g_test_rand_int_range(0, G_N_ELEMENTS(odd))];
    g_assert_cmpint(c.mask[sample(&c, g_test_rand_double(), p)], ==, 1);
    for (size_t i = 0; i < N; ++i) {
      g_assert_true(p[i] >= 0.0f && (c.mask[i] != 0 || p[i] == 0.0f));
      sum += (double)p[i];
    }
    g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-5);
  }
}

/* Law: adding a constant to the logits changes nothing. */
static void
test_shift(void)
{
  for (int run = 0; run < 500; ++run) {
    Case c, moved;
    float p[N], q[N];
    const double uniform = g_test_rand_double();

    make_case(&c);
    for (size_t i = 0; i < N; ++i)
      c.logits[i] = roundf(c.logits[i] * 64.0f) / 64.0f;
    moved = c;
    for (size_t i = 0; i < N; ++i)
      moved.logits[i] += 512.0f;
    g_assert_cmpuint(sample(&c, uniform, p), ==, sample(&moved, uniform, q));
    g_assert_true(memcmp(p, q, sizeof p) == 0);
  }
}

static size_t
find_best(const Case *c)
{
  size_t best = N;

  for (size_t i = 0; i < N; ++i)
    if (c->mask[i] != 0 && (best == N || c->logits[i] > c->logits[best]))
      best = i;
  return best;
}

/* Law: top-k of 1, a tiny temperature, a tiny top-p and a min-p of 1 each give
 * the likeliest id. */
static void
test_likeliest(void)
{
  for (int run = 0; run < 500; ++run) {
    Case c;
    float p[N];

    make_case(&c);
    c.sampling = (PartitaSampling){.temperature = 1.0, .top_p = 1.0};
    if (run % 4 == 0)
      c.sampling.top_k = 1;
    else if (run % 4 == 1)
      c.sampling.temperature = 1e-300;
    else if (run % 4 == 2)
      c.sampling.top_p = 1e-9;
    else
      c.sampling.min_p = 1.0;
    g_assert_cmpuint(sample(&c, g_test_rand_double(), p), ==, find_best(&c));
  }
}

/* The order of the steps shows: top-p takes its share of what top-k left, and
 * temperature comes before both. */
static void
test_order(void)
{
  const uint8_t mask[4] = {1, 1, 1, 1};
  const float p[4] = {0.4f, 0.3f, 0.2f, 0.1f};
  float logits[4];
  PartitaSampling sampling = {.temperature = 1.0, .top_k = 2, .top_p = 0.5};

  for (size_t i = 0; i < 4; ++i)
    logits[i] = logf(p[i]);
  /* 0.4 of 0.7 is over a half: one id is left; of the whole it would be two. */
  (void)partita_sample(logits, mask, 4, &sampling, 0.99);
  g_assert_cmpfloat_with_epsilon((double)logits[0], 1.0, 1e-6);

  for (size_t i = 0; i < 4; ++i)
    logits[i] = logf(p[i]);
  sampling = (PartitaSampling){.temperature = 1000, .top_p = 1, .min_p = 0.9};
  (void)partita_sample(logits, mask, 4, &sampling, 0.99);
  for (size_t i = 0; i < 4; ++i)
    g_assert_cmpfloat_with_epsilon((double)logits[i], 0.25, 1e-3);
}

static void
test_ties(void)
{
  const uint8_t mask[4] = {0, 1, 1, 1};
  float logits[4] = {9.0f, 2.0f, 2.0f, 2.0f};
  const PartitaSampling sampling = {
    .temperature = 1.0, .top_k = 2, .top_p = 1.0};

  g_assert_cmpuint(partita_sample(logits, mask, 4, &sampling, 0.75), ==, 2);
  g_assert_cmpfloat((double)logits[1], ==, 0.5);
  g_assert_cmpfloat((double)logits[3], ==, 0.0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/sample/definition", test_definition);
  g_test_add_func("/compose/sample/distribution", test_distribution);
  g_test_add_func("/compose/sample/mask", test_mask);
  g_test_add_func("/compose/sample/shift", test_shift);
  g_test_add_func("/compose/sample/likeliest", test_likeliest);
  g_test_add_func("/compose/sample/order", test_order);
  g_test_add_func("/compose/sample/ties", test_ties);
  return g_test_run();
}
