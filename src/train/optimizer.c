// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* One step of the weights along their gradients, tensor by tensor. Muon takes
 * the matrices between hidden layers; the rest, and all of a run with AdamW,
 * is AdamW's. */

#include <string.h>
#include <train/run-private.h>

#define EPSILON 1e-8
/// Of the momentum of Muon and of SGD.
#define MUON_BETA 0.95
#define SGD_BETA 0.9

static const char *const names[] = {
  [PARTITA_OPTIMIZER_ADAMW] = "adamw",
  [PARTITA_OPTIMIZER_SGD] = "sgd",
  [PARTITA_OPTIMIZER_MUON] = "muon",
};

const char *
partita_optimizer_get_name(PartitaOptimizerKind kind)
{
  return names[kind];
}

bool
partita_optimizer_find(const char *name, PartitaOptimizerKind *kind)
{
  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i)
    if (name != NULL && strcmp(name, names[i]) == 0) {
      *kind = (PartitaOptimizerKind)i;
      return true;
    }
  return false;
}

static bool
takes_muon(const PartitaTrainSettings *settings,
           const PartitaModelTensor *tensor)
{
  return settings->optimizer == PARTITA_OPTIMIZER_MUON &&
         partita_model_tensor_is_hidden(tensor);
}

size_t
partita_optimizer_count_scratch(const PartitaTrainSettings *settings)
{
  g_autoptr(GArray) tensors =
    partita_model_config_list_tensors(&settings->config);
  size_t most = 0;

  for (guint i = 0; i < tensors->len; ++i) {
    const PartitaModelTensor *const tensor =
      &g_array_index(tensors, PartitaModelTensor, i);

    if (takes_muon(settings, tensor))
      most = MAX(most, partita_nn_muon_count_scratch(tensor->shape[0],
                                                     tensor->shape[1]));
  }
  return most;
}

bool
partita_optimizer_init(PartitaOptimizer *optimizer,
                       const PartitaModel *model,
                       const PartitaTrainSettings *settings)
{
  const size_t n = partita_model_get_n_parameters(model);

  optimizer->first = g_try_new0(PartitaReal, n);
  optimizer->second = g_try_new0(PartitaReal, n);
  optimizer->scratch =
    g_try_new(PartitaReal, partita_optimizer_count_scratch(settings) + 1);
  return optimizer->first != NULL && optimizer->second != NULL &&
         optimizer->scratch != NULL;
}

void
partita_optimizer_clear(PartitaOptimizer *optimizer)
{
  g_clear_pointer(&optimizer->first, g_free);
  g_clear_pointer(&optimizer->second, g_free);
  g_clear_pointer(&optimizer->scratch, g_free);
}

/// A step of the optimiser, for all threads to read.
typedef struct {
  const PartitaOptimizer *optimizer;
  PartitaModel *model;
  const PartitaTrainSettings *settings;
  const PartitaReal *gradients;
  uint64_t step;
  double rate;
} Step;

static void
update_by_muon(const Step *step, const PartitaModelTensor *tensor)
{
  const size_t at = tensor->offset;
  const PartitaNnMuon muon = {
    .learning_rate = step->rate,
    .beta = MUON_BETA,
    .weight_decay = step->settings->weight_decay,
  };

  partita_nn_muon(partita_model_get_parameters(step->model) + at,
                  step->gradients + at, step->optimizer->first + at,
                  tensor->shape[0], tensor->shape[1], &muon,
                  step->optimizer->scratch);
}

/// @n numbers from @at on, all of one tensor.
static void
update_by_sgd(const Step *step, size_t at, size_t n, double weight_decay)
{
  const PartitaNnSgd sgd = {
    .learning_rate = step->rate,
    .beta = SGD_BETA,
    .weight_decay = weight_decay,
  };

  partita_nn_sgd(partita_model_get_parameters(step->model) + at,
                 step->gradients + at, step->optimizer->first + at, n, &sgd);
}

static void
update_by_adamw(const Step *step, size_t at, size_t n, double weight_decay)
{
  const PartitaNnAdamw adamw = {
    .learning_rate = step->rate,
    .beta1 = step->settings->beta1,
    .beta2 = step->settings->beta2,
    .epsilon = EPSILON,
    .weight_decay = weight_decay,
  };

  partita_nn_adamw(partita_model_get_parameters(step->model) + at,
                   step->gradients + at, step->optimizer->first + at,
                   step->optimizer->second + at, n, step->step, &adamw);
}

/// What of the vector lies between @begin and @end, tensor by tensor, without
/// the matrices that Muon takes whole.
static void
update_range(size_t begin, size_t end, void *data)
{
  const Step *const step = data;
  size_t n_tensors = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(step->model, &n_tensors);

  for (size_t i = 0; i < n_tensors; ++i) {
    const PartitaModelTensor *const tensor = &tensors[i];
    const size_t from = MAX(begin, tensor->offset);
    const size_t to = MIN(end, tensor->offset + tensor->size);
    const double decay = tensor->decay ? step->settings->weight_decay : 0.0;

    if (from >= to || takes_muon(step->settings, tensor))
      continue;
    if (step->settings->optimizer == PARTITA_OPTIMIZER_SGD)
      update_by_sgd(step, from, to - from, decay);
    else
      update_by_adamw(step, from, to - from, decay);
  }
}

void
partita_optimizer_step(const PartitaOptimizer *optimizer,
                       PartitaCrew *crew,
                       PartitaModel *model,
                       const PartitaTrainSettings *settings,
                       const PartitaReal *gradients,
                       uint64_t number,
                       double rate)
{
  Step step = {optimizer, model, settings, gradients, number, rate};
  size_t n_tensors = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n_tensors);

  partita_crew_share(crew, partita_model_get_n_parameters(model), update_range,
                     &step);
  for (size_t i = 0; i < n_tensors; ++i)
    if (takes_muon(settings, &tensors[i]))
      update_by_muon(&step, &tensors[i]);
}
