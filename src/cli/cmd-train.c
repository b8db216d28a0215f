// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "progress.h"

#include <base/file.h>
#include <math.h>
#include <partita/product.h>
#include <partita/train.h>

#define DEFAULT_MINUTES 20.0
/// Two fifths of a run, for a run has at most about twenty evaluations.
#define DEFAULT_PATIENCE 8
#define DEFAULT_AUGMENT "parts"

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
  int layers;
  double dropout; // NaN if not given
  gint64 context;
  double learning_rate;
  double weight_decay; // NaN if not given
  char *optimizer;
  int threads;
  int patience;
  gboolean resume;
  double checkpoint_s;
} Options;

static GOptionEntry *
train_entries(void *data)
{
  Options *o = data;
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
    {"layers", 0, 0, G_OPTION_ARG_INT, &o->layers,
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
     "Pieces read side by side (as the size has)", "N"},
    {"shards", 0, 0, G_OPTION_ARG_INT64, &o->shards,
     "Cut the batch for so many workers (2)", "N"},
    {"patience", 0, 0, G_OPTION_ARG_INT, &o->patience,
     "Worse held-out losses that end it; 0: none do (8)", "N"},
    {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads, "Workers (one a core)",
     "N"},
    {"backend", 0, 0, G_OPTION_ARG_STRING, &o->backend,
     "What multiplies matrices (auto)", "auto|openblas|onednn"},
    {"resume", 0, 0, G_OPTION_ARG_NONE, &o->resume,
     "Go on from the checkpoint in MODEL.run", NULL},
    {"checkpoint", 0, 0, G_OPTION_ARG_DOUBLE, &o->checkpoint_s,
     "Write a checkpoint so often (about 60)", "SECONDS"},
    {0},
  };

  o->patience = DEFAULT_PATIENCE;
  o->dropout = NAN;
  o->weight_decay = NAN;
  return g_memdup2(entries, sizeof entries);
}

static bool
check(const Options *o, GError **error)
{
  static const char *const transpositions[] = {"common", "random", "none",
                                               NULL};
  const int lengths =
    (o->minutes != 0.0) + (o->epochs != 0.0) + (o->steps != 0);

  if (!cli_demand(o->output, "-o MODEL.safetensors", error))
    return false;
  if (lengths > 1) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "one of --minutes, --epochs and --steps");
    return false;
  }
  // Written so that NaN is refused too.
  if (!(o->minutes >= 0.0 && o->minutes <= 1e6) ||
      !(o->epochs >= 0.0 && o->epochs <= 1e9) || o->steps < 0 ||
      !(o->checkpoint_s >= 0.0 && o->checkpoint_s <= 1e9) || o->threads < 0 ||
      o->threads > 1024 || o->patience < 0 || o->layers < 0 || o->rows < 0 ||
      o->shards < 0 || o->seed < 0 || o->context < 0) {
    g_set_error(
      error, CLI_ERROR, CLI_ERROR_USAGE,
      "--minutes, --epochs, --steps, --checkpoint, --layers, --context, "
      "--batch, --shards, --patience, --threads and --seed take numbers that "
      "are not "
      "negative");
    return false;
  }
  if (!(o->balance >= 0.0 && o->balance <= 1.0)) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--balance takes a number from 0 to 1");
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
  return partita_file_check_target(o->output, error);
}

static char *
describe_status(const PartitaTrainStatus *status)
{
  GString *words = g_string_new(NULL);
  const unsigned left = (unsigned)MAX(0.0, status->left_s);

  g_string_append_printf(words, "step %" G_GUINT64_FORMAT "  loss %.3f",
                         status->step, status->loss);
  if (!isnan(status->valid_loss))
    g_string_append_printf(words, "  held-out %.3f", status->valid_loss);
  g_string_append_printf(words, "  %.0f tokens/s  %u:%02u left",
                         status->tokens_per_s, left / 60, left % 60);
  return g_string_free(words, FALSE);
}

static void
show_training(const PartitaTrainStatus *status, void *data)
{
  CliProgress *progress = data;

  if (!cli_progress_due(progress) && !status->evaluated)
    return;

  g_autofree char *words = describe_status(status);

  cli_progress_show(progress, status->share, words);
}

// The output with another ending.
static char *
name_beside(const Options *o, const char *ending)
{
  g_autofree char *stem = g_strdup(o->output);

  if (g_str_has_suffix(stem, ".safetensors"))
    stem[strlen(stem) - strlen(".safetensors")] = '\0';
  return g_strconcat(stem, ending, NULL);
}

static PartitaCorpus *
read_corpus(const Options *o,
            const char *folder,
            bool showing,
            GCancellable *cancellable,
            GError **error)
{
  CliProgress progress;
  const PartitaCorpusOptions options = {
    .scheme = o->scheme,
    .seed = (uint64_t)o->seed,
    .common_key = o->transpose == NULL || g_str_equal(o->transpose, "common"),
    .cancellable = cancellable,
    .progress = showing ? cli_progress_show_corpus : NULL,
    .progress_data = &progress,
  };

  cli_progress_init(&progress);

  PartitaCorpus *corpus = partita_corpus_read(folder, &options, error);

  cli_progress_end(&progress);
  return corpus;
}

static void
print_corpus(const PartitaCorpus *corpus, const char *ledger)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  g_autofree char *names = g_strjoinv(", ", (char **)styles);
  const size_t n_files = partita_corpus_get_n_files(corpus);
  size_t verdicts[3] = {0, 0, 0};

  for (size_t i = 0; i < n_files; ++i)
    ++verdicts[partita_corpus_get_entry(corpus, i).verdict];
  g_printerr("%zu files: %zu used, %zu mended, %zu skipped (%s)\n", n_files,
             verdicts[PARTITA_VERDICT_USED], verdicts[PARTITA_VERDICT_MENDED],
             verdicts[PARTITA_VERDICT_SKIPPED], ledger);
  if (names[0] != '\0')
    g_printerr("styles: %s\n", names);
}

static void
print_backend(const PartitaNnBackend *backend, const PartitaRanks *ranks)
{
  if (ranks != NULL)
    g_printerr("processes: %zu\n", partita_ranks_get_size(ranks));
  g_printerr("backend: %s, products of %s\n",
             partita_nn_backend_get_name(backend),
             partita_nn_backend_get_precision(backend));
}

static double
to_mib(size_t bytes)
{
  return (double)bytes / (1 << 20);
}

static void
print_plan(const PartitaTrainPlan *plan, void *data)
{
  (void)data;
  if (plan->reason != NULL)
    g_printerr("auto: %s\n", plan->reason);
  g_printerr("memory: %.0f MiB: weights %.0f, moments %.0f, gradients %.0f, "
             "activations %.0f",
             to_mib(plan->total_bytes), to_mib(plan->weights_bytes),
             to_mib(plan->moments_bytes), to_mib(plan->gradients_bytes),
             to_mib(plan->workers_bytes));
  if (plan->checkpoint_bytes > 0)
    g_printerr(", checkpoint %.0f", to_mib(plan->checkpoint_bytes));
  g_printerr("\n");
}

static PartitaModel *
train(const Options *o,
      const PartitaCorpus *corpus,
      PartitaRanks *ranks,
      GCancellable *cancellable,
      PartitaTrainReport *report,
      GError **error)
{
  CliProgress progress;
  g_autofree char *run_folder = name_beside(o, ".run");
  const bool limited = o->epochs > 0.0 || o->steps > 0;
  unsigned augmentations = 0;

  (void)partita_augmentations_parse(
    o->augment != NULL ? o->augment : DEFAULT_AUGMENT, &augmentations);

  const PartitaTrainOptions options = {
    .architecture = o->architecture != NULL ? o->architecture : "lstm",
    .size = o->size != NULL ? o->size : "auto",
    .minutes = o->minutes > 0.0 ? o->minutes
               : limited        ? 0.0
                                : DEFAULT_MINUTES,
    .epochs = o->epochs,
    .steps = (uint64_t)o->steps,
    .seed = (uint64_t)o->seed,
    .rows = (size_t)o->rows,
    .shards = (size_t)o->shards,
    .layers = (size_t)o->layers,
    .has_dropout = !isnan(o->dropout),
    .dropout = o->dropout,
    .context = (size_t)o->context,
    .learning_rate = o->learning_rate,
    .has_weight_decay = !isnan(o->weight_decay),
    .weight_decay = isnan(o->weight_decay) ? 0.0 : o->weight_decay,
    .optimizer = o->optimizer,
    .threads = (unsigned)o->threads,
    .backend = o->backend,
    .keep_keys = g_strcmp0(o->transpose, "none") == 0,
    .augmentations = augmentations,
    .balance = o->balance,
    .clock = cli_clock,
    .patience = (unsigned)o->patience,
    .memory_bytes = cli_find_memory(),
    .planned = print_plan,
    .cancellable = cancellable,
    .progress = show_training,
    .progress_data = &progress,
    .run_folder = run_folder,
    .resume = o->resume,
    .checkpoint_s = o->checkpoint_s,
    .wall_time_s = (double)g_get_real_time() * 1e-6,
    .ranks = ranks,
  };

  cli_progress_init(&progress);

  PartitaModel *model = partita_train(corpus, &options, report, error);

  cli_progress_end(&progress);
  return model;
}

static void
print_report(const PartitaTrainReport *report, const char *output)
{
  if (report->cancelled)
    g_printerr("stopped before the end; the best model so far is kept\n");
  if (report->stopped_early)
    g_printerr("stopped at step %" G_GUINT64_FORMAT ": the held-out loss has "
               "only risen since step %" G_GUINT64_FORMAT "\n",
               report->steps, report->best_step);
  if (report->mixed_cores)
    g_printerr("learnt on several kinds of chip: the model is not to the bit "
               "what one run on one would have given\n");
  g_print("steps %" G_GUINT64_FORMAT ", %.0f s, %.0f tokens/s\n", report->steps,
          report->seconds, report->tokens_per_s);
  if (!isnan(report->valid_loss))
    g_print("held-out loss %.4f nats a token, trigram %.4f\n",
            report->valid_loss, report->trigram_loss);
  if (report->measured_tokens < report->valid_tokens)
    g_print("measured on %zu of %zu tokens held out, chosen by the seed\n",
            report->measured_tokens, report->valid_tokens);
  g_print("wrote %s\n", output);
}

// Of several processes the first alone writes and speaks.
static bool
learn(const Options *o,
      const char *folder,
      PartitaRanks *ranks,
      const PartitaNnBackend *backend,
      GError **error)
{
  const bool first = partita_ranks_get_rank(ranks) == 0;
  g_autoptr(GCancellable) cancellable = cli_watch_interrupts();
  g_autofree char *ledger =
    o->ledger != NULL ? g_strdup(o->ledger) : name_beside(o, ".ledger.jsonl");

  // What a run that was killed while it wrote these left.
  if (first) {
    partita_file_sweep(o->output);
    partita_file_sweep(ledger);
  }

  g_autoptr(PartitaCorpus) corpus =
    read_corpus(o, folder, first, cancellable, error);

  if (corpus == NULL ||
      (first && !partita_corpus_write_ledger(corpus, ledger, error)))
    return false;
  if (first) {
    print_corpus(corpus, ledger);
    print_backend(backend, ranks);
  }

  PartitaTrainReport report = {0};
  g_autoptr(PartitaModel) model =
    train(o, corpus, ranks, cancellable, &report, error);

  if (model == NULL || (first && !partita_model_save(model, o->output, error)))
    return false;
  if (first)
    print_report(&report, o->output);
  return true;
}

static bool
train_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;
  const char *folder = cli_take_argument(arguments, "DIR", error);
  PartitaRanks *ranks = NULL;

  // Before a thread that memory may not suffice for.
  if (folder == NULL || !check(o, error) || !partita_nn_init(error))
    return false;

  const PartitaNnBackend *backend = partita_nn_backend_find(o->backend, error);

  if (backend == NULL || !cli_join_ranks(&ranks, error))
    return false;
  if (!learn(o, folder, ranks, backend, error)) {
    if (ranks != NULL)
      g_prefix_error(error, "process %zu: ", partita_ranks_get_rank(ranks));
    return false; // without leaving, which ends the others
  }
  partita_ranks_leave(ranks);
  return true;
}

const CliCommand cli_train = {
  .name = "train",
  .arguments = "DIR -o MODEL.safetensors",
  .summary = "Learn from a folder of MIDI files",
  .options_size = sizeof(Options),
  .entries = train_entries,
  .run = train_run,
};
