// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "output.h"

#include <base/file.h>
#include <base/text.h>
#include <locale.h>
#include <partita/model.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_RENDER
#include <partita/render.h>
#endif

GQuark
cli_error_quark(void)
{
  return g_quark_from_static_string("partita-cli-error-quark");
}

bool
cli_refuse(GError **error, CliError code, const char *what)
{
  g_set_error_literal(error, CLI_ERROR, (int)code, what);
  return false;
}

const CliCommand *const cli_commands[] = {
  &cli_prepare, &cli_train,     &cli_compose,  &cli_styles, &cli_render,
  &cli_inspect, &cli_roundtrip, &cli_evaluate, NULL,
};

const CliCommand *
cli_find_command(const char *name)
{
  for (size_t i = 0; cli_commands[i] != NULL; ++i) {
    if (strcmp(cli_commands[i]->name, name) == 0)
      return cli_commands[i];
  }
  return NULL;
}

static void
print_help(void)
{
  g_print("usage: partita COMMAND [OPTION...] [ARGUMENT...]\n\n"
          "Learns music from a folder of MIDI files and composes new pieces "
          "in that style.\n\n");
  for (size_t i = 0; cli_commands[i] != NULL; ++i)
    g_print("  %-10s%s\n", cli_commands[i]->name, cli_commands[i]->summary);
  g_print("\n'partita COMMAND --help' lists the options of a command.\n");
}

const char *
cli_take_argument(char **arguments, const char *what, GError **error)
{
  if (arguments[0] == NULL) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "%s is missing", what);
    return NULL;
  }
  if (arguments[1] != NULL) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "one %s, and not also '%s'",
                what, arguments[1]);
    return NULL;
  }
  return arguments[0];
}

bool
cli_demand(const char *value, const char *option, GError **error)
{
  if (value != NULL)
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "%s is missing", option);
  return false;
}

bool
cli_settle_model(char **model, GError **error)
{
  if (*model != NULL)
    return true;
  *model = partita_model_find(NULL, error);
  if (*model == NULL)
    return false;

  g_autofree char *shown = partita_file_display(*model);

  g_printerr("model %s\n", shown);
  return true;
}

static void
free_strings(const GOptionEntry *entries)
{
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; ++entry) {
    if (entry->arg == G_OPTION_ARG_STRING ||
        entry->arg == G_OPTION_ARG_FILENAME)
      g_free(*(char **)entry->arg_data);
  }
}

static bool
settle_files(const CliCommand *command,
             void *options,
             char **arguments,
             GError **error)
{
  CliFile files[CLI_FILES_MAX];

  return cli_files_settle(command->name, files,
                          command->files(options, arguments, files), error);
}

/// Parses @words (the command's name first) and runs the command.
static bool
run_command(const CliCommand *command, char **words, GError **error)
{
  g_autofree void *options = g_malloc0(command->options_size);
  g_autofree GOptionEntry *entries = command->entries(options);
  g_autoptr(GOptionContext) context = g_option_context_new(command->arguments);
  g_autofree char *name = g_strdup_printf("partita %s", command->name);
  g_auto(GStrv) arguments = g_strdupv(words);

  g_set_prgname(name);
  g_option_context_set_summary(context, command->summary);
  g_option_context_add_main_entries(context, entries, NULL);

  const bool ok = g_option_context_parse_strv(context, &arguments, error) &&
                  settle_files(command, options, arguments + 1, error) &&
                  command->run(options, arguments + 1, error);

  free_strings(entries);
  return ok;
}

/// Whether @error may be that the reader of a pipe has gone.
static bool
is_broken_pipe(const GError *error)
{
#ifdef HAVE_RENDER
  if (g_error_matches(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_WRITE))
    return true;
#endif
  return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_PIPE);
}

/// Whether @error is that standard output failed, and cli_output_is_whole()
/// will say so, or its reader has gone, who will not ask why.
static bool
needs_no_words(const GError *error)
{
  return g_error_matches(error, CLI_ERROR, CLI_ERROR_OUTPUT) ||
         (cli_output_file_is_unwanted() && is_broken_pipe(error));
}

static int
report(const CliCommand *command, const GError *error)
{
  const bool usage = error->domain == G_OPTION_ERROR ||
                     g_error_matches(error, CLI_ERROR, CLI_ERROR_USAGE);

  if (needs_no_words(error))
    return 1;

  g_autofree char *shown = partita_text_show(error->message, G_MAXSIZE);

  g_printerr("partita %s: %s\n", command->name, shown);
  if (!usage)
    return 1;
  g_printerr("usage: partita %s %s\n", command->name, command->arguments);
  return 2;
}

static int
dispatch(int argc, char **argv)
{
  if (argc < 2) {
    g_printerr("partita: a command is missing; 'partita --help' lists them\n");
    return 2;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
      strcmp(argv[1], "help") == 0) {
    print_help();
    return 0;
  }
  if (strcmp(argv[1], "--version") == 0) {
    g_print("partita %s\n", PARTITA_VERSION);
    return 0;
  }
  if (strcmp(argv[1], "complete") == 0) {
    if (argc < 4)
      return 2;
    cli_complete(argv + 3, (int)g_ascii_strtoll(argv[2], NULL, 10));
    return 0;
  }

  const CliCommand *command = cli_find_command(argv[1]);
  g_autoptr(GError) error = NULL;

  if (command == NULL) {
    g_autofree char *shown = partita_text_show(argv[1], PARTITA_TEXT_NAME_MAX);

    g_printerr("partita: no command '%s'; 'partita --help' lists them\n",
               shown);
    return 2;
  }
  return run_command(command, argv + 1, &error) ? 0 : report(command, error);
}

// OpenBLAS starts threads when it is loaded, which then try for ever to get
// memory that a limit (ulimit -v) keeps from them, and waits for them at exit.
static int
leave(int status)
{
  struct rlimit limit;

  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return status;
  _exit(cli_output_is_whole() ? status : EXIT_FAILURE);
}

int
main(int argc, char **argv)
{
  cli_output_init();
  (void)setlocale(LC_CTYPE, "");
  // Past a limit on the size of files writing fails, in words, as elsewhere.
  (void)signal(SIGXFSZ, SIG_IGN);
  return leave(dispatch(argc, argv));
}
