// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Products of bytes by oneDNN, for generation: half the memory of bf16, and
 * twice the speed. Each output's weights and each row of a are scaled to
 * [-127, 127] by their largest number and rounded (Dettmers et al. 2022,
 * arXiv:2208.07339, section 2, "vector-wise"); sums are whole numbers. Products
 * without weights, and those of the way back, are of bf16. */

#include <nn/nn-private.h>
#include <nn/onednn-private.h>

typedef struct {
  PartitaNnProduct base;
  PartitaNnProduct *bytes; ///< into @sums
  int8_t *a;               ///< shape [m, k]
  float *row_scale;        ///< shape [m]
  float *sums;             ///< shape [m, n]
  float *scale;            ///< shape [n]: of an output's weights
  const float *read_scale; ///< @scale, or the lender's
} Int8Product;

PARTITA_CLONED static void
scale_row(float *c, const float *sums, const float *scale, float row, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    c[i] = sums[i] * scale[i] * row;
}

PARTITA_CLONED static void
add_row(float *c, const float *sums, const float *scale, float row, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    c[i] += sums[i] * scale[i] * row;
}

/// Whether a product is of bytes.
static bool
is_forward(const PartitaNnProduct *shape)
{
  return shape->weights && (shape->flags & PARTITA_NN_TRANSPOSE_B) &&
         !(shape->flags & PARTITA_NN_TRANSPOSE_A);
}

static PartitaNnProduct
find_inner(const PartitaNnProduct *shape)
{
  PartitaNnProduct inner = *shape;

  inner.backend = &partita_nn_onednn;
  if (!is_forward(shape))
    return inner;
  inner.flags &= ~(unsigned)PARTITA_NN_ACCUMULATE;
  if (shape->lender != NULL)
    inner.lender = ((const Int8Product *)shape->lender)->bytes;
  return inner;
}

static bool
measure_int8(const PartitaNnProduct *shape, size_t *weights, size_t *scratch)
{
  const PartitaNnProduct inner = find_inner(shape);

  if (!partita_nn_onednn_measure(&inner, is_forward(shape), weights, scratch))
    return false;
  if (is_forward(shape))
    *weights += shape->m * shape->k +
                (shape->m * shape->n + shape->m + shape->n) * sizeof(float);
  return true;
}

static void
free_int8(PartitaNnProduct *base)
{
  Int8Product *const product = (Int8Product *)base;

  g_clear_pointer(&product->bytes, partita_nn_onednn_free);
  g_free(product->a);
  g_free(product->row_scale);
  g_free(product->sums);
  g_free(product->scale);
  g_free(product);
}

static PartitaNnProduct *
new_int8(const PartitaNnProduct *shape)
{
  const PartitaNnProduct inner = find_inner(shape);

  if (!is_forward(shape))
    return partita_nn_onednn_new(&inner, false);

  Int8Product *const product = g_new0(Int8Product, 1);

  product->base = *shape;
  product->bytes = partita_nn_onednn_new(&inner, true);
  product->a = g_try_new0(int8_t, shape->m * shape->k);
  product->row_scale = g_try_new0(float, shape->m);
  product->sums = g_try_new(float, shape->m * shape->n);
  product->scale = g_try_new0(float, shape->n);
  product->read_scale = shape->lender == NULL
                          ? product->scale
                          : ((const Int8Product *)shape->lender)->scale;
  if (product->bytes == NULL || product->a == NULL ||
      product->row_scale == NULL || product->sums == NULL ||
      product->scale == NULL) {
    free_int8(&product->base);
    return NULL;
  }
  return &product->base;
}

static void
set_int8_weights(PartitaNnProduct *base, const PartitaReal *b)
{
  Int8Product *const product = (Int8Product *)base;
  const size_t k = base->k;
  g_autofree int8_t *bytes = g_new(int8_t, base->n * k);

  for (size_t i = 0; i < base->n; ++i)
    product->scale[i] = partita_nn_take_bytes(bytes + i * k, b + i * k, k);
  partita_nn_onednn_set_weights(product->bytes, bytes);
}

static void
run_int8(PartitaNnProduct *base,
         const PartitaNnOperand *a,
         const PartitaNnOperand *b,
         PartitaReal *c)
{
  Int8Product *const product = (Int8Product *)base;
  const size_t n = base->n;

  (void)b;
  for (size_t r = 0; r < base->m; ++r)
    product->row_scale[r] = partita_nn_take_bytes(
      product->a + r * base->k, a->real + r * base->k, base->k);
  partita_nn_onednn_run(product->bytes, product->a, NULL, product->sums);
  for (size_t r = 0; r < base->m; ++r)
    if (base->flags & PARTITA_NN_ACCUMULATE)
      add_row(c + r * n, product->sums + r * n, product->read_scale,
              product->row_scale[r], n);
    else
      scale_row(c + r * n, product->sums + r * n, product->read_scale,
                product->row_scale[r], n);
}

const PartitaNnBackend partita_nn_int8 = {
  .name = "int8",
  .precision = "int8",
  .half = true,
  .fits = partita_nn_onednn_fits,
  .measure = measure_int8,
  .product_new = new_int8,
  .product_free = free_int8,
  .set_weights = set_int8_weights,
  .run = run_int8,
};
