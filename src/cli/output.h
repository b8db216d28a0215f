// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_OUTPUT_H
#define PARTITA_CLI_OUTPUT_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* What the program says goes through g_print() and g_printerr(), which from
 * cli_output_init() on let nothing through that a terminal obeys. Foreign text
 * is besides shown by partita_text_show() before it is put into a line, since
 * only there can its ends of lines be told from ours. */

/// To call first of all: standard descriptors that are closed would else be
/// those of the first files that are opened.
void
cli_output_init(void);

/// What --quiet and --verbose ask for.
typedef enum {
  CLI_VOICE_PLAIN,
  CLI_VOICE_QUIET,  ///< results, warnings and errors alone
  CLI_VOICE_VERBOSE ///< also by name what is otherwise only counted
} CliVoice;

void
cli_output_set_voice(CliVoice wanted);

bool
cli_output_is_quiet(void);

bool
cli_output_is_verbose(void);

/// g_printerr() for what --quiet leaves out: what is done, not what went wrong.
void
cli_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/// From now on words and JSON go to standard error, for standard output takes a
/// file.
void
cli_output_give_to_file(void);

/// Prints JSON as UTF-8, whatever the locale, with an end of line.
void
cli_output_print_json(JsonNode *node);

/// Whether standard output takes a file and is a pipe whose reader has gone.
bool
cli_output_file_is_unwanted(void);

/// (transfer full): @word as a shell takes it, in quotes only if it must be
char *
cli_quote(const char *word);

/// Whether all that was printed so far has reached standard output; says so if
/// not, unless its reader has gone. At the end of the program it is looked at
/// in any case.
bool
cli_output_is_whole(void);

#endif
