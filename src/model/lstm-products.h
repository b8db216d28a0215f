// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_LSTM_PRODUCTS_H
#define PARTITA_MODEL_LSTM_PRODUCTS_H

#include <model/linear.h>
#include <model/lstm-private.h>

typedef struct {
  PartitaModelLinear input;
  /// Of one step each, but the gradient of all; forward adds to y.
  PartitaModelLinear recurrent;
} PartitaLstmLayerProducts;

/// The products of a network, planned for chunks of one shape.
typedef struct {
  size_t n_layers;
  PartitaLstmLayerProducts layer[PARTITA_MODEL_LAYERS_MAX];
  PartitaModelLinear head;
} PartitaLstmProducts;

/// With @training those of the way back too. After a failure, too,
/// partita_lstm_products_clear() is due.
void
partita_lstm_products_plan(PartitaLstmProducts *products,
                           PartitaNnPlan *plan,
                           const PartitaModelConfig *config,
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
