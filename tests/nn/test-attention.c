// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Attention over double: blocks against the formula itself, gradients against
 * finite differences, and who sees whom. */

#include "gradient.h"

#include <partita/attention.h>
#include <string.h>

#define STEPS (2 * PARTITA_NN_ATTENTION_BLOCK + 9) // the last block is not full
#define DIM 6
#define N (STEPS * DIM)

typedef struct {
  double q[N];
  double k[N];
  double v[N];
  double o[N];
  double log_sum[STEPS];
  uint32_t first[STEPS];
  double factors[N]; // the loss is the sum of o times these
  double scratch[PARTITA_NN_ATTENTION_SCRATCH];
} Head;

static PartitaNnAttention attention;

static void
plan_attention(void)
{
  PartitaNnPlan plan;

  partita_nn_plan_begin(&plan, partita_nn_backend_find("openblas", NULL));
  partita_nn_attention_plan(&attention, &plan, STEPS, DIM, true);
  partita_nn_plan_make(&plan, NULL);
  partita_nn_attention_plan(&attention, &plan, STEPS, DIM, true);
  g_assert_false(plan.failed);
}

// Segments begin at @cuts.
static void
set_first(Head *head, const uint32_t *cuts, size_t n_cuts)
{
  size_t c = 0;
  uint32_t first = 0;

  for (uint32_t t = 0; t < STEPS; ++t) {
    if (c < n_cuts && cuts[c] == t)
      first = cuts[c++];
    head->first[t] = first;
  }
}

/// Ways to cut the steps into segments.
#define WAYS 5

static Head *
new_head(size_t way)
{
  enum { BLOCK = PARTITA_NN_ATTENTION_BLOCK };
  static const struct {
    uint32_t cuts[5];
    size_t n;
  } ways[WAYS] = {
    {{0}, 0},
    // in a block, at its end, at its beginning, two in one
    {{5, BLOCK - 1, BLOCK, BLOCK + 20, 2 * BLOCK + 3}, 5},
    {{5}, 1},
    {{BLOCK + 9}, 1}, // none sees the first block of keys any more
    {{STEPS - 1}, 1},
  };
  Head *const head = g_new0(Head, 1);

  fill_random(head->q, N, 2.0);
  fill_random(head->k, N, 2.0);
  fill_random(head->v, N, 1.0);
  fill_random(head->factors, N, 1.0);
  set_first(head, ways[way].cuts, ways[way].n);
  return head;
}

static PartitaNnHead
view_head(Head *head)
{
  return (PartitaNnHead){
    .q = {.real = head->q},
    .k = {.real = head->k},
    .v = {.real = head->v},
    .o = head->o,
    .log_sum = head->log_sum,
    .first = head->first,
  };
}

static void
attend(Head *head)
{
  const PartitaNnHead view = view_head(head);

  partita_nn_attention_run(&attention, &view,
                           (PartitaNnOperand){.real = head->scratch});
}

static double
dot(const double *a, const double *b, size_t n)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

// The formula as it stands, without the largest taken off.
static void
attend_plainly(const PartitaNnHead *head, size_t steps, size_t dim)
{
  const double *const k = head->k.real;
  double *const o = head->o;

  memset(o, 0, sizeof *o * steps * dim);
  for (size_t i = 0; i < steps; ++i) {
    const double *const q = head->q.real + i * dim;
    double sum = 0.0;

    for (size_t j = head->first[i]; j <= i; ++j)
      sum += exp(dot(q, k + j * dim, dim));
    for (size_t j = head->first[i]; j <= i; ++j) {
      const double e = exp(dot(q, k + j * dim, dim));

      for (size_t d = 0; d < dim; ++d)
        o[i * dim + d] += e / sum * head->v.real[j * dim + d];
    }
    head->log_sum[i] = log(sum);
  }
}

// Law: blocks give what the formula gives.
static void
test_formula(void)
{
  for (size_t way = 0; way < WAYS; ++way) {
    g_autofree Head *head = new_head(way);
    g_autofree double *o = g_new(double, N);
    double log_sum[STEPS];
    PartitaNnHead plain = view_head(head);

    attend(head);
    plain.o = o;
    plain.log_sum = log_sum;
    attend_plainly(&plain, STEPS, DIM);
    for (size_t i = 0; i < N; ++i)
      g_assert_cmpfloat_with_epsilon(head->o[i], o[i], 1e-12);
    for (size_t i = 0; i < STEPS; ++i)
      g_assert_cmpfloat_with_epsilon(head->log_sum[i], log_sum[i], 1e-12);
  }
}

// Law: scores of any size, whose exponentials no number holds, stay finite,
// and the largest takes all.
static void
test_large_scores(void)
{
  g_autofree Head *head = new_head(0);

  for (size_t t = 0; t < STEPS; ++t)
    for (size_t d = 0; d < DIM; ++d) {
      head->q[t * DIM + d] = d == 0 ? 1.0 : 0.0;
      head->k[t * DIM + d] = 1e5 * (double)t;
    }
  attend(head);
  for (size_t i = 0; i < N; ++i)
    g_assert_cmpfloat(head->o[i], ==, head->v[i]);
}

// Law: neither what comes later nor what lies before the cut leaves a trace.
static void
test_unseen(void)
{
  g_autofree Head *head = new_head(1);
  g_autofree double *before = NULL;
  const size_t at = PARTITA_NN_ATTENTION_BLOCK + 30; // sees from + 20
  const size_t first = head->first[at];

  attend(head);
  before = g_memdup2(head->o, sizeof head->o);
  for (size_t t = 0; t < STEPS; ++t)
    if (t < first || t > at) {
      fill_random(head->k + t * DIM, DIM, 100.0);
      fill_random(head->v + t * DIM, DIM, 100.0);
    }
  attend(head);
  g_assert_cmpint(memcmp(head->o + first * DIM, before + first * DIM,
                         sizeof(double) * (at + 1 - first) * DIM),
                  ==, 0);
  g_assert_cmpint(
    memcmp(head->o + (at + 1) * DIM, before + (at + 1) * DIM, sizeof(double)),
    !=, 0);
}

// x: q, then k, then v; data: the head, whose factors stay.
static double
lose_attention(const double *x, size_t n, double *gradient, void *data)
{
  Head *const head = data;

  g_assert_cmpuint(n, ==, 3 * N);
  memcpy(head->q, x, sizeof head->q);
  memcpy(head->k, x + N, sizeof head->k);
  memcpy(head->v, x + 2 * N, sizeof head->v);
  attend(head);
  if (gradient != NULL) {
    const PartitaNnHead view = view_head(head);
    const PartitaNnHeadGradient slopes = {
      .q = gradient,
      .k = gradient + N,
      .v = gradient + 2 * N,
      .o = {.real = head->factors},
    };

    partita_nn_attention_run_back(&attention, &view, &slopes,
                                  (PartitaNnOperand){.real = head->scratch});
  }
  return dot(head->o, head->factors, N);
}

static void
test_gradient(void)
{
  for (size_t i = 0; i < 2 * WAYS; ++i) {
    g_autofree Head *head = new_head(i % WAYS);
    g_autofree double *x = g_new(double, 3 * N);

    fill_random(x, 3 * N, 1.0);
    assert_gradient(lose_attention, x, 3 * N, head);
  }
}

#define ROWS 2
#define HEADS 3
#define SPLIT_STEPS 5
#define WIDTH (HEADS * DIM)
#define CELLS (SPLIT_STEPS * ROWS)

static const PartitaNnHeads shape = {
  .steps = SPLIT_STEPS, .rows = ROWS, .heads = HEADS, .dim = DIM};

/* x: qkv, then the bias; data: factors of q, k and v. */
static double
lose_split(const double *x, size_t n, double *gradient, void *data)
{
  const size_t part = CELLS * WIDTH;
  const double *const factors = data;
  double out[3 * CELLS * WIDTH], table[SPLIT_STEPS * DIM];

  g_assert_cmpuint(n, ==, 3 * part + 3 * WIDTH);
  partita_nn_rotary_table(table, SPLIT_STEPS, DIM);
  partita_nn_split_heads(out, out + part, out + 2 * part, x, x + 3 * part,
                         table, &shape);
  if (gradient != NULL) {
    partita_nn_split_heads_backward(gradient, factors, factors + part,
                                    factors + 2 * part, table, &shape);
    partita_nn_add_rows(gradient + 3 * part, gradient, CELLS, 3 * WIDTH);
  }
  return dot(out, factors, 3 * part);
}

static void
test_split_gradient(void)
{
  double x[3 * CELLS * WIDTH + 3 * WIDTH], factors[3 * CELLS * WIDTH];

  for (int i = 0; i < 5; ++i) {
    fill_random(x, G_N_ELEMENTS(x), 1.0);
    fill_random(factors, G_N_ELEMENTS(factors), 1.0);
    assert_gradient(lose_split, x, G_N_ELEMENTS(x), factors);
  }
}

// Law: merging undoes its gradient's splitting, and each number has its place.
static void
test_merge(void)
{
  double x[CELLS * WIDTH], split[CELLS * WIDTH], merged[CELLS * WIDTH];

  fill_random(x, CELLS * WIDTH, 1.0);
  partita_nn_merge_heads_backward(split, x, &shape);
  partita_nn_merge_heads(merged, split, &shape);
  g_assert_cmpint(memcmp(merged, x, sizeof x), ==, 0);
  // step 3, row 1, head 2, number 4
  g_assert_cmpfloat(split[((1 * HEADS + 2) * SPLIT_STEPS + 3) * DIM + 4], ==,
                    x[(3 * ROWS + 1) * WIDTH + 2 * DIM + 4]);
}

// Law: a score depends on how far apart two steps are, not on where they are;
// and it does depend on that.
static void
test_relative(void)
{
  double table[40 * DIM], qkv[3 * DIM], bias[3 * DIM] = {0};
  double q[2][DIM], k[2][DIM], v[DIM];
  const PartitaNnHeads one = {.steps = 1, .rows = 1, .heads = 1, .dim = DIM};
  double score[3];

  partita_nn_rotary_table(table, 40, DIM);
  fill_random(qkv, G_N_ELEMENTS(qkv), 1.0);
  for (size_t i = 0; i < 3; ++i) {
    static const size_t places[3][2] = {{9, 2}, {39, 32}, {9, 3}};

    partita_nn_split_heads(q[0], k[0], v, qkv, bias, table + places[i][0] * DIM,
                           &one);
    partita_nn_split_heads(q[1], k[1], v, qkv, bias, table + places[i][1] * DIM,
                           &one);
    score[i] = dot(q[0], k[1], DIM);
  }
  g_assert_cmpfloat_with_epsilon(score[0], score[1], 1e-12);
  g_assert_cmpfloat(fabs(score[0] - score[2]), >, 1e-6);
}

/// Steps through a head with a memory of @bytes; how far what it gives lies
/// from head->o at most.
static double
step_through(const PartitaNnHead *head, bool bytes, size_t steps, size_t dim)
{
  g_autofree double *scratch =
    g_new(double, partita_nn_memory_scratch(steps, dim));
  g_autofree double *o = g_new(double, dim);
  g_autofree void *block =
    g_malloc0(partita_nn_memory_measure(bytes, steps, dim));
  const PartitaNnMemory memory = {bytes, steps, dim, block};
  double worst = 0.0;

  for (size_t t = 0; t < steps; ++t) {
    partita_nn_memory_store(&memory, t, head->k.real + t * dim,
                            head->v.real + t * dim, scratch);
    partita_nn_attend(o, head->q.real + t * dim, &memory, t + 1, scratch);
    for (size_t d = 0; d < dim; ++d)
      worst = MAX(worst, fabs(o[d] - head->o[t * dim + d]));
  }
  return worst;
}

// Law: a query alone sees what it sees among all; bytes blur it a little.
static void
test_one_query(void)
{
  g_autofree Head *head = new_head(0);
  const PartitaNnHead view = view_head(head);

  attend(head);
  g_assert_cmpfloat(step_through(&view, false, STEPS, DIM), <, 1e-12);

  const double blur = step_through(&view, true, STEPS, DIM);

  g_assert_cmpfloat(blur, <, 0.1);
  g_assert_cmpfloat(blur, >, 1e-6);
}

// Law: so it is with heads of any width, of which a register takes a part.
static void
test_wide_query(void)
{
  enum { WIDE_STEPS = 40, WIDE = 150 };
  static const size_t dims[] = {2, 16, 64, 70, WIDE};
  static double numbers[4][WIDE_STEPS * WIDE], log_sum[WIDE_STEPS];
  static uint32_t first[WIDE_STEPS]; // all see the first step
  const PartitaNnHead head = {
    .q = {.real = numbers[0]},
    .k = {.real = numbers[1]},
    .v = {.real = numbers[2]},
    .o = numbers[3],
    .log_sum = log_sum,
    .first = first,
  };

  for (size_t i = 0; i < G_N_ELEMENTS(dims); ++i) {
    for (size_t j = 0; j < 3; ++j)
      fill_random(numbers[j], WIDE_STEPS * dims[i], 1.0);
    attend_plainly(&head, WIDE_STEPS, dims[i]);
    g_assert_cmpfloat(step_through(&head, false, WIDE_STEPS, dims[i]), <,
                      1e-12);
    g_assert_cmpfloat(step_through(&head, true, WIDE_STEPS, dims[i]), <, 0.1);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  plan_attention();
  g_test_add_func("/nn/attention/formula", test_formula);
  g_test_add_func("/nn/attention/large-scores", test_large_scores);
  g_test_add_func("/nn/attention/unseen", test_unseen);
  g_test_add_func("/nn/attention/gradient", test_gradient);
  g_test_add_func("/nn/attention/split-gradient", test_split_gradient);
  g_test_add_func("/nn/attention/merge", test_merge);
  g_test_add_func("/nn/attention/relative", test_relative);
  g_test_add_func("/nn/attention/one-query", test_one_query);
  g_test_add_func("/nn/attention/wide-query", test_wide_query);

  const int result = g_test_run();

  partita_nn_attention_clear(&attention);
  return result;
}
