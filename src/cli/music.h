// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_MUSIC_H
#define PARTITA_CLI_MUSIC_H

#include <partita/score.h>

/// A MIDI file that was read.
typedef struct {
  PartitaScore *score; ///< (nullable)
  GBytes *bytes;       ///< (nullable): the file itself
  uint32_t until;      ///< tick from which on nothing of it counts
} CliGiven;

void
cli_given_clear(CliGiven *file);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliGiven, cli_given_clear)

/**
 * cli_music_read:
 * @path: (nullable): of a MIDI file
 * @score: (out) (nullable): NULL without a @path
 */
bool
cli_music_read(const char *path, PartitaScore **score, GError **error);

/**
 * cli_given_read:
 * @path: (nullable): of a MIDI file
 * @file: (out): empty without a @path; to clear also on failure
 */
bool
cli_given_read(const char *path, CliGiven *file, GError **error);

/**
 * cli_given_read_bars:
 * @path: (nullable): of a MIDI file; "FILE:8" for its first 8 bars, unless a
 *   file has just that name
 *
 * Otherwise as cli_given_read().
 */
bool
cli_given_read_bars(const char *path, CliGiven *file, GError **error);

#endif
