// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <partita/product.h>
#include <string.h>

/// The backend of test data, skipping loudly without it.
static const PartitaNnBackend *
find_or_skip(gconstpointer name)
{
  g_autoptr(GError) error = NULL;
  const PartitaNnBackend *const backend = partita_nn_backend_find(name, &error);

  if (backend == NULL) {
    g_assert_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_BACKEND);
    g_test_skip(error->message);
  }
  return backend;
}

static float
widen(uint16_t half)
{
  const uint32_t bits = (uint32_t)half << 16;
  float x;

  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Law: no bf16 is nearer than the one rounded to, a bf16 is itself, and of two
 * equally near ones the even is taken. */
static void
test_round(void)
{
  for (int i = 0; i < 200000; ++i) {
    const uint32_t bits =
      (uint32_t)g_test_rand_int() & (i % 3 == 0 ? 0xFFFF8000u : 0xFFFFFFFFu);
    const uint32_t low = bits & 0xFFFFu;
    const uint16_t below = (uint16_t)(bits >> 16); // in size
    uint16_t half;
    float x;

    memcpy(&x, &bits, sizeof x);
    partita_nn_round_half(&half, &x, 1);
    if (isnan(x))
      g_assert_true(isnan(widen(half)));
    else if (low < 0x8000u || (low == 0x8000u && below % 2 == 0))
      g_assert_cmpuint(half, ==, below);
    else
      g_assert_cmpuint(half, ==, below + 1u);
  }
}

typedef struct {
  size_t m, n, k;
  float *a, *b, *c;
  uint16_t *a_half, *b_half;
} Operands;

static float *
draw(size_t n)
{
  float *const x = g_new(float, n);

  for (size_t i = 0; i < n; ++i)
    x[i] = (float)g_test_rand_double_range(-1.0, 1.0);
  return x;
}

static uint16_t *
round_all(const PartitaNnBackend *backend, float *x, size_t n)
{
  uint16_t *const half = g_new(uint16_t, n);

  if (!partita_nn_backend_is_half(backend)) {
    g_free(half);
    return NULL;
  }
  partita_nn_operand_round((PartitaNnOperand){x, half}, n);
  return half;
}

static void
operands_init(
  Operands *o, const PartitaNnBackend *backend, size_t m, size_t n, size_t k)
{
  *o = (Operands){.m = m, .n = n, .k = k};
  o->a = draw(m * k);
  o->b = draw(k * n);
  o->c = draw(m * n);
  o->a_half = round_all(backend, o->a, m * k);
  o->b_half = round_all(backend, o->b, k * n);
}

static void
operands_clear(Operands *o)
{
  g_free(o->a);
  g_free(o->b);
  g_free(o->c);
  g_free(o->a_half);
  g_free(o->b_half);
}

// The sum of products in double, and of their sizes.
static double
multiply(const Operands *o,
         unsigned flags,
         bool rounded,
         size_t i,
         size_t j,
         double *size)
{
  double sum = 0.0;

  *size = 0.0;
  for (size_t p = 0; p < o->k; ++p) {
    const size_t at_a =
      flags & PARTITA_NN_TRANSPOSE_A ? p * o->m + i : i * o->k + p;
    const size_t at_b =
      flags & PARTITA_NN_TRANSPOSE_B ? j * o->k + p : p * o->n + j;
    const float a = rounded ? widen(o->a_half[at_a]) : o->a[at_a];
    const float b = rounded ? widen(o->b_half[at_b]) : o->b[at_b];

    sum += (double)a * (double)b;
    *size += fabs((double)a * (double)b);
  }
  return sum;
}

/* Every number of @c, which began as o->c, beside the double sums: within what
 * k roundings of float sums can do of the rounded operands, and within two
 * roundings a term of 2^-8 each of the operands themselves. */
static void
compare(const Operands *o, unsigned flags, const float *c)
{
  const double rounding = 0x1p-23 * (double)(o->k + 2);

  for (size_t i = 0; i < o->m; ++i)
    for (size_t j = 0; j < o->n; ++j) {
      const size_t at = i * o->n + j;
      const double before =
        flags & PARTITA_NN_ACCUMULATE ? (double)o->c[at] : 0.0;
      double size;
      double sum = before + multiply(o, flags, o->a_half != NULL, i, j, &size);

      g_assert_cmpfloat_with_epsilon((double)c[at], sum,
                                     rounding * (size + fabs(before)));
      sum = before + multiply(o, flags, false, i, j, &size);
      g_assert_cmpfloat_with_epsilon(
        (double)c[at], sum,
        (rounding + (o->a_half != NULL ? 0x1.02p-7 : 0.0)) *
          (size + fabs(before)));
    }
}

static void
try_shape(const PartitaNnBackend *backend,
          unsigned flags,
          bool weights,
          size_t m,
          size_t n,
          size_t k)
{
  g_autoptr(PartitaNnProduct) product =
    partita_nn_product_new(backend, flags, weights, m, n, k);
  Operands o;

  g_assert_nonnull(product);
  for (int round = 0; round < 2; ++round) { // with other weights
    operands_init(&o, backend, m, n, k);

    const PartitaNnOperand a = {o.a, o.a_half}, b = {o.b, o.b_half};
    g_autofree float *once = g_memdup2(o.c, m * n * sizeof *once);
    g_autofree float *twice = g_memdup2(o.c, m * n * sizeof *twice);

    if (weights)
      partita_nn_product_set_weights(product, o.b);
    partita_nn_product_run(product, &a, weights ? NULL : &b, once);
    compare(&o, flags, once);
    partita_nn_product_run(product, &a, weights ? NULL : &b, twice);
    g_assert_true(memcmp(once, twice, m * n * sizeof *twice) == 0);
    operands_clear(&o);
  }
}

// Law: c = a b, however a and b are kept, and the same bits each time.
static void
test_values(gconstpointer name)
{
  const PartitaNnBackend *const backend = find_or_skip(name);
  const size_t shapes[][3] = {
    {1, 33, 20}, {3, 7, 5}, {16, 96, 64}, {64, 47, 130}, {2, 1, 300}};

  if (backend == NULL)
    return;
  for (size_t s = 0; s < G_N_ELEMENTS(shapes); ++s)
    for (unsigned flags = 0; flags < 8; ++flags)
      for (int weights = 0; weights < 2; ++weights)
        try_shape(backend, flags, weights, shapes[s][0], shapes[s][1],
                  shapes[s][2]);
}

typedef struct {
  PartitaNnProduct *product;
  const PartitaNnOperand *a;
  float *c;
} Run;

static void *
run_many(void *data)
{
  const Run *const run = data;

  for (int i = 0; i < 200; ++i)
    partita_nn_product_run(run->product, run->a, NULL, run->c);
  return NULL;
}

// Law: products run at the same time as they do alone.
static void
test_threads(gconstpointer name)
{
  const PartitaNnBackend *const backend = find_or_skip(name);
  enum { M = 16, N = 256, K = 128, WORKERS = 4 };
  Run runs[WORKERS];
  GThread *threads[WORKERS];
  Operands o;

  if (backend == NULL)
    return;
  operands_init(&o, backend, M, N, K);
  const PartitaNnOperand a = {o.a, o.a_half};

  for (int i = 0; i < WORKERS; ++i) {
    runs[i] = (Run){
      partita_nn_product_new(backend, PARTITA_NN_TRANSPOSE_B, true, M, N, K),
      &a, g_new(float, M *N)};
    partita_nn_product_set_weights(runs[i].product, o.b);
    threads[i] = g_thread_new("run", run_many, &runs[i]);
  }
  for (int i = 0; i < WORKERS; ++i)
    (void)g_thread_join(threads[i]);
  compare(&o, PARTITA_NN_TRANSPOSE_B, runs[0].c);
  for (int i = 0; i < WORKERS; ++i) {
    g_assert_true(memcmp(runs[0].c, runs[i].c, M * N * sizeof(float)) == 0);
    partita_nn_product_free(runs[i].product);
  }
  for (int i = 0; i < WORKERS; ++i)
    g_free(runs[i].c);
  operands_clear(&o);
}

// Threads of this process, 0 where they cannot be counted.
static size_t
count_tasks(void)
{
  g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
  size_t n = 0;

  while (tasks != NULL && g_dir_read_name(tasks) != NULL)
    ++n;
  return n;
}

// Law: a product, however large, stays on the thread that runs it.
static void
test_alone(gconstpointer name)
{
  const PartitaNnBackend *const backend = find_or_skip(name);
  enum { SIDE = 384 };
  Operands o;

  if (backend == NULL)
    return;

  const size_t before = count_tasks();

  operands_init(&o, backend, SIDE, SIDE, SIDE);
  for (int weights = 0; weights < 2; ++weights) {
    g_autoptr(PartitaNnProduct) product = partita_nn_product_new(
      backend, PARTITA_NN_PLAIN, weights, SIDE, SIDE, SIDE);
    const PartitaNnOperand a = {o.a, o.a_half}, b = {o.b, o.b_half};

    if (weights)
      partita_nn_product_set_weights(product, o.b);
    partita_nn_product_run(product, &a, weights ? NULL : &b, o.c);
  }
  g_assert_cmpuint(count_tasks(), ==, before);
  operands_clear(&o);
}

static void
test_find(void)
{
  g_autoptr(GError) error = NULL;
  const PartitaNnBackend *const openblas =
    partita_nn_backend_find("openblas", &error);
  const PartitaNnBackend *const onednn =
    partita_nn_backend_find("onednn", NULL);

  g_assert_no_error(error);
  g_assert_cmpstr(partita_nn_backend_get_name(openblas), ==, "openblas");
  g_assert_false(partita_nn_backend_is_half(openblas));
  g_assert_true(partita_nn_backend_find("auto", NULL) ==
                (onednn != NULL ? onednn : openblas));
  g_assert_true(partita_nn_backend_find(NULL, NULL) ==
                partita_nn_backend_find("auto", NULL));
  g_assert_null(partita_nn_backend_find("abacus", &error));
  g_assert_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_BACKEND);
}

static float
find_largest(const float *x, size_t n)
{
  float largest = 0.0f;

  for (size_t i = 0; i < n; ++i)
    largest = MAX(largest, fabsf(x[i]));
  return largest;
}

/* Law: products of bytes differ from the exact ones by no more than what half
 * a byte of each row's and each output's scale is worth; a row of zeros gives
 * zeros; and those of the way back are there too. */
static void
test_int8(void)
{
  enum { M = 5, N = 70, K = 130 };
  const PartitaNnBackend *const backend = partita_nn_backend_find_int8();
  Operands o;

  if (backend == NULL) {
    g_test_skip("no products of bytes here");
    return;
  }
  operands_init(&o, backend, M, N, K);
  memset(o.a + 3 * K, 0, sizeof *o.a * K);
  for (unsigned flags = PARTITA_NN_TRANSPOSE_B; flags < 8; flags += 4) {
    g_autoptr(PartitaNnProduct) product =
      partita_nn_product_new(backend, flags, true, M, N, K);
    g_autofree float *c = g_new(float, M *N);
    const PartitaNnOperand a = {o.a, o.a_half};
    const float before = (flags & PARTITA_NN_ACCUMULATE) ? 2.0f : 0.0f;

    for (size_t i = 0; i < M * N; ++i)
      c[i] = 2.0f;
    partita_nn_product_set_weights(product, o.b);
    partita_nn_product_run(product, &a, NULL, c);
    for (size_t i = 0; i < M; ++i)
      for (size_t j = 0; j < N; ++j) {
        const double row = (double)find_largest(o.a + i * K, K) / 254.0;
        const double column = (double)find_largest(o.b + j * K, K) / 254.0;
        double sum = 0.0, error = 1e-4;

        for (size_t k = 0; k < K; ++k) {
          const double x = (double)o.a[i * K + k], y = (double)o.b[j * K + k];

          sum += x * y;
          error += fabs(x) * column + fabs(y) * row + row * column;
        }
        g_assert_cmpfloat_with_epsilon((double)(c[i * N + j] - before), sum,
                                       error);
        g_assert_true(i != 3 || c[i * N + j] == before);
      }
  }
  operands_clear(&o);
  try_shape(backend, PARTITA_NN_PLAIN, true, M, N, K);
  try_shape(backend, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false, M,
            N, K);
}

/* Law: what borrows weights gives the rows that their owner gives, also after
 * they have changed, in a shared piece of memory as in one of its own. */
static void
test_borrow(gconstpointer name)
{
  enum { M = 24, N = 48, K = 32 };
  const PartitaNnBackend *const backend = g_str_equal(name, "int8")
                                            ? partita_nn_backend_find_int8()
                                            : find_or_skip(name);
  PartitaNnPlan plan;
  Operands o;

  if (backend == NULL) {
    g_test_skip("no such backend");
    return;
  }
  partita_nn_plan_begin(&plan, backend);
  g_assert_null(
    partita_nn_plan_product(&plan, PARTITA_NN_TRANSPOSE_B, true, M, N, K));

  void *const scratch = aligned_alloc(64, (plan.scratch_size + 64) / 64 * 64);

  partita_nn_plan_make(&plan, scratch);

  g_autoptr(PartitaNnProduct) owner =
    partita_nn_plan_product(&plan, PARTITA_NN_TRANSPOSE_B, true, M, N, K);
  g_autoptr(PartitaNnProduct) one = partita_nn_product_borrow(owner, 1);

  g_assert_false(plan.failed);
  for (int round = 0; round < 2; ++round) {
    float all[M * N], row[N];

    operands_init(&o, backend, M, N, K);

    const PartitaNnOperand a = {o.a, o.a_half};

    partita_nn_product_set_weights(owner, o.b);
    partita_nn_product_run(owner, &a, NULL, all);
    for (size_t i = 0; i < M; ++i) {
      const PartitaNnOperand at = partita_nn_operand_at(a, i * K);

      partita_nn_product_run(one, &at, NULL, row);
      for (size_t j = 0; j < N; ++j)
        g_assert_cmpfloat_with_epsilon(row[j], all[i * N + j], 1e-5f);
    }
    operands_clear(&o);
  }
  free(scratch);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  if (!partita_nn_init(NULL))
    g_error("products need more address space");
  // First, for a thread that another test let loose would be counted before.
  g_test_add_data_func("/nn/product/alone/openblas", "openblas", test_alone);
  g_test_add_data_func("/nn/product/alone/onednn", "onednn", test_alone);
  g_test_add_func("/nn/product/find", test_find);
  g_test_add_func("/nn/product/round", test_round);
  g_test_add_data_func("/nn/product/values/openblas", "openblas", test_values);
  g_test_add_data_func("/nn/product/values/onednn", "onednn", test_values);
  g_test_add_data_func("/nn/product/threads/openblas", "openblas",
                       test_threads);
  g_test_add_data_func("/nn/product/threads/onednn", "onednn", test_threads);
  g_test_add_func("/nn/product/int8", test_int8);
  g_test_add_data_func("/nn/product/borrow/openblas", "openblas", test_borrow);
  g_test_add_data_func("/nn/product/borrow/onednn", "onednn", test_borrow);
  g_test_add_data_func("/nn/product/borrow/int8", "int8", test_borrow);
  return g_test_run();
}
