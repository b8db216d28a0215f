// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MACROS_H
#define PARTITA_MACROS_H

/// Marks what the shared library exports; all else is hidden.
#if defined(__GNUC__)
#define PARTITA_API __attribute__((visibility("default")))
#else
#define PARTITA_API
#endif

#endif
