// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "train-options.h"

#include "cli.h"
#include "numbers.h"
#include "range.h"

#include <base/file.h>
#include <math.h>
#include <partita/train.h>
#include <string.h>

/// Two fifths of a run, for a run has at most about twenty evaluations.
#define DEFAULT_PATIENCE 8
#define DEFAULT_AUGMENT "parts"
#define N_NUMBERS 9

/// The numbers for which 0 is no sensible wish.
static void
list_numbers(CliTrainOptions *o, CliNumber *numbers)
{
  const CliNumber all[N_NUMBERS] = {
    {.option = "steps", .whole = &o->steps},
    {.option = "layers", .whole = &o->layers},
    {.option = "context", .whole = &o->context},
    {.option = "batch", .whole = &o->rows},
    {.option = "shards", .whole = &o->shards},
    {.option = "minutes", .number = &o->minutes},
    {.option = "epochs", .number = &o->epochs},
    {.option = "checkpoint", .number = &o->checkpoint_s},
    {.option = "learning-rate", .number = &o->learning_rate},
  };

  memcpy(numbers, all, sizeof all);
}

/// What is trained, and for how long.
static void
add_model_entries(GArray *all, CliTrainOptions *o)
{
  const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "The model to write",
     "MODEL.safetensors"},
    {"scheme", 0, 0, G_OPTION_ARG_STRING, &o->scheme, "Token scheme (remi)",
     "remi|performance|grid"},
    {"model", 0, 0, G_OPTION_ARG_STRING, &o->architecture,
     "Architecture (lstm)", "lstm|transformer"},
    {"size", 0, 0, G_OPTION_ARG_STRING, &o->size, "Size of the model (auto)",
     "auto|tiny|small|base"},
    {"minutes", 0, 0, G_OPTION_ARG_DOUBLE, &o->minutes,
     "Train for so long (20)", "M"},
    {"epochs", 0, 0, G_OPTION_ARG_DOUBLE, &o->epochs,
     "Or: see the corpus so many times", "N"},
    {"steps", 0, 0, G_OPTION_ARG_INT64, &o->steps, "Or: take so many steps",
     "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT64, &o->seed,
     "Seed of everything random (0)", "S"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// What becomes of the music.
static void
add_music_entries(GArray *all, CliTrainOptions *o)
{
  const GOptionEntry entries[] = {
    {"transpose", 0, 0, G_OPTION_ARG_STRING, &o->transpose,
     "Learn all in one key, in all keys, or in their own (common)",
     "common|random|none"},
    {"augment", 0, 0, G_OPTION_ARG_STRING, &o->augment,
     "Change pieces a little each time: a list of tempo, velocity, tracks, "
     "parts (parts)",
     "LIST|none"},
    {"balance", 0, 0, G_OPTION_ARG_DOUBLE, &o->balance,
     "Read small styles more often; 1: as much as the largest (0)", "B"},
    {"ledger", 0, 0, G_OPTION_ARG_FILENAME, &o->ledger,
     "Where to say what became of each file (MODEL.ledger.jsonl)", "FILE"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// The network, and how it learns.
static void
add_learning_entries(GArray *all, CliTrainOptions *o)
{
  const GOptionEntry entries[] = {
    {"layers", 0, 0, G_OPTION_ARG_INT64, &o->layers,
     "Layers of the network (as the size has)", "N"},
    {"dropout", 0, 0, G_OPTION_ARG_DOUBLE, &o->dropout,
     "Share of numbers left out in training, against learning by heart "
     "(chosen)",
     "P"},
    {"context", 0, 0, G_OPTION_ARG_INT64, &o->context,
     "Tokens that a step reads of a piece (as the size has)", "N"},
    {"learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &o->learning_rate,
     "Learning rate at its highest (as the size has)", "R"},
    {"weight-decay", 0, 0, G_OPTION_ARG_DOUBLE, &o->weight_decay,
     "Share of the weights lost a step, times the learning rate (0.01)", "W"},
    {"optimizer", 0, 0, G_OPTION_ARG_STRING, &o->optimizer,
     "What moves the weights (adamw)", "adamw|sgd|muon"},
    {"batch", 0, 0, G_OPTION_ARG_INT64, &o->rows,
     "Segments of pieces that a step learns from (as the size has)", "N"},
    {"shards", 0, 0, G_OPTION_ARG_INT64, &o->shards,
     "Cut the batch for so many workers (2)", "N"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// When the run ends, who works on it, and what it leaves.
static void
add_run_entries(GArray *all, CliTrainOptions *o)
{
  const GOptionEntry entries[] = {
    {"patience", 0, 0, G_OPTION_ARG_INT, &o->patience,
     "Worse held-out losses that end it; 0: none do (8)", "N"},
    {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads, "Workers (one a core)",
     "N"},
    {"backend", 0, 0, G_OPTION_ARG_STRING, &o->backend,
     "What multiplies matrices (auto)", "auto|openblas|onednn"},
    {"resume", 0, 0, G_OPTION_ARG_NONE, &o->resume,
     "Go on from the checkpoint in MODEL.run", NULL},
    {"force", 0, 0, G_OPTION_ARG_NONE, &o->force,
     "Begin anew where a model or a checkpoint stands, and replace it", NULL},
    {"checkpoint", 0, 0, G_OPTION_ARG_DOUBLE, &o->checkpoint_s,
     "Write a checkpoint so often (about 60)", "SECONDS"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

GOptionEntry *
cli_train_entries(void *data)
{
  CliTrainOptions *o = data;
  CliNumber numbers[N_NUMBERS];
  GArray *all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

  o->patience = DEFAULT_PATIENCE;
  o->dropout = NAN;
  o->weight_decay = NAN;
  list_numbers(o, numbers);
  cli_numbers_init(numbers, N_NUMBERS);

  add_model_entries(all, o);
  add_music_entries(all, o);
  add_learning_entries(all, o);
  add_run_entries(all, o);
  return (GOptionEntry *)(void *)g_array_free(all, FALSE);
}

// The output with another ending.
char *
cli_train_name_beside(const CliTrainOptions *o, const char *ending)
{
  g_autofree char *stem = g_strdup(o->output);

  if (g_str_has_suffix(stem, ".safetensors"))
    stem[strlen(stem) - strlen(".safetensors")] = '\0';
  return g_strconcat(stem, ending, NULL);
}

/// Refuses to begin anew where work stands that this would replace.
static bool
check_nothing_lost(const CliTrainOptions *o, GError **error)
{
  g_autofree char *run = cli_train_name_beside(o, ".run");
  g_autofree char *checkpoint =
    g_build_filename(run, "checkpoint.safetensors", NULL);
  const char *const there =
    g_file_test(o->output, G_FILE_TEST_EXISTS)    ? o->output
    : g_file_test(checkpoint, G_FILE_TEST_EXISTS) ? checkpoint
                                                  : NULL;

  if (o->resume && o->force)
    return cli_refuse(error, CLI_ERROR_USAGE, "one of --resume and --force");
  if (o->resume || o->force || there == NULL)
    return true;

  g_autofree char *shown = partita_file_display(there);

  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "%s exists: --resume goes on with its training, --force begins "
              "anew and replaces it",
              shown);
  return false;
}

static bool
check_output(const CliTrainOptions *o, GError **error)
{
  if (g_file_test(o->output, G_FILE_TEST_EXISTS) &&
      !g_file_test(o->output, G_FILE_TEST_IS_REGULAR)) {
    g_autofree char *shown = partita_file_display(o->output);

    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: cannot write a model there: not a regular file", shown);
    return false;
  }
  return check_nothing_lost(o, error) &&
         partita_file_check_target(o->output, error);
}

static bool
check(const CliTrainOptions *o, GError **error)
{
  static const char *const transpositions[] = {"common", "random", "none",
                                               NULL};
  const int lengths = (o->minutes > 0.0) + (o->epochs > 0.0) + (o->steps > 0);

  if (!cli_demand(o->output, "-o MODEL.safetensors", error))
    return false;
  if (lengths > 1) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "one of --minutes, --epochs and --steps");
    return false;
  }
  if (o->transpose != NULL && !g_strv_contains(transpositions, o->transpose)) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--transpose %s: not one of common, random, none",
                o->transpose);
    return false;
  }
  if (!partita_augmentations_parse(
        o->augment != NULL ? o->augment : DEFAULT_AUGMENT, &(unsigned){0})) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--augment %s: not none or a list of tempo, velocity, tracks, "
                "parts",
                o->augment);
    return false;
  }
  return check_output(o, error);
}

/// The numbers of which 0 may be a wish.
static bool
check_others(const CliTrainOptions *o, GError **error)
{
  return cli_range_check("threads", o->threads, error) &&
         cli_range_check("patience", o->patience, error) &&
         cli_range_check("seed", (double)o->seed, error) &&
         cli_range_check("balance", o->balance, error) &&
         (isnan(o->dropout) || cli_range_check("dropout", o->dropout, error)) &&
         (isnan(o->weight_decay) ||
          cli_range_check("weight-decay", o->weight_decay, error));
}

bool
cli_train_options_check(CliTrainOptions *o, GError **error)
{
  CliNumber numbers[N_NUMBERS];

  list_numbers(o, numbers);
  return cli_numbers_settle(numbers, N_NUMBERS, error) &&
         check_others(o, error) && check(o, error);
}

unsigned
cli_train_get_augmentations(const CliTrainOptions *o)
{
  unsigned augmentations = 0;

  (void)partita_augmentations_parse(
    o->augment != NULL ? o->augment : DEFAULT_AUGMENT, &augmentations);
  return augmentations;
}

size_t
cli_train_files(void *data, char **arguments, CliFile *files)
{
  CliTrainOptions *o = data;
  const CliFile all[] = {
    {"DIR", CLI_FILE_READ_FOLDER, &arguments[0], 1},
    {"-o", CLI_FILE_WRITE_MODEL, &o->output, 1},
    {"--ledger", CLI_FILE_WRITE_JSON, &o->ledger, 1},
  };

  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}
