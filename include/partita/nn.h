// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_NN_H
#define PARTITA_NN_H

#include <glib.h>
#include <partita/macros.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/* The kernels of a network. Arrays are row-major and contiguous; outputs do
 * not overlap inputs unless said so; nothing allocates; every function is
 * thread-safe over different outputs and gives the same bits in every run on
 * one machine.
 *
 * The same sources are compiled a second time with double for the tests of
 * gradients: differences of floats are too coarse to prove one. */
#ifdef PARTITA_NN_DOUBLE
typedef double PartitaReal;
#else
typedef float PartitaReal;
#endif

#define PARTITA_NN_ERROR (partita_nn_error_quark())

typedef enum {
  PARTITA_NN_ERROR_MEMORY, ///< the limit on address space is too low
  PARTITA_NN_ERROR_BACKEND ///< no such backend in this build or on this chip
} PartitaNnError;

PARTITA_API GQuark
partita_nn_error_quark(void);

/**
 * partita_nn_init:
 *
 * Must succeed before the first product. Makes products single-threaded, for
 * workers run in parallel over shards of the batch. Under a limit on address
 * space (ulimit -v) below 512 MiB it fails, for OpenBLAS would then spin for
 * ever, and neither it nor GLib report a thread that does not start: call it
 * before the first. May be called again, by one thread at a time.
 */
PARTITA_API bool
partita_nn_init(GError **error);

/**
 * partita_nn_check_room:
 *
 * Finds out whether the limit on address space leaves room for the first
 * products of @threads more threads, which without it would spin for ever.
 */
PARTITA_API bool
partita_nn_check_room(unsigned threads, GError **error);

/// (transfer none): the chip whose kernels the products use; bits are equal
/// between runs on the same one
PARTITA_API const char *
partita_nn_get_core_name(void);

typedef enum {
  PARTITA_NN_PLAIN = 0,
  PARTITA_NN_TRANSPOSE_A = 1, ///< @a is kept as [k, m]
  PARTITA_NN_TRANSPOSE_B = 2, ///< @b is kept as [n, k]
  PARTITA_NN_ACCUMULATE = 4   ///< add to @c instead of replacing it
} PartitaNnGemmFlags;

/**
 * partita_nn_gemm:
 * @a: shape [m, k]
 * @b: shape [k, n]
 * @c: (out caller-allocates): shape [m, n]
 *
 * c = a b. One row takes the matrix-vector kernel, which is about three times
 * as fast there.
 */
PARTITA_API void
partita_nn_gemm(unsigned flags,
                size_t m,
                size_t n,
                size_t k,
                const PartitaReal *a,
                const PartitaReal *b,
                PartitaReal *c);

/// y += x, @n numbers.
PARTITA_API void
partita_nn_add(PartitaReal *y, const PartitaReal *x, size_t n);

/// y[r, d] += bias[d].
PARTITA_API void
partita_nn_add_bias(PartitaReal *y,
                    const PartitaReal *bias,
                    size_t rows,
                    size_t dim);

/// sum[d] += over r of x[r, d]: the gradient of a bias.
PARTITA_API void
partita_nn_add_rows(PartitaReal *sum,
                    const PartitaReal *x,
                    size_t rows,
                    size_t dim);

/**
 * partita_nn_embed:
 * @y: (out caller-allocates): shape [rows, width]
 * @tables: @n_fields tables of shape [size of the field, width]
 * @ids: shape [rows, n_fields], each below its field's size
 *
 * y[r] = sum over f of tables[f][ids[r, f]].
 */
PARTITA_API void
partita_nn_embed(PartitaReal *y,
                 const PartitaReal *const *tables,
                 const uint16_t *ids,
                 size_t rows,
                 size_t n_fields,
                 size_t width);

/// tables[f][ids[r, f]] += dy[r]: the gradient of partita_nn_embed().
PARTITA_API void
partita_nn_embed_backward(PartitaReal *const *tables,
                          const PartitaReal *dy,
                          const uint16_t *ids,
                          size_t rows,
                          size_t n_fields,
                          size_t width);

/**
 * partita_nn_lstm:
 * @gates: (inout): shape [rows, 4, hidden]; in: W_ih x + W_hh h, without the
 *   bias; out: the activations of the input gate i, forget gate f, candidate
 *   g and output gate o, in this order
 * @bias: shape [4, hidden]
 * @c_before: shape [rows, hidden]
 * @c: (out caller-allocates): shape [rows, hidden]; may be @c_before
 * @tanh_c: (out caller-allocates): shape [rows, hidden]
 * @h: (out caller-allocates): shape [rows, hidden]
 *
 *   i, f, o = sigmoid(gates + bias), g = tanh(gates + bias)
 *   c = f c_before + i g
 *   h = o tanh(c)
 *
 * Source: Hochreiter and Schmidhuber 1997, "Long short-term memory"; forget
 * gate: Gers, Schmidhuber and Cummins 2000, "Learning to forget".
 */
PARTITA_API void
partita_nn_lstm(PartitaReal *gates,
                const PartitaReal *bias,
                const PartitaReal *c_before,
                PartitaReal *c,
                PartitaReal *tanh_c,
                PartitaReal *h,
                size_t rows,
                size_t hidden);

/**
 * partita_nn_lstm_backward:
 * @gates: (inout): in: as partita_nn_lstm() left it; out: the gradient of what
 *   it was given
 * @dh: shape [rows, hidden]: gradient of h from the layer above
 * @dh_after: shape [rows, hidden]: gradient of h from the next step
 * @dc: (inout): shape [rows, hidden]; in: gradient of c from the next step;
 *   out: gradient of c_before
 */
PARTITA_API void
partita_nn_lstm_backward(PartitaReal *gates,
                         const PartitaReal *c_before,
                         const PartitaReal *tanh_c,
                         const PartitaReal *dh,
                         const PartitaReal *dh_after,
                         PartitaReal *dc,
                         size_t rows,
                         size_t hidden);

/**
 * partita_nn_layer_norm:
 * @y: (out caller-allocates): shape [rows, dim]; may be @x
 * @normed: (nullable) (out caller-allocates): shape [rows, dim]: before gain
 *   and bias, for the way back; may be @x if @y is not
 * @rate: (nullable) (out caller-allocates): shape [rows]: 1 / deviation
 * @x: shape [rows, dim]
 * @gain: shape [dim]
 * @bias: shape [dim]
 *
 * normed = (x - mean) / sqrt(variance + 1e-5) over a row; y = gain normed +
 * bias.
 *
 * Source: Ba, Kiros and Hinton 2016, arXiv:1607.06450, section 3.
 */
PARTITA_API void
partita_nn_layer_norm(PartitaReal *y,
                      PartitaReal *normed,
                      PartitaReal *rate,
                      const PartitaReal *x,
                      const PartitaReal *gain,
                      const PartitaReal *bias,
                      size_t rows,
                      size_t dim);

/// y = gain normed + bias: what partita_nn_layer_norm() gave, once more.
PARTITA_API void
partita_nn_layer_norm_again(PartitaReal *y,
                            const PartitaReal *normed,
                            const PartitaReal *gain,
                            const PartitaReal *bias,
                            size_t rows,
                            size_t dim);

/**
 * partita_nn_layer_norm_backward:
 * @dx: (inout): shape [rows, dim]: added to
 * @dgain: (inout): shape [dim]: added to
 * @dbias: (inout): shape [dim]: added to
 * @dy: shape [rows, dim]
 */
PARTITA_API void
partita_nn_layer_norm_backward(PartitaReal *dx,
                               PartitaReal *dgain,
                               PartitaReal *dbias,
                               const PartitaReal *dy,
                               const PartitaReal *normed,
                               const PartitaReal *rate,
                               const PartitaReal *gain,
                               size_t rows,
                               size_t dim);

/**
 * partita_nn_gelu:
 * @y: (out caller-allocates): shape [rows, dim]
 * @x: (inout): shape [rows, dim]; out: dy / dx, with which the way back
 *   multiplies
 * @bias: shape [dim]
 *
 * y = z / 2 (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))), z = x + bias.
 *
 * Source: Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
 */
PARTITA_API void
partita_nn_gelu(PartitaReal *y,
                PartitaReal *x,
                const PartitaReal *bias,
                size_t rows,
                size_t dim);

/// y *= x, @n numbers.
PARTITA_API void
partita_nn_multiply(PartitaReal *y, const PartitaReal *x, size_t n);

/**
 * partita_nn_cross_entropy:
 * @logits: (inout): shape [rows, vocab]; out, if @gradient: the gradient of
 *   the sum times @scale, (softmax - one-hot) * scale; else unchanged
 * @targets: shape [rows]; -1 gives no loss and a gradient of 0
 * @nll: (nullable) (out caller-allocates): shape [rows]: the loss of each row
 *
 * Returns: the sum over rows of -log softmax(logits)[target], nats
 */
PARTITA_API double
partita_nn_cross_entropy(PartitaReal *logits,
                         const int32_t *targets,
                         size_t rows,
                         size_t vocab,
                         bool gradient,
                         double scale,
                         PartitaReal *nll);

/// What tells the numbers of one dropout from all others.
typedef struct {
  double p; ///< probability of 0, rounded to 1/65536; below 1
  uint64_t seed;
  uint64_t step;  ///< of training
  uint64_t index; ///< of the first number within the step, in units of 8
} PartitaNnDropout;

/**
 * partita_nn_dropout:
 * @x: (inout): shape [n]
 * @kept: (out caller-allocates): shape [n]: 1 where the number stays, else 0
 *
 * x = kept x / (1 - p).
 *
 * Source: Srivastava et al. 2014, "Dropout", inverted form.
 */
PARTITA_API void
partita_nn_dropout(PartitaReal *x,
                   uint8_t *kept,
                   size_t n,
                   const PartitaNnDropout *dropout);

/// dx = kept dx / (1 - p): the gradient of partita_nn_dropout().
PARTITA_API void
partita_nn_dropout_backward(PartitaReal *dx,
                            const uint8_t *kept,
                            size_t n,
                            const PartitaNnDropout *dropout);

/**
 * partita_nn_add_branch:
 * @x: (inout): shape [rows, dim]
 * @branch: shape [rows, dim]
 * @bias: shape [dim]
 * @kept: (nullable) (out caller-allocates): shape [rows, dim], as in
 *   partita_nn_dropout()
 * @dropout: (nullable): NULL for none
 *
 * x += dropout(branch + bias).
 */
PARTITA_API void
partita_nn_add_branch(PartitaReal *x,
                      const PartitaReal *branch,
                      const PartitaReal *bias,
                      uint8_t *kept,
                      size_t rows,
                      size_t dim,
                      const PartitaNnDropout *dropout);

/**
 * partita_nn_add_branch_backward:
 * @dbranch: (out caller-allocates): shape [n]
 * @dx: shape [n]: the gradient of x, which is that of x before too
 *
 * The gradient of the branch of partita_nn_add_branch().
 */
PARTITA_API void
partita_nn_add_branch_backward(PartitaReal *dbranch,
                               const PartitaReal *dx,
                               const uint8_t *kept,
                               size_t n,
                               const PartitaNnDropout *dropout);

typedef struct {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay; ///< decoupled; 0 for biases and embeddings
} PartitaNnAdamw;

/**
 * partita_nn_adamw:
 * @weights: (inout): shape [n]
 * @m: (inout): shape [n]: first moment, 0 before step 1
 * @v: (inout): shape [n]: second moment, 0 before step 1
 * @step: from 1
 *
 *   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   w = w - rate (m' / (sqrt(v') + epsilon) + decay w)
 * with m' = m / (1 - beta1^step), v' = v / (1 - beta2^step).
 *
 * Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2, with the
 * decay times the learning rate.
 */
PARTITA_API void
partita_nn_adamw(PartitaReal *weights,
                 const PartitaReal *gradients,
                 PartitaReal *m,
                 PartitaReal *v,
                 size_t n,
                 uint64_t step,
                 const PartitaNnAdamw *settings);

typedef struct {
  double learning_rate;
  double beta;         ///< of the momentum
  double weight_decay; ///< decoupled
} PartitaNnMuon;

/**
 * partita_nn_muon:
 * @weights: (inout): shape [rows, columns]
 * @gradients: shape [rows, columns]
 * @momentum: (inout): shape [rows, columns], 0 before step 1
 * @scratch: shape [partita_nn_muon_count_scratch()]
 *
 *   m = beta m + (1 - beta) g;  u = beta m + (1 - beta) g
 *   w = w - rate (0.2 sqrt(max(rows, columns)) O(u) + decay w)
 * where O(u) has the singular vectors of u and singular values near 1, by five
 * Newton-Schulz iterations.
 *
 * Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural
 * networks"; the factor of the step: Liu et al. 2025, arXiv:2502.16982,
 * equation 4.
 * Cost: about 20 least^2 most + 10 least^3 operations, for the smaller and the
 * larger of rows and columns.
 */
PARTITA_API void
partita_nn_muon(PartitaReal *weights,
                const PartitaReal *gradients,
                PartitaReal *momentum,
                size_t rows,
                size_t columns,
                const PartitaNnMuon *settings,
                PartitaReal *scratch);

/// Numbers that partita_nn_muon() needs beside the matrix.
PARTITA_API size_t
partita_nn_muon_count_scratch(size_t rows, size_t columns);

typedef struct {
  double learning_rate;
  double beta;         ///< of the momentum
  double weight_decay; ///< decoupled
} PartitaNnSgd;

/**
 * partita_nn_sgd:
 * @weights: (inout): shape [n]
 * @momentum: (inout): shape [n], 0 before step 1
 *
 *   m = beta m + g;  w = w - rate (m + decay w)
 *
 * Source: Sutskever et al. 2013, "On the importance of initialization and
 * momentum in deep learning", equations 1 and 2, with the rate outside the
 * momentum.
 */
PARTITA_API void
partita_nn_sgd(PartitaReal *weights,
               const PartitaReal *gradients,
               PartitaReal *momentum,
               size_t n,
               const PartitaNnSgd *settings);

/**
 * partita_nn_clip:
 * @x: (inout): shape [n]
 *
 * Scales @x so that its Euclidean norm is at most @max.
 * Source: Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063, algorithm 1.
 *
 * Returns: the norm before; if that is no finite number, @x is unchanged
 */
PARTITA_API double
partita_nn_clip(PartitaReal *x, size_t n, double max);

/* Exponential functions that the compiler turns into vector code. In float
 * the relative error of exp is below 5e-7 and the absolute error of tanh and
 * sigmoid below 5e-7 (tests/nn/test-math.c tries it). exp takes what lies
 * outside [-87, 88] as the nearer end. NaN gives NaN. */

/// y = exp(x); @y may be @x.
PARTITA_API void
partita_nn_exp(PartitaReal *y, const PartitaReal *x, size_t n);

/// y = tanh(x); @y may be @x.
PARTITA_API void
partita_nn_tanh(PartitaReal *y, const PartitaReal *x, size_t n);

/// y = 1 / (1 + exp(-x)); @y may be @x.
PARTITA_API void
partita_nn_sigmoid(PartitaReal *y, const PartitaReal *x, size_t n);

G_END_DECLS

#endif
