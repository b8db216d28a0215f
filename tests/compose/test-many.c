// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"

static const char *const schemes[] = {"remi", "performance", "grid"};

typedef struct {
  const PartitaComposer *composer;
  PartitaComposeOptions options;
  uint64_t next;    // index of the piece to come
  uint64_t stop_at; // index of the piece that is refused
  size_t told;      // bars, by the progress
  size_t cancel_at; // bars
  GThread *caller;
  GPtrArray *scores; // PartitaScore
} Taken;

static bool
take(uint64_t index, const PartitaScore *score, void *data, GError **error)
{
  Taken *taken = data;

  g_assert_true(g_thread_self() == taken->caller);
  g_assert_cmpuint(index, ==, taken->next++);
  if (index == taken->stop_at) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    return false;
  }
  g_ptr_array_add(taken->scores, partita_score_copy(score));
  return true;
}

static void
tell(size_t done, size_t bars, void *data)
{
  Taken *taken = data;

  g_assert_true(g_thread_self() == taken->caller);
  g_assert_cmpuint(done, >, taken->told);
  g_assert_cmpuint(done, <=, bars);
  taken->told = done;
  if (taken->cancel_at > 0 && done >= taken->cancel_at)
    g_cancellable_cancel(taken->options.cancellable);
}

static void
free_score(void *score)
{
  partita_score_free(score);
}

static void
taken_init(Taken *taken, const PartitaComposer *composer)
{
  *taken = (Taken){
    .composer = composer,
    .next = 3,
    .stop_at = G_MAXUINT64,
    .caller = g_thread_self(),
    .scores = g_ptr_array_new_with_free_func(free_score),
  };
  partita_compose_options_init(&taken->options);
  taken->options.bars = 2;
  taken->options.seed = 11;
  taken->options.index = taken->next;
  taken->options.progress = tell;
  taken->options.progress_data = taken;
}

static bool
run(Taken *taken, size_t n, unsigned threads, GError **error)
{
  return partita_compose_many(taken->composer, &taken->options, n, threads,
                              take, taken, error);
}

/* Law: a piece is what partita_compose() makes of its index, whatever stands
 * beside it and however many threads there are. */
static void
check_alike(const PartitaModel *model, size_t n, unsigned threads)
{
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GError) error = NULL;
  Taken taken;

  taken_init(&taken, composer);
  g_assert_true(run(&taken, n, threads, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(taken.scores->len, ==, n);
  g_assert_cmpuint(taken.told, ==, 2 * n);
  for (guint i = 0; i < n; ++i) {
    PartitaComposeOptions alone = taken.options;

    alone.index = 3 + i;
    alone.progress = NULL;
    g_autoptr(PartitaScore) score = partita_compose(composer, &alone, NULL);
    g_assert_true(partita_score_equal(score, taken.scores->pdata[i]));
  }
  g_ptr_array_unref(taken.scores);
}

static void
test_alike(gconstpointer data)
{
  g_autoptr(PartitaModel) lstm = make_tiny_model(data, 5);
  g_autoptr(PartitaModel) transformer = make_tiny_transformer(data, 64, 5);

  for (unsigned threads = 1; threads <= 3; ++threads) {
    check_alike(lstm, 20, threads);
    check_alike(transformer, threads == 1 ? 18 : 5, threads);
  }
  check_alike(lstm, 1, 0);
  check_alike(lstm, 35, 0);
}

/* The same of sizes at which products take their fast paths. */
static void
test_alike_small(void)
{
  const PartitaModelConfig lstm = {
    .architecture = "lstm", .width = 256, .hidden = 512, .layers = 2};
  const PartitaModelConfig transformer = {
    .architecture = "transformer",
    .width = 256,
    .hidden = 1024,
    .layers = 6,
    .heads = 4,
    .context = 512,
  };
  g_autoptr(PartitaModel) first = make_model("remi", &lstm, 9);
  g_autoptr(PartitaModel) second = make_model("remi", &transformer, 9);

  check_alike(first, 12, 2);
  check_alike(second, 3, 2);
}

static void
test_cancel(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Taken taken;

  taken_init(&taken, composer);
  taken.options.cancellable = cancellable;
  taken.options.bars = 200;
  taken.cancel_at = 20;
  g_assert_false(run(&taken, 40, 2, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint(taken.scores->len, <, 40);
  g_ptr_array_unref(taken.scores);
}

// Who takes the pieces may refuse one; no further piece is brought.
static void
test_refused(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GError) error = NULL;
  Taken taken;

  taken_init(&taken, composer);
  taken.stop_at = 10;
  g_assert_false(run(&taken, 100, 2, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint(taken.scores->len, ==, 7);
  g_ptr_array_unref(taken.scores);
}

static void
test_wish(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GError) error = NULL;
  Taken taken;

  taken_init(&taken, composer);
  taken.options.style = "polka";
  g_assert_false(run(&taken, 2, 2, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_cmpuint(taken.scores->len, ==, 0);
  g_ptr_array_unref(taken.scores);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    g_autofree char *path =
      g_strdup_printf("/compose/many/alike/%s", schemes[i]);

    g_test_add_data_func(path, schemes[i], test_alike);
  }
  g_test_add_func("/compose/many/alike-small", test_alike_small);
  g_test_add_func("/compose/many/cancel", test_cancel);
  g_test_add_func("/compose/many/refused", test_refused);
  g_test_add_func("/compose/many/wish", test_wish);
  return g_test_run();
}
