// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TRAIN_RUN_PRIVATE_H
#define PARTITA_TRAIN_RUN_PRIVATE_H

#include <train/ranks-private.h>
#include <train/train-private.h>

/* Checkpoint: a safetensors file of all that a run must remember to go on as
 * if it had never stopped. What depends on the clock lies in the metadata, so
 * that the SHA-256 of the data of equal runs is equal. */

#define PARTITA_CHECKPOINT_NAME "checkpoint.safetensors"

/// Numbers of a run that are kept as they are.
typedef struct {
  double loss;
  double valid_loss;
  double best_valid_loss;
  double tokens;
  double evaluated_share;
  double best_step;
  double n_worse;
} PartitaTrainMeasures;

/// Seconds since the run began, without those between a stop and a resume.
typedef struct {
  double elapsed_s;
  double evaluated_s;
  double evaluating_s;
} PartitaTrainTimes;

/// Arrays belong to the caller, who gives their sizes for reading too.
typedef struct {
  uint64_t step;
  PartitaTrainMeasures measures;
  PartitaTrainTimes times;
  size_t n_parameters;
  PartitaReal *weights; // shape [n_parameters]
  PartitaReal *best;    // shape [n_parameters]
  PartitaReal *first;   // shape [n_parameters]
  PartitaReal *second;  // shape [n_parameters]
  size_t n_state;
  PartitaReal *state; // shape [n_state]: of the crew
  size_t n_stream;
  uint64_t *stream; // shape [n_stream]
  char core[64];    // kernels it was computed with, "mixed" for several
} PartitaCheckpoint;

/**
 * partita_train_identify:
 *
 * What must be equal for a checkpoint to be continued.
 *
 * Returns: (transfer full): key, value, key, value, ..., NULL
 */
GStrv
partita_train_identify(const PartitaCorpus *corpus,
                       const PartitaTrainSettings *settings);

/// Returns: false with @error set (%G_FILE_ERROR)
bool
partita_checkpoint_write(const char *path,
                         PartitaCheckpoint *checkpoint,
                         const char *const *identity,
                         GError **error);

/// Returns: false with @error set (%PARTITA_TRAIN_ERROR_RESUME)
bool
partita_checkpoint_read(const char *path,
                        PartitaCheckpoint *checkpoint,
                        const char *const *identity,
                        GError **error);

/// The same of a file's bytes.
bool
partita_checkpoint_parse(GBytes *bytes,
                         PartitaCheckpoint *checkpoint,
                         const char *const *identity,
                         GError **error);

/// (transfer full) (nullable): the settings that the checkpoint in a run's
/// folder has in its metadata; NULL if it cannot be read
char *
partita_checkpoint_read_settings(const char *folder);

/* Folder of a run: its checkpoint and its logs. */

typedef struct PartitaRunFolder PartitaRunFolder;

/**
 * partita_run_folder_open:
 *
 * Makes the folder if it is not there, locks it against other runs and sweeps
 * what killed ones left.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 */
PartitaRunFolder *
partita_run_folder_open(const char *path, GError **error);

void
partita_run_folder_free(PartitaRunFolder *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaRunFolder, partita_run_folder_free)

/// (transfer none)
const char *
partita_run_folder_get_checkpoint(const PartitaRunFolder *folder);

/**
 * partita_run_folder_start_logs:
 * @step: that the run goes on from; 0 for a fresh one, whose logs begin anew
 * @wall_s: Unix time
 */
bool
partita_run_folder_start_logs(PartitaRunFolder *folder,
                              uint64_t step,
                              double wall_s,
                              GError **error);

/// Adds a line to log.jsonl and the same numbers to the event file.
bool
partita_run_folder_log(PartitaRunFolder *folder,
                       const PartitaTrainStatus *status,
                       double elapsed_s,
                       double wall_s,
                       GError **error);

/* The optimiser. */

/// What an optimiser remembers between steps.
typedef struct {
  PartitaReal *first;   // shape [n_parameters]: momentum or first moment
  PartitaReal *second;  // shape [n_parameters]: AdamW's second moment
  PartitaReal *scratch; // of Muon
} PartitaOptimizer;

/// Numbers that the optimiser of these settings works in beside its moments.
size_t
partita_optimizer_count_scratch(const PartitaTrainSettings *settings);

/// Returns: false if memory does not suffice; partita_optimizer_clear() is to
/// be called in any case
bool
partita_optimizer_init(PartitaOptimizer *optimizer,
                       const PartitaModel *model,
                       const PartitaTrainSettings *settings);

void
partita_optimizer_clear(PartitaOptimizer *optimizer);

/**
 * partita_optimizer_step:
 * @crew: whose threads share the work
 * @model: whose weights are moved
 * @gradients: shape [n_parameters]
 * @number: of the step, from 1
 * @rate: the learning rate of this step
 */
void
partita_optimizer_step(const PartitaOptimizer *optimizer,
                       PartitaCrew *crew,
                       PartitaModel *model,
                       const PartitaTrainSettings *settings,
                       const PartitaReal *gradients,
                       uint64_t number,
                       double rate);

/* A run on its way. */

typedef struct {
  const PartitaCorpus *corpus;
  const PartitaTrainOptions *options;
  PartitaTrainSettings settings;
  PartitaTrainSettings evaluation; // the same, for a look while training
  PartitaModel *model;
  size_t n_parameters;
  PartitaCrew *crew;
  PartitaStream *stream;
  GArray *held_out;       // size_t: the subset for evaluation while training
  size_t held_out_tokens; // of that subset
  size_t valid_tokens;    // of what the loss at the end is measured on
  PartitaOptimizer optimizer;
  PartitaReal *best; // shape [n_parameters]: weights of the best loss
  PartitaTrainStatus status;
  double started_s;    // on the clock, less what went before a resume
  double evaluating_s; // seconds spent on evaluation
  double tokens;
  double evaluated_share;
  double evaluated_s;
  double evaluation_s;      // what the last one took, 0 before it
  unsigned n_worse;         // evaluations above the best since that one
  PartitaRunFolder *folder; // NULL if nothing is kept
  GStrv identity;
  PartitaReal *crew_state; // for the checkpoint: shape [its size]
  uint64_t *stream_state;  // for the checkpoint: shape [its size]
  double resumed_s;        // elapsed then
  uint64_t resumed_step;
  bool other_core;  // than some step before was taken with
  bool mixed_ranks; // whose chips differ, and so the last bits of updates
  double saved_s;   // elapsed at the last checkpoint
  double saving_s;  // what that one took
  double logged_s;
} PartitaRun;

/// Seconds since the run began, 0 without a clock.
double
partita_run_measure_elapsed(const PartitaRun *run);

/// Whether all ranks are about to do the same; looks at their chips too.
bool
partita_run_meet(PartitaRun *run, GError **error);

/// Chooses what is held out for the evaluations while training.
void
partita_run_find_held_out(PartitaRun *run);

/// Measures what is held out and keeps the weights if they are the best.
void
partita_run_evaluate(PartitaRun *run);

bool
partita_run_is_evaluation_due(const PartitaRun *run);

/// Whether the patience of the options has come to its end.
bool
partita_run_is_hopeless(const PartitaRun *run);

/// Seconds that evaluation will take after the last step, as far as its speed
/// is known, but no more than half of the minutes; 0 if these are not given.
double
partita_run_estimate_ending(const PartitaRun *run);

/**
 * partita_run_measure_best:
 * @all: whether on everything that is held out
 *
 * The loss of the best weights, which the model has taken.
 *
 * Returns: nats a token, NaN if nothing is held out
 */
double
partita_run_measure_best(PartitaRun *run, bool all);

/**
 * partita_run_open_folder:
 *
 * Opens the folder that the options name, if any, and brings the run to where
 * its checkpoint was. A fresh run writes nothing there before its first step.
 */
bool
partita_run_open_folder(PartitaRun *run, GError **error);

/// After a step: logs, and writes a checkpoint, if it is the first or if it is
/// time to.
bool
partita_run_keep(PartitaRun *run, GError **error);

/// Writes a checkpoint, if there is a folder.
bool
partita_run_save(PartitaRun *run, GError **error);

#endif
