// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_FUZZ_H
#define PARTITA_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/// The entry that libFuzzer and replay.c call.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
