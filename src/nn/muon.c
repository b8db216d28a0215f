// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Muon: the momentum of a matrix is brought near the orthogonal matrix that is
 * closest to it, so that every direction of the layer learns at one pace. */

#include <nn/nn-private.h>

#define ITERATIONS 5

/* The quintic whose iteration drives all singular values towards 1: Jordan et
 * al. 2024, "Muon: an optimizer for hidden layers in neural networks". */
#define LINEAR 3.4445
#define CUBIC (-4.7750)
#define QUINTIC 2.0315

/// The RMS of AdamW's steps: with it both take one learning rate (Liu et al.
/// 2025, arXiv:2502.16982, section 2.2).
#define RMS 0.2

size_t
partita_nn_muon_count_scratch(size_t rows, size_t columns)
{
  const size_t least = MIN(rows, columns);

  return 2 * rows * columns + 2 * least * least;
}

/// x = x / |x|, by Frobenius' norm, so that no singular value is above 1.
PARTITA_CLONED static void
normalise(PartitaReal *x, size_t n)
{
  const PartitaReal norm = real_sqrt(real_dot(x, x, n));
  const PartitaReal factor = 1 / (norm + (PartitaReal)1e-7);

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    x[i] *= factor;
}

/// b = QUINTIC b + CUBIC a + LINEAR, shape [n, n]
PARTITA_CLONED static void
mix(PartitaReal *b, const PartitaReal *a, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n * n; ++i)
    b[i] = (PartitaReal)QUINTIC * b[i] + (PartitaReal)CUBIC * a[i];
  for (size_t i = 0; i < n; ++i)
    b[i * n + i] += (PartitaReal)LINEAR;
}

/// Of @x, shape [n, m] with n <= m: x = (LINEAR + CUBIC A + QUINTIC A^2) x,
/// with A = x x^T, again and again; @spare: shape [n * m + 2 n * n]
static void
orthogonalise(PartitaReal *x, size_t n, size_t m, PartitaReal *spare)
{
  PartitaReal *const y = spare;
  PartitaReal *const a = y + n * m;
  PartitaReal *const b = a + n * n;

  normalise(x, n * m);
  for (int i = 0; i < ITERATIONS; ++i) {
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, n, n, m, x, x, a);
    partita_nn_gemm(0, n, n, n, a, a, b);
    mix(b, a, n);
    partita_nn_gemm(0, n, m, n, b, x, y);
    memcpy(x, y, sizeof *x * n * m);
  }
}

static void
transpose(PartitaReal *y, const PartitaReal *x, size_t rows, size_t columns)
{
  for (size_t r = 0; r < rows; ++r)
    for (size_t c = 0; c < columns; ++c)
      y[c * rows + r] = x[r * columns + c];
}

/// The momentum, and in @x where it will be after the same gradient again.
PARTITA_CLONED static void
gather_momentum(PartitaReal *x,
                PartitaReal *momentum,
                const PartitaReal *gradients,
                size_t n,
                PartitaReal beta)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i) {
    momentum[i] = beta * momentum[i] + (1 - beta) * gradients[i];
    x[i] = beta * momentum[i] + (1 - beta) * gradients[i];
  }
}

PARTITA_CLONED static void
move_weights(PartitaReal *weights,
             const PartitaReal *direction,
             size_t n,
             PartitaReal keep,
             PartitaReal rate)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    weights[i] = keep * weights[i] - rate * direction[i];
}

void
partita_nn_muon(PartitaReal *weights,
                const PartitaReal *gradients,
                PartitaReal *momentum,
                size_t rows,
                size_t columns,
                const PartitaNnMuon *settings,
                PartitaReal *scratch)
{
  const size_t n = rows * columns;
  const PartitaReal keep =
    (PartitaReal)(1.0 - settings->learning_rate * settings->weight_decay);
  const PartitaReal rate = (PartitaReal)(settings->learning_rate * RMS *
                                         sqrt((double)MAX(rows, columns)));
  PartitaReal *const x = scratch;
  PartitaReal *const spare = scratch + n;

  gather_momentum(x, momentum, gradients, n, (PartitaReal)settings->beta);
  if (rows <= columns) {
    orthogonalise(x, rows, columns, spare);
  } else {
    transpose(spare, x, rows, columns);
    memcpy(x, spare, sizeof *x * n);
    orthogonalise(x, columns, rows, spare);
    transpose(spare, x, columns, rows);
    memcpy(x, spare, sizeof *x * n);
  }
  move_weights(weights, x, n, keep, rate);
}
