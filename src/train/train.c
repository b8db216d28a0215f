// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <string.h>
#include <train/run-private.h>
#include <train/trigram.h>

/// Weight of the newest step in the running mean of the loss.
#define LOSS_WEIGHT 0.02

typedef PartitaRun Run;

GQuark
partita_train_error_quark(void)
{
  return g_quark_from_static_string("partita-train-error-quark");
}

static double
read_clock(const PartitaTrainOptions *options)
{
  return options->clock == NULL ? 0.0 : options->clock(options->clock_data);
}

double
partita_run_measure_elapsed(const Run *run)
{
  return read_clock(run->options) - run->started_s;
}

static void
run_free(Run *run)
{
  partita_run_folder_free(run->folder);
  g_strfreev(run->identity);
  g_free(run->crew_state);
  g_free(run->stream_state);
  partita_crew_free(run->crew);
  partita_stream_free(run->stream);
  partita_model_free(run->model);
  g_clear_pointer(&run->held_out, g_array_unref);
  partita_optimizer_clear(&run->optimizer);
  g_free(run->best);
  g_free(run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)

GArray *
partita_train_find_training(const PartitaCorpus *corpus)
{
  const size_t n = partita_corpus_get_n_pieces(corpus);
  GArray *pieces = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), (guint)n);

  for (uint32_t i = 0; i < n; ++i)
    if (!partita_corpus_get_piece(corpus, i).valid)
      g_array_append_val(pieces, i);
  return pieces;
}

bool
partita_train_refuse_memory(GError **error)
{
  g_set_error_literal(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY,
                      "no memory for a model of this size");
  return false;
}

static bool
make_model(Run *run, GError **error)
{
  const PartitaTrainSettings *settings = &run->settings;

  run->model = partita_model_new(&settings->config, settings->seed);
  if (run->model == NULL)
    return partita_train_refuse_memory(error);
  partita_model_set_backend(run->model, settings->backend);
  run->n_parameters = partita_model_get_n_parameters(run->model);
  run->crew = partita_crew_new(run->model, settings, run->options->threads,
                               run->options->ranks, error);
  if (run->crew == NULL)
    return false;
  run->best = g_try_new0(PartitaReal, run->n_parameters);
  return (partita_optimizer_init(&run->optimizer, run->model, settings) &&
          run->best != NULL) ||
         partita_train_refuse_memory(error);
}

static bool
announce(const PartitaTrainOptions *options,
         const PartitaTrainSettings *settings,
         GError **error)
{
  PartitaTrainPlan plan;

  if (!partita_train_plan_init(&plan, settings,
                               partita_ranks_get_size(options->ranks),
                               options->resume))
    return partita_train_refuse_memory(error);
  if (options->planned != NULL && partita_ranks_get_rank(options->ranks) == 0)
    options->planned(&plan, options->progress_data);
  return partita_train_plan_check(&plan, options->memory_bytes, error);
}

static Run *
run_new(const PartitaCorpus *corpus,
        const PartitaTrainOptions *options,
        const PartitaTrainSettings *settings,
        GError **error)
{
  g_autoptr(Run) run = g_new0(Run, 1);

  run->corpus = corpus;
  run->options = options;
  run->settings = *settings;
  if (!partita_nn_init(error) || !make_model(run, error))
    return NULL;

  g_autoptr(GArray) pieces = partita_train_find_training(corpus);
  run->stream = partita_stream_new(corpus, pieces, &run->settings, true);
  partita_crew_limit_stream(run->crew, run->stream);
  partita_run_find_held_out(run);
  run->status.steps = options->steps;
  run->status.loss = NAN;
  run->status.valid_loss = NAN;
  run->status.best_valid_loss = NAN;
  run->started_s = read_clock(options) - settings->choosing_s;
  run->identity = partita_train_identify(corpus, settings);
  if (!partita_run_meet(run, error))
    return NULL;
  return partita_run_open_folder(run, error) ? g_steal_pointer(&run) : NULL;
}

// Of the length that was asked for.
static double
measure_length(const Run *run)
{
  const PartitaTrainOptions *options = run->options;

  if (options->steps > 0)
    return (double)run->status.step / (double)options->steps;
  if (options->epochs > 0.0)
    return partita_stream_get_epoch(run->stream) / options->epochs;
  return partita_run_measure_elapsed(run) /
         (60.0 * options->minutes - partita_run_estimate_ending(run));
}

static bool
diverge(const Run *run, GError **error)
{
  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_DIVERGED,
              "step %" G_GUINT64_FORMAT ": the loss is no number any more",
              run->status.step);
  return false;
}

static bool
take_step(Run *run, GError **error)
{
  PartitaTrainStatus *status = &run->status;
  PartitaReal *gradients = NULL;

  status->learning_rate =
    run->settings.learning_rate * partita_train_schedule(status->share);
  const PartitaChunk *chunk = partita_stream_next(run->stream);
  ++status->step;
  const double loss =
    partita_crew_run(run->crew, chunk, status->step, &gradients) /
    (double)chunk->n_targets;
  status->gradient_norm =
    partita_nn_clip(gradients, run->n_parameters, run->settings.clip);
  if (!isfinite(loss) || !isfinite(status->gradient_norm))
    return diverge(run, error);
  partita_optimizer_step(&run->optimizer, run->crew, run->model, &run->settings,
                         gradients, status->step, status->learning_rate);
  if (run->mixed_ranks)
    partita_ranks_broadcast(run->options->ranks,
                            partita_model_get_parameters(run->model),
                            run->n_parameters * sizeof(PartitaReal));

  const double weight = MAX(LOSS_WEIGHT, 1.0 / (double)status->step);
  status->loss =
    status->step == 1 ? loss : status->loss + weight * (loss - status->loss);
  run->tokens += (double)chunk->n_targets;
  return true;
}

static double
measure_share(const Run *run)
{
  const double passes = run->settings.passes;
  const double share = measure_length(run);

  return passes > 0.0
           ? MAX(share, partita_stream_get_epoch(run->stream) / passes)
           : share;
}

static void
measure_progress(Run *run)
{
  PartitaTrainStatus *status = &run->status;
  const double elapsed_s = partita_run_measure_elapsed(run);
  const double training_s = elapsed_s - run->evaluating_s;

  status->share = MIN(measure_share(run), 1.0);
  partita_ranks_broadcast(run->options->ranks, &status->share,
                          sizeof status->share);
  status->epoch = partita_stream_get_epoch(run->stream);
  status->tokens_per_s = training_s > 0.0 ? run->tokens / training_s : 0.0;
  status->left_s = status->share > 0.0
                     ? elapsed_s * (1.0 - status->share) / status->share +
                         partita_run_estimate_ending(run)
                     : 0.0;
}

// The length of a run that is resumed may be another than it was.
static void
find_place(Run *run)
{
  if (run->resumed_step == 0)
    return;
  measure_progress(run);
  run->evaluated_share = MIN(run->evaluated_share, run->status.share);
}

static bool
is_cancelled(const Run *run)
{
  return partita_ranks_agree(
    run->options->ranks, g_cancellable_is_cancelled(run->options->cancellable));
}

static void
show_progress(const Run *run)
{
  const PartitaTrainOptions *options = run->options;

  if (options->progress != NULL && partita_ranks_get_rank(options->ranks) == 0)
    options->progress(&run->status, options->progress_data);
}

static bool
train(Run *run, GError **error)
{

  find_place(run);
  while (run->status.share < 1.0 && !partita_run_is_hopeless(run) &&
         !is_cancelled(run)) {
    run->status.evaluated = false;
    if (!take_step(run, error))
      return false;
    measure_progress(run);
    if (partita_ranks_agree(run->options->ranks,
                            partita_run_is_evaluation_due(run)))
      partita_run_evaluate(run);
    show_progress(run);
    if (!partita_run_keep(run, error))
      return false;
  }
  // Before what follows, which only a run that ends does.
  if (!partita_run_save(run, error))
    return false;
  if (run->held_out->len > 0 && isnan(run->status.valid_loss))
    partita_run_evaluate(run);
  return true;
}

// Gives the model the best weights that were seen and measures them on what
// is held out, two million tokens of it at most; whoever cancels does not want
// to wait for that, so then only on what was taken while training.
static void
finish(Run *run, PartitaTrainReport *report)
{
  const PartitaTrainStatus *const status = &run->status;
  const bool cancelled = is_cancelled(run);
  g_autoptr(GArray) pieces =
    cancelled ? g_array_ref(run->held_out)
              : partita_held_out(run->corpus, run->settings.seed,
                                 PARTITA_FINAL_TOKENS_MAX, G_MAXSIZE);

  if (pieces->len > 0)
    memcpy(partita_model_get_parameters(run->model), run->best,
           run->n_parameters * sizeof *run->best);
  const double valid_loss = partita_run_measure_best(run, !cancelled);

  // What follows needs its memory: the counts of trigrams, another crew.
  g_clear_pointer(&run->crew, partita_crew_free);
  *report = (PartitaTrainReport){
    .steps = status->step,
    .best_step = status->best_step,
    .tokens_per_s = status->tokens_per_s,
    .train_loss = status->loss,
    .valid_loss = valid_loss,
    .trigram_loss = partita_ranks_get_rank(run->options->ranks) == 0
                      ? partita_trigram_measure(run->corpus, pieces,
                                                run->settings.transposing)
                      : (double)NAN,
    .measured_tokens = partita_held_out_count(
      run->corpus, pieces,
      cancelled ? run->evaluation.held_out_length : G_MAXSIZE),
    .valid_tokens = partita_train_count_tokens(run->corpus, true),
    .cancelled = cancelled,
    .stopped_early = partita_run_is_hopeless(run),
    .resumed_step = run->resumed_step,
    .mixed_cores = run->other_core,
  };
  report->seconds = partita_run_measure_elapsed(run);
  partita_train_write_metadata(run->model, run->corpus, &run->settings, report);
  if (partita_ranks_get_rank(run->options->ranks) == 0)
    partita_train_choose_generation(run->model, run->corpus, run->held_out,
                                    &run->evaluation);
}

// What no step has changed is no model to put in the place of another.
static bool
check_begun(const Run *run, GError **error)
{
  if (run->status.step > 0)
    return true;
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                      "stopped before the first step: nothing is written");
  return false;
}

PartitaModel *
partita_train_with_settings(const PartitaCorpus *corpus,
                            const PartitaTrainOptions *options,
                            const PartitaTrainSettings *settings,
                            PartitaTrainReport *report,
                            GError **error)
{
  g_autoptr(Run) run = NULL;

  if (!announce(options, settings, error))
    return NULL;
  run = run_new(corpus, options, settings, error);
  if (run == NULL || !train(run, error) || !check_begun(run, error))
    return NULL;
  finish(run, report);
  return g_steal_pointer(&run->model);
}

PartitaModel *
partita_train(const PartitaCorpus *corpus,
              const PartitaTrainOptions *options,
              PartitaTrainReport *report,
              GError **error)
{
  PartitaTrainSettings settings;
  PartitaTrainReport own;

  if (!partita_train_settings_init(&settings, corpus, options, error))
    return NULL;
  return partita_train_with_settings(corpus, options, &settings,
                                     report != NULL ? report : &own, error);
}
