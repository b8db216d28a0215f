// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* When a run looks at what is held out, what it keeps of it, and when it has
 * seen enough. */

#include <math.h>
#include <string.h>
#include <train/run-private.h>

/// Shares of the run between two evaluations.
#define EVALUATION_SHARE 0.05
/// Seconds between them, when the length is given in minutes.
#define EVALUATION_SECONDS 20.0
/// The most of the time that evaluation may take then.
#define EVALUATION_TIME_SHARE 0.08
/// Tokens of each piece that evaluations while training read: many pieces, for
/// rows that read one long one keep the others waiting.
#define EVALUATION_LENGTH 4096
/// A loss above the best by as much is worse, and not only another draw.
#define WORSE 1.01
/// Tokens that go forward only, in the time of one that goes back too.
#define FORWARD_SPEED 2.5
/// The most of the minutes that are left to what follows training.
#define ENDING_SHARE 0.5

void
partita_run_find_held_out(PartitaRun *run)
{
  g_autoptr(GArray) all = partita_held_out(run->corpus, run->settings.seed,
                                           PARTITA_FINAL_TOKENS_MAX, G_MAXSIZE);

  run->evaluation = run->settings;
  run->evaluation.held_out_length = EVALUATION_LENGTH;
  run->held_out =
    partita_held_out(run->corpus, run->settings.seed,
                     run->settings.evaluation_tokens, EVALUATION_LENGTH);
  run->held_out_tokens =
    partita_held_out_count(run->corpus, run->held_out, EVALUATION_LENGTH);
  run->valid_tokens = partita_held_out_count(run->corpus, all, G_MAXSIZE);
}

void
partita_run_evaluate(PartitaRun *run)
{
  PartitaTrainStatus *status = &run->status;
  const double before_s = partita_run_measure_elapsed(run);
  const double loss = partita_crew_evaluate(run->crew, run->corpus,
                                            run->held_out, &run->evaluation);

  status->valid_loss = loss;
  if (isnan(status->best_valid_loss) || loss < status->best_valid_loss) {
    status->best_valid_loss = loss;
    status->best_step = status->step;
    run->n_worse = 0;
    memcpy(run->best, partita_model_get_parameters(run->model),
           run->n_parameters * sizeof *run->best);
  } else if (!(loss <= WORSE * status->best_valid_loss)) {
    ++run->n_worse;
  }
  run->evaluated_share = status->share;
  run->evaluated_s = partita_run_measure_elapsed(run);
  run->evaluation_s = run->evaluated_s - before_s;
  run->evaluating_s += run->evaluation_s;
  status->evaluated = true;
}

static bool
is_costly(const PartitaRun *run)
{
  const double elapsed_s = partita_run_measure_elapsed(run);

  return elapsed_s - run->evaluated_s < EVALUATION_SECONDS ||
         run->evaluating_s > EVALUATION_TIME_SHARE * elapsed_s;
}

bool
partita_run_is_evaluation_due(const PartitaRun *run)
{
  if (run->held_out->len == 0)
    return false;
  if (run->status.share >= 1.0)
    return true;
  if (run->options->minutes > 0.0 && is_costly(run))
    return false;
  return run->status.share - run->evaluated_share >= EVALUATION_SHARE;
}

bool
partita_run_is_hopeless(const PartitaRun *run)
{
  return run->options->patience > 0 && run->n_worse >= run->options->patience;
}

double
partita_run_estimate_ending(const PartitaRun *run)
{
  const double limit_s = 60.0 * run->options->minutes;
  const double subset = (double)run->held_out_tokens;
  const double rest =
    run->valid_tokens > run->held_out_tokens ? (double)run->valid_tokens : 0.0;
  const double speed = run->evaluation_s > 0.0
                         ? subset / run->evaluation_s
                         : FORWARD_SPEED * run->status.tokens_per_s;

  if (subset + rest <= 0.0 || speed <= 0.0)
    return 0.0;
  return MIN((subset + rest) / speed, ENDING_SHARE * limit_s);
}

double
partita_run_measure_best(PartitaRun *run, bool all)
{
  // These weights were measured on all that is asked for when they were seen.
  if (!all || run->valid_tokens == run->held_out_tokens)
    return run->status.best_valid_loss;

  g_autoptr(GArray) pieces = partita_held_out(
    run->corpus, run->settings.seed, PARTITA_FINAL_TOKENS_MAX, G_MAXSIZE);

  return partita_crew_evaluate(run->crew, run->corpus, pieces, &run->settings);
}
