// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "corpus.h"
#include "output.h"
#include "progress.h"
#include "range.h"

#include <base/file.h>
#include <base/json.h>
#include <base/text.h>
#include <math.h>
#include <partita/analysis.h>
#include <partita/nn.h>
#include <string.h>

typedef struct {
  char *model;
  char *split;
  char *seed;
  gboolean json;
  gboolean bare;
  int threads;
} Options;

static GOptionEntry *
evaluate_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model,
     "The model to measure (that which ships)", "MODEL"},
    {"json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "Print one JSON object",
     NULL},
    {"split", 0, 0, G_OPTION_ARG_STRING, &o->split, "Which files (all)",
     "all|train|valid"},
    {"seed", 0, 0, G_OPTION_ARG_STRING, &o->seed,
     "Seed of the split (that of the training)", "S"},
    {"without-controls", 0, 0, G_OPTION_ARG_NONE, &o->bare,
     "Leave out the tokens before the music", NULL},
    {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads, "Workers (one a core)",
     "N"},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

static bool
parse_split(const char *text, PartitaSplit *split, GError **error)
{
  static const char *const names[] = {
    [PARTITA_SPLIT_ALL] = "all",
    [PARTITA_SPLIT_TRAIN] = "train",
    [PARTITA_SPLIT_VALID] = "valid",
  };

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    if (strcmp(text, names[i]) == 0) {
      *split = (PartitaSplit)i;
      return true;
    }
  }
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
              "--split %s: not one of all, train and valid", text);
  return false;
}

static bool
parse_options(const Options *o, PartitaEvaluateOptions *options, GError **error)
{
  guint64 seed = 0;

  if (!parse_split(o->split != NULL ? o->split : "all", &options->split, error))
    return false;
  if (!cli_range_check("threads", o->threads, error))
    return false;
  if (o->seed != NULL &&
      !g_ascii_string_to_unsigned(o->seed, 10, 0, G_MAXUINT64, &seed, NULL)) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--seed %s: not a whole number", o->seed);
    return false;
  }
  options->threads = (unsigned)o->threads;
  options->drop_controls = o->bare ? PARTITA_CONTROL_ALL : 0;
  return true;
}

/// The seed of the split: as given, else as the model's settings have it.
static uint64_t
find_seed(const Options *o, const PartitaModel *model)
{
  const char *settings = partita_model_get_metadata(model, "settings");
  g_autoptr(JsonNode) node = partita_json_parse(settings, NULL);
  const char *text = o->seed;

  if (text == NULL && node != NULL && JSON_NODE_HOLDS_OBJECT(node))
    text = json_object_get_string_member_with_default(
      json_node_get_object(node), "seed", NULL);
  return text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static PartitaScheme *
read_scheme(const Options *o, const PartitaModel *model, GError **error)
{
  const char *description = partita_model_get_metadata(model, "scheme");
  g_autofree char *shown = partita_file_display(o->model);

  if (description == NULL) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: the model names no token scheme", shown);
    return NULL;
  }

  PartitaScheme *scheme =
    partita_scheme_new_from_description(description, error);

  if (scheme == NULL)
    g_prefix_error(error, "%s: ", shown);
  return scheme;
}

static void
show_evaluating(size_t done, size_t total, void *data)
{
  CliProgress *progress = data;

  if (!cli_progress_due(progress))
    return;

  g_autofree char *words =
    g_strdup_printf("%zu of %zu pieces measured", done, total);

  cli_progress_show(progress, total > 0 ? (double)done / (double)total : 1.0,
                    words);
}

// JSON has no infinity, which a broken model may well reach.
static void
set_number(JsonObject *object, const char *name, double value)
{
  if (isfinite(value))
    json_object_set_double_member(object, name, value);
  else
    json_object_set_null_member(object, name);
}

static JsonObject *
describe_types(const PartitaEvaluation *e)
{
  JsonObject *types = json_object_new();

  for (size_t i = 0; i < e->n_types; ++i) {
    const double n = (double)e->types[i].tokens;
    JsonObject *type = json_object_new();

    json_object_set_int_member(type, "tokens", (gint64)e->types[i].tokens);
    set_number(type, "nll", e->types[i].nll / n);
    set_number(type, "accuracy", (double)e->types[i].hits / n);
    json_object_set_object_member(types, e->types[i].type, type);
  }
  return types;
}

static double
find_bits_per_note(const PartitaStyleScore *style)
{
  return style->notes > 0 ? style->nll / G_LN2 / (double)style->notes
                          : (double)NAN;
}

static JsonObject *
describe_styles(const PartitaEvaluation *e)
{
  JsonObject *styles = json_object_new();

  for (size_t i = 0; i < e->n_styles; ++i) {
    const PartitaStyleScore *score = &e->styles[i];
    JsonObject *style = json_object_new();

    json_object_set_int_member(style, "pieces", (gint64)score->pieces);
    json_object_set_int_member(style, "notes", (gint64)score->notes);
    json_object_set_int_member(style, "tokens", (gint64)score->tokens);
    set_number(style, "nll_per_token", score->nll / (double)score->tokens);
    set_number(style, "bits_per_note", find_bits_per_note(score));
    json_object_set_object_member(styles, score->style, style);
  }
  return styles;
}

static void
print_json(const PartitaEvaluation *e, const char *scheme)
{
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *object = json_object_new();
  const double nll = partita_evaluation_get_nll(e);

  json_object_set_string_member(object, "scheme", scheme);
  json_object_set_int_member(object, "pieces", (gint64)e->pieces);
  json_object_set_int_member(object, "notes", (gint64)e->notes);
  json_object_set_int_member(object, "tokens", (gint64)e->tokens);
  set_number(object, "nll_per_token", nll);
  set_number(object, "perplexity", exp(nll));
  set_number(object, "bits_per_note", partita_evaluation_get_bits_per_note(e));
  set_number(object, "accuracy", partita_evaluation_get_accuracy(e));
  json_object_set_object_member(object, "by_type", describe_types(e));
  json_object_set_object_member(object, "by_style", describe_styles(e));
  json_node_take_object(node, object);
  cli_output_print_json(node);
}

static void
print_style(const PartitaStyleScore *score)
{
  g_autofree char *shown =
    partita_text_show(score->style, PARTITA_TEXT_NAME_MAX);

  g_print("%-16s %10zu %10.4f %13.3f\n", shown, score->pieces,
          score->nll / (double)score->tokens, find_bits_per_note(score));
}

static void
print_text(const PartitaEvaluation *e, const char *scheme)
{
  const double nll = partita_evaluation_get_nll(e);

  g_print("%-16s %s\n", "scheme", scheme);
  g_print("%-16s %zu\n", "pieces", e->pieces);
  g_print("%-16s %zu\n", "notes", e->notes);
  g_print("%-16s %zu\n", "tokens", e->tokens);
  g_print("%-16s %.4f\n", "nll_per_token", nll);
  g_print("%-16s %.3f\n", "perplexity", exp(nll));
  g_print("%-16s %.3f\n", "bits_per_note",
          partita_evaluation_get_bits_per_note(e));
  g_print("%-16s %.4f\n", "accuracy", partita_evaluation_get_accuracy(e));
  g_print("\n%-16s %10s %10s %10s\n", "by_type", "tokens", "nll", "accuracy");
  for (size_t i = 0; i < e->n_types; ++i) {
    const double n = (double)e->types[i].tokens;

    g_print("%-16s %10zu %10.4f %10.4f\n", e->types[i].type, e->types[i].tokens,
            e->types[i].nll / n, (double)e->types[i].hits / n);
  }
  if (e->n_styles > 0)
    g_print("\n%-16s %10s %10s %13s\n", "by_style", "pieces", "nll",
            "bits_per_note");
  for (size_t i = 0; i < e->n_styles; ++i)
    print_style(&e->styles[i]);
}

static PartitaCorpus *
read_corpus(const char *folder,
            const char *scheme,
            bool common_key,
            uint64_t seed,
            GCancellable *cancellable,
            GError **error)
{
  const PartitaCorpusOptions options = {
    .scheme = scheme,
    .seed = seed,
    .common_key = common_key,
    .cancellable = cancellable,
  };

  return cli_corpus_read(folder, &options, true, error);
}

static PartitaEvaluation *
evaluate(const Options *o,
         const char *folder,
         PartitaEvaluateOptions *options,
         GError **error)
{
  g_autoptr(PartitaModel) model = partita_model_load(o->model, error);
  g_autoptr(PartitaScheme) scheme =
    model != NULL ? read_scheme(o, model, error) : NULL;
  g_autoptr(PartitaCorpus) corpus = NULL;
  CliProgress progress;

  if (scheme == NULL)
    return NULL;

  const char *transposition =
    partita_model_get_metadata(model, "transposition");

  corpus = read_corpus(folder, partita_scheme_get_name(scheme),
                       g_strcmp0(transposition, "common") == 0,
                       find_seed(o, model), options->cancellable, error);
  if (corpus == NULL)
    return NULL;
  options->progress = show_evaluating;
  options->progress_data = &progress;
  cli_progress_init(&progress);

  PartitaEvaluation *evaluation =
    partita_evaluate(model, corpus, options, error);

  cli_progress_end(&progress);
  if (evaluation == NULL && error != NULL &&
      g_error_matches(*error, PARTITA_ANALYSIS_ERROR,
                      PARTITA_ANALYSIS_ERROR_MODEL)) {
    g_autofree char *shown = partita_file_display(o->model);

    g_prefix_error(error, "%s: ", shown);
  }
  if (evaluation != NULL && o->json)
    print_json(evaluation, partita_scheme_get_name(scheme));
  else if (evaluation != NULL)
    print_text(evaluation, partita_scheme_get_name(scheme));
  return evaluation;
}

static size_t
evaluate_files(void *data, char **arguments, CliFile *files)
{
  Options *o = data;
  const CliFile all[] = {
    {"-m", CLI_FILE_READ_MODEL, &o->model, 1},
    {"DIR", CLI_FILE_READ_FOLDER, &arguments[0], 1},
  };

  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}

static bool
evaluate_run(void *data, char **arguments, GError **error)
{
  Options *o = data;
  const char *folder = cli_take_argument(arguments, "DIR", error);
  PartitaEvaluateOptions options = {0};

  // Before a thread that memory may not suffice for.
  if (folder == NULL || !parse_options(o, &options, error) ||
      !cli_settle_model(&o->model, error) || !partita_nn_init(error))
    return false;

  g_autoptr(GCancellable) cancellable = cli_watch_interrupts(NULL, NULL);

  options.cancellable = cancellable;

  g_autoptr(PartitaEvaluation) evaluation =
    evaluate(o, folder, &options, error);

  return evaluation != NULL;
}

const CliCommand cli_evaluate = {
  .name = "evaluate",
  .arguments = "[-m MODEL] DIR",
  .summary = "Measure how well a model predicts a folder of MIDI files",
  .options_size = sizeof(Options),
  .entries = evaluate_entries,
  .files = evaluate_files,
  .run = evaluate_run,
};
