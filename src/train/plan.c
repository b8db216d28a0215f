// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What a run will take, before any of it is taken. */

#include <train/run-private.h>
#include <train/segments.h>

// Beyond the range is more than any machine has.
static size_t
add(size_t a, size_t b)
{
  size_t sum = 0;

  return g_size_checked_add(&sum, a, b) ? sum : G_MAXSIZE;
}

static size_t
multiply(size_t a, size_t b)
{
  size_t product = 0;

  return g_size_checked_mul(&product, a, b) ? product : G_MAXSIZE;
}

bool
partita_train_plan_init(PartitaTrainPlan *plan,
                        const PartitaTrainSettings *settings,
                        size_t n_ranks,
                        bool resume)
{
  const size_t rows = settings->rows / settings->shards;
  const size_t own = (settings->shards + n_ranks - 1) / n_ranks;
  size_t n = 0;

  if (!partita_model_config_check(&settings->config, &n))
    return false;

  const size_t vector = multiply(n, sizeof(PartitaReal));

  *plan = (PartitaTrainPlan){
    .config = &settings->config,
    .n_parameters = n,
    .context = settings->context,
    .rows = settings->rows,
    .shards = settings->shards,
    .reason = settings->reason[0] != '\0' ? settings->reason : NULL,
    .weights_bytes = multiply(2, vector),
    .moments_bytes = add(
      multiply(2, vector),
      multiply(partita_optimizer_count_scratch(settings), sizeof(PartitaReal))),
    .gradients_bytes = multiply(own, vector),
    .workers_bytes = multiply(
      own, partita_model_worker_measure(&settings->config, settings->backend,
                                        rows, settings->context)),
    .segments_bytes = partita_segments_measure_pool(&settings->config),
    .checkpoint_bytes = resume ? multiply(4, vector) : 0,
  };
  plan->total_bytes = add(add(add(plan->weights_bytes, plan->moments_bytes),
                              add(plan->gradients_bytes, plan->workers_bytes)),
                          add(plan->segments_bytes, plan->checkpoint_bytes));
  return true;
}

static double
to_mib(size_t bytes)
{
  return (double)bytes / (1 << 20);
}

bool
partita_train_plan_check(const PartitaTrainPlan *plan,
                         size_t available_bytes,
                         GError **error)
{
  if (available_bytes == 0 || plan->total_bytes <= available_bytes)
    return true;
  g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY,
              "the training needs %.0f MiB of memory, and %.0f MiB are there: "
              "a smaller size or batch needs less",
              to_mib(plan->total_bytes), to_mib(available_bytes));
  return false;
}
