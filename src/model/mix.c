// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/model-private.h>
#include <string.h>

/// Parameters that lie in a file become the model's own.
static bool
own_parameters(PartitaModel *model)
{
  if (model->file == NULL)
    return true;

  PartitaReal *own = g_try_new(PartitaReal, model->n_parameters);

  if (own == NULL)
    return false;
  memcpy(own, model->parameters, model->n_parameters * sizeof *own);
  model->parameters = own;
  g_clear_pointer(&model->file, g_bytes_unref);
  return true;
}

static const PartitaModelTensor *
find_embedding(const PartitaModel *model, size_t field)
{
  g_autofree char *name = g_strdup_printf("embed.%zu.weight", field);
  size_t n = 0;
  const PartitaModelTensor *tensors = partita_model_get_tensors(model, &n);

  for (size_t i = 0; i < n; ++i)
    if (strcmp(tensors[i].name, name) == 0)
      return &tensors[i];
  return NULL;
}

bool
partita_model_mix_embedding(PartitaModel *model,
                            size_t field,
                            size_t target,
                            const size_t *sources,
                            const double *weights,
                            size_t n)
{
  const PartitaModelTensor *tensor = find_embedding(model, field);

  g_return_val_if_fail(tensor != NULL && target < tensor->shape[0], false);
  if (!own_parameters(model))
    return false;

  const size_t width = tensor->shape[1];
  PartitaReal *rows = model->parameters + tensor->offset;
  g_autofree double *mixed = g_new0(double, width);

  for (size_t i = 0; i < n; ++i) {
    g_return_val_if_fail(sources[i] < tensor->shape[0], false);
    for (size_t k = 0; k < width; ++k)
      mixed[k] += weights[i] * (double)rows[sources[i] * width + k];
  }
  for (size_t k = 0; k < width; ++k)
    rows[target * width + k] = (PartitaReal)mixed[k];
  return true;
}
