// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include <math.h>

static const char *const schemes[] = {"remi", "performance", "grid"};

static PartitaScore *
compose(const PartitaComposer *composer, const PartitaComposeOptions *options)
{
  g_autoptr(GError) error = NULL;
  PartitaScore *score = partita_compose(composer, options, &error);

  g_assert_no_error(error);
  g_assert_nonnull(score);
  return score;
}

/* Law: whatever the weights and the sampling, a piece has exactly the bars
 * asked for, and its ids are whole. */
static void
test_bars(gconstpointer data)
{
  g_autoptr(PartitaModel) model =
    make_tiny_model(data, (uint64_t)g_test_rand_int());
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;

  for (int run = 0; run < 200; ++run) {
    partita_compose_options_init(&options);
    options.bars =
      run == 0 ? 100 : (size_t)exp(g_test_rand_double_range(0.0, log(40.0)));
    options.seed = (uint64_t)g_test_rand_int();
    options.index = (uint64_t)run;
    options.style = run % 3 == 0 ? "waltz" : NULL;
    options.sampling.temperature = g_test_rand_double_range(0.3, 2.0);
    options.sampling.top_k = run % 4 == 0 ? 20 : 0;
    options.sampling.top_p = run % 5 == 0 ? 0.8 : 1.0;

    g_autoptr(PartitaScore) score = compose(composer, &options);
    g_assert_cmpuint(count_bars(score), ==, options.bars);
  }
}

/* Law: the same seed and index give the same score, others another. */
static void
test_seed(gconstpointer data)
{
  g_autoptr(PartitaModel) model = make_tiny_model(data, 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.seed = 7;
  g_autoptr(PartitaScore) first = compose(composer, &options);
  g_autoptr(PartitaScore) again = compose(composer, &options);
  g_assert_true(partita_score_equal(first, again));

  options.index = 1;
  g_autoptr(PartitaScore) second = compose(composer, &options);
  g_assert_false(partita_score_equal(first, second));

  options.index = 0;
  options.seed = 8;
  g_autoptr(PartitaScore) other = compose(composer, &options);
  g_assert_false(partita_score_equal(first, other));
}

/* Law: a Transformer composes past its context, here more than four times as
 * long: the piece is whole, and the same for the same seed. */
static void
test_past_context(gconstpointer data)
{
  enum { CONTEXT = 16, BARS = 5 * CONTEXT };
  g_autoptr(PartitaModel) model = make_tiny_transformer(data, CONTEXT, 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.bars = BARS; // each at least one token
  options.seed = 7;
  g_autoptr(PartitaScore) first = compose(composer, &options);
  g_autoptr(PartitaScore) again = compose(composer, &options);
  g_assert_cmpuint(count_bars(first), ==, BARS);
  g_assert_true(partita_score_equal(first, again));
}

/* A model whose likeliest token never lets time pass still comes to an end. */
static void
test_runaway(gconstpointer data)
{
  for (uint64_t seed = 0; seed < 6; ++seed) {
    g_autoptr(PartitaModel) model = make_tiny_model(data, seed);
    g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
    PartitaComposeOptions options;

    partita_compose_options_init(&options);
    options.bars = 3;
    options.sampling.top_k = 1;
    g_autoptr(PartitaScore) score = compose(composer, &options);
    g_assert_cmpuint(count_bars(score), ==, 3);
    g_assert_cmpuint(partita_score_get_n_notes(score), <, 3 * 1024);
  }
}

typedef struct {
  size_t calls;
  size_t last;
  GCancellable *cancellable; // nullable
} Progress;

static void
note_progress(size_t done, size_t bars, void *data)
{
  Progress *progress = data;

  g_assert_cmpuint(done, >, progress->last);
  g_assert_cmpuint(done, <=, bars);
  progress->last = done;
  ++progress->calls;
  if (progress->cancellable != NULL && done >= 4)
    g_cancellable_cancel(progress->cancellable);
}

static void
test_progress(gconstpointer data)
{
  g_autoptr(PartitaModel) model = make_tiny_model(data, 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;
  Progress progress = {0};

  partita_compose_options_init(&options);
  options.bars = 9;
  options.progress = note_progress;
  options.progress_data = &progress;
  g_autoptr(PartitaScore) score = compose(composer, &options);
  g_assert_cmpuint(progress.last, ==, 9);
  g_assert_cmpuint(progress.calls, >=, 2);
}

static void
test_cancel(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  PartitaComposeOptions options;
  Progress progress = {.cancellable = cancellable};

  partita_compose_options_init(&options);
  options.progress = note_progress;
  options.progress_data = &progress;
  options.cancellable = cancellable;
  g_assert_null(partita_compose(composer, &options, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint(progress.last, ==, 4);
}

static void
assert_refused(const PartitaComposer *composer,
               const PartitaComposeOptions *options,
               const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_compose(composer, options, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, words));
}

static void
test_wishes(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const PartitaSampling bad[] = {
    {.temperature = 0.0, .top_p = 1.0},
    {.temperature = -1.0, .top_p = 1.0},
    {.temperature = (double)NAN, .top_p = 1.0},
    {.temperature = (double)INFINITY, .top_p = 1.0},
    {.temperature = 1.0, .top_p = 0.0},
    {.temperature = 1.0, .top_p = 1.1},
    {.temperature = 1.0, .top_p = (double)NAN},
    {.temperature = 1.0, .top_p = 1.0, .min_p = -0.1},
    {.temperature = 1.0, .top_p = 1.0, .min_p = 1.5},
  };
  const char *const words[] = {"temperature", "temperature", "temperature",
                               "temperature", "top-p",       "top-p",
                               "top-p",       "min-p",       "min-p"};
  PartitaComposeOptions options;

  for (size_t i = 0; i < G_N_ELEMENTS(bad); ++i) {
    partita_compose_options_init(&options);
    options.sampling = bad[i];
    assert_refused(composer, &options, words[i]);
  }
  partita_compose_options_init(&options);
  options.style = "polka";
  assert_refused(composer, &options, "march, waltz");
  partita_compose_options_init(&options);
  options.bars = PARTITA_COMPOSE_BARS_MAX + 1;
  assert_refused(composer, &options, "4097");
}

static void
test_model(void)
{
  const PartitaModelConfig odd = {
    .architecture = "lstm",
    .vocab = 4,
    .n_fields = 1,
    .field_size = {4},
    .width = 4,
    .hidden = 4,
    .layers = 1,
  };
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  g_autofree char *description = partita_scheme_describe(scheme);
  g_autoptr(PartitaModel) model = partita_model_new(&odd, 1);
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_composer_new(model, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL);
  g_clear_error(&error);

  partita_model_set_metadata(model, "scheme", description);
  g_assert_null(partita_composer_new(model, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL);
  g_clear_error(&error);

  partita_model_set_metadata(model, "scheme", "{}");
  g_assert_null(partita_composer_new(model, &error));
  g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    const struct {
      const char *name;
      GTestDataFunc run;
    } laws[] = {
      {"bars", test_bars},
      {"seed", test_seed},
      {"past-context", test_past_context},
      {"runaway", test_runaway},
      {"progress", test_progress},
    };

    for (size_t j = 0; j < G_N_ELEMENTS(laws); ++j) {
      g_autofree char *path =
        g_strdup_printf("/compose/%s/%s", laws[j].name, schemes[i]);

      g_test_add_data_func(path, schemes[i], laws[j].run);
    }
  }
  g_test_add_func("/compose/cancel", test_cancel);
  g_test_add_func("/compose/wishes", test_wishes);
  g_test_add_func("/compose/model", test_model);
  return g_test_run();
}
