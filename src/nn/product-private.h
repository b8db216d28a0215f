// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_NN_PRODUCT_PRIVATE_H
#define PARTITA_NN_PRODUCT_PRIVATE_H

#include <partita/product.h>

/// A product's shape; plans of a backend begin with it.
struct PartitaNnProduct {
  const PartitaNnBackend *backend;
  unsigned flags;
  bool weights;
  size_t m;
  size_t n;
  size_t k;
  void *scratch;                  ///< to work in; NULL: the product's own
  const PartitaNnProduct *lender; ///< of the weights; NULL: its own
};

/// What a library of products gives. A new one is a file with such a table
/// and an entry in product.c.
struct PartitaNnBackend {
  const char *name;
  const char *precision;
  bool half;
  /// Whether this chip has what makes it worth while.
  bool (*fits)(void);
  /// Bytes that a product of @shape will take for its weights and to work in;
  /// false if there can be none.
  bool (*measure)(const PartitaNnProduct *shape,
                  size_t *weights,
                  size_t *scratch);
  /// (transfer full) (nullable): a plan for @shape, which is copied
  PartitaNnProduct *(*product_new)(const PartitaNnProduct *shape);
  void (*product_free)(PartitaNnProduct *product);
  void (*set_weights)(PartitaNnProduct *product, const PartitaReal *b);
  void (*run)(PartitaNnProduct *product,
              const PartitaNnOperand *a,
              const PartitaNnOperand *b,
              PartitaReal *c);
};

#ifdef PARTITA_HAVE_ONEDNN
extern const PartitaNnBackend partita_nn_onednn;
extern const PartitaNnBackend partita_nn_int8;
#endif

#endif
