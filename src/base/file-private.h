// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_FILE_PRIVATE_H
#define PARTITA_BASE_FILE_PRIVATE_H

/// Ends the name of a temporary file, with as many letters and digits as there
/// are X; nobody's own files are called so.
#define PARTITA_TEMPORARY ".partita-"
#define PARTITA_TEMPORARY_RANDOM "XXXXXX"

#endif
