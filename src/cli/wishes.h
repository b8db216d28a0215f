// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_WISHES_H
#define PARTITA_CLI_WISHES_H

#include <json-glib/json-glib.h>
#include <partita/compose.h>

/// The controls as options have them, and where to report what became of them.
typedef struct {
  char *key;
  char *scale;
  char *range;
  char *meter;
  char *tempo;
  char *seconds;
  char *programs;
  char *without;
  char *density;
  char *polyphony;
  char *chords;
  char *like;
  char *report;
} CliWishes;

/// Adds the options (element-type GOptionEntry) that set @wishes.
void
cli_wishes_add_entries(GArray *all, CliWishes *wishes);

/**
 * cli_wishes_settle:
 * @sentence: (nullable): words
 * @model: that of @composer; a blend of styles is mixed in it
 * @controls: with what the options say; the rest is set
 * @options: with the style, bars and primer that options say, or nothing;
 * borrows @controls and @style
 * @style: (out) (transfer full) (nullable)
 *
 * Brings together what options, words and a piece to be like ask for: words
 * give way to options, the piece to both. Prints what words became, and which
 * say nothing.
 */
bool
cli_wishes_settle(const CliWishes *wishes,
                  const char *sentence,
                  PartitaModel *model,
                  const PartitaComposer *composer,
                  PartitaControls *controls,
                  PartitaComposeOptions *options,
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
  const PartitaArrangement *arrangement; ///< (nullable)
  bool terse;                            ///< print only those that are broken
  JsonBuilder *builder;
  char *broken; ///< (nullable): the first promise that was not kept
} CliReport;

/// Both @controls and (nullable) @arrangement are borrowed.
void
cli_report_begin(CliReport *report,
                 const PartitaControls *controls,
                 const PartitaArrangement *arrangement,
                 bool terse);

void
cli_report_clear(CliReport *report);

/**
 * cli_report_add:
 * @path: of the finished file, for messages
 * @bytes: of that file, which are read back
 * @bars: it was to have
 * @ending: key on whose chord it was to end without being asked, or -1
 *
 * Measures every promise and prints it, unless it is terse and kept.
 *
 * Returns: false with @error set if the file cannot be read
 */
bool
cli_report_add(CliReport *report,
               const char *path,
               GBytes *bytes,
               size_t bars,
               int ending,
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
