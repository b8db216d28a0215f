// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include "thread-ranks.h"
#include <base/file.h>
#include <math.h>
#include <model/safetensors.h>
#include <string.h>
#include <train/run-private.h>

/* The sum of gradients. */

#define SHARDS 8

typedef struct {
  PartitaRanks *ranks;
  size_t n; // parameters
  size_t n_shards;
  PartitaReal *shards[SHARDS];
} Summer;

// Settles bit by bit, like a way back.
static void *
sum_up(void *data)
{
  Summer *s = data;
  g_autoptr(PartitaSum) sum =
    partita_sum_new(s->ranks, s->shards, s->n_shards, s->n);

  g_assert_nonnull(sum);
  partita_sum_begin(sum);
  for (size_t settled = s->n; !partita_sum_advance(sum, settled);)
    settled -= MIN(settled, s->n / 7 + 1);
  g_assert_false(partita_sum_is_busy(sum));
  return NULL;
}

static void
fill(PartitaReal *x, size_t n, uint32_t seed)
{
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);

  for (size_t i = 0; i < n; ++i)
    x[i] = (PartitaReal)g_rand_double_range(random, -1.0, 1.0);
}

static void
check_sum(size_t n, size_t n_ranks, size_t n_shards)
{
  Summer summers[RANKS_MAX] = {0};
  GThread *threads[RANKS_MAX];
  PartitaReal *plain[SHARDS];
  World world;

  world_init(&world, n_ranks);
  for (size_t i = 0; i < n_shards; ++i) {
    plain[i] = g_new(PartitaReal, n);
    fill(plain[i], n, (uint32_t)i);
  }
  for (size_t r = 0; r < n_ranks; ++r) {
    Summer *s = &summers[r];

    s->ranks = thread_ranks_new(&world, r);
    s->n = n;
    s->n_shards = n_shards / n_ranks;
    for (size_t i = 0; i < s->n_shards; ++i) {
      s->shards[i] = g_new0(PartitaReal, partita_sum_pad(s->ranks, n));
      memcpy(s->shards[i], plain[r * s->n_shards + i], n * sizeof **plain);
    }
  }
  for (size_t r = 0; r < n_ranks; ++r)
    threads[r] = g_thread_new("rank", sum_up, &summers[r]);
  partita_sum_shards(plain, n_shards, 0, n);
  for (size_t r = 0; r < n_ranks; ++r) {
    (void)g_thread_join(threads[r]);
    g_assert_cmpint(memcmp(summers[r].shards[0], plain[0], n * sizeof **plain),
                    ==, 0);
    partita_ranks_leave(summers[r].ranks);
    for (size_t i = 0; i < summers[r].n_shards; ++i)
      g_free(summers[r].shards[i]);
  }
  for (size_t i = 0; i < n_shards; ++i)
    g_free(plain[i]);
  world_clear(&world);
}

/* Law: every rank gets, to the bit, what one process sums, whatever the number
 * of parameters, also where they are fewer than slices. */
static void
test_sum(void)
{
  static const size_t sizes[] = {1, 5, 1000, 1234567};

  for (size_t i = 0; i < G_N_ELEMENTS(sizes); ++i) {
    check_sum(sizes[i], 1, 8);
    check_sum(sizes[i], 2, 8);
    check_sum(sizes[i], 2, 2);
    check_sum(sizes[i], 3, 6);
    check_sum(sizes[i], 5, 5);
    check_sum(sizes[i], 8, 8);
  }
}

/* Whole trainings. */

typedef struct {
  PartitaCorpus *corpus;
  char *folder;
  char *checkpoint;
  PartitaTrainOptions options;
  PartitaTrainSettings settings;
} Fixture;

static void
set_up(Fixture *f, gconstpointer architecture)
{
  f->corpus = make_corpus(16, 0.2);
  f->folder = g_dir_make_tmp("partita-ranks-XXXXXX", NULL);
  f->checkpoint = g_build_filename(f->folder, "checkpoint.safetensors", NULL);
  f->options = make_options(6);
  f->options.architecture = architecture;
  f->options.run_folder = f->folder;
  g_assert_true(
    partita_train_settings_init(&f->settings, f->corpus, &f->options, NULL));
  f->settings.config.width = 12;
  f->settings.config.hidden = 16;
  f->settings.config.layers = 2;
  f->settings.config.heads = MIN(f->settings.config.heads, 3u);
  f->settings.config.context = f->settings.config.heads > 0 ? 24 : 0;
  f->settings.config.dropout = 0.2;
  f->settings.context = 24;
  f->settings.rows = 8;
  f->settings.shards = 4;
}

static void
tear_down(Fixture *f, gconstpointer architecture)
{
  (void)architecture;
  partita_corpus_free(f->corpus);
  remove_folder(f->folder);
  g_free(f->folder);
  g_free(f->checkpoint);
}

typedef struct {
  const Fixture *f;
  PartitaTrainOptions options;
  PartitaTrainSettings settings;
  PartitaTrainReport report;
  PartitaModel *model;
  GError *error;
} Rank;

static void *
run_rank(void *data)
{
  Rank *rank = data;

  rank->model =
    partita_train_with_settings(rank->f->corpus, &rank->options,
                                &rank->settings, &rank->report, &rank->error);
  partita_ranks_leave(rank->options.ranks);
  return NULL;
}

static void
run_ranks(Rank *ranks, size_t n_ranks)
{
  GThread *threads[RANKS_MAX];
  World world;

  world_init(&world, n_ranks);
  for (size_t r = 0; r < n_ranks; ++r) {
    ranks[r].options.ranks = thread_ranks_new(&world, r);
    threads[r] = g_thread_new("rank", run_rank, &ranks[r]);
  }
  for (size_t r = 0; r < n_ranks; ++r)
    (void)g_thread_join(threads[r]);
  world_clear(&world);
}

static void
ranks_init(Rank *ranks, size_t n_ranks, const Fixture *f)
{
  for (size_t r = 0; r < n_ranks; ++r)
    ranks[r] = (Rank){.f = f, .options = f->options, .settings = f->settings};
}

/// The SHA-256 that the checkpoint gives of its data.
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

/// Trains to step @steps; the digests of model and checkpoint, joined.
static char *
train(Fixture *f, size_t n_ranks, uint64_t steps, bool resume)
{
  Rank ranks[RANKS_MAX];
  g_autofree char *model = NULL;

  f->options.steps = steps;
  f->options.resume = resume;
  ranks_init(ranks, n_ranks, f);
  if (n_ranks > 1)
    run_ranks(ranks, n_ranks);
  else
    (void)run_rank(&ranks[0]);
  for (size_t r = 0; r < n_ranks; ++r) {
    g_assert_no_error(ranks[r].error);
    g_assert_cmpuint(ranks[r].report.steps, ==, steps);
    g_assert_false(ranks[r].report.mixed_cores);
    g_assert_cmpfloat(ranks[r].report.valid_loss, ==,
                      ranks[0].report.valid_loss);
    g_assert_cmpint(isnan(ranks[r].report.trigram_loss), ==, r > 0);
    if (r == 0)
      model = digest(ranks[r].model);
    partita_model_free(ranks[r].model);
  }

  g_autofree char *checkpoint = read_sum(f);

  return g_strconcat(model, checkpoint, NULL);
}

/* Law: any number of ranks gives the model and the checkpoint of one process,
 * to the bit; another seed does not. */
static void
test_same(Fixture *f, gconstpointer architecture)
{
  g_autofree char *one = train(f, 1, 6, false);
  g_autofree char *two = train(f, 2, 6, false);
  g_autofree char *four = train(f, 4, 6, false);

  (void)architecture;
  g_assert_cmpstr(two, ==, one);
  g_assert_cmpstr(four, ==, one);
  f->settings.seed = 12;
  g_autofree char *other = train(f, 4, 6, false);
  g_assert_cmpstr(other, !=, one);
}

static void
stop(const PartitaTrainStatus *status, void *data)
{
  if (status->step == 3)
    g_cancellable_cancel(data);
}

/* Law: stopped on rank 0, all ranks stop after the same step; resumed by any
 * number of ranks the end is that of one process without a stop. */
static void
test_stop(Fixture *f, gconstpointer architecture)
{
  static const size_t ways[][2] = {{2, 2}, {2, 1}, {1, 4}, {4, 2}};
  g_autofree char *whole = train(f, 1, 6, false);

  (void)architecture;
  for (size_t i = 0; i < G_N_ELEMENTS(ways); ++i) {
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Rank ranks[RANKS_MAX];

    f->options.resume = false;
    ranks_init(ranks, ways[i][0], f);
    ranks[0].options.cancellable = cancellable;
    ranks[0].options.progress = stop;
    ranks[0].options.progress_data = cancellable;
    if (ways[i][0] > 1)
      run_ranks(ranks, ways[i][0]);
    else
      (void)run_rank(&ranks[0]);
    for (size_t r = 0; r < ways[i][0]; ++r) {
      g_assert_no_error(ranks[r].error);
      g_assert_true(ranks[r].report.cancelled);
      g_assert_cmpuint(ranks[r].report.steps, ==, 3);
      partita_model_free(ranks[r].model);
    }

    g_autofree char *resumed = train(f, ways[i][1], 6, true);

    g_assert_cmpstr(resumed, ==, whole);
  }
}

/* What the ranks are to do together must be the same on all of them. */
static void
test_refused(Fixture *f, gconstpointer architecture)
{
  Rank ranks[3];

  (void)architecture;
  for (size_t i = 0; i < 2; ++i) {
    ranks_init(ranks, 2, f);
    if (i == 0)
      ranks[1].settings.seed = 5;
    else
      ranks[1].settings.learning_rate *= 2.0;
    run_ranks(ranks, 2);
    for (size_t r = 0; r < 2; ++r) {
      g_assert_null(ranks[r].model);
      g_assert_error(ranks[r].error, PARTITA_TRAIN_ERROR,
                     PARTITA_TRAIN_ERROR_RANKS);
      g_assert_nonnull(strstr(ranks[r].error->message,
                              i == 0 ? "process 1 has another seed"
                                     : "process 1 has another settings"));
      g_clear_error(&ranks[r].error);
    }
  }
  ranks_init(ranks, 3, f); // for 4 shards
  run_ranks(ranks, 3);
  for (size_t r = 0; r < 3; ++r) {
    g_assert_error(ranks[r].error, PARTITA_TRAIN_ERROR,
                   PARTITA_TRAIN_ERROR_OPTIONS);
    g_clear_error(&ranks[r].error);
  }
}

#define ADD(name, architecture, test)                                          \
  g_test_add("/train/ranks/" name "/" architecture, Fixture, architecture,     \
             set_up, test, tear_down)

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/train/ranks/sum", test_sum);
  ADD("same", "lstm", test_same);
  ADD("same", "transformer", test_same);
  ADD("stop", "lstm", test_stop);
  ADD("stop", "transformer", test_stop);
  ADD("refused", "lstm", test_refused);
  return g_test_run();
}
