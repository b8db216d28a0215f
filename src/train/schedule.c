// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <train/train-private.h>

#define WARM_UP 0.03
#define FALL 0.3
#define FLOOR 0.02

double
partita_train_schedule(double share)
{
  const double done = CLAMP(share, 0.0, 1.0);

  // Not from 0: the first step is to do something.
  if (done < WARM_UP)
    return 0.01 + 0.99 * done / WARM_UP;

  return CLAMP((1.0 - done) / FALL, FLOOR, 1.0);
}
