// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* How a trained model is best generated from. */

#include <math.h>
#include <train/train-private.h>

#define INT8_LOSS_MAX 1.005 // times that by bf16

/// The loss by @backend, of this process alone; NaN without memory.
static double
measure(PartitaModel *model,
        const PartitaNnBackend *backend,
        const PartitaCorpus *corpus,
        const GArray *pieces,
        const PartitaTrainSettings *settings)
{
  partita_model_set_backend(model, backend);

  g_autoptr(PartitaCrew) crew =
    partita_crew_new(model, settings, 0, NULL, NULL);
  const double loss = crew == NULL
                        ? (double)NAN
                        : partita_crew_evaluate(crew, corpus, pieces, settings);

  partita_model_set_backend(model, settings->backend);
  return loss;
}

void
partita_train_choose_generation(PartitaModel *model,
                                const PartitaCorpus *corpus,
                                const GArray *pieces,
                                const PartitaTrainSettings *settings)
{
  const PartitaNnBackend *const half = partita_nn_backend_find(NULL, NULL);
  const PartitaNnBackend *const int8 = partita_nn_backend_find_int8();

  if (int8 == NULL || pieces->len == 0)
    return;

  const double loss = measure(model, half, corpus, pieces, settings);

  partita_model_set_int8(model, measure(model, int8, corpus, pieces, settings) <
                                  INT8_LOSS_MAX * loss);
}
