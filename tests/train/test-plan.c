// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <malloc.h>
#include <train/run-private.h>

static const char *const optimizers[] = {"adamw", "sgd", "muon"};

/* Law: the plan has room for all that an optimiser keeps and works in, and not
 * for much more. */
static void
test_optimizers(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(6, 0.2);
  size_t moments[G_N_ELEMENTS(optimizers)];

  for (size_t i = 0; i < G_N_ELEMENTS(optimizers); ++i) {
    PartitaTrainOptions options = make_options(1);
    PartitaTrainSettings settings;
    PartitaTrainPlan plan;
    PartitaOptimizer optimizer = {0};

    options.optimizer = optimizers[i];
    g_assert_true(
      partita_train_settings_init(&settings, corpus, &options, NULL));
    g_assert_true(partita_train_plan_init(&plan, &settings, 1, false));

    g_autoptr(PartitaModel) model = partita_model_new(&settings.config, 1);

    g_assert_true(partita_optimizer_init(&optimizer, model, &settings));

    const size_t taken = malloc_usable_size(optimizer.first) +
                         malloc_usable_size(optimizer.second) +
                         malloc_usable_size(optimizer.scratch);

    g_assert_cmpuint(taken, <=, plan.moments_bytes + 3 * 4096);
    g_assert_cmpuint(taken, >=, plan.moments_bytes);
    g_assert_cmpuint(plan.total_bytes, ==,
                     plan.weights_bytes + plan.moments_bytes +
                       plan.gradients_bytes + plan.workers_bytes +
                       plan.segments_bytes);
    moments[i] = plan.moments_bytes;
    partita_optimizer_clear(&optimizer);
  }
  g_assert_cmpuint(moments[1], ==, moments[0]);
  g_assert_cmpuint(moments[2], >, moments[0]);
}

/* Law: what is refused is more than there is, and the reason names both. */
static void
test_refused(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(6, 0.2);
  const PartitaTrainOptions options = make_options(1);
  PartitaTrainSettings settings;
  PartitaTrainPlan plan;
  g_autoptr(GError) error = NULL;

  g_assert_true(partita_train_settings_init(&settings, corpus, &options, NULL));
  g_assert_true(partita_train_plan_init(&plan, &settings, 1, false));
  g_assert_true(partita_train_plan_check(&plan, 0, NULL));
  g_assert_true(partita_train_plan_check(&plan, plan.total_bytes, NULL));
  g_assert_false(partita_train_plan_check(&plan, plan.total_bytes - 1, &error));
  g_assert_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan/optimizers", test_optimizers);
  g_test_add_func("/plan/refused", test_refused);
  return g_test_run();
}
