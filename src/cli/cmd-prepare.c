// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "progress.h"
#include "range.h"

#include <base/file.h>
#include <partita/nn.h>
#include <partita/train.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  char *output;
  char *scheme;
  char *part;
  int threads;
} Options;

static GOptionEntry *
prepare_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     "The corpus to write, a folder", "CORPUS"},
    {"scheme", 0, 0, G_OPTION_ARG_STRING, &o->scheme, "Token scheme (remi)",
     "remi|performance|grid"},
    {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads,
     "Workers that read files (one a core)", "N"},
    // As it was once called.
    {"workers", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &o->threads, NULL,
     NULL},
    {"part", 0, 0, G_OPTION_ARG_STRING, &o->part,
     "Read only a part of the files, from 1 to N", "I/N"},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

static bool
read_part(const char *text, unsigned *part, unsigned *parts, GError **error)
{
  char rest = '\0';

  *part = *parts = 1;
  if (text == NULL || (sscanf(text, "%u/%u%c", part, parts, &rest) == 2 &&
                       *part >= 1 && *part <= *parts && *parts <= 65536))
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
              "--part %s: not I/N with I from 1 to N", text);
  return false;
}

static bool
prepare(const Options *o,
        const char *folder,
        unsigned part,
        unsigned parts,
        bool shown,
        GError **error)
{
  CliProgress progress;
  g_autoptr(GCancellable) cancellable = cli_watch_interrupts(NULL, NULL);
  const PartitaCorpusOptions options = {
    .scheme = o->scheme != NULL ? o->scheme : "remi",
    .workers = (unsigned)o->threads,
    .cancellable = cancellable,
    .progress = shown ? cli_progress_show_corpus : NULL,
    .progress_data = &progress,
  };

  cli_progress_init(&progress);

  const bool ok =
    partita_corpus_prepare(folder, o->output, part - 1, parts, &options, error);

  cli_progress_end(&progress);
  return ok;
}

static void
print_written(const char *output, unsigned part, unsigned parts)
{
  g_autofree char *shown = partita_file_display(output);

  if (parts > 1)
    g_print("wrote part %u of %u of %s\n", part, parts, shown);
  else
    g_print("wrote %s\n", shown);
}

// Each takes a part; when all have left, the first joins the parts.
static bool
prepare_together(const Options *o,
                 const char *folder,
                 PartitaRanks *ranks,
                 GError **error)
{
  const unsigned rank = (unsigned)partita_ranks_get_rank(ranks);

  if (!prepare(o, folder, rank + 1, (unsigned)partita_ranks_get_size(ranks),
               rank == 0, error)) {
    g_prefix_error(error, "process %u: ", rank);
    return false;
  }
  partita_ranks_leave(ranks);
  if (rank == 0 && !prepare(o, folder, 1, 1, true, error))
    return false;
  if (rank == 0)
    print_written(o->output, 1, 1);
  return true;
}

static size_t
prepare_files(void *data, char **arguments, CliFile *files)
{
  Options *o = data;
  const CliFile all[] = {
    {"DIR", CLI_FILE_READ_FOLDER, &arguments[0], 1},
    {"-o", CLI_FILE_WRITE_CORPUS, &o->output, 1},
  };

  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}

static bool
prepare_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;
  const char *folder = cli_take_argument(arguments, "DIR", error);
  PartitaRanks *ranks = NULL;
  unsigned part = 0;
  unsigned parts = 0;

  if (folder == NULL || !cli_demand(o->output, "-o CORPUS", error) ||
      !read_part(o->part, &part, &parts, error))
    return false;
  if (!cli_range_check("threads", o->threads, error) || !partita_nn_init(error))
    return false;
  if (o->part == NULL && !cli_join_ranks(&ranks, error))
    return false;
  if (ranks != NULL)
    return prepare_together(o, folder, ranks, error);
  if (!prepare(o, folder, part, parts, true, error))
    return false;
  print_written(o->output, part, parts);
  return true;
}

const CliCommand cli_prepare = {
  .name = "prepare",
  .arguments = "DIR -o CORPUS",
  .summary = "Make a corpus of a folder of MIDI files",
  .options_size = sizeof(Options),
  .entries = prepare_entries,
  .files = prepare_files,
  .run = prepare_run,
};
