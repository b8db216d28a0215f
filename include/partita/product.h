// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_PRODUCT_H
#define PARTITA_PRODUCT_H

#include <partita/nn.h>

G_BEGIN_DECLS

/* Matrix products of training behind one interface. A backend is chosen once;
 * each product of a shape is planned once and then run in every step. Of
 * OpenBLAS come products of float; of oneDNN products of bf16, summed in
 * float, about twice to nine times as fast where the chip has instructions
 * for them. */

typedef struct PartitaNnBackend PartitaNnBackend;

/**
 * partita_nn_backend_find:
 * @name: (nullable): "openblas", "onednn", or "auto" or NULL: oneDNN where it
 *   was built in and the chip multiplies bf16, else OpenBLAS
 *
 * Returns: (transfer none): NULL with %PARTITA_NN_ERROR_BACKEND set if there is
 *   no such backend, in this build or on this chip
 */
PARTITA_API const PartitaNnBackend *
partita_nn_backend_find(const char *name, GError **error);

/// (transfer none) (nullable): for generation, where a model stands it: weights
/// of products are bytes, scaled for each output, and so is what they meet; the
/// rest is bf16. NULL if this build or this chip has none.
PARTITA_API const PartitaNnBackend *
partita_nn_backend_find_int8(void);

/// (transfer none): "openblas", "onednn" or "int8"
PARTITA_API const char *
partita_nn_backend_get_name(const PartitaNnBackend *backend);

/// (transfer none): what it multiplies, for people: "float", "bf16"
PARTITA_API const char *
partita_nn_backend_get_precision(const PartitaNnBackend *backend);

/// Whether products read numbers rounded to bf16.
PARTITA_API bool
partita_nn_backend_is_half(const PartitaNnBackend *backend);

/// Numbers as products read them. Nothing here is owned.
typedef struct {
  PartitaReal *real;
  uint16_t *half; ///< @real in bf16, of a backend that is half; else NULL
} PartitaNnOperand;

/// The operand that begins @n numbers later.
static inline PartitaNnOperand
partita_nn_operand_at(PartitaNnOperand operand, size_t n)
{
  operand.real += n;
  operand.half = operand.half == NULL ? NULL : operand.half + n;
  return operand;
}

/// Brings the first @n numbers of @half up to @real, if there is a @half.
PARTITA_API void
partita_nn_operand_round(PartitaNnOperand operand, size_t n);

/// y = x in bf16, rounded to nearest, ties to even; NaN stays NaN.
PARTITA_API void
partita_nn_round_half(uint16_t *y, const PartitaReal *x, size_t n);

typedef struct PartitaNnProduct PartitaNnProduct;

/**
 * partita_nn_product_new:
 * @flags: of #PartitaNnGemmFlags: how a and b are kept, and whether c is added
 *   to
 * @weights: whether b is given by partita_nn_product_set_weights(), for many
 *   runs at a time
 *
 * A plan of c[m, n] = a[m, k] b[k, n]. All that a run needs is allocated here.
 *
 * Returns: (transfer full) (nullable): NULL if memory does not suffice
 */
PARTITA_API PartitaNnProduct *
partita_nn_product_new(const PartitaNnBackend *backend,
                       unsigned flags,
                       bool weights,
                       size_t m,
                       size_t n,
                       size_t k);

/**
 * partita_nn_product_borrow:
 * @lender: with weights; must outlive the product
 *
 * Returns: (transfer full) (nullable): a product as @lender but of @m rows,
 * which reads the lender's weights as they are at each run; NULL if memory
 * does not suffice
 */
PARTITA_API PartitaNnProduct *
partita_nn_product_borrow(const PartitaNnProduct *lender, size_t m);

PARTITA_API void
partita_nn_product_free(PartitaNnProduct *product);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaNnProduct, partita_nn_product_free)

/// Takes @b, kept as the flags say, for the runs to come: brought into the
/// layout the backend likes best, or borrowed. To be called again when @b has
/// changed.
PARTITA_API void
partita_nn_product_set_weights(PartitaNnProduct *product, const PartitaReal *b);

/**
 * partita_nn_product_run:
 * @b: (nullable): NULL of a product with weights
 * @c: (inout): shape [m, n]
 *
 * One thread at a time; different products may run at once, each on one
 * thread. Sums are of float, and the same bits in every run on one machine.
 */
PARTITA_API void
partita_nn_product_run(PartitaNnProduct *product,
                       const PartitaNnOperand *a,
                       const PartitaNnOperand *b,
                       PartitaReal *c);

/**
 * PartitaNnPlan:
 *
 * Many products of one thread, which share the memory they work in. They are
 * planned twice by the same function: first to measure what they take, then to
 * make them.
 */
typedef struct {
  const PartitaNnBackend *backend;
  bool measuring;      ///< nothing is made
  bool failed;         ///< memory does not suffice, or there is no such product
  size_t weights_size; ///< bytes of all weights in the backend's layout
  size_t scratch_size; ///< bytes that the products work in
  void *scratch;       ///< not owned; must outlive the products
} PartitaNnPlan;

/// To measure.
PARTITA_API void
partita_nn_plan_begin(PartitaNnPlan *plan, const PartitaNnBackend *backend);

/// To make what was measured; @scratch: (nullable): scratch_size bytes aligned
/// to 64, NULL if that is 0.
PARTITA_API void
partita_nn_plan_make(PartitaNnPlan *plan, void *scratch);

/// Measures or makes a product as partita_nn_product_new() has it. (transfer
/// full) (nullable): NULL while measuring, and with the plan's failed set.
PARTITA_API PartitaNnProduct *
partita_nn_plan_product(PartitaNnPlan *plan,
                        unsigned flags,
                        bool weights,
                        size_t m,
                        size_t n,
                        size_t k);

G_END_DECLS

#endif
