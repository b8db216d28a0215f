// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "progress.h"

#include "cli.h"
#include "output.h"

#include <base/text.h>
#include <math.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define TERMINAL_PAUSE_S 0.1
#define PLAIN_PAUSE_S 10.0

/// Columns of a terminal that does not say how many it has.
#define DEFAULT_COLUMNS 80
/// On a terminal with fewer columns there is no bar.
#define COLUMNS_FOR_BAR 60

/// Before so much time and so great a share are done, the time left cannot be
/// reckoned from them.
#define RECKON_AFTER_S 1.0
#define RECKON_AFTER_SHARE 0.01

void
cli_progress_init(CliProgress *progress)
{
  progress->terminal = isatty(STDERR_FILENO) != 0;
  progress->start_s = progress->last_s = cli_clock(NULL);
  progress->share = 0.0;
  progress->left_s = (double)NAN;
  progress->open = false;
}

bool
cli_progress_due(const CliProgress *progress)
{
  const double pause = progress->terminal ? TERMINAL_PAUSE_S : PLAIN_PAUSE_S;

  return !cli_output_is_quiet() && cli_clock(NULL) - progress->last_s >= pause;
}

static size_t
get_columns(void)
{
  struct winsize size = {0};

  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
           ? size.ws_col
           : DEFAULT_COLUMNS;
}

/// Cuts UTF-8 to what fills @columns at most.
static void
cut(char *text, size_t columns)
{
  for (char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    const size_t width = g_unichar_iszerowidth(c) ? 0
                         : g_unichar_iswide(c)    ? 2
                                                  : 1;

    if (width > columns) {
      *at = '\0';
      return;
    }
    columns -= width;
  }
}

/// (transfer full): "  42 %  1:23 left  words"
static char *
describe(const CliProgress *progress, const char *words)
{
  g_autofree char *shown = partita_text_show(words, G_MAXSIZE);
  GString *line = g_string_new(NULL);

  g_string_append_printf(line, "%3.0f %%", 100.0 * progress->share);
  if (!isnan(progress->left_s)) {
    const unsigned left = (unsigned)CLAMP(progress->left_s, 0.0, 1e9);

    if (left >= 3600)
      g_string_append_printf(line, "  %u:%02u:%02u left", left / 3600,
                             left / 60 % 60, left % 60);
    else
      g_string_append_printf(line, "  %u:%02u left", left / 60, left % 60);
  }
  g_string_append_printf(line, "  %s", shown);
  return g_string_free(line, FALSE);
}

static void
draw(double share, char *line)
{
  const size_t columns = get_columns();
  const bool has_bar = columns >= COLUMNS_FOR_BAR;
  char bar[BAR_WIDTH + 1];
  const int full = (int)(CLAMP(share, 0.0, 1.0) * BAR_WIDTH);

  for (int i = 0; i < BAR_WIDTH; ++i)
    bar[i] = i < full ? '#' : '.';
  bar[BAR_WIDTH] = '\0';

  // A line that fills the last column would go on in the next one.
  const size_t taken = has_bar ? BAR_WIDTH + 3 : 0;

  cut(line, columns > taken + 1 ? columns - taken - 1 : 0);
  // \033[K clears what a longer line left behind. It is ours: g_printerr()
  // would show it.
  if (has_bar)
    (void)fprintf(stderr, "\r[%s] %s\033[K", bar, line);
  else
    (void)fprintf(stderr, "\r%s\033[K", line);
  (void)fflush(stderr);
}

/// Reckons the time left from what was done, unless the work itself told it.
static void
reckon(CliProgress *progress, double share, double left_s)
{
  // Another stage, whose speed is another.
  if (share < progress->share)
    progress->start_s = progress->last_s;
  progress->last_s = cli_clock(NULL);
  progress->share = share;
  progress->left_s = left_s;

  const double spent_s = progress->last_s - progress->start_s;

  if (isnan(left_s) && spent_s >= RECKON_AFTER_S && share >= RECKON_AFTER_SHARE)
    progress->left_s = spent_s * (1.0 - share) / share;
}

void
cli_progress_show_left(CliProgress *progress,
                       double share,
                       double left_s,
                       const char *words)
{
  if (cli_output_is_quiet())
    return;
  reckon(progress, share, left_s);

  g_autofree char *shown = describe(progress, words);

  if (progress->terminal) {
    draw(share, shown);
    progress->open = true;
  } else {
    g_printerr("%s\n", shown);
  }
}

void
cli_progress_show(CliProgress *progress, double share, const char *words)
{
  cli_progress_show_left(progress, share, (double)NAN, words);
}

void
cli_progress_end(CliProgress *progress)
{
  if (progress->open)
    g_printerr("\n");
  progress->open = false;
}

void
cli_progress_show_corpus(PartitaCorpusStage stage,
                         size_t done,
                         size_t total,
                         void *data)
{
  CliProgress *progress = data;

  if (!cli_progress_due(progress))
    return;
  const double share = total > 0 ? (double)done / (double)total : 1.0;
  g_autofree char *words =
    stage == PARTITA_CORPUS_READING
      ? g_strdup_printf("%zu of %zu files read", done, total)
      : g_strdup("searched for duplicates");

  cli_progress_show(progress, share, words);
}
