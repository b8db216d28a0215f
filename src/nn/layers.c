// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <nn/nn-private.h>

#define DRAWS 8 // 16-bit numbers of one call of the generator

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

PARTITA_CLONED static void
apply_mask(PartitaReal *x, const uint8_t *kept, size_t n, PartitaReal scale)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    x[i] = kept[i] ? x[i] * scale : 0;
}

void
partita_nn_dropout(PartitaReal *x,
                   uint8_t *kept,
                   size_t n,
                   const PartitaNnDropout *dropout)
{
  const uint32_t threshold = find_threshold(dropout->p);

  g_return_if_fail(threshold < 65536);
  for (size_t i = 0; i < n; i += DRAWS) {
    const size_t left = MIN(DRAWS, n - i);
    uint32_t words[DRAWS / 2];

    partita_philox(dropout->seed, PARTITA_RANDOM_DROPOUT, dropout->step,
                   dropout->index + i / DRAWS, words);
    for (size_t j = 0; j < left; ++j)
      kept[i + j] = (words[j / 2] >> (j % 2 * 16) & 0xFFFFu) >= threshold;
  }
  apply_mask(x, kept, n, find_scale(dropout->p));
}

void
partita_nn_dropout_backward(PartitaReal *dx,
                            const uint8_t *kept,
                            size_t n,
                            const PartitaNnDropout *dropout)
{
  apply_mask(dx, kept, n, find_scale(dropout->p));
}
