// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_FUZZ_REPAIR_H
#define PARTITA_FUZZ_REPAIR_H

#include <stddef.h>
#include <stdint.h>

/// Puts the right hashes into what may be a safetensors file of ours, as far as
/// it has places for them.
void
fuzz_repair_safetensors(uint8_t *bytes, size_t size);

#endif
