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

static size_t
count_scratch(const PartitaModel *model, const PartitaTrainSettings *settings)
{
  size_t n_tensors = 0, most = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n_tensors);

  for (size_t i = 0; i < n_tensors; ++i)
    if (takes_muon(settings, &tensors[i]))
      most = MAX(most, partita_nn_muon_count_scratch(tensors[i].shape[0],
                                                     tensors[i].shape[1]));
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
    g_try_new(PartitaReal, count_scratch(model, settings) + 1);
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

static void
update_by_muon(const PartitaOptimizer *optimizer,
               const PartitaModelTensor *tensor,
               PartitaReal *weights,
               const PartitaReal *gradients,
               const PartitaTrainSettings *settings,
               double rate)
{
  const PartitaNnMuon muon = {
    .learning_rate = rate,
    .beta = MUON_BETA,
    .weight_decay = settings->weight_decay,
  };

  partita_nn_muon(weights, gradients, optimizer->first + tensor->offset,
                  tensor->shape[0], tensor->shape[1], &muon,
                  optimizer->scratch);
}

static void
update_by_sgd(const PartitaOptimizer *optimizer,
              const PartitaModelTensor *tensor,
              PartitaReal *weights,
              const PartitaReal *gradients,
              const PartitaTrainSettings *settings,
              double rate)
{
  const PartitaNnSgd sgd = {
    .learning_rate = rate,
    .beta = SGD_BETA,
    .weight_decay = tensor->decay ? settings->weight_decay : 0.0,
  };

  partita_nn_sgd(weights, gradients, optimizer->first + tensor->offset,
                 tensor->size, &sgd);
}

void
partita_optimizer_step(const PartitaOptimizer *optimizer,
                       PartitaModel *model,
                       const PartitaTrainSettings *settings,
                       const PartitaReal *gradients,
                       uint64_t step,
                       double rate)
{
  size_t n_tensors = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n_tensors);
  PartitaNnAdamw adamw = {
    .learning_rate = rate,
    .beta1 = settings->beta1,
    .beta2 = settings->beta2,
    .epsilon = EPSILON,
  };

  for (size_t i = 0; i < n_tensors; ++i) {
    const PartitaModelTensor *const tensor = &tensors[i];
    const size_t at = tensor->offset;
    PartitaReal *const weights = partita_model_get_parameters(model) + at;

    adamw.weight_decay = tensor->decay ? settings->weight_decay : 0.0;
    if (takes_muon(settings, tensor))
      update_by_muon(optimizer, tensor, weights, gradients + at, settings,
                     rate);
    else if (settings->optimizer == PARTITA_OPTIMIZER_SGD)
      update_by_sgd(optimizer, tensor, weights, gradients + at, settings, rate);
    else
      partita_nn_adamw(weights, gradients + at, optimizer->first + at,
                       optimizer->second + at, tensor->size, step, &adamw);
  }
}
