// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_PIECE_H
#define PARTITA_CLI_PIECE_H

#include <partita/compose.h>

/* What compose says of a piece that it has written. */

/**
 * cli_piece_name_tracks:
 *
 * Returns: (transfer full): @score, in which each track without a name has that
 * of its instrument
 */
PartitaScore *
cli_piece_name_tracks(const PartitaScore *score);

/**
 * cli_piece_print:
 * @path: of the file
 * @style: (nullable)
 *
 * Prints how long the piece is, and what it took: style, key, metre, tempo and
 * instruments.
 */
void
cli_piece_print(const PartitaScore *score, const char *path, const char *style);

/// Prints the command by which the MIDI file at @path can be heard, unless it
/// went somewhere from where no file can be read.
void
cli_piece_print_next(const char *path);

#endif
