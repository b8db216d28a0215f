// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_WISHES_H
#define PARTITA_CLI_WISHES_H

#include <json-glib/json-glib.h>
#include <partita/controls.h>

/// The controls as options have them, and where to report what became of them.
typedef struct {
  char *key;
  char *scale;
  char *range;
  char *meter;
  char *tempo;
  char *programs;
  char *density;
  char *polyphony;
  char *chords;
  char *report;
} CliWishes;

/**
 * cli_wishes_hear:
 * @styles: (array zero-terminated=1): those the model knows
 * @style: (out) (transfer full): NULL if @sentence names none
 *
 * Sets what @sentence says, where no option says something else, and prints
 * what it became and which words say nothing.
 *
 * Returns: false with @error set if two words exclude each other
 */
bool
cli_wishes_hear(const CliWishes *wishes,
                const char *sentence,
                const char *const *styles,
                PartitaControls *controls,
                char **style,
                GError **error);

/// Sets what the options say.
bool
cli_wishes_read(const CliWishes *wishes,
                PartitaControls *controls,
                GError **error);

/// What became of the promises of one or many pieces.
typedef struct {
  const PartitaControls *controls;
  bool terse; ///< print only those that are broken
  JsonBuilder *builder;
  char *broken; ///< (nullable): the first promise that was not kept
} CliReport;

void
cli_report_begin(CliReport *report,
                 const PartitaControls *controls,
                 bool terse);

void
cli_report_clear(CliReport *report);

/**
 * cli_report_add:
 * @path: of a finished file, which is read back
 * @bars: it was to have
 *
 * Measures every promise and prints it, unless it is terse and kept.
 *
 * Returns: false with @error set if the file cannot be read
 */
bool
cli_report_add(CliReport *report,
               const char *path,
               size_t bars,
               GError **error);

/**
 * cli_report_end:
 * @path: (nullable): where to write it as JSON
 *
 * Returns: false with @error set if a promise was broken, or it cannot be
 * written
 */
bool
cli_report_end(CliReport *report, const char *path, GError **error);

#endif
