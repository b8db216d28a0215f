// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_HASH_H
#define PARTITA_CORPUS_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// Spreads every bit over all. Source: the finaliser of SplitMix64, Steele,
/// Lea and Flood 2014, "Fast splittable pseudorandom number generators".
static inline uint64_t
partita_hash_mix(uint64_t x)
{
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/// Tells contents apart, not adversaries: 8 bytes at a time.
static inline uint64_t
partita_hash_bytes(const void *bytes, size_t size)
{
  const uint8_t *at = bytes;
  uint64_t hash = partita_hash_mix(size + 1);

  for (; size > 0; size -= size < 8 ? size : 8, at += 8) {
    uint64_t word = 0;

    memcpy(&word, at, size < 8 ? size : 8);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 29;
  }
  return partita_hash_mix(hash);
}

#endif
