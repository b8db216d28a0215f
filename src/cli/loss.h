// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_LOSS_H
#define PARTITA_CLI_LOSS_H

#include <partita/midi.h>
#include <partita/token.h>

#define CLI_N_SCHEMES 3

/// What one scheme loses of all files together.
typedef struct {
  const char *scheme;
  size_t tokens;
  size_t notes;
  size_t lost; ///< notes that are merged with others or left out
  /// Off the scheme's grid, at the slowest tempo of the piece.
  double onset_ms;
  double duration_ms;
  double length_s; ///< by which the coarse tempos change a piece's length
  char *worst;     ///< (nullable): the file of @onset_ms
} CliLoss;

typedef struct {
  size_t files;
  size_t refused;
  PartitaMidiControls controls;
  PartitaScheme *schemes[CLI_N_SCHEMES];
  CliLoss losses[CLI_N_SCHEMES];
} CliLosses;

bool
cli_losses_init(CliLosses *losses, GError **error);

/// Encodes and decodes one file by every scheme.
/// Returns: false with @error set, and nothing is added, if it cannot be read
bool
cli_losses_add(CliLosses *losses, const char *path, GError **error);

void
cli_losses_clear(CliLosses *losses);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliLosses, cli_losses_clear)

#endif
