// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <partita/nn.h>
#include <string.h>
#include <sys/resource.h>

static float
random_real(void)
{
  return (float)g_test_rand_double_range(-1.0, 1.0);
}

static float *
new_random(size_t n)
{
  float *const x = g_new(float, n);

  for (size_t i = 0; i < n; ++i)
    x[i] = random_real();
  return x;
}

static void
check_product(unsigned flags, size_t m, size_t n, size_t k)
{
  g_autofree float *a = new_random(m * k);
  g_autofree float *b = new_random(k * n);
  g_autofree float *c = new_random(m * n);
  g_autofree float *before = g_memdup2(c, sizeof *c * m * n);

  if (!(flags & PARTITA_NN_ACCUMULATE))
    c[0] = NAN; // what stood there must not be read
  partita_nn_gemm(flags, m, n, k, a, b, c);
  for (size_t i = 0; i < m; ++i)
    for (size_t j = 0; j < n; ++j) {
      double sum =
        flags & PARTITA_NN_ACCUMULATE ? (double)before[i * n + j] : 0.0;

      for (size_t l = 0; l < k; ++l)
        sum +=
          (double)a[flags & PARTITA_NN_TRANSPOSE_A ? l * m + i : i * k + l] *
          (double)b[flags & PARTITA_NN_TRANSPOSE_B ? j * k + l : l * n + j];
      g_assert_cmpfloat_with_epsilon((double)c[i * n + j], sum, 1e-4);
    }
}

static void
test_gemm(void)
{
  for (unsigned flags = 0; flags < 8; ++flags) {
    check_product(flags, 1, 33, 65); // the kernel of one row
    check_product(flags, 5, 17, 9);
    check_product(flags, 16, 1, 3);
    check_product(flags, 1, 1, 1);
  }
}

static void
test_cross_entropy_value(void)
{
  // Far apart, so that exp() of the differences leaves float's range.
  float logits[] = {1000.0f, 0.0f, -1000.0f, 2.0f, 2.0f,
                    2.0f,    0.0f, 0.0f,     9.0f};
  const int32_t targets[] = {0, 1, -1};
  float nll[3];
  const double sum =
    partita_nn_cross_entropy(logits, targets, 3, 3, false, 1.0, nll);

  g_assert_cmpfloat_with_epsilon((double)nll[0], 0.0, 1e-6);
  g_assert_cmpfloat_with_epsilon((double)nll[1], log(3.0), 1e-6);
  g_assert_cmpfloat((double)nll[2], ==, 0.0);
  g_assert_cmpfloat_with_epsilon(sum, log(3.0), 1e-6);
  g_assert_cmpfloat(logits[0], ==, 1000.0f);
  (void)partita_nn_cross_entropy(logits, targets, 3, 3, true, 1.0, NULL);
  g_assert_cmpfloat_with_epsilon(logits[4], -2.0f / 3.0f, 1e-6f);
  g_assert_cmpfloat(logits[8], ==, 0.0f);
}

// Law: a NaN among the logits reaches the loss, where training looks for it.
static void
test_cross_entropy_nan(void)
{
  for (size_t at = 0; at < 40; ++at) {
    float logits[40] = {0};
    const int32_t target = 3;

    logits[at] = NAN;
    g_assert_true(
      isnan(partita_nn_cross_entropy(logits, &target, 1, 40, true, 1.0, NULL)));
  }
}

static void
test_dropout_share(void)
{
  const size_t n = 100000;
  const PartitaNnDropout dropout = {.p = 0.3, .seed = 1, .step = 2};
  g_autofree float *x = g_new(float, n);
  g_autofree uint8_t *kept = g_new(uint8_t, n);
  double sum = 0.0;
  size_t dropped = 0;

  for (size_t i = 0; i < n; ++i)
    x[i] = 1.0f;
  partita_nn_dropout(x, kept, n, &dropout);
  for (size_t i = 0; i < n; ++i) {
    g_assert_true((kept[i] == 0) == (x[i] == 0.0f));
    dropped += kept[i] == 0;
    sum += (double)x[i];
  }
  g_assert_cmpfloat_with_epsilon((double)dropped / (double)n, 0.3, 0.01);
  g_assert_cmpfloat_with_epsilon(sum / (double)n, 1.0, 0.02);
}

// Law: the mask is a function of the place alone, and other places differ.
static void
test_dropout_place(void)
{
  const PartitaNnDropout first = {.p = 0.5, .seed = 1, .step = 2, .index = 3};
  PartitaNnDropout other = first;
  uint8_t a[2040], b[2040];
  float x[2040] = {0};

  partita_nn_dropout(x, a, sizeof a, &first);
  partita_nn_dropout(x, b, 1000, &first);
  g_assert_cmpint(memcmp(a, b, 1000), ==, 0);
  other.index = 4; // 8 numbers further
  partita_nn_dropout(x, b, 1000, &other);
  g_assert_cmpint(memcmp(a + 8, b, 1000), ==, 0);
  other.step = 9;
  partita_nn_dropout(x, b, 1000, &other);
  g_assert_cmpint(memcmp(a + 8, b, 1000), !=, 0);
}

static void
test_adamw(void)
{
  // Two steps by hand, after algorithm 2 of the paper.
  const PartitaNnAdamw settings = {.learning_rate = 0.1,
                                   .beta1 = 0.9,
                                   .beta2 = 0.99,
                                   .epsilon = 1e-8,
                                   .weight_decay = 0.01};
  float w = 1.0f, m = 0.0f, v = 0.0f;
  const float g1 = 0.5f, g2 = -1.0f;

  partita_nn_adamw(&w, &g1, &m, &v, 1, 1, &settings);
  g_assert_cmpfloat_with_epsilon((double)w, 1.0 - 0.1 * (1.0 + 0.01), 1e-6);

  const double m2 = (0.9 * 0.05 - 0.1) / (1.0 - 0.81);
  const double v2 = (0.99 * 0.0025 + 0.01) / (1.0 - 0.9801);
  const double before = (double)w;

  partita_nn_adamw(&w, &g2, &m, &v, 1, 2, &settings);
  g_assert_cmpfloat_with_epsilon(
    (double)w, before - 0.1 * (m2 / sqrt(v2) + 0.01 * before), 1e-6);
}

static void
test_clip(void)
{
  float x[35] = {0};

  x[0] = 3.0f;
  x[34] = 4.0f;
  g_assert_cmpfloat_with_epsilon(partita_nn_clip(x, 35, 10.0), 5.0, 1e-9);
  g_assert_cmpfloat(x[34], ==, 4.0f);
  g_assert_cmpfloat_with_epsilon(partita_nn_clip(x, 35, 1.0), 5.0, 1e-9);
  g_assert_cmpfloat_with_epsilon(x[34], 0.8f, 1e-6f);
  x[1] = NAN;
  g_assert_true(isnan(partita_nn_clip(x, 35, 1.0)));
  g_assert_cmpfloat_with_epsilon(x[34], 0.8f, 1e-6f);
}

static void
test_address_space(void)
{
  if (g_test_subprocess()) {
    struct rlimit limit;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(getrlimit(RLIMIT_AS, &limit), ==, 0);

    const rlim_t before = limit.rlim_cur;

    limit.rlim_cur = (rlim_t)256 << 20;
    g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);

    const bool ready = partita_nn_init(&error);

    limit.rlim_cur = before; // a sanitizer's own memory needs more
    g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);
    g_assert_false(ready);
    g_assert_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_MEMORY);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
  g_assert_true(partita_nn_init(NULL));
}

// Law: moving and scaling a row changes nothing, and what comes out has mean 0
// and variance 1 before gain and bias.
static void
test_layer_norm(void)
{
  enum { DIM = 45 };
  g_autofree float *x = new_random(DIM);
  g_autofree float *gain = new_random(DIM);
  g_autofree float *bias = new_random(DIM);
  float y[DIM], moved[DIM], normed[DIM], rate = 0.0f;
  double mean = 0.0, variance = 0.0;

  partita_nn_layer_norm(y, normed, &rate, x, gain, bias, 1, DIM);
  for (size_t i = 0; i < DIM; ++i) {
    mean += (double)normed[i] / DIM;
    variance += (double)normed[i] * (double)normed[i] / DIM;
    g_assert_cmpfloat_with_epsilon(y[i], gain[i] * normed[i] + bias[i], 1e-6f);
    moved[i] = 8.0f * x[i] + 100.0f;
  }
  g_assert_cmpfloat_with_epsilon(mean, 0.0, 1e-6);
  g_assert_cmpfloat_with_epsilon(variance, 1.0, 1e-3);
  partita_nn_layer_norm(moved, NULL, NULL, moved, gain, bias, 1, DIM);
  for (size_t i = 0; i < DIM; ++i)
    g_assert_cmpfloat_with_epsilon(moved[i], y[i], 1e-3f);
}

static void
test_gelu(void)
{
  enum { N = 2001 };
  g_autofree float *x = g_new(float, N);
  g_autofree float *y = g_new(float, N);
  g_autofree float *bias = g_new(float, N);

  for (size_t i = 0; i < N; ++i) {
    x[i] = 0.01f * (float)i;
    bias[i] = -10.0f;
  }
  partita_nn_gelu(y, x, bias, 1, N);
  for (size_t i = 0; i < N; ++i) {
    const double z = (double)(0.01f * (float)i - 10.0f);
    const double exact =
      0.5 * z * (1.0 + tanh(sqrt(2.0 / G_PI) * (z + 0.044715 * z * z * z)));

    g_assert_cmpfloat_with_epsilon((double)y[i], exact, 1e-5);
  }
  // far out it is x itself on the right and 0 on the left
  g_assert_cmpfloat_with_epsilon(x[0], 0.0f, 1e-6f);
  g_assert_cmpfloat_with_epsilon(x[N - 1], 1.0f, 1e-6f);
}

/* More threads than any address space holds buffers for are refused. */
static void
test_room(void)
{
  g_autoptr(GError) error = NULL;

  g_assert_true(partita_nn_check_room(1, NULL));
  g_assert_false(partita_nn_check_room(1u << 30, &error));
  g_assert_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_MEMORY);
}

/* Two steps by hand, after the formula of the header. */
static void
test_sgd(void)
{
  const PartitaNnSgd settings = {
    .learning_rate = 0.1, .beta = 0.9, .weight_decay = 0.01};
  float w = 1.0f, m = 0.0f;
  const float g1 = 0.5f, g2 = -1.0f;

  partita_nn_sgd(&w, &g1, &m, 1, &settings);
  g_assert_cmpfloat_with_epsilon((double)w, 0.999 - 0.05, 1e-6);

  const double before = (double)w;

  partita_nn_sgd(&w, &g2, &m, 1, &settings);
  g_assert_cmpfloat_with_epsilon((double)w, 0.999 * before - 0.1 * (0.45 - 1.0),
                                 1e-6);
}

/* Law: of a matrix of any shape Muon's step has singular values near 1, so its
 * rows, or its columns if they are fewer, are nearly orthonormal. */
static void
check_muon(size_t rows, size_t columns)
{
  const PartitaNnMuon settings = {.learning_rate = 1.0, .beta = 0.0};
  const size_t n = rows * columns, least = MIN(rows, columns);
  g_autofree float *w = g_new0(float, n);
  g_autofree float *m = g_new0(float, n);
  g_autofree float *g = g_new(float, n);
  g_autofree float *product = g_new(float, least *least);
  g_autofree float *scratch =
    g_new(float, partita_nn_muon_count_scratch(rows, columns));
  const double size = 0.2 * sqrt((double)MAX(rows, columns));
  double trace = 0.0;

  for (size_t i = 0; i < n; ++i)
    g[i] = (float)g_test_rand_double_range(-1.0, 1.0);
  partita_nn_muon(w, g, m, rows, columns, &settings, scratch);
  if (rows <= columns)
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, least, least, columns, w, w,
                    product);
  else
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_A, least, least, rows, w, w, product);
  for (size_t i = 0; i < least; ++i) {
    trace += (double)product[i * least + i] / (size * size);
    for (size_t j = 0; j < i; ++j)
      g_assert_cmpfloat(fabs((double)product[i * least + j]) / (size * size), <,
                        0.5);
  }
  // The iteration leaves most singular values between 0.7 and 1.2.
  g_assert_cmpfloat(trace / (double)least, >, 0.4);
  g_assert_cmpfloat(trace / (double)least, <, 1.44);
}

static void
test_muon(void)
{
  check_muon(16, 40);
  check_muon(40, 16);
  check_muon(1, 9);
  check_muon(24, 24);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/nn/gemm/all-forms", test_gemm);
  g_test_add_func("/nn/cross-entropy/value", test_cross_entropy_value);
  g_test_add_func("/nn/cross-entropy/nan", test_cross_entropy_nan);
  g_test_add_func("/nn/dropout/share", test_dropout_share);
  g_test_add_func("/nn/dropout/place", test_dropout_place);
  g_test_add_func("/nn/adamw/two-steps", test_adamw);
  g_test_add_func("/nn/sgd/two-steps", test_sgd);
  g_test_add_func("/nn/muon/orthogonal", test_muon);
  g_test_add_func("/nn/clip", test_clip);
  g_test_add_func("/nn/layer-norm/law", test_layer_norm);
  g_test_add_func("/nn/gelu/value", test_gelu);
  g_test_add_func("/nn/init/address-space", test_address_space);
  g_test_add_func("/nn/init/room", test_room);
  return g_test_run();
}
