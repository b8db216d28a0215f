// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_H
#define PARTITA_CLI_H

#include "files.h"

#include <gio/gio.h>
#include <partita/train.h>
#include <stdbool.h>

#define CLI_ERROR (cli_error_quark())

typedef enum {
  CLI_ERROR_USAGE,  ///< wrong usage: the program exits with 2
  CLI_ERROR_OUTPUT, ///< 1: standard output failed, which cli_output_is_whole()
                    ///< says at the end of the program
  CLI_ERROR_FAILED  ///< anything else: 1
} CliError;

GQuark
cli_error_quark(void);

/// Returns false, with @error set.
bool
cli_refuse(GError **error, CliError code, const char *what);

#define CLI_FILES_MAX 16

/**
 * CliCommand:
 *
 * One row of the command table. The options of a command live in a struct of
 * its own, zeroed before entries() is asked for the options that fill it.
 * Strings that options set are freed by the caller of run().
 */
typedef struct {
  const char *name;
  const char *arguments; ///< as in the usage line
  const char *summary;
  size_t options_size;
  /// (transfer full): the options, ended by a zero entry; free with g_free()
  GOptionEntry *(*entries)(void *options);
  /// Lists in @files, which has room for %CLI_FILES_MAX, what is read and
  /// written, and returns how many they are.
  size_t (*files)(void *options, char **arguments, CliFile *files);
  /// @arguments: what is left after the options, ended by NULL
  bool (*run)(void *options, char **arguments, GError **error);
} CliCommand;

extern const CliCommand cli_prepare;
extern const CliCommand cli_train;
extern const CliCommand cli_compose;
extern const CliCommand cli_render;
extern const CliCommand cli_inspect;
extern const CliCommand cli_roundtrip;
extern const CliCommand cli_evaluate;
extern const CliCommand cli_styles;

/// Ended by NULL.
extern const CliCommand *const cli_commands[];

/// (nullable)
const CliCommand *
cli_find_command(const char *name);

/// (transfer full): the options of @command and those that all have, ended by a
/// zero entry, to be named and not parsed; free with g_free()
GOptionEntry *
cli_list_entries(const CliCommand *command, void *options);

/**
 * cli_complete:
 * @words: the command line so far, the program's name first
 * @at: the index of the word to complete
 *
 * Prints the words that may stand there, a line each.
 */
void
cli_complete(char **words, int at);

/**
 * cli_take_argument:
 * @what: its name in messages
 *
 * Returns: the one argument there must be, or NULL with @error set
 */
const char *
cli_take_argument(char **arguments, const char *what, GError **error);

/// Demands that an option that may not be left out was given.
bool
cli_demand(const char *value, const char *option, GError **error);

/**
 * cli_settle_model:
 * @model: (inout): a path, or NULL for that of partita_model_find(), which is
 * then printed
 */
bool
cli_settle_model(char **model, GError **error);

/// Returns (transfer full): what to say when a command is told to stop.
typedef char *
CliFarewell(void *data);

/**
 * cli_watch_interrupts:
 * @farewell: (nullable): called at once, from another thread
 *
 * From now on the first Ctrl-C, SIGTERM or SIGHUP cancels what is returned, and
 * says what will happen; the second ends the program.
 *
 * Returns: (transfer full)
 */
GCancellable *
cli_watch_interrupts(CliFarewell *farewell, void *data);

/**
 * cli_join_ranks:
 * @ranks: (out) (transfer full) (nullable): NULL if the process was started
 * alone
 *
 * Returns: false with @error set if mpirun started it as one of several, and
 * it cannot join them
 */
bool
cli_join_ranks(PartitaRanks **ranks, GError **error);

/// Bytes that the machine, the control groups and the limit on address space
/// leave to this process; 0 if nobody says.
size_t
cli_find_memory(void);

/// Seconds on the monotonic clock.
double
cli_clock(void *data);

#endif
