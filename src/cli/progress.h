// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_PROGRESS_H
#define PARTITA_CLI_PROGRESS_H

#include <partita/corpus.h>
#include <stdbool.h>

/**
 * CliProgress: one line on standard error that is drawn anew on a terminal,
 * cut to its width, and plain lines, some seconds apart, anywhere else. With
 * --quiet there is none.
 */
typedef struct {
  bool terminal;
  double start_s; ///< when the stage began
  double last_s;  ///< when it last spoke
  double share;   ///< that was done then
  double left_s;  ///< NaN if it is not known
  bool open;      ///< the line on the terminal is not yet ended
} CliProgress;

void
cli_progress_init(CliProgress *progress);

/**
 * cli_progress_due:
 *
 * Returns: whether it is time to speak again, so that callers need not build
 * words nobody reads
 */
bool
cli_progress_due(const CliProgress *progress);

/**
 * cli_progress_show:
 * @share: 0 to 1, drawn as a bar on a terminal
 * @words: what to say beside it
 */
void
cli_progress_show(CliProgress *progress, double share, const char *words);

/// The same for work that knows how many seconds are left; else they are
/// reckoned from the share that is done.
void
cli_progress_show_left(CliProgress *progress,
                       double share,
                       double left_s,
                       const char *words);

/// Ends the line on a terminal, so that other words may follow.
void
cli_progress_end(CliProgress *progress);

/// What a corpus reports as it is read or prepared; @data is a CliProgress.
void
cli_progress_show_corpus(PartitaCorpusStage stage,
                         size_t done,
                         size_t total,
                         void *data);

#endif
