// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_EXISTING_H
#define PARTITA_CLI_EXISTING_H

#include "music.h"

#include <partita/compose.h>

/// The options that ask for work on existing music, and for a loop.
typedef struct {
  char *melody;
  char *infill;
  char *fill;
  char *accompany;
  char *add;
  char *vary;
  char *strength;
  gboolean loop;
} CliExisting;

/// Adds the options (element-type GOptionEntry) that set @existing.
void
cli_existing_add_entries(GArray *all, CliExisting *existing);

/// Whether the options go together; (nullable) @primer, for it excludes them.
bool
cli_existing_check(const CliExisting *existing,
                   const char *primer,
                   int bars,
                   bool stream,
                   GError **error);

/// What was read of the files that the options name; each may be empty.
typedef struct {
  CliGiven file;
  PartitaScore *melody; ///< borrowed from the file
  PartitaArrangement *arrangement;
} CliMusic;

/**
 * cli_existing_read:
 * @seed: of a variation
 * @music: (out): to clear with cli_music_clear(), also on failure
 */
bool
cli_existing_read(const CliExisting *existing,
                  const PartitaComposer *composer,
                  uint64_t seed,
                  CliMusic *music,
                  GError **error);

void
cli_music_clear(CliMusic *music);

/// Whether nothing is asked for that the music itself decides.
bool
cli_existing_check_controls(const CliExisting *existing,
                            const PartitaControls *controls,
                            GError **error);

#endif
