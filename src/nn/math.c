// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <nn/nn-private.h>

PARTITA_CLONED void
partita_nn_exp(PartitaReal *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] = real_exp(x[i]);
}

PARTITA_CLONED void
partita_nn_tanh(PartitaReal *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] = real_tanh(x[i]);
}

PARTITA_CLONED void
partita_nn_sigmoid(PartitaReal *y, const PartitaReal *x, size_t n)
{
  PARTITA_INDEPENDENT
  for (size_t i = 0; i < n; ++i)
    y[i] = real_sigmoid(x[i]);
}
