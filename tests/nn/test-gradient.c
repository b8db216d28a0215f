// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The layers compiled over double against finite differences. A layer's loss
 * is the sum of its outputs, each times a fixed random number. */

#include "gradient.h"

#include <string.h>

#define ROWS 3
#define HIDDEN 5
#define INPUTS 4
#define VOCAB 7
#define FIELDS 2
#define TRIES 5

static double
dot(const double *a, const double *b, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

/* x: gates [ROWS, 4, HIDDEN], then bias [4, HIDDEN], then c [ROWS, HIDDEN].
 * data: the factors of h, then those of c. */
static double
lose_lstm(const double *x, size_t n, double *gradient, void *data)
{
  const size_t n_gates = ROWS * 4 * HIDDEN;
  const size_t n_bias = 4 * HIDDEN;
  const double *const factors = data;
  double gates[ROWS * 4 * HIDDEN];
  double c[ROWS * HIDDEN], tanh_c[ROWS * HIDDEN], h[ROWS * HIDDEN];
  const double *const before = x + n_gates + n_bias;
  const double dh_after[ROWS * HIDDEN] = {0};

  g_assert_cmpuint(n, ==, n_gates + n_bias + ROWS * HIDDEN);
  memcpy(gates, x, sizeof gates);
  partita_nn_lstm(gates, x + n_gates, before, c, tanh_c, h, ROWS, HIDDEN);
  if (gradient != NULL) {
    double *const dc = gradient + n_gates + n_bias;

    memcpy(dc, factors + ROWS * HIDDEN, sizeof c);
    partita_nn_lstm_backward(gates, before, tanh_c, factors, dh_after, dc, ROWS,
                             HIDDEN);
    memcpy(gradient, gates, sizeof gates);
    partita_nn_add_rows(gradient + n_gates, gates, ROWS, 4 * HIDDEN);
  }
  return dot(h, factors, ROWS * HIDDEN) +
         dot(c, factors + ROWS * HIDDEN, ROWS * HIDDEN);
}

static void
test_lstm(void)
{
  double x[ROWS * 4 * HIDDEN + 4 * HIDDEN + ROWS * HIDDEN];
  double factors[2 * ROWS * HIDDEN];

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 2.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_lstm, x, G_N_ELEMENTS(x), factors);
  }
}

// The gradient that comes from the next step adds to the layer above's.
static void
test_lstm_after(void)
{
  double gates[2][4 * HIDDEN], dc[2][HIDDEN];
  double dh[HIDDEN], after[HIDDEN], sum[HIDDEN], c[HIDDEN], tanh_c[HIDDEN];
  const double zero[HIDDEN] = {0};

  fill_random(gates[0], 4 * HIDDEN, 1.0);
  memcpy(gates[1], gates[0], sizeof gates[0]);
  fill_random(dc[0], HIDDEN, 1.0);
  memcpy(dc[1], dc[0], sizeof dc[0]);
  fill_random(dh, HIDDEN, 1.0);
  fill_random(after, HIDDEN, 1.0);
  fill_random(c, HIDDEN, 1.0);
  fill_random(tanh_c, HIDDEN, 1.0);
  for (size_t j = 0; j < HIDDEN; ++j)
    sum[j] = dh[j] + after[j];
  partita_nn_lstm_backward(gates[0], c, tanh_c, dh, after, dc[0], 1, HIDDEN);
  partita_nn_lstm_backward(gates[1], c, tanh_c, sum, zero, dc[1], 1, HIDDEN);
  g_assert_cmpint(memcmp(gates[0], gates[1], sizeof gates[0]), ==, 0);
  g_assert_cmpint(memcmp(dc[0], dc[1], sizeof dc[0]), ==, 0);
}

// x: logits [ROWS, VOCAB]; data: targets.
static double
lose_cross_entropy(const double *x, size_t n, double *gradient, void *data)
{
  double logits[ROWS * VOCAB];

  g_assert_cmpuint(n, ==, ROWS * VOCAB);
  memcpy(logits, x, sizeof logits);

  const double loss = partita_nn_cross_entropy(logits, data, ROWS, VOCAB,
                                               gradient != NULL, 0.5, NULL);

  if (gradient != NULL)
    memcpy(gradient, logits, sizeof logits);
  return 0.5 * loss;
}

static void
test_cross_entropy(void)
{
  double x[ROWS * VOCAB];
  int32_t targets[ROWS] = {0, -1, VOCAB - 1};

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 3.0);
    assert_gradient(lose_cross_entropy, x, G_N_ELEMENTS(x), targets);
  }
}

/* x: weights [HIDDEN, INPUTS], then inputs [ROWS, INPUTS], then bias [HIDDEN];
 * data: the factors of the outputs. */
static double
lose_linear(const double *x, size_t n, double *gradient, void *data)
{
  const double *const inputs = x + HIDDEN * INPUTS;
  const size_t bias_at = HIDDEN * INPUTS + ROWS * INPUTS;
  double y[ROWS * HIDDEN];

  g_assert_cmpuint(n, ==, bias_at + HIDDEN);
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, ROWS, HIDDEN, INPUTS, inputs, x, y);
  partita_nn_add_bias(y, x + bias_at, ROWS, HIDDEN);
  if (gradient != NULL) {
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, HIDDEN,
                    INPUTS, ROWS, data, inputs, gradient);
    partita_nn_gemm(PARTITA_NN_PLAIN, ROWS, INPUTS, HIDDEN, data, x,
                    gradient + HIDDEN * INPUTS);
    partita_nn_add_rows(gradient + bias_at, data, ROWS, HIDDEN);
  }
  return dot(y, data, ROWS * HIDDEN);
}

static void
test_linear(void)
{
  double x[HIDDEN * INPUTS + ROWS * INPUTS + HIDDEN];
  double factors[ROWS * HIDDEN];

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 1.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_linear, x, G_N_ELEMENTS(x), factors);
  }
}

/* x: a table [VOCAB, INPUTS] and one [2, INPUTS], through dropout; data: the
 * factors of the outputs. Dropout is a function of its place, so the loss is
 * one of x alone. */
static double
lose_embedding(const double *x, size_t n, double *gradient, void *data)
{
  static const uint16_t ids[ROWS * FIELDS] = {0, 1, 6, 0, 6, 1};
  const PartitaNnDropout dropout = {.p = 0.4, .seed = 5, .step = 6, .index = 7};
  const double *const tables[FIELDS] = {x, x + VOCAB * INPUTS};
  double y[ROWS * INPUTS];
  uint8_t kept[ROWS * INPUTS];

  g_assert_cmpuint(n, ==, (VOCAB + 2) * INPUTS);
  partita_nn_embed(y, tables, ids, ROWS, FIELDS, INPUTS);
  partita_nn_dropout(y, kept, ROWS * INPUTS, &dropout);
  if (gradient != NULL) {
    double *const parts[FIELDS] = {gradient, gradient + VOCAB * INPUTS};
    double dy[ROWS * INPUTS];

    memcpy(dy, data, sizeof dy);
    partita_nn_dropout_backward(dy, kept, ROWS * INPUTS, &dropout);
    partita_nn_embed_backward(parts, dy, ids, ROWS, FIELDS, INPUTS);
  }
  return dot(y, data, ROWS * INPUTS);
}

static void
test_embedding(void)
{
  double x[(VOCAB + 2) * INPUTS];
  double factors[ROWS * INPUTS];

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 1.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_embedding, x, G_N_ELEMENTS(x), factors);
  }
}

#define DIM 37 // more than twice the lanes of a sum, and a rest

/* x: x [ROWS, DIM], then gain [DIM], then bias [DIM]; data: the factors of the
 * outputs. */
static double
lose_norm(const double *x, size_t n, double *gradient, void *data)
{
  const double *const gain = x + ROWS * DIM;
  double y[ROWS * DIM], again[ROWS * DIM], normed[ROWS * DIM], rate[ROWS];

  g_assert_cmpuint(n, ==, (ROWS + 2) * DIM);
  partita_nn_layer_norm(y, normed, rate, x, gain, gain + DIM, ROWS, DIM);
  partita_nn_layer_norm_again(again, normed, gain, gain + DIM, ROWS, DIM);
  g_assert_cmpint(memcmp(y, again, sizeof y), ==, 0);
  if (gradient != NULL) {
    double *const dgain = gradient + ROWS * DIM;

    partita_nn_layer_norm_backward(gradient, dgain, dgain + DIM, data, normed,
                                   rate, gain, ROWS, DIM);
  }
  return dot(y, data, ROWS * DIM);
}

static void
test_norm(void)
{
  double x[(ROWS + 2) * DIM];
  double factors[ROWS * DIM];

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 2.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_norm, x, G_N_ELEMENTS(x), factors);
  }
}

/* x: x [ROWS, DIM], then bias [DIM]; data: the factors of the outputs. */
static double
lose_gelu(const double *x, size_t n, double *gradient, void *data)
{
  double y[ROWS * DIM], slope[ROWS * DIM];

  g_assert_cmpuint(n, ==, (ROWS + 1) * DIM);
  memcpy(slope, x, sizeof slope);
  partita_nn_gelu(y, slope, x + ROWS * DIM, ROWS, DIM);
  if (gradient != NULL) {
    memcpy(gradient, data, sizeof y);
    partita_nn_multiply(gradient, slope, ROWS * DIM);
    partita_nn_add_rows(gradient + ROWS * DIM, gradient, ROWS, DIM);
  }
  return dot(y, data, ROWS * DIM);
}

static void
test_gelu(void)
{
  double x[(ROWS + 1) * DIM];
  double factors[ROWS * DIM];

  for (int i = 0; i < TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 3.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_gelu, x, G_N_ELEMENTS(x), factors);
  }
}

/* x: x [ROWS, DIM], then the branch [ROWS, DIM], then its bias [DIM]; data: the
 * factors of the outputs, then 1 for dropout. */
static double
lose_branch(const double *x, size_t n, double *gradient, void *data)
{
  const size_t part = ROWS * DIM;
  const double *const factors = data;
  const PartitaNnDropout dropout = {.p = 0.4, .seed = 5, .step = 6, .index = 7};
  const PartitaNnDropout *const used = factors[part] > 0.0 ? &dropout : NULL;
  double y[ROWS * DIM];
  uint8_t kept[ROWS * DIM];

  g_assert_cmpuint(n, ==, 2 * part + DIM);
  memcpy(y, x, sizeof y);
  partita_nn_add_branch(y, x + part, x + 2 * part, kept, ROWS, DIM, used);
  if (gradient != NULL) {
    memcpy(gradient, factors, sizeof y);
    partita_nn_add_branch_backward(gradient + part, factors, kept, part, used);
    partita_nn_add_rows(gradient + 2 * part, gradient + part, ROWS, DIM);
  }
  return dot(y, factors, part);
}

static void
test_branch(void)
{
  double x[(2 * ROWS + 1) * DIM];
  double factors[ROWS * DIM + 1];

  for (int i = 0; i < 2 * TRIES; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 1.0);
    fill_random(factors, ROWS * DIM, 1.0);
    factors[ROWS * DIM] = i % 2;
    assert_gradient(lose_branch, x, G_N_ELEMENTS(x), factors);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/nn/gradient/lstm", test_lstm);
  g_test_add_func("/nn/gradient/lstm-after", test_lstm_after);
  g_test_add_func("/nn/gradient/cross-entropy", test_cross_entropy);
  g_test_add_func("/nn/gradient/linear", test_linear);
  g_test_add_func("/nn/gradient/embedding", test_embedding);
  g_test_add_func("/nn/gradient/norm", test_norm);
  g_test_add_func("/nn/gradient/branch", test_branch);
  g_test_add_func("/nn/gradient/gelu", test_gelu);
  return g_test_run();
}
