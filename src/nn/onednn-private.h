// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_NN_ONEDNN_PRIVATE_H
#define PARTITA_NN_ONEDNN_PRIVATE_H

#include <nn/product-private.h>

/* Products by oneDNN, of bf16 or of signed bytes into float. */

/// Whether this chip multiplies bf16; then it multiplies bytes too.
bool
partita_nn_onednn_fits(void);

/// As a backend's measure.
bool
partita_nn_onednn_measure(const PartitaNnProduct *shape,
                          bool bytes,
                          size_t *weights,
                          size_t *scratch);

/// As a backend's product_new; a lender must be of the same kind.
PartitaNnProduct *
partita_nn_onednn_new(const PartitaNnProduct *shape, bool bytes);

void
partita_nn_onednn_free(PartitaNnProduct *product);

/// @b: numbers of float, or bytes
void
partita_nn_onednn_set_weights(PartitaNnProduct *product, const void *b);

/// @a, @b: of bf16, or bytes; @b: (nullable): NULL of a product with weights
void
partita_nn_onednn_run(PartitaNnProduct *product,
                      const void *a,
                      const void *b,
                      PartitaReal *c);

#endif
