// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>
#include <nn/product-private.h>

typedef struct {
  PartitaNnProduct base;
  const PartitaReal *weights; // borrowed
} BlasProduct;

static bool
fit_blas(void)
{
  return true;
}

static bool
measure_blas(const PartitaNnProduct *shape, size_t *weights, size_t *scratch)
{
  (void)shape;
  *weights = 0;
  *scratch = 0;
  return true;
}

static PartitaNnProduct *
new_blas(const PartitaNnProduct *shape)
{
  BlasProduct *const product = g_new0(BlasProduct, 1);

  product->base = *shape;
  return &product->base;
}

static void
free_blas(PartitaNnProduct *base)
{
  g_free(base);
}

static void
set_blas_weights(PartitaNnProduct *base, const PartitaReal *b)
{
  ((BlasProduct *)base)->weights = b;
}

static void
run_blas(PartitaNnProduct *base,
         const PartitaNnOperand *a,
         const PartitaNnOperand *b,
         PartitaReal *c)
{
  const PartitaNnProduct *const owner =
    base->lender == NULL ? base : base->lender;

  partita_nn_gemm(
    base->flags, base->m, base->n, base->k, a->real,
    base->weights ? ((const BlasProduct *)owner)->weights : b->real, c);
}

static const PartitaNnBackend openblas = {
  .name = "openblas",
  .precision = sizeof(PartitaReal) == sizeof(float) ? "float" : "double",
  .fits = fit_blas,
  .measure = measure_blas,
  .product_new = new_blas,
  .product_free = free_blas,
  .set_weights = set_blas_weights,
  .run = run_blas,
};

// The best first.
static const PartitaNnBackend *const backends[] = {
#ifdef PARTITA_HAVE_ONEDNN
  &partita_nn_onednn,
#endif
  &openblas,
};

const PartitaNnBackend *
partita_nn_backend_find_int8(void)
{
#ifdef PARTITA_HAVE_ONEDNN
  if (partita_nn_int8.fits())
    return &partita_nn_int8;
#endif
  return NULL;
}

static const PartitaNnBackend *
find_best(void)
{
  size_t i = 0;

  while (!backends[i]->fits())
    ++i;
  return backends[i];
}

const PartitaNnBackend *
partita_nn_backend_find(const char *name, GError **error)
{
  if (name == NULL || g_str_equal(name, "auto"))
    return find_best();
  for (size_t i = 0; i < G_N_ELEMENTS(backends); ++i) {
    if (!g_str_equal(backends[i]->name, name))
      continue;
    if (backends[i]->fits())
      return backends[i];
    g_set_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_BACKEND,
                "this chip has no instructions for products of %s, so there is "
                "no backend \"%s\"",
                backends[i]->precision, name);
    return NULL;
  }
  g_set_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_BACKEND,
              "no backend \"%s\" in this build: there are auto%s and openblas",
              name, G_N_ELEMENTS(backends) > 1 ? ", onednn" : "");
  return NULL;
}

const char *
partita_nn_backend_get_name(const PartitaNnBackend *backend)
{
  return backend->name;
}

const char *
partita_nn_backend_get_precision(const PartitaNnBackend *backend)
{
  return backend->precision;
}

bool
partita_nn_backend_is_half(const PartitaNnBackend *backend)
{
  return backend->half;
}

/* A bf16 is the upper half of a float: adding just under half of its last
 * place, and one more where that place is odd, rounds to nearest even. */
PARTITA_CLONED void
partita_nn_round_half(uint16_t *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i) {
    const float number = (float)x[i];
    uint32_t bits;

    memcpy(&bits, &number, sizeof bits);
    const uint32_t rounded = (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16;
    const uint32_t quiet = bits >> 16 | 0x40u; // a NaN
    y[i] = (uint16_t)((bits & 0x7FFFFFFFu) > 0x7F800000u ? quiet : rounded);
  }
}

void
partita_nn_operand_round(PartitaNnOperand operand, size_t n)
{
  if (operand.half != NULL)
    partita_nn_round_half(operand.half, operand.real, n);
}

PartitaNnProduct *
partita_nn_product_new(const PartitaNnBackend *backend,
                       unsigned flags,
                       bool weights,
                       size_t m,
                       size_t n,
                       size_t k)
{
  const PartitaNnProduct shape = {.backend = backend,
                                  .flags = flags,
                                  .weights = weights,
                                  .m = m,
                                  .n = n,
                                  .k = k};

  g_return_val_if_fail(backend != NULL && m > 0 && n > 0 && k > 0, NULL);
  g_return_val_if_fail(m <= G_MAXINT && n <= G_MAXINT && k <= G_MAXINT, NULL);
  return backend->product_new(&shape);
}

PartitaNnProduct *
partita_nn_product_borrow(const PartitaNnProduct *lender, size_t m)
{
  PartitaNnProduct shape = *lender;

  g_return_val_if_fail(lender->weights && lender->lender == NULL, NULL);
  g_return_val_if_fail(m > 0 && m <= G_MAXINT, NULL);
  shape.m = m;
  shape.scratch = NULL;
  shape.lender = lender;
  return lender->backend->product_new(&shape);
}

void
partita_nn_product_free(PartitaNnProduct *product)
{
  if (product != NULL)
    product->backend->product_free(product);
}

void
partita_nn_product_set_weights(PartitaNnProduct *product, const PartitaReal *b)
{
  g_return_if_fail(product->weights && product->lender == NULL);
  product->backend->set_weights(product, b);
}

void
partita_nn_product_run(PartitaNnProduct *product,
                       const PartitaNnOperand *a,
                       const PartitaNnOperand *b,
                       PartitaReal *c)
{
  product->backend->run(product, a, b, c);
}

void
partita_nn_plan_begin(PartitaNnPlan *plan, const PartitaNnBackend *backend)
{
  *plan = (PartitaNnPlan){.backend = backend, .measuring = true};
}

void
partita_nn_plan_make(PartitaNnPlan *plan, void *scratch)
{
  plan->measuring = false;
  plan->scratch = scratch;
}

static bool
measure(PartitaNnPlan *plan, const PartitaNnProduct *shape)
{
  size_t weights = 0, scratch = 0;

  if (shape->m > G_MAXINT || shape->n > G_MAXINT || shape->k > G_MAXINT ||
      !plan->backend->measure(shape, &weights, &scratch))
    return false;
  plan->scratch_size = MAX(plan->scratch_size, scratch);
  return g_size_checked_add(&plan->weights_size, plan->weights_size, weights);
}

PartitaNnProduct *
partita_nn_plan_product(PartitaNnPlan *plan,
                        unsigned flags,
                        bool weights,
                        size_t m,
                        size_t n,
                        size_t k)
{
  const PartitaNnProduct shape = {.backend = plan->backend,
                                  .flags = flags,
                                  .weights = weights,
                                  .m = m,
                                  .n = n,
                                  .k = k,
                                  .scratch = plan->scratch};
  PartitaNnProduct *product = NULL;

  g_return_val_if_fail(m > 0 && n > 0 && k > 0, NULL);
  if (plan->failed)
    return NULL;
  if (plan->measuring) {
    plan->failed = !measure(plan, &shape);
    return NULL;
  }
  product = plan->backend->product_new(&shape);
  plan->failed = product == NULL;
  return product;
}
