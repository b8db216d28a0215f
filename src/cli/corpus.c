// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "corpus.h"

#include "output.h"
#include "progress.h"

#include <base/text.h>

/// Names the files of which something is to be said.
static void
tell_files(const PartitaCorpus *corpus)
{
  for (size_t i = 0; i < partita_corpus_get_n_files(corpus); ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);

    if (entry.verdict == PARTITA_VERDICT_USED)
      continue;

    g_autofree char *shown = partita_text_show(entry.path, G_MAXSIZE);
    g_autofree char *shown_reason = partita_text_show(entry.reason, G_MAXSIZE);

    cli_say("%s %s: %s\n",
            entry.verdict == PARTITA_VERDICT_MENDED ? "mended" : "skipped",
            shown, shown_reason);
  }
}

PartitaCorpus *
cli_corpus_read(const char *folder,
                const PartitaCorpusOptions *options,
                bool shown,
                GError **error)
{
  CliProgress progress;
  PartitaCorpusOptions own = *options;

  cli_progress_init(&progress);
  own.progress = shown ? cli_progress_show_corpus : NULL;
  own.progress_data = &progress;

  PartitaCorpus *corpus = partita_corpus_read(folder, &own, error);

  cli_progress_end(&progress);
  if (corpus != NULL && shown && cli_output_is_verbose())
    tell_files(corpus);
  return corpus;
}
