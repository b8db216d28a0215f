// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "corpus.h"
#include "output.h"
#include "progress.h"
#include "train-options.h"
#include "verdict.h"

#include <base/file.h>
#include <base/text.h>
#include <math.h>
#include <partita/product.h>
#include <partita/train.h>

#define DEFAULT_MINUTES 20.0

static char *
describe_status(const PartitaTrainStatus *status)
{
  GString *words = g_string_new(NULL);

  g_string_append_printf(words, "step %" G_GUINT64_FORMAT "  loss %.3f",
                         status->step, status->loss);
  if (!isnan(status->valid_loss))
    g_string_append_printf(words, "  held-out %.3f", status->valid_loss);
  g_string_append_printf(words, "  %.0f tokens/s", status->tokens_per_s);
  return g_string_free(words, FALSE);
}

/// What the thread of signals says when it is told to stop.
typedef struct {
  const CliTrainOptions *options;
  CliProgress progress;
  double reported_s; // when training last reported
  gint longest_ms;   // between two reports; atomic
  gint steps;        // taken by this process; atomic
} Training;

/// What follows a signal is a step, a checkpoint and some evaluations; the
/// longest time between two reports held one of each, where they were taken.
#define ENDING_PAUSES 6
#define ENDING_LEAST_S 10

static char *
say_farewell(void *data)
{
  Training *training = data;
  g_autofree char *model = partita_file_display(training->options->output);
  const int longest_ms = g_atomic_int_get(&training->longest_ms);

  if (g_atomic_int_get(&training->steps) == 0)
    return g_strdup("stopping before the first step: nothing is written; again "
                    "ends at once");
  return g_strdup_printf(
    "stopping after this step: the best model so far goes to %s and a "
    "checkpoint beside it, within about %d s; again ends at once, and leaves "
    "the last checkpoint",
    model, MAX(ENDING_LEAST_S, ENDING_PAUSES * longest_ms / 1000));
}

static void
note_report(Training *training)
{
  const double now_s = cli_clock(NULL);
  const int pause_ms = (int)(1000.0 * (now_s - training->reported_s));

  if (training->steps > 0 && pause_ms > training->longest_ms)
    g_atomic_int_set(&training->longest_ms, pause_ms);
  training->reported_s = now_s;
  g_atomic_int_inc(&training->steps);
}

static void
show_training(const PartitaTrainStatus *status, void *data)
{
  Training *training = data;
  CliProgress *progress = &training->progress;

  note_report(training);
  if (!cli_progress_due(progress) && !status->evaluated)
    return;

  g_autofree char *words = describe_status(status);

  cli_progress_show_left(progress, status->share, status->left_s, words);
  // A held-out loss stays on the terminal.
  if (status->evaluated && cli_output_is_verbose())
    cli_progress_end(progress);
}

static PartitaCorpus *
read_corpus(const CliTrainOptions *o,
            const char *folder,
            bool shown,
            GCancellable *cancellable,
            GError **error)
{
  const PartitaCorpusOptions options = {
    .scheme = o->scheme,
    .seed = (uint64_t)o->seed,
    .common_key = o->transpose == NULL || g_str_equal(o->transpose, "common"),
    .cancellable = cancellable,
  };

  return cli_corpus_read(folder, &options, shown, error);
}

static void
print_corpus(const PartitaCorpus *corpus, const char *ledger)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  g_autofree char *names = g_strjoinv(", ", (char **)styles);
  g_autofree char *shown_names = partita_text_show(names, G_MAXSIZE);
  g_autofree char *shown = partita_file_display(ledger);
  const size_t n_files = partita_corpus_get_n_files(corpus);
  size_t verdicts[3] = {0, 0, 0};

  for (size_t i = 0; i < n_files; ++i)
    ++verdicts[partita_corpus_get_entry(corpus, i).verdict];
  cli_say("%zu files: %zu used, %zu mended, %zu skipped (%s)\n", n_files,
          verdicts[PARTITA_VERDICT_USED], verdicts[PARTITA_VERDICT_MENDED],
          verdicts[PARTITA_VERDICT_SKIPPED], shown);
  if (names[0] != '\0')
    cli_say("styles: %s\n", shown_names);
}

static void
print_backend(const PartitaNnBackend *backend, const PartitaRanks *ranks)
{
  if (ranks != NULL)
    cli_say("processes: %zu\n", partita_ranks_get_size(ranks));
  cli_say("backend: %s, products of %s\n", partita_nn_backend_get_name(backend),
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
    cli_say("auto: %s\n", plan->reason);
  cli_say("memory: %.0f MiB: weights %.0f, moments %.0f, gradients %.0f, "
          "activations %.0f, music %.0f",
          to_mib(plan->total_bytes), to_mib(plan->weights_bytes),
          to_mib(plan->moments_bytes), to_mib(plan->gradients_bytes),
          to_mib(plan->workers_bytes), to_mib(plan->segments_bytes));
  if (plan->checkpoint_bytes > 0)
    cli_say(", checkpoint %.0f", to_mib(plan->checkpoint_bytes));
  cli_say("\n");
}

static PartitaModel *
train(const CliTrainOptions *o,
      const PartitaCorpus *corpus,
      PartitaRanks *ranks,
      GCancellable *cancellable,
      Training *training,
      PartitaTrainReport *report,
      GError **error)
{
  g_autofree char *run_folder = cli_train_name_beside(o, ".run");
  const bool limited = o->epochs > 0.0 || o->steps > 0;
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
    .augmentations = cli_train_get_augmentations(o),
    .balance = o->balance,
    .clock = cli_clock,
    .patience = (unsigned)o->patience,
    .memory_bytes = cli_find_memory(),
    .planned = print_plan,
    .cancellable = cancellable,
    .progress = show_training,
    .progress_data = training,
    .run_folder = run_folder,
    .resume = o->resume,
    .checkpoint_s = o->checkpoint_s,
    .wall_time_s = (double)g_get_real_time() * 1e-6,
    .ranks = ranks,
  };

  cli_progress_init(&training->progress);
  training->reported_s = cli_clock(NULL);

  PartitaModel *model = partita_train(corpus, &options, report, error);

  cli_progress_end(&training->progress);
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

  g_autofree char *shown = partita_file_display(output);

  g_print("wrote %s\n", shown);
}

// Of several processes the first alone writes and speaks.
static bool
learn(const CliTrainOptions *o,
      const char *folder,
      PartitaRanks *ranks,
      const PartitaNnBackend *backend,
      GError **error)
{
  const bool first = partita_ranks_get_rank(ranks) == 0;
  // The thread of signals looks at it for as long as the program runs.
  Training *training = g_new0(Training, 1);
  g_autoptr(GCancellable) cancellable =
    cli_watch_interrupts(first ? say_farewell : NULL, training);

  training->options = o;

  g_autofree char *ledger = o->ledger != NULL
                              ? g_strdup(o->ledger)
                              : cli_train_name_beside(o, ".ledger.jsonl");

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
    train(o, corpus, ranks, cancellable, training, &report, error);

  if (model == NULL || (first && !partita_model_save(model, o->output, error)))
    return false;
  if (first) {
    print_report(&report, o->output);
    cli_verdict_print(&report, model, corpus, o->output);
  }
  return true;
}

static bool
train_run(void *data, char **arguments, GError **error)
{
  CliTrainOptions *o = data;
  const char *folder = cli_take_argument(arguments, "DIR", error);
  PartitaRanks *ranks = NULL;

  // Before a thread that memory may not suffice for.
  if (folder == NULL || !cli_train_options_check(o, error) ||
      !partita_nn_init(error))
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
  .options_size = sizeof(CliTrainOptions),
  .entries = cli_train_entries,
  .files = cli_train_files,
  .run = train_run,
};
