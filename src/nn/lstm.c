// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

PARTITA_CLONED void
partita_nn_lstm(PartitaReal *gates,
                const PartitaReal *bias,
                const PartitaReal *c_before,
                PartitaReal *c,
                PartitaReal *tanh_c,
                PartitaReal *h,
                size_t rows,
                size_t hidden)
{
  for (size_t r = 0; r < rows; ++r) {
    PartitaReal *const gate = gates + r * 4 * hidden;
    const size_t at = r * hidden;

    PARTITA_INDEPENDENT
    for (size_t j = 0; j < hidden; ++j) {
      const PartitaReal i = real_sigmoid(gate[j] + bias[j]);
      const PartitaReal f = real_sigmoid(gate[hidden + j] + bias[hidden + j]);
      const PartitaReal g =
        real_tanh(gate[2 * hidden + j] + bias[2 * hidden + j]);
      const PartitaReal o =
        real_sigmoid(gate[3 * hidden + j] + bias[3 * hidden + j]);
      const PartitaReal cell = f * c_before[at + j] + i * g;
      const PartitaReal squashed = real_tanh(cell);

      gate[j] = i;
      gate[hidden + j] = f;
      gate[2 * hidden + j] = g;
      gate[3 * hidden + j] = o;
      c[at + j] = cell;
      tanh_c[at + j] = squashed;
      h[at + j] = o * squashed;
    }
  }
}

/* With s' = s (1 - s) for the sigmoid and 1 - t^2 for tanh, the chain rule on
 * the formulas of partita_nn_lstm(). */
PARTITA_CLONED void
partita_nn_lstm_backward(PartitaReal *gates,
                         const PartitaReal *c_before,
                         const PartitaReal *tanh_c,
                         const PartitaReal *dh,
                         const PartitaReal *dh_after,
                         PartitaReal *dc,
                         size_t rows,
                         size_t hidden)
{
  for (size_t r = 0; r < rows; ++r) {
    PartitaReal *const gate = gates + r * 4 * hidden;
    const size_t at = r * hidden;

    PARTITA_INDEPENDENT
    for (size_t j = 0; j < hidden; ++j) {
      const PartitaReal i = gate[j];
      const PartitaReal f = gate[hidden + j];
      const PartitaReal g = gate[2 * hidden + j];
      const PartitaReal o = gate[3 * hidden + j];
      const PartitaReal t = tanh_c[at + j];
      const PartitaReal dout = dh[at + j] + dh_after[at + j];
      const PartitaReal dcell = dc[at + j] + dout * o * (1 - t * t);

      gate[j] = dcell * g * i * (1 - i);
      gate[hidden + j] = dcell * c_before[at + j] * f * (1 - f);
      gate[2 * hidden + j] = dcell * i * (1 - g * g);
      gate[3 * hidden + j] = dout * t * o * (1 - o);
      dc[at + j] = dcell * f;
    }
  }
}
