// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <math.h>
#include <string.h>
#include <time.h>

/// What the callback saw.
typedef struct {
  double best;
  uint64_t best_step;
  unsigned n_worse; ///< since the best
  uint64_t stop;    ///< at which to cancel, or 0
  GCancellable *cancellable;
} Watch;

static void
watch(const PartitaTrainStatus *status, void *data)
{
  Watch *w = data;

  if (status->evaluated &&
      (w->best_step == 0 || status->valid_loss < w->best)) {
    w->best = status->valid_loss;
    w->best_step = status->step;
    w->n_worse = 0;
  } else if (status->evaluated && status->valid_loss > 1.01 * w->best) {
    ++w->n_worse;
  }
  if (status->step == w->stop)
    g_cancellable_cancel(w->cancellable);
}

/// With a rate at which what was learnt is soon lost again, if @wild.
static PartitaTrainReport
train(const PartitaCorpus *corpus,
      const PartitaTrainOptions *given,
      bool wild,
      Watch *w)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  PartitaTrainOptions options = *given;
  PartitaTrainSettings settings = make_settings(corpus);
  PartitaTrainReport report;

  w->cancellable = cancellable;
  options.cancellable = cancellable;
  options.progress = watch;
  options.progress_data = w;
  settings.learning_rate = wild ? 0.5 : 1e-3;
  g_autoptr(PartitaModel) model =
    partita_train_with_settings(corpus, &options, &settings, &report, &error);
  g_assert_no_error(error);
  g_assert_nonnull(model);
  return report;
}

/* Law: it ends at the evaluation that is one too many, with the best weights;
 * without patience it goes on, and is not worse. */
static void
test_patience(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(300);
  Watch patient = {0}, hasty = {0};
  PartitaTrainReport report = train(corpus, &options, true, &patient);

  g_assert_cmpuint(report.steps, ==, 300);
  g_assert_false(report.stopped_early);
  g_assert_cmpfloat(report.valid_loss, ==, patient.best);

  options.patience = 3;
  report = train(corpus, &options, true, &hasty);
  g_assert_true(report.stopped_early);
  g_assert_false(report.cancelled);
  g_assert_cmpuint(report.steps, <, 300);
  g_assert_cmpuint(hasty.n_worse, ==, 3);
  g_assert_cmpuint(report.best_step, ==, hasty.best_step);
  g_assert_cmpfloat(report.valid_loss, ==, hasty.best);
  g_assert_cmpfloat(report.valid_loss, >=, patient.best);
}

/* Law: who still improves is not stopped, however short the patience. */
static void
test_improving(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(60);
  Watch w = {0};

  options.patience = 1;

  const PartitaTrainReport report = train(corpus, &options, false, &w);

  g_assert_false(report.stopped_early);
  g_assert_cmpuint(report.steps, ==, 60);
}

/* Law: stopped by hand and resumed, patience ends it at the same step; and
 * then there is nothing to go on with, until it is told to be patient. */
static void
test_resume(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  g_autofree char *folder = g_dir_make_tmp("partita-run-XXXXXX", NULL);
  PartitaTrainOptions options = make_options(300);
  Watch w = {0};

  options.patience = 3;

  const PartitaTrainReport whole = train(corpus, &options, true, &w);

  options.run_folder = folder;
  for (uint64_t back = 1; back < 60; back += 14) {
    Watch part = {.stop = whole.steps - back}, rest = {0};

    options.resume = false;
    (void)train(corpus, &options, true, &part);
    options.resume = true;

    const PartitaTrainReport report = train(corpus, &options, true, &rest);

    g_assert_true(report.stopped_early);
    g_assert_cmpuint(report.steps, ==, whole.steps);
    g_assert_cmpuint(report.best_step, ==, whole.best_step);
    g_assert_cmpfloat(report.valid_loss, ==, whole.valid_loss);
  }

  PartitaTrainReport again = train(corpus, &options, true, &w);
  g_assert_cmpuint(again.steps, ==, whole.steps);
  options.patience = 0;
  again = train(corpus, &options, true, &w);
  g_assert_cmpuint(again.steps, ==, 300);
  remove_folder(folder);
}

/* A minute in a hundredth of the time that this process works, whatever else
 * the machine does. */
static double
read_fast_clock(void *data)
{
  struct timespec now;

  (void)data;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 100.0 * ((double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
}

/// What one look at everything that is held out takes.
static double
time_evaluation(const PartitaCorpus *corpus,
                const PartitaTrainSettings *settings)
{
  g_autoptr(PartitaModel) model = partita_model_new(&settings->config, 1);
  g_autoptr(GArray) all = find_side(corpus, true);
  g_autoptr(PartitaCrew) crew = NULL;

  partita_model_set_backend(model, settings->backend);
  crew = partita_crew_new(model, settings, 1, NULL, NULL);

  const double before_s = read_fast_clock(NULL);

  (void)partita_crew_evaluate(crew, corpus, all, settings);
  return read_fast_clock(NULL) - before_s;
}

/* The last look at all that is held out lies inside the minutes, though it
 * takes a third of them. */
static void
test_in_time(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(90, 0.85);
  g_autoptr(GError) error = NULL;
  PartitaTrainOptions options = make_options(1);
  PartitaTrainSettings settings;
  PartitaTrainReport report;

  g_assert_true(
    partita_train_settings_init(&settings, corpus, &options, &error));
  settings.context = 32;
  settings.rows = 8;
  settings.evaluation_tokens = 4000;

  const double limit_s = 3.0 * time_evaluation(corpus, &settings);

  options.steps = 0;
  options.minutes = limit_s / 60.0;
  options.threads = 1;
  options.clock = read_fast_clock;
  g_autoptr(PartitaModel) model =
    partita_train_with_settings(corpus, &options, &settings, &report, &error);
  g_assert_no_error(error);
  g_test_message("%.1f of %.1f s", report.seconds, limit_s);
  g_assert_cmpfloat(report.seconds, >, 0.75 * limit_s);
  g_assert_cmpfloat(report.seconds, <, 1.2 * limit_s);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/evaluation/patience", test_patience);
  g_test_add_func("/train/evaluation/improving", test_improving);
  g_test_add_func("/train/evaluation/resume", test_resume);
  g_test_add_func("/train/evaluation/in-time", test_in_time);
  return g_test_run();
}
