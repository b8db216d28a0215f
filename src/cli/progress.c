// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "progress.h"

#include "cli.h"

#include <base/text.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define TERMINAL_PAUSE_S 0.1
#define PLAIN_PAUSE_S 10.0

void
cli_progress_init(CliProgress *progress)
{
  progress->terminal = isatty(STDERR_FILENO) != 0;
  progress->last_s = cli_clock(NULL);
  progress->open = false;
}

bool
cli_progress_due(const CliProgress *progress)
{
  const double pause = progress->terminal ? TERMINAL_PAUSE_S : PLAIN_PAUSE_S;

  return cli_clock(NULL) - progress->last_s >= pause;
}

static void
draw(double share, const char *words)
{
  char bar[BAR_WIDTH + 1];
  const int full = (int)(CLAMP(share, 0.0, 1.0) * BAR_WIDTH);

  for (int i = 0; i < BAR_WIDTH; ++i)
    bar[i] = i < full ? '#' : '.';
  bar[BAR_WIDTH] = '\0';

  g_autofree char *shown = partita_text_show(words, G_MAXSIZE);

  // \033[K clears what a longer line left behind. It is ours: g_printerr()
  // would show it.
  (void)fprintf(stderr, "\r[%s] %3.0f %%  %s\033[K", bar, 100.0 * share, shown);
  (void)fflush(stderr);
}

void
cli_progress_show(CliProgress *progress, double share, const char *words)
{
  progress->last_s = cli_clock(NULL);
  if (progress->terminal) {
    draw(share, words);
    progress->open = true;
  } else {
    g_autofree char *shown = partita_text_show(words, G_MAXSIZE);

    g_printerr("%3.0f %%  %s\n", 100.0 * share, shown);
  }
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
