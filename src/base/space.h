// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_SPACE_H
#define PARTITA_BASE_SPACE_H

#include <stdbool.h>
#include <stddef.h>

/// Whether @bytes more could be had in one piece: a limit on address space
/// (ulimit -v) may keep them. Nothing is taken.
bool
partita_space_has(size_t bytes);

#endif
