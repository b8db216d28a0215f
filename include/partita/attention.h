// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_ATTENTION_H
#define PARTITA_ATTENTION_H

#include <partita/product.h>

G_BEGIN_DECLS

/* The kernels of attention; what nn.h says of its own holds here too. */

/// How the heads of attention share the width of a layer, heads * dim.
typedef struct {
  size_t steps;
  size_t rows;
  size_t heads;
  size_t dim; ///< of a head; even
} PartitaNnHeads;

/**
 * partita_nn_rotary_table:
 * @table: (out caller-allocates): shape [steps, dim]: of each position the
 *   cosines of dim / 2 angles, then their sines
 *
 * Angle j of position t is t 10000^(-2 j / dim).
 *
 * Source: Su et al. 2021, arXiv:2104.09864, section 3.2.2.
 */
PARTITA_API void
partita_nn_rotary_table(PartitaReal *table, size_t steps, size_t dim);

/**
 * partita_nn_split_heads:
 * @q: (out caller-allocates): shape [rows, heads, steps, dim]
 * @k: (out caller-allocates): as @q
 * @v: (out caller-allocates): as @q
 * @qkv: shape [steps, rows, 3, heads, dim]
 * @bias: shape [3, heads, dim]
 * @table: shape [steps, dim]: of partita_nn_rotary_table()
 *
 * Adds the bias, turns queries and keys by the angles of their step (numbers
 * j and j + dim / 2 are a pair), and divides queries by sqrt(dim).
 */
PARTITA_API void
partita_nn_split_heads(PartitaReal *q,
                       PartitaReal *k,
                       PartitaReal *v,
                       const PartitaReal *qkv,
                       const PartitaReal *bias,
                       const PartitaReal *table,
                       const PartitaNnHeads *shape);

/// The gradient of partita_nn_split_heads(): @dqkv, as qkv there, from the
/// others.
PARTITA_API void
partita_nn_split_heads_backward(PartitaReal *dqkv,
                                const PartitaReal *dq,
                                const PartitaReal *dk,
                                const PartitaReal *dv,
                                const PartitaReal *table,
                                const PartitaNnHeads *shape);

/// @y, shape [steps, rows, heads, dim], from @x, [rows, heads, steps, dim].
PARTITA_API void
partita_nn_merge_heads(PartitaReal *y,
                       const PartitaReal *x,
                       const PartitaNnHeads *shape);

/// @dx, shape [rows, heads, steps, dim], from @dy, [steps, rows, heads, dim].
PARTITA_API void
partita_nn_merge_heads_backward(PartitaReal *dx,
                                const PartitaReal *dy,
                                const PartitaNnHeads *shape);

/// Queries and keys that attention takes at a time.
#define PARTITA_NN_ATTENTION_BLOCK 64

/// Numbers of scratch that attention and its gradient need.
#define PARTITA_NN_ATTENTION_SCRATCH                                           \
  (2 * PARTITA_NN_ATTENTION_BLOCK * (PARTITA_NN_ATTENTION_BLOCK + 1))

/// Where the last block of steps is not full, three shapes of blocks: a full
/// one, the last queries with full keys, and with the last keys.
#define PARTITA_NN_ATTENTION_SHAPES 3

/// The products of attention over so many steps.
typedef struct {
  size_t steps;
  size_t dim;
  PartitaNnProduct *scores[PARTITA_NN_ATTENTION_SHAPES]; ///< q k^T
  PartitaNnProduct *output[PARTITA_NN_ATTENTION_SHAPES]; ///< += p v
  PartitaNnProduct *back[PARTITA_NN_ATTENTION_SHAPES];   ///< += p^T dout
} PartitaNnAttention;

/// Measures or makes the products; with @training those of the way back too.
/// After a failure, too, partita_nn_attention_clear() is due.
PARTITA_API void
partita_nn_attention_plan(PartitaNnAttention *attention,
                          PartitaNnPlan *plan,
                          size_t steps,
                          size_t dim,
                          bool training);

PARTITA_API void
partita_nn_attention_clear(PartitaNnAttention *attention);

/// One head. Nothing here is owned.
typedef struct {
  PartitaNnOperand q;    ///< shape [steps, dim], divided by sqrt(dim)
  PartitaNnOperand k;    ///< shape [steps, dim]
  PartitaNnOperand v;    ///< shape [steps, dim]
  PartitaReal *o;        ///< shape [steps, dim]
  PartitaReal *log_sum;  ///< shape [steps]: log of the sum of the exponentials
                         ///< of a row of scores, for the way back
  const uint32_t *first; ///< shape [steps]: the first step that each step sees;
                         ///< never above the step itself, and never falling
} PartitaNnHead;

/**
 * partita_nn_attention_run:
 * @head: (inout): of which o and log_sum are set
 * @scratch: shape [PARTITA_NN_ATTENTION_SCRATCH]
 *
 * Causal attention: o[i] = sum over first[i] <= j <= i of softmax(q[i] . k[j])
 * v[j], block by block with a running softmax: the scores are never all in
 * memory, and blocks that no query sees are left out.
 *
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1; Rabe and Staats
 * 2021, arXiv:2112.05682; Dao et al. 2022, arXiv:2205.14135, algorithm 1.
 */
PARTITA_API void
partita_nn_attention_run(const PartitaNnAttention *attention,
                         const PartitaNnHead *head,
                         PartitaNnOperand scratch);

/// Gradients of a head, each of shape [steps, dim].
typedef struct {
  PartitaReal *q; ///< added to; so are the next two
  PartitaReal *k;
  PartitaReal *v;
  PartitaNnOperand o; ///< given
} PartitaNnHeadGradient;

/**
 * partita_nn_attention_run_back:
 * @head: as partita_nn_attention_run() left it
 * @scratch: shape [PARTITA_NN_ATTENTION_SCRATCH]
 *
 * Computes the scores of each block anew.
 * Source: Dao et al. 2022, algorithm 4.
 */
PARTITA_API void
partita_nn_attention_run_back(const PartitaNnAttention *attention,
                              const PartitaNnHead *head,
                              const PartitaNnHeadGradient *gradient,
                              PartitaNnOperand scratch);

/// Keys and values of the steps so far of one head, in generation.
typedef struct {
  bool bytes;     ///< each vector is kept as bytes and what one is worth: a
                  ///< quarter of the memory, an error of about 1 % of its norm
  size_t context; ///< steps at most
  size_t dim;
  void *block; ///< not owned; 0 at first, aligned as a number is
} PartitaNnMemory;

/// Bytes of the block of a memory.
PARTITA_API size_t
partita_nn_memory_measure(bool bytes, size_t context, size_t dim);

/// Numbers that the functions of a memory work in.
PARTITA_API size_t
partita_nn_memory_scratch(size_t context, size_t dim);

/**
 * partita_nn_memory_store:
 * @at: the step, below context
 * @k: shape [dim]
 * @v: shape [dim]
 * @scratch: shape [partita_nn_memory_scratch()]
 */
PARTITA_API void
partita_nn_memory_store(const PartitaNnMemory *memory,
                        size_t at,
                        const PartitaReal *k,
                        const PartitaReal *v,
                        PartitaReal *scratch);

/**
 * partita_nn_attend:
 * @o: (out caller-allocates): shape [dim]
 * @q: shape [dim], divided by sqrt(dim)
 * @scratch: shape [partita_nn_memory_scratch()]
 *
 * One query of partita_nn_attention_run() that sees the first @n >= 1 steps of
 * a memory.
 */
PARTITA_API void
partita_nn_attend(PartitaReal *o,
                  const PartitaReal *q,
                  const PartitaNnMemory *memory,
                  size_t n,
                  PartitaReal *scratch);

G_END_DECLS

#endif
