// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_COMPOSE_OPTIONS_H
#define PARTITA_CLI_COMPOSE_OPTIONS_H

#include "existing.h"
#include "files.h"
#include "sound.h"
#include "wishes.h"

#include <partita/compose.h>

/// What `partita compose` is asked for; counts that were not given are 0 once
/// cli_compose_options_fill() has seen them.
typedef struct {
  char *model;
  char *output;
  char *style;
  char *primer;
  char *temperature;
  char *top_p;
  char *min_p;
  char *seed;
  int bars;
  int top_k;
  int pieces;
  int threads;
  gboolean stream;
  char *wav;
  CliSound sound;
  CliWishes wishes;
  CliExisting existing;
  int best;
  char *explain;
} CliComposeOptions;

GOptionEntry *
cli_compose_entries(void *data);

size_t
cli_compose_files(void *data, char **arguments, CliFile *files);

/// @options: (out): what of the options is said in numbers and names
bool
cli_compose_options_fill(CliComposeOptions *o,
                         PartitaComposeOptions *options,
                         GError **error);

/// Whether the options go together, and whether all can be written.
bool
cli_compose_options_check(const CliComposeOptions *o, GError **error);

#endif
