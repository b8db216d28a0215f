// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "output.h"
#include "range.h"

#include <base/file.h>
#include <base/similar.h>
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

  cli_say("model %s\n", shown);
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

/// What every command takes.
typedef struct {
  gboolean quiet;
  gboolean verbose;
} Common;

static GOptionEntry *
list_common(Common *common)
{
  const GOptionEntry entries[] = {
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &common->quiet,
     "Say only results, warnings and errors", NULL},
    {"verbose", 'v', 0, G_OPTION_ARG_NONE, &common->verbose,
     "Also name what is otherwise only counted", NULL},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

GOptionEntry *
cli_list_entries(const CliCommand *command, void *options)
{
  static Common unread; // nobody looks at what a list of names sets
  g_autofree GOptionEntry *own = command->entries(options);
  g_autofree GOptionEntry *common = list_common(&unread);
  GArray *all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

  for (const GOptionEntry *entry = own; entry->long_name != NULL; ++entry)
    g_array_append_val(all, *entry);
  for (const GOptionEntry *entry = common; entry->long_name != NULL; ++entry)
    g_array_append_val(all, *entry);
  return (GOptionEntry *)(void *)g_array_free(all, FALSE);
}

static bool
set_voice(const Common *common, GError **error)
{
  if (common->quiet && common->verbose)
    return cli_refuse(error, CLI_ERROR_USAGE, "one of --quiet and --verbose");
  cli_output_set_voice(common->quiet     ? CLI_VOICE_QUIET
                       : common->verbose ? CLI_VOICE_VERBOSE
                                         : CLI_VOICE_PLAIN);
  return true;
}

/// Parses @words (the command's name first) and runs the command.
static bool
run_command(const CliCommand *command, char **words, GError **error)
{
  Common wanted = {0};
  g_autofree GOptionEntry *common = list_common(&wanted);
  g_autofree void *options = g_malloc0(command->options_size);
  g_autofree GOptionEntry *entries = command->entries(options);
  g_autoptr(GOptionContext) context = g_option_context_new(command->arguments);
  g_autofree char *name = g_strdup_printf("partita %s", command->name);
  g_auto(GStrv) arguments = g_strdupv(words);

  g_set_prgname(name);
  g_option_context_set_summary(context, command->summary);
  g_option_context_add_main_entries(context, entries, NULL);
  g_option_context_add_main_entries(context, common, NULL);

  const bool ok = g_option_context_parse_strv(context, &arguments, error) &&
                  set_voice(&wanted, error) &&
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

/// (transfer full) (nullable): the option among @words that no command takes
/// so, with that which may have been meant
static char *
find_misspelt(const CliCommand *command, char **words)
{
  g_autofree void *options = g_malloc0(command->options_size);
  g_autofree GOptionEntry *entries = cli_list_entries(command, options);

  for (; *words != NULL && strcmp(*words, "--") != 0; ++words) {
    g_auto(GStrv) parts = g_strsplit(*words, "=", 2);
    PartitaSimilar similar;
    bool known =
      !g_str_has_prefix(*words, "--") || g_str_has_prefix(*words, "--help");

    if (known)
      continue;
    partita_similar_init(&similar, parts[0] + 2);
    for (const GOptionEntry *entry = entries; entry->long_name != NULL;
         ++entry) {
      known = known || strcmp(entry->long_name, parts[0] + 2) == 0;
      if ((entry->flags & G_OPTION_FLAG_HIDDEN) == 0)
        partita_similar_try(&similar, entry->long_name);
    }
    if (known)
      continue;

    g_autofree char *meant =
      similar.best != NULL ? g_strconcat("--", similar.best, NULL) : NULL;
    g_autofree char *asked = partita_similar_ask(meant);

    return g_strdup_printf("there is no option %s%s", parts[0], asked);
  }
  return NULL;
}

/// Says of an option that GOption refused what was meant, or what it takes.
static void
explain(const CliCommand *command, char **words, GError **error)
{
  g_autofree char *better = NULL;

  if (g_error_matches(*error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)) {
    better = find_misspelt(command, words);
  } else if (g_error_matches(*error, G_OPTION_ERROR,
                             G_OPTION_ERROR_BAD_VALUE)) {
    g_autofree char *takes = cli_range_find((*error)->message);

    if (takes != NULL)
      better = g_strdup_printf("%s; it takes %s", (*error)->message, takes);
  }
  if (better == NULL)
    return;
  g_clear_error(error);
  (void)cli_refuse(error, CLI_ERROR_USAGE, better);
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
refuse_command(const char *name)
{
  g_autofree char *shown = partita_text_show(name, PARTITA_TEXT_NAME_MAX);
  PartitaSimilar similar;

  partita_similar_init(&similar, name);
  for (size_t i = 0; cli_commands[i] != NULL; ++i)
    partita_similar_try(&similar, cli_commands[i]->name);

  g_autofree char *asked = partita_similar_ask(similar.best);
  const char *shown_end =
    similar.best != NULL ? asked : "; 'partita --help' lists them";

  g_printerr("partita: no command '%s'%s\n", shown, shown_end);
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

  if (command == NULL)
    return refuse_command(argv[1]);
  if (run_command(command, argv + 1, &error))
    return 0;
  explain(command, argv + 2, &error);
  return report(command, error);
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
