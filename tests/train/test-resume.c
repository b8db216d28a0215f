// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <base/file.h>
#include <model/safetensors.h>
#include <string.h>

typedef struct {
  PartitaCorpus *corpus;
  char *folder;
  char *checkpoint;
  PartitaTrainOptions options;
  PartitaTrainSettings settings;
  double now_s;
} Fixture;

/* A clock on which every look takes a tenth of a second. */
static double
tick(void *data)
{
  double *now_s = data;

  return *now_s += 0.1;
}

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->corpus = make_corpus(16, 0.2);
  f->folder = g_dir_make_tmp("partita-run-XXXXXX", NULL);
  f->checkpoint = g_build_filename(f->folder, "checkpoint.safetensors", NULL);
  f->options = make_options(12);
  f->options.run_folder = f->folder;
  f->options.clock = tick;
  f->options.clock_data = &f->now_s;
  f->options.wall_time_s = 1.7e9;
  f->settings = make_settings(f->corpus);
  f->settings.config.dropout = 0.2;
}

static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  partita_corpus_free(f->corpus);
  remove_folder(f->folder);
  g_free(f->folder);
  g_free(f->checkpoint);
}

typedef struct {
  GCancellable *cancellable;
  uint64_t step;
} Stop;

static void
stop(const PartitaTrainStatus *status, void *data)
{
  const Stop *at = data;

  if (status->step == at->step)
    g_cancellable_cancel(at->cancellable);
}

/// Trains until step @step, or to the end if it is 0.
static PartitaModel *
train(Fixture *f, bool resume, uint64_t step)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Stop at = {cancellable, step};
  PartitaTrainOptions options = f->options;
  PartitaTrainReport report;

  options.resume = resume;
  options.cancellable = cancellable;
  options.progress = stop;
  options.progress_data = &at;
  PartitaModel *model = partita_train_with_settings(
    f->corpus, &options, &f->settings, &report, &error);
  g_assert_no_error(error);
  g_assert_nonnull(model);
  g_assert_cmpint(report.cancelled, ==, step > 0);
  g_assert_true(step == 0 || report.steps == step);
  g_assert_true(resume || report.resumed_step == 0);
  g_assert_false(report.mixed_cores);
  return model;
}

/// Hex digits: the SHA-256 that the checkpoint gives of its data.
static char *
read_sum(const Fixture *f)
{
  g_autoptr(GBytes) bytes = partita_file_read(f->checkpoint, 1 << 24, NULL);
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, NULL);

  g_assert_nonnull(file);
  return g_strdup(g_hash_table_lookup(file->metadata, "sha256"));
}

static char *
digest(PartitaModel *model)
{
  g_autoptr(GBytes) bytes = partita_model_serialize(model, NULL);

  return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
}

/* Law: stopped after any step and resumed, on any threads, a run ends in the
 * same model and the same checkpoint; a run of another seed does not. */
static void
test_exact(Fixture *f, gconstpointer data)
{
  g_autoptr(PartitaModel) whole = train(f, false, 0);
  g_autofree char *model = digest(whole);
  g_autofree char *checkpoint = read_sum(f);

  (void)data;
  for (uint64_t step = 1; step < 12; ++step) {
    g_autoptr(PartitaModel) part = train(f, false, step);
    g_autofree char *early = digest(part);

    g_assert_cmpstr(early, !=, model);
    f->options.threads = 1 + step % 2;

    g_autoptr(PartitaModel) resumed = train(f, true, 0);
    g_autofree char *late = digest(resumed);
    g_autofree char *sum = read_sum(f);

    g_assert_cmpstr(late, ==, model);
    g_assert_cmpstr(sum, ==, checkpoint);
  }
  f->settings.seed += 1;

  g_autoptr(PartitaModel) other = train(f, false, 0);
  g_autofree char *different = digest(other);
  g_autofree char *sum = read_sum(f);

  g_assert_cmpstr(different, !=, model);
  g_assert_cmpstr(sum, !=, checkpoint);
}

/* Law: the same with the other optimisers. */
static void
test_exact_by_others(Fixture *f, gconstpointer data)
{
  f->settings.optimizer = PARTITA_OPTIMIZER_SGD;
  test_exact(f, data);
  f->settings.optimizer = PARTITA_OPTIMIZER_MUON;
  test_exact(f, data);
}

/* Law: the same of a run that is stopped after every step, and whose length is
 * given in epochs. */
static void
test_every_step(Fixture *f, gconstpointer data)
{
  f->options.steps = 0;
  f->options.epochs = 1.7;

  g_autoptr(PartitaModel) whole = train(f, false, 0);
  g_autofree char *model = digest(whole);
  g_autofree char *checkpoint = read_sum(f);
  uint64_t step = 1;

  (void)data;
  g_assert_true(g_strcmp0(model, checkpoint) != 0);
  partita_model_free(train(f, false, step));
  for (;; ++step) {
    g_autofree char *sum = read_sum(f);

    if (g_str_equal(sum, checkpoint))
      break;
    g_assert_cmpuint(step, <, 300);
    partita_model_free(train(f, true, step + 1));
  }
  g_assert_cmpuint(step, >, 20);

  g_autoptr(PartitaModel) resumed = train(f, true, 0);
  g_autofree char *last = digest(resumed);

  g_assert_cmpstr(last, ==, model);
}

/* Law: nor does a stop change what is there on the way, between evaluations. */
static void
test_between(Fixture *f, gconstpointer data)
{
  g_autofree char *expected = NULL;

  (void)data;
  f->options.steps = 60; // evaluated every third
  partita_model_free(train(f, false, 8));
  expected = read_sum(f);
  for (uint64_t step = 1; step < 8; ++step) {
    g_autofree char *sum = NULL;

    partita_model_free(train(f, false, step));
    partita_model_free(train(f, true, 8));
    sum = read_sum(f);
    g_assert_cmpstr(sum, ==, expected);
  }
}

static void
assert_refused(const Fixture *f, const PartitaCorpus *corpus, const char *words)
{
  g_autoptr(GError) error = NULL;
  PartitaTrainOptions options = f->options;
  PartitaTrainReport report;

  options.resume = true;
  g_assert_null(partita_train_with_settings(corpus, &options, &f->settings,
                                            &report, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_RESUME);
  g_assert_nonnull(strstr(error->message, words));
  g_assert_nonnull(strstr(error->message, options.run_folder));
}

/* A checkpoint of another run is refused, and the message says why. */
static void
test_refused(Fixture *f, gconstpointer data)
{
  const PartitaTrainSettings settings = f->settings;
  g_autoptr(PartitaCorpus) more = make_corpus(17, 0.2);

  (void)data;
  assert_refused(f, f->corpus, "nothing to resume");
  partita_model_free(train(f, false, 3));

  g_autofree char *sum = read_sum(f);

  assert_refused(f, more, "corpus");
  f->settings.seed = 12;
  assert_refused(f, f->corpus, "seed is \"11\", that of this run \"12\"");
  f->settings = settings;
  f->settings.config.hidden = 20;
  assert_refused(f, f->corpus, "size");
  f->settings = settings;
  f->settings.shards = 4;
  assert_refused(f, f->corpus, "shards");
  f->settings = settings;
  f->settings.learning_rate *= 2.0;
  assert_refused(f, f->corpus, "settings");
  f->settings = settings;

  g_autofree char *after = read_sum(f);

  g_assert_cmpstr(after, ==, sum);
  f->options.run_folder = "/no/such/folder";
  assert_refused(f, f->corpus, "nothing to resume");
}

/* Law: a checkpoint that is cut or changed anywhere in its data is refused. */
static void
test_damaged(Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize size = 0;

  (void)data;
  partita_model_free(train(f, false, 3));
  g_assert_true(g_file_get_contents(f->checkpoint, &bytes, &size, NULL));
  for (size_t i = 0; i < 16; ++i) {
    const size_t at = size - 1 - i * (size / 20);

    g_assert_true(partita_file_replace_bytes(f->checkpoint, bytes, at, NULL));
    assert_refused(f, f->corpus, "");
    bytes[at] ^= 4;
    g_assert_true(partita_file_replace_bytes(f->checkpoint, bytes, size, NULL));
    assert_refused(f, f->corpus, "SHA-256");
    bytes[at] ^= 4;
  }
  g_assert_true(partita_file_replace_bytes(f->checkpoint, bytes, size, NULL));
  partita_model_free(train(f, true, 0));
}

static void
count(const PartitaTrainStatus *status, void *data)
{
  unsigned *evaluations = data;

  *evaluations += status->evaluated;
}

/* A run that came to its end goes on if it is made longer, and goes on being
 * evaluated. */
static void
test_longer(Fixture *f, gconstpointer data)
{
  PartitaTrainOptions options = f->options;
  PartitaTrainReport report;
  unsigned evaluations = 0;

  (void)data;
  partita_model_free(train(f, false, 0));
  options.steps = 24;
  options.resume = true;
  options.progress = count;
  options.progress_data = &evaluations;

  g_autoptr(PartitaModel) model = partita_train_with_settings(
    f->corpus, &options, &f->settings, &report, NULL);

  g_assert_nonnull(model);
  g_assert_cmpuint(report.resumed_step, ==, 12);
  g_assert_cmpuint(report.steps, ==, 24);
  g_assert_cmpuint(evaluations, >=, 5);
}

/* Law: seconds count on from those spent before a stop. */
static void
test_minutes(Fixture *f, gconstpointer data)
{
  PartitaTrainOptions *options = &f->options;
  PartitaTrainReport report;

  (void)data;
  options->steps = 0;
  options->minutes = 1.0;
  partita_model_free(train(f, false, 20));

  const double spent_s = f->now_s;

  f->now_s = 1e6; // another day
  options->resume = true;

  g_autoptr(PartitaModel) model = partita_train_with_settings(
    f->corpus, options, &f->settings, &report, NULL);

  g_assert_nonnull(model);
  g_assert_cmpfloat(spent_s, >, 5.0);
  g_assert_cmpfloat(spent_s, <, 50.0);
  g_assert_cmpfloat(report.seconds, >=, 60.0);
  g_assert_cmpfloat(report.seconds, <, 65.0);
  g_assert_cmpfloat(f->now_s, <, 1e6 + 60.0);
}

static void
start_another(const PartitaTrainStatus *status, void *data)
{
  Fixture *f = data;
  PartitaTrainOptions options = f->options;
  PartitaTrainReport report;
  g_autoptr(GError) error = NULL;

  (void)status;
  options.progress = NULL;
  g_assert_null(partita_train_with_settings(f->corpus, &options, &f->settings,
                                            &report, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_BUSY);
}

/* Law: two runs never share a folder. */
static void
test_busy(Fixture *f, gconstpointer data)
{
  PartitaTrainOptions options = f->options;
  PartitaTrainReport report;

  (void)data;
  options.steps = 2;
  options.progress = start_another;
  options.progress_data = f;

  g_autoptr(PartitaModel) model = partita_train_with_settings(
    f->corpus, &options, &f->settings, &report, NULL);

  g_assert_nonnull(model);
}

static char *
read_log(const Fixture *f)
{
  g_autofree char *path = g_build_filename(f->folder, "log.jsonl", NULL);
  char *text = NULL;

  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

/* Law: the log has every step once, in order, whatever a killed run had
 * logged after its last checkpoint; what it left half written is gone. */
static void
test_log(Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename(f->folder, "log.jsonl", NULL);
  g_autofree char *temporary =
    g_strconcat(f->checkpoint, ".partita-a1B2c3", NULL);
  uint64_t last = 0;

  (void)data;
  partita_model_free(train(f, false, 5));

  g_autofree char *before = read_log(f);
  g_autofree char *torn =
    g_strconcat(before, "{\"step\":6,\"x\":1}\n{\"step\":7,\"y", NULL);

  g_assert_true(g_file_set_contents(path, torn, -1, NULL));
  g_assert_true(g_file_set_contents(temporary, "half", -1, NULL));
  partita_model_free(train(f, true, 0));
  g_assert_false(g_file_test(temporary, G_FILE_TEST_EXISTS));

  g_autofree char *after = read_log(f);
  g_auto(GStrv) lines = g_strsplit(after, "\n", -1);

  g_assert_true(g_str_has_prefix(after, before));
  g_assert_null(strstr(after, "\"x\""));
  for (char **line = lines; **line != '\0'; ++line) {
    const uint64_t step =
      g_ascii_strtoull(*line + strlen("{\"step\":"), NULL, 10);

    g_assert_cmpuint(step, >, last);
    g_assert_true(g_str_has_suffix(*line, "}"));
    last = step;
  }
  g_assert_cmpuint(last, ==, 12);
}

typedef struct {
  const Fixture *f;
  char *sum;
  unsigned changes;
} Watch;

static void
watch_checkpoint(const PartitaTrainStatus *status, void *data)
{
  Watch *watch = data;

  // That of the first step is written after the step was told of.
  if (status->step == 1)
    return;

  g_autofree char *sum = read_sum(watch->f);

  watch->changes += g_strcmp0(sum, watch->sum) != 0;
  g_free(watch->sum);
  watch->sum = g_steal_pointer(&sum);
}

/* Checkpoints are written as often as was asked for, and without a clock only
 * after the first step and at the end; before it, what stood there stands. */
static void
test_interval(Fixture *f, gconstpointer data)
{
  static const struct {
    double checkpoint_s;
    bool clock;
    unsigned min, max;
  } cases[] = {{1e-3, true, 11, 11},
               {3.0, true, 3, 10},
               {0.0, true, 1, 1},
               {1e-3, false, 1, 1}};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    Watch watch = {f, NULL, 0};
    PartitaTrainOptions options = f->options;
    PartitaTrainReport report;

    options.checkpoint_s = cases[i].checkpoint_s;
    options.clock = cases[i].clock ? tick : NULL;
    options.progress = watch_checkpoint;
    options.progress_data = &watch;

    g_autoptr(PartitaModel) model = partita_train_with_settings(
      f->corpus, &options, &f->settings, &report, NULL);

    g_assert_nonnull(model);
    g_assert_cmpuint(watch.changes, >=, cases[i].min);
    g_assert_cmpuint(watch.changes, <=, cases[i].max);
    g_free(watch.sum);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(path, test)                                                        \
  g_test_add("/train/resume/" path, Fixture, NULL, set_up, test, tear_down)
  ADD("exact", test_exact);
  ADD("exact-by-others", test_exact_by_others);
  ADD("every-step", test_every_step);
  ADD("between", test_between);
  ADD("refused", test_refused);
  ADD("damaged", test_damaged);
  ADD("longer", test_longer);
  ADD("minutes", test_minutes);
  ADD("busy", test_busy);
  ADD("log", test_log);
  ADD("interval", test_interval);
  return g_test_run();
}
