// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What a run on its way leaves in its folder, and how it goes on from there. */

#include <base/file.h>
#include <string.h>
#include <train/run-private.h>

/// Seconds between checkpoints, unless the options say otherwise.
#define CHECKPOINT_SECONDS 60.0
/// The most of the time that writing them may take then.
#define CHECKPOINT_TIME_SHARE 0.05
#define LOG_SECONDS 1.0
#define MIXED_CORES "mixed"

static double
read_wall_clock(const PartitaRun *run)
{
  return run->options->wall_time_s + partita_run_measure_elapsed(run) -
         run->resumed_s;
}

// Leaves the arrays to the run.
static void
describe(PartitaRun *run, PartitaCheckpoint *checkpoint)
{
  const PartitaTrainStatus *status = &run->status;

  *checkpoint = (PartitaCheckpoint){
    .step = status->step,
    .measures =
      {
        .loss = status->loss,
        .valid_loss = status->valid_loss,
        .best_valid_loss = status->best_valid_loss,
        .tokens = run->tokens,
        .evaluated_share = run->evaluated_share,
        .best_step = (double)status->best_step,
        .n_worse = (double)run->n_worse,
      },
    .times =
      {
        .elapsed_s = partita_run_measure_elapsed(run),
        .evaluated_s = run->evaluated_s,
        .evaluating_s = run->evaluating_s,
      },
    .n_parameters = run->n_parameters,
    .weights = partita_model_get_parameters(run->model),
    .best = run->best,
    .first = run->optimizer.first,
    .second = run->optimizer.second,
    .n_state = partita_crew_get_state_size(run->crew),
    .state = run->crew_state,
    .n_stream = partita_stream_get_state_size(run->stream),
    .stream = run->stream_state,
  };
  g_strlcpy(checkpoint->core,
            run->other_core ? MIXED_CORES : partita_nn_get_core_name(),
            sizeof checkpoint->core);
}

static bool
adopt(PartitaRun *run, const PartitaCheckpoint *checkpoint, GError **error)
{
  PartitaTrainStatus *status = &run->status;
  const PartitaTrainMeasures *measures = &checkpoint->measures;
  const PartitaTrainTimes *times = &checkpoint->times;

  if (!partita_stream_set_state(run->stream, checkpoint->stream)) {
    g_set_error_literal(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RESUME,
                        "the checkpoint's place in the data does not exist");
    return false;
  }
  partita_crew_set_state(run->crew, checkpoint->state);
  status->step = checkpoint->step;
  status->loss = measures->loss;
  status->valid_loss = measures->valid_loss;
  status->best_valid_loss = measures->best_valid_loss;
  run->tokens = measures->tokens;
  run->evaluated_share = measures->evaluated_share;
  status->best_step = (uint64_t)measures->best_step;
  run->n_worse = (unsigned)measures->n_worse;
  run->started_s += partita_run_measure_elapsed(run) - times->elapsed_s;
  run->evaluated_s = times->evaluated_s;
  run->evaluating_s = times->evaluating_s;
  run->resumed_s = times->elapsed_s;
  run->resumed_step = checkpoint->step;
  run->other_core = run->mixed_ranks ||
                    !g_str_equal(checkpoint->core, partita_nn_get_core_name());
  return true;
}

static void
share_out(PartitaRanks *ranks, PartitaCheckpoint *checkpoint)
{
  const size_t vector = checkpoint->n_parameters * sizeof(PartitaReal);
  const struct {
    void *bytes;
    size_t size;
  } parts[] = {
    {&checkpoint->step, sizeof checkpoint->step},
    {&checkpoint->measures, sizeof checkpoint->measures},
    {&checkpoint->times, sizeof checkpoint->times},
    {checkpoint->core, sizeof checkpoint->core},
    {checkpoint->weights, vector},
    {checkpoint->best, vector},
    {checkpoint->first, vector},
    {checkpoint->second, vector},
    {checkpoint->state, checkpoint->n_state * sizeof(PartitaReal)},
    {checkpoint->stream, checkpoint->n_stream * sizeof(uint64_t)},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(parts); ++i)
    partita_ranks_broadcast(ranks, parts[i].bytes, parts[i].size);
}

static bool
resume(PartitaRun *run, GError **error)
{
  PartitaCheckpoint checkpoint;

  describe(run, &checkpoint);
  if (run->folder != NULL &&
      !partita_checkpoint_read(partita_run_folder_get_checkpoint(run->folder),
                               &checkpoint, (const char *const *)run->identity,
                               error))
    return false;
  share_out(run->options->ranks, &checkpoint);
  return adopt(run, &checkpoint, error);
}

static bool
make_room(PartitaRun *run, GError **error)
{
  run->crew_state =
    g_try_new(PartitaReal, partita_crew_get_state_size(run->crew));
  run->stream_state =
    g_new0(uint64_t, partita_stream_get_state_size(run->stream));
  if (run->crew_state != NULL || partita_crew_get_state_size(run->crew) == 0)
    return true;
  g_set_error_literal(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY,
                      "no memory for the checkpoint");
  return false;
}

static bool
check_folder(const PartitaTrainOptions *options, GError **error)
{
  const char *path = options->run_folder;

  if (!options->resume ||
      (path != NULL && g_file_test(path, G_FILE_TEST_IS_DIR)))
    return true;

  g_autofree char *shown = partita_file_display(path == NULL ? "" : path);

  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RESUME,
              "%s: nothing to resume: no folder of a run", shown);
  return false;
}

static bool
open_folder(PartitaRun *run, GError **error)
{
  if (!check_folder(run->options, error))
    return false;
  run->folder = partita_run_folder_open(run->options->run_folder, error);
  return run->folder != NULL;
}

static bool
start_logs(PartitaRun *run, GError **error)
{
  return run->folder == NULL ||
         partita_run_folder_start_logs(run->folder, run->resumed_step,
                                       read_wall_clock(run), error);
}

// On rank 0 alone there is a folder; the others only help to fill it.
bool
partita_run_open_folder(PartitaRun *run, GError **error)
{
  const PartitaTrainOptions *options = run->options;

  if (options->run_folder == NULL)
    return check_folder(options, error);
  if (partita_ranks_get_rank(options->ranks) == 0 && !open_folder(run, error))
    return false;
  if (!make_room(run, error) || (options->resume && !resume(run, error)))
    return false;
  run->saved_s = run->logged_s = partita_run_measure_elapsed(run);
  // A fresh run leaves what stands there alone until it has taken a step.
  return !options->resume || start_logs(run, error);
}

bool
partita_run_save(PartitaRun *run, GError **error)
{
  const double before_s = partita_run_measure_elapsed(run);
  PartitaCheckpoint checkpoint;

  if (run->options->run_folder == NULL || run->status.step == 0)
    return true;
  partita_crew_get_state(run->crew, run->crew_state);
  if (run->folder == NULL)
    return true;
  partita_stream_get_state(run->stream, run->stream_state);
  describe(run, &checkpoint);
  if (!partita_checkpoint_write(partita_run_folder_get_checkpoint(run->folder),
                                &checkpoint, (const char *const *)run->identity,
                                error))
    return false;
  run->saved_s = partita_run_measure_elapsed(run);
  run->saving_s = run->saved_s - before_s;
  return true;
}

static bool
is_checkpoint_due(const PartitaRun *run)
{
  const double passed_s = partita_run_measure_elapsed(run) - run->saved_s;

  if (run->options->clock == NULL)
    return false;
  if (run->options->checkpoint_s > 0.0)
    return passed_s >= run->options->checkpoint_s;
  return passed_s >=
         MAX(CHECKPOINT_SECONDS, run->saving_s / CHECKPOINT_TIME_SHARE);
}

static bool
log_step(PartitaRun *run, GError **error)
{
  const double elapsed_s = partita_run_measure_elapsed(run);

  if (run->status.step > 1 && !run->status.evaluated &&
      elapsed_s - run->logged_s < LOG_SECONDS)
    return true;
  run->logged_s = elapsed_s;
  return partita_run_folder_log(run->folder, &run->status, elapsed_s,
                                read_wall_clock(run), error);
}

bool
partita_run_keep(PartitaRun *run, GError **error)
{
  const bool first = run->status.step == 1 && run->resumed_step == 0;

  // The first checkpoint comes at once, to see early whether there is room.
  if (first && (!start_logs(run, error) || !partita_run_save(run, error)))
    return false;
  if (run->folder != NULL && !log_step(run, error))
    return false;
  if (run->options->run_folder == NULL ||
      !partita_ranks_agree(run->options->ranks, is_checkpoint_due(run)))
    return true;
  return partita_run_save(run, error);
}
