// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_INSPECT_H
#define PARTITA_CLI_INSPECT_H

#include <json-glib/json-glib.h>
#include <partita/corpus.h>
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

/// What a corpus comes to; hash tables count pieces or files by a name.
typedef struct {
  const char *scheme;
  size_t files;
  size_t pieces;
  size_t mended;
  size_t mended_bars;   ///< of them, those whose metre or bar line was wrong
  size_t counted;       ///< live pieces, in the beats heard
  size_t without_beats; ///< live pieces in which none were heard
  size_t notes;
  size_t bars;
  size_t tokens;
  size_t in_families;   ///< pieces
  size_t unlabelled;    ///< pieces
  GHashTable *families; ///< by the first path of each
  GHashTable *styles;
  GHashTable *skipped; ///< by reason
} CliCorpusSums;

/**
 * cli_advise:
 *
 * Returns: (transfer full) (element-type utf8): what whoever trains on the
 * corpus should know, a sentence each
 */
JsonArray *
cli_advise(const CliCorpusSums *sums);

/// (transfer full) (element-type utf8): the same, of a corpus
JsonArray *
cli_corpus_advise(const PartitaCorpus *corpus);

/// Prints what cli_inspect_folder() found, for people.
void
cli_print_folder(JsonObject *object);

/**
 * cli_inspect_folder:
 * @path: a folder of MIDI files or a prepared corpus
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
