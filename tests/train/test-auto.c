// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <string.h>
#include <train/run-private.h>

/* Long pieces of notes by chance: enough that "small" is not too large. */
static PartitaCorpus *
make_large_corpus(void)
{
  g_autofree char *folder = g_dir_make_tmp("partita-auto-XXXXXX", NULL);
  const PartitaCorpusOptions options = {
    .scheme = "remi",
    .valid_share = 0.1,
    .seed = 4,
  };
  uint32_t chance = 1;
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; i < 15; ++i) {
    g_autofree char *path = g_strdup_printf("%s/%03u.mid", folder, i);
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    for (unsigned j = 0; j < 4000; ++j) {
      chance = chance * 1664525u + 1013904223u;
      partita_track_add_note(track, (PartitaNote){
                                      .onset_ticks = j * 240,
                                      .duration_ticks = 240,
                                      .pitch = (uint8_t)(48 + (chance >> 27)),
                                      .velocity = 80,
                                    });
    }
    g_assert_true(partita_midi_write_file(score, path, &error));
  }

  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  remove_folder(folder);
  return corpus;
}

static PartitaTrainOptions
make_automatic(uint64_t steps)
{
  PartitaTrainOptions options = make_options(steps);

  options.size = "auto";
  return options;
}

static char *
describe_choice(const PartitaCorpus *corpus, const PartitaTrainOptions *options)
{
  g_autoptr(GError) error = NULL;
  PartitaTrainSettings settings;

  g_assert_true(
    partita_train_settings_init(&settings, corpus, options, &error));
  g_assert_no_error(error);
  return partita_train_settings_describe(&settings);
}

/* A clock on which each look takes as long as it is told. */
typedef struct {
  double now_s;
  double look_s;
} Clock;

static double
tick(void *data)
{
  Clock *clock = data;

  return clock->now_s += clock->look_s;
}

/* Law: without minutes the choice follows from the data, not from the machine:
 * no clock is looked at, and equal seeds give equal models. */
static void
test_steps(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.2);
  PartitaTrainOptions options = make_automatic(2);
  Clock clock = {.look_s = 1.0};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaModel) one = partita_train(corpus, &options, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(PartitaModel) two = partita_train(corpus, &options, NULL, &error);
  g_autofree char *plain = describe_choice(corpus, &options);

  options.clock = tick;
  options.clock_data = &clock;
  g_autofree char *timed = describe_choice(corpus, &options);
  g_assert_cmpstr(plain, ==, timed);
  g_assert_nonnull(strstr(plain, "learn it by heart"));
  g_assert_cmpint(
    memcmp(partita_model_get_parameters(one), partita_model_get_parameters(two),
           partita_model_get_n_parameters(one) * sizeof(PartitaReal)),
    ==, 0);
  g_assert_cmpstr(partita_model_get_metadata(one, "settings"), ==, plain);
}

/* A machine that needs a fiftieth of a second for a thousand tokens takes a
 * larger model in an hour than in a minute, and than a slow one. */
static void
test_time(void)
{
  g_autoptr(PartitaCorpus) corpus = make_large_corpus();
  PartitaTrainOptions options = make_automatic(0);
  Clock clock = {.look_s = 0.02};

  options.rows = 8;
  options.clock = tick;
  options.clock_data = &clock;
  options.minutes = 60.0;
  g_autofree char *hour = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(hour, "\"size\":\"small\""));
  g_assert_nonnull(strstr(hour, "larger would learn it by heart"));
  g_assert_nonnull(strstr(hour, "\"passes\":768"));
  g_assert_nonnull(strstr(hour, "\"layers\":1,"));
  g_assert_nonnull(strstr(hour, "small of 1 layer,"));

  options.layers = 2;
  g_autofree char *deep = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(deep, "\"layers\":2,"));
  options.layers = 0;

  options.minutes = 1.0;
  g_autofree char *minute = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(minute, "\"size\":\"tiny\""));
  g_assert_nonnull(strstr(minute, "larger would see it too seldom"));

  options.minutes = 60.0;
  clock.look_s = 2.0;
  g_autofree char *slow = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(slow, "\"size\":\"tiny\""));
}

/* Law: with minutes every worker has a shard, of no less than four rows. */
static void
test_shards(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.2);
  PartitaTrainOptions options = make_automatic(0);
  Clock clock = {.look_s = 0.2};

  options.minutes = 60.0;
  options.clock = tick;
  options.clock_data = &clock;
  for (unsigned threads = 2; threads <= 16; threads *= 8) {
    PartitaTrainSettings settings;

    options.threads = threads;
    g_assert_true(
      partita_train_settings_init(&settings, corpus, &options, NULL));
    g_assert_cmpuint(settings.rows / settings.shards, >=, 4);
    g_assert_cmpuint(settings.shards, <=, MAX(threads, 2));
    g_assert_true(settings.shards >= threads ||
                  settings.rows / settings.shards < 8);
  }
}

/// What the smallest batch of the smallest size takes.
static size_t
measure_smallest(const PartitaCorpus *corpus)
{
  PartitaTrainOptions options = make_options(1);
  PartitaTrainSettings settings;
  PartitaTrainPlan plan;

  options.rows = 8;
  g_assert_true(partita_train_settings_init(&settings, corpus, &options, NULL));
  g_assert_true(partita_train_plan_init(&plan, &settings, 1, false));
  return plan.total_bytes;
}

/* Law: what fits to the byte is chosen, and what does not is not; where nothing
 * does, that is said. */
static void
test_memory(void)
{
  g_autoptr(PartitaCorpus) corpus = make_large_corpus();
  PartitaTrainOptions options = make_automatic(1000000);
  PartitaTrainSettings settings;
  g_autoptr(GError) error = NULL;
  g_autofree char *large = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(large, "\"size\":\"small\""));

  options.memory_bytes = measure_smallest(corpus);
  g_autofree char *little = describe_choice(corpus, &options);
  g_assert_nonnull(strstr(little, "\"size\":\"tiny\""));
  g_assert_nonnull(strstr(little, "does not fit into memory"));

  --options.memory_bytes;
  g_assert_false(
    partita_train_settings_init(&settings, corpus, &options, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY);
}

static void
stop(const PartitaTrainStatus *status, void *data)
{
  (void)status;
  g_cancellable_cancel(data);
}

/* Law: a run that is resumed has the settings it had, whatever the machine is
 * like now; what choosing took lies within the minutes. */
static void
test_resume(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.2);
  g_autofree char *folder = g_dir_make_tmp("partita-run-XXXXXX", NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  PartitaTrainOptions options = make_automatic(0);
  Clock clock = {.look_s = 0.2};
  PartitaTrainReport report;
  g_autoptr(GError) error = NULL;

  options.minutes = 0.2;
  options.clock = tick;
  options.clock_data = &clock;
  options.run_folder = folder;
  options.cancellable = cancellable;
  options.progress = stop;
  options.progress_data = cancellable;
  g_autoptr(PartitaModel) first =
    partita_train(corpus, &options, &report, &error);
  g_assert_no_error(error);
  g_assert_true(report.cancelled);
  g_assert_cmpfloat(report.seconds, >, 1.0); // three steps were measured

  options.progress = NULL;
  options.cancellable = NULL;
  options.resume = true;
  clock.look_s = 0.1;
  options.rows = 24; // not what was chosen
  g_assert_null(partita_train(corpus, &options, &report, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RESUME);
  g_assert_nonnull(strstr(error->message, "batch"));
  g_clear_error(&error);
  options.rows = 0;
  g_autoptr(PartitaModel) second =
    partita_train(corpus, &options, &report, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(report.resumed_step, ==, 1);
  g_assert_cmpuint(report.steps, >, 1);
  g_assert_nonnull(
    strstr(partita_model_get_metadata(first, "settings"), "tokens/s: lstm"));
  g_assert_cmpstr(partita_model_get_metadata(first, "settings"), ==,
                  partita_model_get_metadata(second, "settings"));
  remove_folder(folder);
}

/* Passes enough end a run that has time left. */
static void
test_passes(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.2);
  PartitaTrainOptions options = make_options(100000);
  PartitaTrainSettings settings = make_settings(corpus);
  PartitaTrainReport report;
  g_autoptr(GError) error = NULL;

  settings.passes = 2.0;
  g_autoptr(PartitaModel) model =
    partita_train_with_settings(corpus, &options, &settings, &report, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(report.steps, >, 10);
  g_assert_cmpuint(report.steps, <, 1000);
  g_assert_false(report.cancelled || report.stopped_early);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/auto/steps", test_steps);
  g_test_add_func("/train/auto/time", test_time);
  g_test_add_func("/train/auto/shards", test_shards);
  g_test_add_func("/train/auto/memory", test_memory);
  g_test_add_func("/train/auto/resume", test_resume);
  g_test_add_func("/train/auto/passes", test_passes);
  return g_test_run();
}
