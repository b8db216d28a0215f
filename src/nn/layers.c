// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <nn/nn-private.h>

#define DRAWS 8  // 16-bit numbers of one call of the generator
#define CALLS 64 // at a time

PARTITA_CLONED void
partita_nn_add(PartitaReal *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] += x[i];
}

void
partita_nn_add_bias(PartitaReal *y,
                    const PartitaReal *bias,
                    size_t rows,
                    size_t dim)
{
  for (size_t r = 0; r < rows; ++r)
    partita_nn_add(y + r * dim, bias, dim);
}

void
partita_nn_add_rows(PartitaReal *sum,
                    const PartitaReal *x,
                    size_t rows,
                    size_t dim)
{
  for (size_t r = 0; r < rows; ++r)
    partita_nn_add(sum, x + r * dim, dim);
}

void
partita_nn_embed(PartitaReal *y,
                 const PartitaReal *const *tables,
                 const uint16_t *ids,
                 size_t rows,
                 size_t n_fields,
                 size_t width)
{
  memset(y, 0, sizeof *y * rows * width);
  for (size_t r = 0; r < rows; ++r)
    for (size_t f = 0; f < n_fields; ++f)
      partita_nn_add(y + r * width, tables[f] + ids[r * n_fields + f] * width,
                     width);
}

void
partita_nn_embed_backward(PartitaReal *const *tables,
                          const PartitaReal *dy,
                          const uint16_t *ids,
                          size_t rows,
                          size_t n_fields,
                          size_t width)
{
  for (size_t r = 0; r < rows; ++r)
    for (size_t f = 0; f < n_fields; ++f)
      partita_nn_add(tables[f] + ids[r * n_fields + f] * width, dy + r * width,
                     width);
}

// Of 65536 equally likely numbers those below it mean 0.
static uint32_t
find_threshold(double p)
{
  return (uint32_t)(p * 65536.0 + 0.5);
}

static PartitaReal
find_scale(double p)
{
  return (PartitaReal)(65536.0 / (65536.0 - find_threshold(p)));
}

/* The numbers of partita_philox() at @index and after it, as 16-bit ones, low
 * half first: 1 for each that is not below @threshold. */
PARTITA_CLONED static void
draw_kept(uint8_t *kept,
          size_t n_calls,
          const PartitaNnDropout *dropout,
          uint64_t index,
          uint32_t threshold)
{
  const uint32_t k0 = (uint32_t)dropout->seed;
  const uint32_t k1 = (uint32_t)(dropout->seed >> 32);
  const uint32_t c1 =
    (uint32_t)PARTITA_RANDOM_DROPOUT << 24 ^ (uint32_t)(dropout->step >> 32);
  const uint32_t c2 = (uint32_t)dropout->step;
  uint32_t words[CALLS * DRAWS / 2];

  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n_calls; ++i) {
    uint32_t c[4] = {(uint32_t)(index + i), c1, c2,
                     (uint32_t)((index + i) >> 32)};

    partita_philox_turn(k0, k1, c);
    for (size_t j = 0; j < 4; ++j)
      words[4 * i + j] = c[j];
  }
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < 4 * n_calls; ++i) {
    kept[2 * i] = (words[i] & 0xFFFFu) >= threshold;
    kept[2 * i + 1] = (words[i] >> 16) >= threshold;
  }
}

static void
draw_all(uint8_t *kept, size_t n, const PartitaNnDropout *dropout)
{
  const uint32_t threshold = find_threshold(dropout->p);

  for (size_t i = 0; i < n; i += CALLS * DRAWS) {
    const uint64_t index = dropout->index + i / DRAWS;
    const size_t left = n - i;

    if (left >= CALLS * DRAWS) {
      draw_kept(kept + i, CALLS, dropout, index, threshold);
    } else {
      uint8_t last[CALLS * DRAWS];

      draw_kept(last, (left + DRAWS - 1) / DRAWS, dropout, index, threshold);
      memcpy(kept + i, last, left);
    }
  }
}

PARTITA_CLONED static void
apply_mask(PartitaReal *y,
           const PartitaReal *x,
           const uint8_t *kept,
           size_t n,
           PartitaReal scale)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] = kept[i] ? x[i] * scale : 0;
}

void
partita_nn_dropout(PartitaReal *x,
                   uint8_t *kept,
                   size_t n,
                   const PartitaNnDropout *dropout)
{
  g_return_if_fail(find_threshold(dropout->p) < 65536);
  draw_all(kept, n, dropout);
  apply_mask(x, x, kept, n, find_scale(dropout->p));
}

void
partita_nn_dropout_backward(PartitaReal *dx,
                            const uint8_t *kept,
                            size_t n,
                            const PartitaNnDropout *dropout)
{
  apply_mask(dx, dx, kept, n, find_scale(dropout->p));
}

PARTITA_CLONED static void
add_sum(PartitaReal *x,
        const PartitaReal *branch,
        const PartitaReal *bias,
        size_t dim)
{
  PARTITA_INDEPENDENT
  for (size_t d = 0; d < dim; ++d)
    x[d] += branch[d] + bias[d];
}

PARTITA_CLONED static void
add_kept(PartitaReal *x,
         const PartitaReal *branch,
         const PartitaReal *bias,
         const uint8_t *kept,
         size_t dim,
         PartitaReal scale)
{
  PARTITA_INDEPENDENT
  for (size_t d = 0; d < dim; ++d)
    x[d] += kept[d] ? (branch[d] + bias[d]) * scale : 0;
}

void
partita_nn_add_branch(PartitaReal *x,
                      const PartitaReal *branch,
                      const PartitaReal *bias,
                      uint8_t *kept,
                      size_t rows,
                      size_t dim,
                      const PartitaNnDropout *dropout)
{
  const PartitaReal scale = dropout == NULL ? 1 : find_scale(dropout->p);

  g_return_if_fail(dropout == NULL || find_threshold(dropout->p) < 65536);
  if (dropout != NULL)
    draw_all(kept, rows * dim, dropout);
  for (size_t at = 0; at < rows * dim; at += dim)
    if (dropout == NULL)
      add_sum(x + at, branch + at, bias, dim);
    else
      add_kept(x + at, branch + at, bias, kept + at, dim, scale);
}

void
partita_nn_add_branch_backward(PartitaReal *dbranch,
                               const PartitaReal *dx,
                               const uint8_t *kept,
                               size_t n,
                               const PartitaNnDropout *dropout)
{
  if (dropout == NULL)
    memcpy(dbranch, dx, sizeof *dx * n);
  else
    apply_mask(dbranch, dx, kept, n, find_scale(dropout->p));
}
