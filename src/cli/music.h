// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_MUSIC_H
#define PARTITA_CLI_MUSIC_H

#include <partita/score.h>

/**
 * cli_music_read:
 * @path: (nullable): of a MIDI file
 * @score: (out) (nullable): NULL without a @path
 */
bool
cli_music_read(const char *path, PartitaScore **score, GError **error);

/**
 * cli_music_read_bars:
 * @path: (nullable): of a MIDI file; "FILE:8" for its first 8 bars, unless a
 *   file has just that name
 *
 * Otherwise as cli_music_read().
 */
bool
cli_music_read_bars(const char *path, PartitaScore **score, GError **error);

#endif
