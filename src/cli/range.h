// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_RANGE_H
#define PARTITA_CLI_RANGE_H

#include <glib.h>
#include <stdbool.h>

/* Within what the numbers of options lie, in one table: an option of one name
 * takes the same numbers in every command, and whatever is refused is answered
 * with them. */

/**
 * cli_range_check:
 * @option: its long name, "threads"
 *
 * Returns: false with @error set, which says what the option takes, if @value
 * lies outside (NaN always does)
 */
bool
cli_range_check(const char *option, double value, GError **error);

/**
 * cli_range_find:
 * @message: of an error of GOption: that a value is no number, or too large
 *
 * Returns: (transfer full) (nullable): what the option that it names takes,
 * such as "a whole number from 0 to 1024"
 */
char *
cli_range_find(const char *message);

#endif
