// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>
#include <partita/attention.h>

#define BLOCK PARTITA_NN_ATTENTION_BLOCK

/// A block of queries against a block of keys.
typedef struct {
  size_t query; ///< first
  size_t n_queries;
  size_t key; ///< first
  size_t n_keys;
  const uint32_t *first; ///< of the head
} Block;

typedef struct {
  size_t low;
  size_t high;
} Range;

/// The keys of the block that query @i of the block sees, from low to before
/// high.
PARTITA_INLINE Range
find_seen(const Block *block, size_t i)
{
  const size_t query = block->query + i;
  const size_t first = block->first[query];
  Range seen = {0, block->n_keys};

  if (first > block->key)
    seen.low = MIN(first - block->key, block->n_keys);
  if (query + 1 < block->key + block->n_keys)
    seen.high = query + 1 - MIN(block->key, query + 1);
  return seen;
}

PARTITA_INLINE void
clear_unseen(PartitaReal *row, Range seen, size_t n)
{
  memset(row, 0, sizeof *row * seen.low);
  memset(row + seen.high, 0, sizeof *row * (n - seen.high));
}

/* Turns the scores of a block into exponentials relative to the largest score
 * of the row so far, and what was summed before to the same measure. */
PARTITA_CLONED static void
soften(const Block *block,
       PartitaReal *scores,
       PartitaReal *max,
       PartitaReal *sum,
       PartitaReal *o,
       size_t dim)
{
  for (size_t i = 0; i < block->n_queries; ++i) {
    PartitaReal *const row = scores + i * block->n_keys;
    const Range seen = find_seen(block, i);

    if (seen.low >= seen.high) {
      memset(row, 0, sizeof *row * block->n_keys);
      continue;
    }
    clear_unseen(row, seen, block->n_keys);

    const PartitaReal found = real_max(row + seen.low, seen.high - seen.low);
    const PartitaReal largest = found > max[i] ? found : max[i];
    const PartitaReal keep = real_exp(max[i] - largest);

    max[i] = largest;
    sum[i] = sum[i] * keep +
             real_exp_sum(row + seen.low, seen.high - seen.low, largest);
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[i * dim + d] *= keep;
  }
}

PARTITA_CLONED static void
finish_rows(PartitaReal *o,
            PartitaReal *log_sum,
            const PartitaReal *max,
            const PartitaReal *sum,
            size_t rows,
            size_t dim)
{
  for (size_t i = 0; i < rows; ++i) {
    const PartitaReal share = 1 / sum[i];

    log_sum[i] = max[i] + (PartitaReal)log((double)sum[i]);
    PARTITA_INDEPENDENT
    for (size_t d = 0; d < dim; ++d)
      o[i * dim + d] *= share;
  }
}

/// The next block of keys that some query of the block sees; false after the
/// last.
static bool
find_keys(Block *block)
{
  const size_t end = block->query + block->n_queries;

  block->key += block->n_keys;
  if (block->key >= end)
    return false;
  block->n_keys = MIN(BLOCK, end - block->key);
  return true;
}

static Block
find_block(const uint32_t *first, size_t query, size_t steps)
{
  return (Block){
    .query = query,
    .n_queries = MIN(BLOCK, steps - query),
    .key = first[query] / BLOCK * BLOCK,
    .first = first,
  };
}

void
partita_nn_attention_plan(PartitaNnAttention *attention,
                          PartitaNnPlan *plan,
                          size_t steps,
                          size_t dim,
                          bool training)
{
  const size_t last = steps % BLOCK;

  *attention = (PartitaNnAttention){.steps = steps, .dim = dim};
  for (size_t i = 0; i < PARTITA_NN_ATTENTION_SHAPES; ++i) {
    const size_t n = i < 1 ? BLOCK : last; // queries
    const size_t n_keys = i < 2 ? BLOCK : last;

    if (n == 0 || steps < n_keys)
      continue;
    attention->scores[i] = partita_nn_plan_product(plan, PARTITA_NN_TRANSPOSE_B,
                                                   false, n, n_keys, dim);
    attention->output[i] = partita_nn_plan_product(plan, PARTITA_NN_ACCUMULATE,
                                                   false, n, dim, n_keys);
    if (training)
      attention->back[i] = partita_nn_plan_product(
        plan, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false, n_keys,
        dim, n);
  }
}

void
partita_nn_attention_clear(PartitaNnAttention *attention)
{
  for (size_t i = 0; i < PARTITA_NN_ATTENTION_SHAPES; ++i) {
    g_clear_pointer(&attention->scores[i], partita_nn_product_free);
    g_clear_pointer(&attention->output[i], partita_nn_product_free);
    g_clear_pointer(&attention->back[i], partita_nn_product_free);
  }
}

static size_t
find_shape(const Block *block)
{
  return (size_t)(block->n_queries < BLOCK) + (size_t)(block->n_keys < BLOCK);
}

void
partita_nn_attention_run(const PartitaNnAttention *attention,
                         const PartitaNnHead *head,
                         PartitaNnOperand scratch)
{
  const size_t dim = attention->dim;
  PartitaReal *const max = scratch.real + 2 * BLOCK * BLOCK;
  PartitaReal *const sum = max + BLOCK;

  memset(head->o, 0, sizeof *head->o * attention->steps * dim);
  for (size_t query = 0; query < attention->steps; query += BLOCK) {
    Block block = find_block(head->first, query, attention->steps);
    const PartitaNnOperand q = partita_nn_operand_at(head->q, query * dim);
    PartitaReal *const o = head->o + query * dim;
    const size_t n = block.n_queries;

    for (size_t i = 0; i < n; ++i) {
      max[i] = (PartitaReal)-G_MAXFLOAT;
      sum[i] = 0;
    }
    while (find_keys(&block)) {
      const PartitaNnOperand k =
        partita_nn_operand_at(head->k, block.key * dim);
      const PartitaNnOperand v =
        partita_nn_operand_at(head->v, block.key * dim);
      const size_t shape = find_shape(&block);

      partita_nn_product_run(attention->scores[shape], &q, &k, scratch.real);
      soften(&block, scratch.real, max, sum, o, dim);
      partita_nn_operand_round(scratch, n * block.n_keys);
      partita_nn_product_run(attention->output[shape], &scratch, &v, o);
    }
    finish_rows(o, head->log_sum + query, max, sum, n, dim);
  }
}

PARTITA_CLONED static void
multiply_rows(PartitaReal *dots,
              const PartitaReal *a,
              const PartitaReal *b,
              size_t rows,
              size_t dim)
{
  for (size_t i = 0; i < rows; ++i)
    dots[i] = real_dot(a + i * dim, b + i * dim, dim);
}

/* Scores become the shares p of softmax, and the gradients dp of the shares
 * those of the scores, p (dp - sum over the row of p dp); the sum is dout . o
 * (Dao et al. 2022, equation 4). */
PARTITA_CLONED static void
soften_back(const Block *block,
            PartitaReal *scores,
            PartitaReal *dp,
            const PartitaReal *log_sum,
            const PartitaReal *dots)
{
  const size_t n = block->n_keys;

  for (size_t i = 0; i < block->n_queries; ++i) {
    PartitaReal *const row = scores + i * n;
    PartitaReal *const drow = dp + i * n;
    const Range seen = find_seen(block, i);

    if (seen.low >= seen.high) {
      memset(row, 0, sizeof *row * n);
      memset(drow, 0, sizeof *row * n);
      continue;
    }
    clear_unseen(row, seen, n);
    clear_unseen(drow, seen, n);
    PARTITA_INDEPENDENT
    for (size_t j = seen.low; j < seen.high; ++j) {
      const PartitaReal p = real_exp(row[j] - log_sum[i]);

      row[j] = p;
      drow[j] = p * (drow[j] - dots[i]);
    }
  }
}

static void
run_block_back(const PartitaNnAttention *attention,
               const PartitaNnHead *head,
               const PartitaNnHeadGradient *gradient,
               const Block *block,
               PartitaNnOperand scratch)
{
  const size_t shape = find_shape(block);
  const size_t query = block->query * attention->dim;
  const size_t key = block->key * attention->dim;
  const size_t n = block->n_queries * block->n_keys;
  const PartitaNnOperand q = partita_nn_operand_at(head->q, query);
  const PartitaNnOperand k = partita_nn_operand_at(head->k, key);
  const PartitaNnOperand v = partita_nn_operand_at(head->v, key);
  const PartitaNnOperand dout = partita_nn_operand_at(gradient->o, query);
  const PartitaNnOperand dp = partita_nn_operand_at(scratch, BLOCK * BLOCK);

  partita_nn_product_run(attention->scores[shape], &q, &k, scratch.real);
  partita_nn_product_run(attention->scores[shape], &dout, &v, dp.real);
  soften_back(block, scratch.real, dp.real, head->log_sum + block->query,
              scratch.real + 2 * BLOCK * BLOCK);
  partita_nn_operand_round(scratch, n);
  partita_nn_operand_round(dp, n);
  partita_nn_product_run(attention->back[shape], &scratch, &dout,
                         gradient->v + key);
  partita_nn_product_run(attention->output[shape], &dp, &k,
                         gradient->q + query);
  partita_nn_product_run(attention->back[shape], &dp, &q, gradient->k + key);
}

void
partita_nn_attention_run_back(const PartitaNnAttention *attention,
                              const PartitaNnHead *head,
                              const PartitaNnHeadGradient *gradient,
                              PartitaNnOperand scratch)
{
  const size_t dim = attention->dim;
  PartitaReal *const dots = scratch.real + 2 * BLOCK * BLOCK;

  for (size_t query = 0; query < attention->steps; query += BLOCK) {
    Block block = find_block(head->first, query, attention->steps);

    multiply_rows(dots, gradient->o.real + query * dim, head->o + query * dim,
                  block.n_queries, dim);
    while (find_keys(&block))
      run_block_back(attention, head, gradient, &block, scratch);
  }
}
