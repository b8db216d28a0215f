// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <math.h>
#include <string.h>

/* By a network small enough for a test. */
static PartitaModel *
train(const PartitaCorpus *corpus,
      const PartitaTrainOptions *options,
      PartitaTrainReport *report)
{
  g_autoptr(GError) error = NULL;
  PartitaTrainSettings settings;
  PartitaTrainReport own;

  g_assert_true(
    partita_train_settings_init(&settings, corpus, options, &error));
  settings.config.width = 32;
  settings.config.hidden = 64;
  settings.config.layers = 1;
  settings.config.dropout = 0.1;
  settings.learning_rate = 1e-2;
  settings.context = 48;
  settings.rows = 8;
  PartitaModel *model = partita_train_with_settings(
    corpus, options, &settings, report != NULL ? report : &own, &error);
  g_assert_no_error(error);
  g_assert_nonnull(model);
  return model;
}

static bool
are_equal(PartitaModel *a, PartitaModel *b)
{
  const size_t n = partita_model_get_n_parameters(a);

  return n == partita_model_get_n_parameters(b) &&
         memcmp(partita_model_get_parameters(a),
                partita_model_get_parameters(b),
                n * sizeof(PartitaReal)) == 0 &&
         g_strcmp0(partita_model_get_metadata(a, "training"),
                   partita_model_get_metadata(b, "training")) == 0 &&
         g_strcmp0(partita_model_get_metadata(a, "settings"),
                   partita_model_get_metadata(b, "settings")) == 0;
}

/* Law: the same seed and steps give the same model to the last bit, on any
 * number of threads; another seed another. */
static void
test_same(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(12);
  g_autoptr(PartitaModel) two = train(corpus, &options, NULL);
  g_autoptr(PartitaModel) again = train(corpus, &options, NULL);
  g_assert_true(are_equal(two, again));

  options.threads = 1;
  g_autoptr(PartitaModel) one = train(corpus, &options, NULL);
  g_assert_true(are_equal(two, one));

  options.seed = 12;
  g_autoptr(PartitaModel) other = train(corpus, &options, NULL);
  g_assert_false(are_equal(two, other));
}

/* Law: the batch cut into any number of shards is learnt the same on any
 * number of threads; the model says into how many. */
static void
test_shards(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  static const size_t shards[] = {1, 4, 8};

  for (size_t i = 0; i < G_N_ELEMENTS(shards); ++i) {
    PartitaTrainOptions options = make_options(6);
    g_autofree char *said =
      g_strdup_printf("\"batch\":8,\"shards\":%zu,", shards[i]);

    options.shards = shards[i];
    options.threads = 1;
    g_autoptr(PartitaModel) one = train(corpus, &options, NULL);
    options.threads = 3;
    g_autoptr(PartitaModel) three = train(corpus, &options, NULL);
    g_assert_true(are_equal(one, three));
    g_assert_nonnull(strstr(partita_model_get_metadata(one, "settings"), said));
  }
}

/* Layers and dropout are those asked for, also where the rest is chosen. */
static void
test_asked(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(8, 0.2);
  static const char *const sizes[] = {"tiny", "auto"};

  for (size_t i = 0; i < G_N_ELEMENTS(sizes); ++i) {
    PartitaTrainOptions options = make_options(2);
    PartitaTrainSettings settings;

    options.size = sizes[i];
    options.layers = 3;
    options.has_dropout = true;
    options.dropout = 0.0;
    options.context = 40;
    options.learning_rate = 0.0125;
    options.has_weight_decay = true;
    options.weight_decay = 0.0;
    options.optimizer = "muon";

    g_assert_true(
      partita_train_settings_init(&settings, corpus, &options, NULL));
    g_assert_cmpuint(settings.config.layers, ==, 3);
    g_assert_cmpfloat(settings.config.dropout, ==, 0.0);
    g_assert_cmpuint(settings.context, ==, 40);
    g_assert_cmpuint(settings.segment, ==, 40);
    g_assert_cmpfloat(settings.learning_rate, ==, 0.0125);
    g_assert_cmpfloat(settings.weight_decay, ==, 0.0);
    g_assert_cmpint(settings.optimizer, ==, PARTITA_OPTIMIZER_MUON);
  }
}

/// The held-out loss of @model by the products of a backend.
static double
evaluate(const PartitaCorpus *corpus, PartitaModel *model, const char *backend)
{
  g_autoptr(GArray) pieces = find_side(corpus, true);
  PartitaTrainSettings settings = make_settings(corpus);

  settings.config = *partita_model_get_config(model);
  partita_model_set_backend(model, partita_nn_backend_find(backend, NULL));

  g_autoptr(PartitaCrew) crew =
    partita_crew_new(model, &settings, 1, NULL, NULL);

  return partita_crew_evaluate(crew, corpus, pieces, &settings);
}

/* Law: the held-out loss does not depend on the backend by more than one in a
 * hundred, and of a model already trained by less than one in two hundred; the
 * model says which it was; threads do not change it. */
static void
test_backends(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(30);
  PartitaTrainReport float_report, half_report;
  g_autoptr(GError) error = NULL;

  if (partita_nn_backend_find("onednn", &error) == NULL) {
    g_test_skip(error->message);
    return;
  }
  options.backend = "openblas";
  g_autoptr(PartitaModel) plain = train(corpus, &options, &float_report);
  options.backend = "onednn";
  g_autoptr(PartitaModel) half = train(corpus, &options, &half_report);
  options.threads = 1;
  g_autoptr(PartitaModel) one = train(corpus, &options, NULL);

  g_assert_true(are_equal(half, one));
  g_assert_false(are_equal(half, plain));
  g_assert_cmpfloat_with_epsilon(float_report.valid_loss,
                                 half_report.valid_loss,
                                 0.01 * float_report.valid_loss);
  g_assert_cmpfloat_with_epsilon(evaluate(corpus, plain, "onednn"),
                                 evaluate(corpus, plain, "openblas"),
                                 0.005 * float_report.valid_loss);
  g_assert_nonnull(strstr(partita_model_get_metadata(half, "settings"),
                          "\"backend\":\"onednn\""));
}

/* Entropy of the ids without any context, nats: what a model reaches that
 * learns nothing but how often they come. */
static double
measure_entropy(const PartitaCorpus *corpus)
{
  const size_t vocab =
    partita_scheme_get_vocab_size(partita_corpus_get_scheme(corpus));
  g_autofree double *counts = g_new0(double, vocab);
  double n = 0.0, entropy = 0.0;

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    g_autoptr(GArray) ids = get_ids(corpus, i);

    for (guint j = 1; j < ids->len; ++j)
      ++counts[g_array_index(ids, uint16_t, j)];
    n += (double)ids->len - 1.0;
  }
  for (size_t i = 0; i < vocab; ++i)
    if (counts[i] > 0.0)
      entropy -= counts[i] / n * log(counts[i] / n);
  return entropy;
}

static void
watch(const PartitaTrainStatus *status, void *data)
{
  size_t *evaluations = data;

  g_assert_true(isfinite(status->loss));
  g_assert_cmpfloat(status->share, <=, 1.0);
  g_assert_true(!status->evaluated || isfinite(status->valid_loss));
  *evaluations += status->evaluated;
}

static void
test_learns(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(30, 0.2);
  PartitaTrainOptions options = make_options(160);
  PartitaTrainReport report;
  size_t evaluations = 0;

  options.progress = watch;
  options.progress_data = &evaluations;
  g_autoptr(PartitaModel) model = train(corpus, &options, &report);
  g_assert_cmpfloat(report.valid_loss, <, 0.6 * measure_entropy(corpus));
  g_assert_cmpuint(report.steps, ==, 160);
  g_assert_cmpuint(evaluations, >=, 15);
  g_assert_cmpuint(evaluations, <=, 21);
  g_assert_false(report.cancelled);
  g_assert_true(isfinite(report.trigram_loss));
  g_assert_cmpuint(report.measured_tokens, ==, report.valid_tokens);
  g_test_message("held out %.3f, trigram %.3f", report.valid_loss,
                 report.trigram_loss);
  g_assert_nonnull(partita_model_get_metadata(model, "scheme"));
  g_assert_nonnull(
    strstr(partita_model_get_metadata(model, "training"), "\"steps\":160"));
}

static void
cancel(const PartitaTrainStatus *status, void *data)
{
  if (status->step == 2)
    g_cancellable_cancel(data);
}

static void
test_cancel(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  PartitaTrainOptions options = make_options(10000);
  PartitaTrainReport report;

  options.cancellable = cancellable;
  options.progress = cancel;
  options.progress_data = cancellable;
  g_autoptr(PartitaModel) model = train(corpus, &options, &report);
  g_assert_true(report.cancelled);
  g_assert_cmpuint(report.steps, ==, 2);
  g_assert_true(isfinite(report.valid_loss));
  g_assert_nonnull(partita_model_get_metadata(model, "scheme"));
}

/* A clock on which every look takes a second. */
static double
tick(void *data)
{
  double *now_s = data;

  return *now_s += 1.0;
}

static void
test_minutes(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(0);
  PartitaTrainReport report;
  double now_s = 50.0;

  options.minutes = 0.5;
  options.clock = tick;
  options.clock_data = &now_s;
  g_autoptr(PartitaModel) model = train(corpus, &options, &report);
  g_assert_cmpuint(report.steps, >=, 3);
  g_assert_cmpuint(report.steps, <=, 30);
  g_assert_cmpfloat(report.seconds, >=, 30.0);
}

static void
test_epochs(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, -1.0);
  PartitaTrainOptions options = make_options(0);
  PartitaTrainReport report;

  options.epochs = 1.5;
  g_autoptr(PartitaModel) model = train(corpus, &options, &report);
  g_assert_cmpuint(report.steps, >=, 2);
  g_assert_true(isnan(report.valid_loss));
  g_assert_true(isnan(report.trigram_loss));
}

static void
test_options(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(4, 0.3);
  PartitaTrainOptions bad[16];

  for (size_t i = 0; i < G_N_ELEMENTS(bad); ++i)
    bad[i] = make_options(5);
  bad[0].architecture = "gru";
  bad[1].size = "huge";
  bad[2].steps = 0;
  bad[3].epochs = 2.0;
  bad[4].epochs = -1.0;
  bad[5].steps = 0;
  bad[5].minutes = 1.0; // without a clock
  bad[6].minutes = (double)NAN;
  bad[7].shards = 3; // of 16 rows
  bad[8].rows = 7;   // in 2 shards
  bad[9].rows = (size_t)1 << 40;
  bad[10].layers = 17;
  bad[11].has_dropout = true;
  bad[11].dropout = 1.0;
  bad[12].context = (size_t)1 << 40;
  bad[13].learning_rate = (double)NAN;
  bad[14].has_weight_decay = true;
  bad[14].weight_decay = -1.0;
  bad[15].optimizer = "newton";
  for (size_t i = 0; i < G_N_ELEMENTS(bad); ++i) {
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_train(corpus, &bad[i], NULL, &error));
    g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_OPTIONS);
  }

  PartitaTrainOptions abacus = make_options(5);
  g_autoptr(GError) error = NULL;

  abacus.backend = "abacus";
  g_assert_null(partita_train(corpus, &abacus, NULL, &error));
  g_assert_error(error, PARTITA_NN_ERROR, PARTITA_NN_ERROR_BACKEND);
}

/* The smallest of the sizes that users have, by the public way. */
static void
test_size(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(6, 0.2);
  const PartitaTrainOptions options = make_options(1);
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaModel) model = partita_train(corpus, &options, NULL, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(partita_model_get_config(model)->hidden, ==, 256);
}

static PartitaModel *
train_transformer(const PartitaCorpus *corpus,
                  const char *backend,
                  unsigned threads,
                  double rate,
                  PartitaTrainReport *report)
{
  g_autoptr(GError) error = NULL;
  PartitaTrainOptions options = make_options(120);
  PartitaTrainSettings settings;

  options.architecture = "transformer";
  options.backend = backend;
  options.threads = threads;
  g_assert_true(
    partita_train_settings_init(&settings, corpus, &options, &error));
  g_assert_cmpuint(settings.config.context, ==, settings.context);
  settings.config.width = 32;
  settings.config.hidden = 64;
  settings.config.layers = 2;
  settings.config.dropout = 0.1;
  settings.config.context = 48;
  settings.context = 48;
  settings.rows = 8;
  settings.learning_rate = rate;

  PartitaModel *const model =
    partita_train_with_settings(corpus, &options, &settings, report, &error);

  g_assert_no_error(error);
  return model;
}

/* Law: a Transformer too is the same on any number of threads; and it learns,
 * though pieces are cut into chunks that it sees one at a time. */
static void
test_transformer(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(30, 0.2);
  PartitaTrainReport report;
  g_autoptr(PartitaModel) two =
    train_transformer(corpus, NULL, 2, 1e-2, &report);
  g_autoptr(PartitaModel) one =
    train_transformer(corpus, NULL, 1, 1e-2, &report);

  g_assert_true(are_equal(one, two));
  g_assert_cmpfloat(report.valid_loss, <, 0.6 * measure_entropy(corpus));
}

/* Law: in bf16 it ends where it does in float, within one in a hundred. */
static void
test_transformer_backends(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainReport plain, half;
  g_autoptr(GError) error = NULL;

  if (partita_nn_backend_find("onednn", &error) == NULL) {
    g_test_skip(error->message);
    return;
  }
  g_autoptr(PartitaModel) a =
    train_transformer(corpus, "openblas", 2, 3e-3, &plain);
  g_autoptr(PartitaModel) b =
    train_transformer(corpus, "onednn", 2, 3e-3, &half);

  g_test_message("held out %.4f in float, %.4f in bf16", plain.valid_loss,
                 half.valid_loss);
  g_assert_false(are_equal(a, b));
  g_assert_cmpfloat_with_epsilon(plain.valid_loss, half.valid_loss,
                                 0.01 * plain.valid_loss);
  g_assert_cmpfloat_with_epsilon(plain.train_loss, half.train_loss,
                                 0.01 * plain.train_loss);
}

/* A learning rate past all reason ends in an error, not in a broken model. */
static void
test_diverges(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(6, 0.2);
  const PartitaTrainOptions options = make_options(50);
  PartitaTrainSettings settings = make_settings(corpus);
  PartitaTrainReport report;
  g_autoptr(GError) error = NULL;

  settings.learning_rate = 1e36;
  g_assert_null(
    partita_train_with_settings(corpus, &options, &settings, &report, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_DIVERGED);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/same", test_same);
  g_test_add_func("/train/shards", test_shards);
  g_test_add_func("/train/asked", test_asked);
  g_test_add_func("/train/backends", test_backends);
  g_test_add_func("/train/learns", test_learns);
  g_test_add_func("/train/transformer", test_transformer);
  g_test_add_func("/train/transformer-backends", test_transformer_backends);
  g_test_add_func("/train/cancel", test_cancel);
  g_test_add_func("/train/minutes", test_minutes);
  g_test_add_func("/train/epochs", test_epochs);
  g_test_add_func("/train/options", test_options);
  g_test_add_func("/train/size", test_size);
  g_test_add_func("/train/diverges", test_diverges);
  return g_test_run();
}
