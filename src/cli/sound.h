// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_SOUND_H
#define PARTITA_CLI_SOUND_H

#include <gio/gio.h>
#include <partita/score.h>
#include <stdbool.h>

/// What rate and gain are before an option sets them, for 0 is a wish, which is
/// refused.
#define CLI_SOUND_NOT_GIVEN G_MININT

/// The options that render and compose --wav share.
typedef struct {
  char *soundfont;
  char *format;
  int rate;
  double gain;
} CliSound;

void
cli_sound_init(CliSound *sound);

/**
 * cli_sound_write:
 *
 * @file: a MIDI file, of which all is played
 * @score: its score
 * @loop: whether its end leads back to its beginning
 *
 * Renders @file to the WAV file at @path and says on standard error how long
 * and how loud it is.
 */
bool
cli_sound_write(const CliSound *sound,
                GBytes *file,
                const PartitaScore *score,
                bool loop,
                const char *path,
                GCancellable *cancellable,
                GError **error);

/**
 * cli_sound_check:
 *
 * Finds out before any work whether sound can be written to @path.
 */
bool
cli_sound_check(const CliSound *sound, const char *path, GError **error);

#endif
