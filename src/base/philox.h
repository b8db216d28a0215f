// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_PHILOX_H
#define PARTITA_BASE_PHILOX_H

#include <stdint.h>

/// What a random number is for; numbers of different purposes never meet.
typedef enum {
  PARTITA_RANDOM_WEIGHTS = 1,
  PARTITA_RANDOM_ORDER = 2,
  PARTITA_RANDOM_CROP = 3,
  PARTITA_RANDOM_AUGMENT = 4,
  PARTITA_RANDOM_DROPOUT = 5,
  PARTITA_RANDOM_SAMPLE = 6,
  PARTITA_RANDOM_SPLIT = 7,
  PARTITA_RANDOM_CORPUS = 8,
  PARTITA_RANDOM_PROMPT = 9,
  PARTITA_RANDOM_ARRANGE = 10
} PartitaRandomPurpose;

/**
 * partita_philox:
 * @step: for instance of training, or the number of a piece
 * @index: within the step
 * @out: (out caller-allocates): shape [4]: independent, uniform
 *
 * Random numbers as a function of their place: there is no state.
 *
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * Philox4x32-10. Key: seed. Counter: index (32 bits), purpose (8) and the
 * high bits of step (24), low bits of step (32), high bits of index (32).
 */
void
partita_philox(uint64_t seed,
               PartitaRandomPurpose purpose,
               uint64_t step,
               uint64_t index,
               uint32_t out[4]);

/// The ten rounds, key @k0 and @k1, on a counter; here so that loops over many
/// counters become vector code.
static inline void
partita_philox_turn(uint32_t k0, uint32_t k1, uint32_t c[4])
{
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = (uint64_t)0xD2511F53u * c[0];
    const uint64_t product1 = (uint64_t)0xCD9E8D57u * c[2];

    c[0] = (uint32_t)(product1 >> 32) ^ c[1] ^ k0;
    c[1] = (uint32_t)product1;
    c[2] = (uint32_t)(product0 >> 32) ^ c[3] ^ k1;
    c[3] = (uint32_t)product0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}

/// At least 0, below 1; 53 random bits.
double
partita_random_uniform(uint64_t seed,
                       PartitaRandomPurpose purpose,
                       uint64_t step,
                       uint64_t index);

/// A whole number at least 0 and below @n (which is at least 1), unbiased to
/// 2^-32.
uint32_t
partita_random_below(uint64_t seed,
                     PartitaRandomPurpose purpose,
                     uint64_t step,
                     uint64_t index,
                     uint32_t n);

#endif
