// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <train/train-private.h>

#define WARM_UP 0.03
#define FLOOR 0.1

double
partita_train_schedule(double share)
{
  const double done = CLAMP(share, 0.0, 1.0);

  // Not from 0: the first step is to do something.
  if (done < WARM_UP)
    return 0.01 + 0.99 * done / WARM_UP;

  const double turn = G_PI * (done - WARM_UP) / (1.0 - WARM_UP);
  return FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + cos(turn));
}
