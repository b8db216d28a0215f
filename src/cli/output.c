// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "output.h"

#include <base/text.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// How much is said, for the whole of the program.
static CliVoice voice = CLI_VOICE_PLAIN;

void
cli_output_set_voice(CliVoice wanted)
{
  voice = wanted;
}

bool
cli_output_is_quiet(void)
{
  return voice == CLI_VOICE_QUIET;
}

bool
cli_output_is_verbose(void)
{
  return voice == CLI_VOICE_VERBOSE;
}

void
cli_say(const char *format, ...)
{
  va_list arguments;

  if (voice == CLI_VOICE_QUIET)
    return;
  va_start(arguments, format);
  g_autofree char *shown = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_printerr("%s", shown);
}

/// Writes @text in the character set of the locale.
static void
put(const char *text, FILE *to)
{
  const char *charset = NULL;
  g_autofree char *safe = partita_text_show_lines(text);
  g_autofree char *converted =
    g_get_charset(&charset)
      ? NULL
      : g_convert_with_fallback(safe, -1, charset, "UTF-8", "?", NULL, NULL,
                                NULL);

  (void)fputs(converted != NULL ? converted : safe, to);
  (void)fflush(to);
}

static void
put_out(const char *text)
{
  put(text, stdout);
}

static void
put_error(const char *text)
{
  put(text, stderr);
}

static void
fill_descriptor(int fd, int flags)
{
  if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
    return;

  // The lowest that is free is this one, since those below are open by now.
  const int made = open("/dev/null", flags);

  if (made >= 0 && made != fd)
    (void)close(made);
}

/// However the program ends: GLib itself ends it after --help.
static void
check_at_exit(void)
{
  if (!cli_output_is_whole())
    _exit(EXIT_FAILURE);
}

void
cli_output_init(void)
{
  // Standard output that is closed must fail, not swallow what is written.
  fill_descriptor(STDIN_FILENO, O_RDONLY);
  fill_descriptor(STDOUT_FILENO, O_RDONLY);
  fill_descriptor(STDERR_FILENO, O_WRONLY);
  // Whoever reads may go away before the work is done that files hold.
  (void)signal(SIGPIPE, SIG_IGN);
  g_set_print_handler(put_out);
  g_set_printerr_handler(put_error);
  (void)atexit(check_at_exit);
}

/// Whether standard output takes a file, so that nothing else may go there.
static bool is_given_to_file = false;

void
cli_output_give_to_file(void)
{
  is_given_to_file = true;
  g_set_print_handler(put_error);
}

void
cli_output_print_json(JsonNode *node)
{
  g_autofree char *json = json_to_string(node, TRUE);
  g_autofree char *safe = partita_text_show_json(json);
  FILE *const to = is_given_to_file ? stderr : stdout;

  (void)fputs(safe, to);
  (void)fputs("\n", to);
}

/// As head(1) goes once it has its lines: that is the reader's wish, and needs
/// no words.
static bool
has_lost_reader(void)
{
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

  // Linux reports so of pipes and sockets, and never of files and terminals.
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

bool
cli_output_file_is_unwanted(void)
{
  return is_given_to_file && has_lost_reader();
}

char *
cli_quote(const char *word)
{
  static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-./";

  return *word != '\0' && word[strspn(word, plain)] == '\0'
           ? g_strdup(word)
           : g_shell_quote(word);
}

bool
cli_output_is_whole(void)
{
  if (fflush(stdout) == 0 && ferror(stdout) == 0)
    return true;
  if (!has_lost_reader())
    g_printerr("partita: not all could be written to standard output\n");
  return false;
}
