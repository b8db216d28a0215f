// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_LSTM_PRODUCTS_H
#define PARTITA_MODEL_LSTM_PRODUCTS_H

#include <model/lstm-private.h>
#include <partita/product.h>

/// y = x W^T of all steps, and its gradients.
typedef struct {
  PartitaNnProduct *forward;  ///< y = x W^T
  PartitaNnProduct *back;     ///< dx = dy W
  PartitaNnProduct *gradient; ///< dW += dy^T x
} PartitaLstmLinear;

typedef struct {
  PartitaLstmLinear input;
  /// Of one step each, but the gradient of all; forward adds to y.
  PartitaLstmLinear recurrent;
} PartitaLstmLayerProducts;

/// The products of a network, planned for chunks of one shape.
typedef struct {
  size_t n_layers;
  PartitaLstmLayerProducts layer[PARTITA_MODEL_LAYERS_MAX];
  PartitaLstmLinear head;
} PartitaLstmProducts;

/// With @training those of the way back too. False if memory does not suffice;
/// partita_lstm_products_clear() is due then as well.
bool
partita_lstm_products_init(PartitaLstmProducts *products,
                           const PartitaModel *model,
                           size_t rows,
                           size_t steps,
                           bool training);

void
partita_lstm_products_clear(PartitaLstmProducts *products);

/// Takes the weights as they are now, for the way forward and with @back for
/// the way back too.
void
partita_lstm_products_set_weights(PartitaLstmProducts *products,
                                  const PartitaLstmView *view,
                                  bool back);

#endif
