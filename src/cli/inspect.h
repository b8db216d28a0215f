// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_INSPECT_H
#define PARTITA_CLI_INSPECT_H

#include <json-glib/json-glib.h>
#include <partita/score.h>
#include <stdbool.h>

/* Each builds the object that inspect prints, as JSON or line by line. */

/**
 * cli_inspect_midi:
 * @object: (out caller-allocates): filled also when the file is refused
 * @score: (out) (optional): the music, for the caller to free
 *
 * Returns: false with @error set if the file is refused
 */
bool
cli_inspect_midi(const char *path,
                 JsonObject *object,
                 PartitaScore **score,
                 GError **error);

/**
 * cli_inspect_folder:
 * @ledger: (nullable): where to write the ledger
 */
bool
cli_inspect_folder(const char *path,
                   const char *ledger,
                   JsonObject *object,
                   GError **error);

bool
cli_inspect_model(const char *path, JsonObject *object, GError **error);

/// Prints bars and notes, a line for each onset of a track.
void
cli_print_notes(const PartitaScore *score);

#endif
