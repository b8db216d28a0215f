// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>

static uint32_t
multiply_high(uint32_t a, uint32_t b)
{
  return (uint32_t)(((uint64_t)a * b) >> 32);
}

void
partita_philox(uint64_t seed,
               PartitaRandomPurpose purpose,
               uint64_t step,
               uint64_t index,
               uint32_t out[4])
{
  out[0] = (uint32_t)index;
  out[1] = (uint32_t)purpose << 24 ^ (uint32_t)(step >> 32);
  out[2] = (uint32_t)step;
  out[3] = (uint32_t)(index >> 32);
  partita_philox_turn((uint32_t)seed, (uint32_t)(seed >> 32), out);
}

double
partita_random_uniform(uint64_t seed,
                       PartitaRandomPurpose purpose,
                       uint64_t step,
                       uint64_t index)
{
  uint32_t bits[4];

  partita_philox(seed, purpose, step, index, bits);
  return (double)(((uint64_t)bits[0] << 32 | bits[1]) >> 11) * 0x1p-53;
}

uint32_t
partita_random_below(uint64_t seed,
                     PartitaRandomPurpose purpose,
                     uint64_t step,
                     uint64_t index,
                     uint32_t n)
{
  uint32_t bits[4];

  partita_philox(seed, purpose, step, index, bits);
  return multiply_high(bits[0], n);
}
