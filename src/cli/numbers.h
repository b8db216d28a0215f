// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_NUMBERS_H
#define PARTITA_CLI_NUMBERS_H

#include <gio/gio.h>
#include <stdbool.h>

/* Numbers of options for which 0 is no sensible wish: GOption cannot tell a 0
 * that was asked for from an option that was left out. */

/// One of them. Of the three pointers one is set, by the type that GOption
/// writes.
typedef struct {
  const char *option; ///< its long name: "bars"
  int *count;
  gint64 *whole;
  double *number;
} CliNumber;

/// Marks all as not given; to call before options are parsed.
void
cli_numbers_init(const CliNumber *numbers, size_t n);

/**
 * cli_numbers_settle:
 *
 * Demands that each number that was given lies in its range (range.h). From
 * then on 0 is what was not given.
 */
bool
cli_numbers_settle(const CliNumber *numbers, size_t n, GError **error);

#endif
