// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Between the order in which a layer's products work, [steps, rows, heads],
 * and the one in which attention does, [rows, heads, steps]. */

#include <nn/nn-private.h>
#include <partita/attention.h>

#define ROTARY_BASE 10000.0

void
partita_nn_rotary_table(PartitaReal *table, size_t steps, size_t dim)
{
  const size_t half = dim / 2;

  for (size_t j = 0; j < half; ++j) {
    const double rate = pow(ROTARY_BASE, -2.0 * (double)j / (double)dim);

    for (size_t t = 0; t < steps; ++t) {
      table[t * dim + j] = (PartitaReal)cos((double)t * rate);
      table[t * dim + half + j] = (PartitaReal)sin((double)t * rate);
    }
  }
}

// Of a pair (a, b) the turned one is (a cos - b sin, a sin + b cos).
PARTITA_CLONED static void
turn(PartitaReal *y,
     const PartitaReal *x,
     const PartitaReal *bias,
     const PartitaReal *angle,
     PartitaReal scale,
     size_t half)
{
  PARTITA_INDEPENDENT
  for (size_t j = 0; j < half; ++j) {
    const PartitaReal a = scale * (x[j] + bias[j]);
    const PartitaReal b = scale * (x[half + j] + bias[half + j]);

    y[j] = a * angle[j] - b * angle[half + j];
    y[half + j] = a * angle[half + j] + b * angle[j];
  }
}

// The other way round, which is the transpose.
PARTITA_CLONED static void
turn_back(PartitaReal *x,
          const PartitaReal *y,
          const PartitaReal *angle,
          PartitaReal scale,
          size_t half)
{
  PARTITA_INDEPENDENT
  for (size_t j = 0; j < half; ++j) {
    const PartitaReal a = scale * y[j];
    const PartitaReal b = scale * y[half + j];

    x[j] = a * angle[j] + b * angle[half + j];
    x[half + j] = b * angle[j] - a * angle[half + j];
  }
}

PARTITA_CLONED static void
add_two(PartitaReal *y, const PartitaReal *a, const PartitaReal *b, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] = a[i] + b[i];
}

static PartitaReal
find_scale(size_t dim)
{
  return (PartitaReal)(1.0 / sqrt((double)dim));
}

/// Place of a vector among [rows, heads, steps, dim].
static size_t
find_place(const PartitaNnHeads *shape, size_t t, size_t r, size_t h)
{
  return ((r * shape->heads + h) * shape->steps + t) * shape->dim;
}

void
partita_nn_split_heads(PartitaReal *q,
                       PartitaReal *k,
                       PartitaReal *v,
                       const PartitaReal *qkv,
                       const PartitaReal *bias,
                       const PartitaReal *table,
                       const PartitaNnHeads *shape)
{
  const size_t dim = shape->dim;
  const size_t width = shape->heads * dim;
  const PartitaReal scale = find_scale(dim);

  for (size_t t = 0; t < shape->steps; ++t)
    for (size_t r = 0; r < shape->rows; ++r)
      for (size_t h = 0; h < shape->heads; ++h) {
        const PartitaReal *const x =
          qkv + (t * shape->rows + r) * 3 * width + h * dim;
        const PartitaReal *const b = bias + h * dim;
        const PartitaReal *const angle = table + t * dim;
        const size_t to = find_place(shape, t, r, h);

        turn(q + to, x, b, angle, scale, dim / 2);
        turn(k + to, x + width, b + width, angle, 1, dim / 2);
        add_two(v + to, x + 2 * width, b + 2 * width, dim);
      }
}

void
partita_nn_split_heads_backward(PartitaReal *dqkv,
                                const PartitaReal *dq,
                                const PartitaReal *dk,
                                const PartitaReal *dv,
                                const PartitaReal *table,
                                const PartitaNnHeads *shape)
{
  const size_t dim = shape->dim;
  const size_t width = shape->heads * dim;
  const PartitaReal scale = find_scale(dim);

  for (size_t t = 0; t < shape->steps; ++t)
    for (size_t r = 0; r < shape->rows; ++r)
      for (size_t h = 0; h < shape->heads; ++h) {
        PartitaReal *const dx =
          dqkv + (t * shape->rows + r) * 3 * width + h * dim;
        const PartitaReal *const angle = table + t * dim;
        const size_t from = find_place(shape, t, r, h);

        turn_back(dx, dq + from, angle, scale, dim / 2);
        turn_back(dx + width, dk + from, angle, 1, dim / 2);
        memcpy(dx + 2 * width, dv + from, sizeof *dx * dim);
      }
}

void
partita_nn_merge_heads(PartitaReal *y,
                       const PartitaReal *x,
                       const PartitaNnHeads *shape)
{
  for (size_t t = 0; t < shape->steps; ++t)
    for (size_t r = 0; r < shape->rows; ++r)
      for (size_t h = 0; h < shape->heads; ++h, y += shape->dim)
        memcpy(y, x + find_place(shape, t, r, h), sizeof *y * shape->dim);
}

void
partita_nn_merge_heads_backward(PartitaReal *dx,
                                const PartitaReal *dy,
                                const PartitaNnHeads *shape)
{
  for (size_t t = 0; t < shape->steps; ++t)
    for (size_t r = 0; r < shape->rows; ++r)
      for (size_t h = 0; h < shape->heads; ++h, dy += shape->dim)
        memcpy(dx + find_place(shape, t, r, h), dy, sizeof *dx * shape->dim);
}
