// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_TRAIN_OPTIONS_H
#define PARTITA_CLI_TRAIN_OPTIONS_H

#include "files.h"

/// What `partita train` is asked for; numbers that were not given are 0 once
/// cli_train_options_check() has seen them, but for dropout and weight decay,
/// which are NaN.
typedef struct {
  char *output;
  char *scheme;
  char *architecture;
  char *size;
  char *ledger;
  char *backend;
  char *transpose;
  char *augment;
  double balance;
  double minutes;
  double epochs;
  gint64 steps;
  gint64 seed;
  gint64 rows;
  gint64 shards;
  gint64 layers;
  double dropout; // NaN if not given
  gint64 context;
  double learning_rate;
  double weight_decay; // NaN if not given
  char *optimizer;
  int threads;
  int patience;
  gboolean resume;
  gboolean force;
  double checkpoint_s;
} CliTrainOptions;

GOptionEntry *
cli_train_entries(void *data);

size_t
cli_train_files(void *data, char **arguments, CliFile *files);

/// Also refuses to begin anew where work stands that this would replace.
bool
cli_train_options_check(CliTrainOptions *o, GError **error);

/// (transfer full): the path of the model with another ending
char *
cli_train_name_beside(const CliTrainOptions *o, const char *ending);

/// The changes that --augment asks for, which has been checked.
unsigned
cli_train_get_augmentations(const CliTrainOptions *o);

#endif
