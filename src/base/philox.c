// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>

#define ROUNDS 10

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
  uint32_t k0 = (uint32_t)seed;
  uint32_t k1 = (uint32_t)(seed >> 32);
  uint32_t c0 = (uint32_t)index;
  uint32_t c1 = (uint32_t)purpose << 24 ^ (uint32_t)(step >> 32);
  uint32_t c2 = (uint32_t)step;
  uint32_t c3 = (uint32_t)(index >> 32);

  for (int round = 0; round < ROUNDS; ++round) {
    const uint32_t high0 = multiply_high(0xD2511F53u, c0);
    const uint32_t low0 = 0xD2511F53u * c0;
    const uint32_t high1 = multiply_high(0xCD9E8D57u, c2);
    const uint32_t low1 = 0xCD9E8D57u * c2;

    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
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
