// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"

#include <string.h>

static void
print_commands(const char *prefix)
{
  for (size_t i = 0; cli_commands[i] != NULL; ++i) {
    if (g_str_has_prefix(cli_commands[i]->name, prefix))
      g_print("%s\n", cli_commands[i]->name);
  }
}

static void
print_options(const GOptionEntry *entry, const char *prefix)
{
  for (; entry->long_name != NULL; ++entry) {
    g_autofree char *option = g_strconcat("--", entry->long_name, NULL);

    if ((entry->flags & G_OPTION_FLAG_HIDDEN) == 0 &&
        g_str_has_prefix(option, prefix))
      g_print("%s\n", option);
  }
}

/* The words an option takes stand in its argument's description, as in
 * "tiny|small|base": what has no bar in it is a file or a number. */
static void
print_values(const GOptionEntry *entry, const char *option, const char *prefix)
{
  for (; entry->long_name != NULL; ++entry) {
    if (strcmp(entry->long_name, option) != 0 ||
        entry->arg_description == NULL ||
        strchr(entry->arg_description, '|') == NULL)
      continue;

    g_auto(GStrv) values = g_strsplit(entry->arg_description, "|", 0);

    for (char **value = values; *value != NULL; ++value) {
      if (g_str_has_prefix(*value, prefix))
        g_print("%s\n", *value);
    }
  }
}

void
cli_complete(char **words, int at)
{
  const int n = (int)g_strv_length(words);
  const char *prefix = at >= 0 && at < n ? words[at] : "";

  if (at <= 1) {
    print_commands(prefix);
    return;
  }

  const CliCommand *command = n > 1 ? cli_find_command(words[1]) : NULL;

  if (command == NULL || at > n)
    return;

  g_autofree void *options = g_malloc0(command->options_size);
  g_autofree GOptionEntry *entries = cli_list_entries(command, options);

  if (prefix[0] == '-')
    print_options(entries, prefix);
  else if (g_str_has_prefix(words[at - 1], "--"))
    print_values(entries, words[at - 1] + 2, prefix);
}
