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

/// Whether all that was printed so far has reached standard output; says so if
/// not, unless its reader has gone. At the end of the program it is looked at
/// in any case.
bool
cli_output_is_whole(void);

#endif
