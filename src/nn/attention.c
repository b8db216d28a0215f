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
  const uint32_t *first; ///< of partita_nn_attention()
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
    .key = first[query],
    .first = first,
  };
}

void
partita_nn_attention(PartitaReal *o,
                     PartitaReal *log_sum,
                     const PartitaReal *q,
                     const PartitaReal *k,
                     const PartitaReal *v,
                     const uint32_t *first,
                     size_t steps,
                     size_t dim,
                     PartitaReal *scratch)
{
  PartitaReal *const max = scratch + BLOCK * BLOCK;
  PartitaReal *const sum = max + BLOCK;

  memset(o, 0, sizeof *o * steps * dim);
  for (size_t query = 0; query < steps; query += BLOCK) {
    Block block = find_block(first, query, steps);
    const size_t n = block.n_queries;

    for (size_t i = 0; i < n; ++i) {
      max[i] = (PartitaReal)-G_MAXFLOAT;
      sum[i] = 0;
    }
    while (find_keys(&block)) {
      partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, n, block.n_keys, dim,
                      q + query * dim, k + block.key * dim, scratch);
      soften(&block, scratch, max, sum, o + query * dim, dim);
      partita_nn_gemm(PARTITA_NN_ACCUMULATE, n, dim, block.n_keys, scratch,
                      v + block.key * dim, o + query * dim);
    }
    finish_rows(o + query * dim, log_sum + query, max, sum, n, dim);
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

void
partita_nn_attention_backward(PartitaReal *dq,
                              PartitaReal *dk,
                              PartitaReal *dv,
                              const PartitaReal *dout,
                              const PartitaNnAttended *head,
                              PartitaReal *scratch)
{
  const size_t dim = head->dim;
  PartitaReal *const scores = scratch;
  PartitaReal *const dp = scores + BLOCK * BLOCK;
  PartitaReal *const dots = dp + BLOCK * BLOCK;

  for (size_t query = 0; query < head->steps; query += BLOCK) {
    Block block = find_block(head->first, query, head->steps);
    const size_t n = block.n_queries;
    const size_t at = query * dim;

    multiply_rows(dots, dout + at, head->o + at, n, dim);
    while (find_keys(&block)) {
      const size_t key = block.key * dim;

      partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, n, block.n_keys, dim,
                      head->q + at, head->k + key, scores);
      partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, n, block.n_keys, dim, dout + at,
                      head->v + key, dp);
      soften_back(&block, scores, dp, head->log_sum + query, dots);
      partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE,
                      block.n_keys, dim, n, scores, dout + at, dv + key);
      partita_nn_gemm(PARTITA_NN_ACCUMULATE, n, dim, block.n_keys, dp,
                      head->k + key, dq + at);
      partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE,
                      block.n_keys, dim, n, dp, head->q + at, dk + key);
    }
  }
}

PARTITA_CLONED void
partita_nn_causal_softmax(PartitaReal *x, size_t rows, size_t before)
{
  const size_t columns = before + rows;

  for (size_t r = 0; r < rows; ++r) {
    PartitaReal *const row = x + r * columns;
    const size_t n = before + r + 1;
    const PartitaReal share = 1 / real_exp_sum(row, n, real_max(row, n));

    PARTITA_INDEPENDENT
    for (size_t i = 0; i < n; ++i)
      row[i] *= share;
    memset(row + n, 0, sizeof *row * (columns - n));
  }
}
