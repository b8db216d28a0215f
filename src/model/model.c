// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <math.h>
#include <model/model-private.h>
#include <model/safetensors.h>
#include <string.h>

/* Deviations of fresh embeddings. The token itself tells one step from the
 * next; beside fields of its size, which mostly stay from step to step, it
 * would be learnt late (doc/benchmarks.md). */
#define TOKEN_DEVIATION 1.0
#define FIELD_DEVIATION 0.02
#define DROPOUT_MAX 0.99
#define SIZE_MAX_OF_LAYER 65535 // ids are 16 bits; the rest is generous

static const PartitaModelArchitecture *const architectures[] = {
  &partita_lstm_architecture,
  &partita_transformer_architecture,
};

const PartitaModelArchitecture *
partita_model_find_architecture(const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(architectures); ++i)
    if (g_str_equal(architectures[i]->name, name))
      return architectures[i];
  return NULL;
}

static bool
within(size_t value, size_t max)
{
  return value >= 1 && value <= max;
}

static bool
check_sizes(const PartitaModelConfig *config)
{
  if (!within(config->vocab, SIZE_MAX_OF_LAYER) ||
      !within(config->n_fields, PARTITA_MODEL_FIELDS_MAX) ||
      !within(config->width, SIZE_MAX_OF_LAYER) ||
      !within(config->hidden, SIZE_MAX_OF_LAYER) ||
      !within(config->layers, PARTITA_MODEL_LAYERS_MAX) ||
      config->heads > SIZE_MAX_OF_LAYER || config->context > SIZE_MAX_OF_LAYER)
    return false;
  for (size_t f = 0; f < config->n_fields; ++f)
    if (!within(config->field_size[f], SIZE_MAX_OF_LAYER + 1))
      return false;
  return config->dropout >= 0.0 && config->dropout <= DROPOUT_MAX;
}

void
partita_model_append_tensor(GArray *tensors,
                            size_t rows,
                            size_t columns,
                            double bound,
                            bool decay,
                            const char *format,
                            ...)
{
  PartitaModelTensor tensor = {
    .n_dims = columns == 0 ? 1 : 2,
    .shape = {rows, columns},
    .bound = bound,
    .decay = decay,
  };
  va_list arguments;

  va_start(arguments, format);
  (void)g_vsnprintf(tensor.name, sizeof tensor.name, format, arguments);
  va_end(arguments);
  g_array_append_val(tensors, tensor);
}

void
partita_model_append_embedding(const PartitaModelConfig *config,
                               size_t field,
                               GArray *tensors)
{
  const double deviation = field == 0 ? TOKEN_DEVIATION : FIELD_DEVIATION;

  partita_model_append_tensor(tensors, config->field_size[field], config->width,
                              sqrt(3.0) * deviation, false, "embed.%zu.weight",
                              field);
}

bool
partita_model_tensor_is_hidden(const PartitaModelTensor *tensor)
{
  return tensor->n_dims == 2 && tensor->decay &&
         !g_str_has_prefix(tensor->name, "head.");
}

// Gives each tensor its place; false if there are too many numbers.
static bool
place_tensors(GArray *tensors, size_t *n_parameters)
{
  size_t total = 0;

  for (guint i = 0; i < tensors->len; ++i) {
    PartitaModelTensor *const tensor =
      &g_array_index(tensors, PartitaModelTensor, i);

    tensor->size = 1;
    for (size_t d = 0; d < tensor->n_dims; ++d)
      if (!g_size_checked_mul(&tensor->size, tensor->size, tensor->shape[d]))
        return false;
    tensor->offset = total;
    if (!g_size_checked_add(&total, total, tensor->size) ||
        total > PARTITA_MODEL_PARAMETERS_MAX)
      return false;
  }
  *n_parameters = total;
  return true;
}

GArray *
partita_model_config_list_tensors(const PartitaModelConfig *config)
{
  GArray *const tensors = g_array_new(FALSE, TRUE, sizeof(PartitaModelTensor));

  partita_model_find_architecture(config->architecture)
    ->lay_out(config, tensors);
  return tensors;
}

bool
partita_model_config_check(const PartitaModelConfig *config,
                           size_t *n_parameters)
{
  const PartitaModelArchitecture *architecture = NULL;

  if (memchr(config->architecture, '\0', sizeof config->architecture) == NULL)
    return false;
  architecture = partita_model_find_architecture(config->architecture);
  if (architecture == NULL || !check_sizes(config) ||
      !architecture->check(config))
    return false;

  g_autoptr(GArray) tensors = partita_model_config_list_tensors(config);

  return place_tensors(tensors, n_parameters);
}

static int
compare_keys(const void *a, const void *b, void *data)
{
  (void)data;
  return strcmp(a, b);
}

PartitaModel *
partita_model_new_bare(const PartitaModelConfig *config)
{
  g_autoptr(PartitaModel) model = g_new0(PartitaModel, 1);

  model->config = *config;
  model->architecture = partita_model_find_architecture(config->architecture);
  model->backend = partita_nn_backend_find(NULL, NULL);
  model->metadata = g_tree_new_full(compare_keys, NULL, g_free, g_free);
  model->tensors = partita_model_config_list_tensors(config);
  return place_tensors(model->tensors, &model->n_parameters)
           ? g_steal_pointer(&model)
           : NULL;
}

PartitaModel *
partita_model_new_empty(const PartitaModelConfig *config)
{
  g_autoptr(PartitaModel) model = partita_model_new_bare(config);

  if (model == NULL)
    return NULL;
  model->parameters = g_try_new0(PartitaReal, model->n_parameters);
  return model->parameters == NULL ? NULL : g_steal_pointer(&model);
}

// Four uniform numbers of 24 bits a call; a weight is a function of the seed
// and its place.
static void
fill_tensor(PartitaModel *model,
            const PartitaModelTensor *tensor,
            uint64_t seed)
{
  uint32_t bits[4];

  for (size_t i = tensor->offset; i < tensor->offset + tensor->size; ++i) {
    if (i == tensor->offset || i % 4 == 0)
      partita_philox(seed, PARTITA_RANDOM_WEIGHTS, 0, i / 4, bits);
    model->parameters[i] =
      (PartitaReal)(((double)(bits[i % 4] >> 8) * 0x1p-23 - 1.0) *
                    tensor->bound);
  }
}

PartitaModel *
partita_model_new(const PartitaModelConfig *config, uint64_t seed)
{
  size_t n_parameters = 0;

  g_return_val_if_fail(config != NULL, NULL);
  g_return_val_if_fail(partita_model_config_check(config, &n_parameters), NULL);

  g_autoptr(PartitaModel) model = partita_model_new_empty(config);

  if (model == NULL)
    return NULL;
  for (guint i = 0; i < model->tensors->len; ++i)
    fill_tensor(model, &g_array_index(model->tensors, PartitaModelTensor, i),
                seed);
  if (model->architecture->adjust != NULL)
    model->architecture->adjust(model);
  return g_steal_pointer(&model);
}

void
partita_model_free(PartitaModel *model)
{
  if (model == NULL)
    return;
  g_clear_pointer(&model->tensors, g_array_unref);
  g_clear_pointer(&model->metadata, g_tree_unref);
  if (model->file != NULL)
    g_bytes_unref(model->file);
  else
    g_free(model->parameters);
  g_free(model);
}

const PartitaModelConfig *
partita_model_get_config(const PartitaModel *model)
{
  return &model->config;
}

size_t
partita_model_get_n_parameters(const PartitaModel *model)
{
  return model->n_parameters;
}

PartitaReal *
partita_model_get_parameters(PartitaModel *model)
{
  return model->parameters;
}

void
partita_model_set_backend(PartitaModel *model, const PartitaNnBackend *backend)
{
  g_return_if_fail(backend != NULL);
  model->backend = backend;
}

const PartitaModelTensor *
partita_model_get_tensors(const PartitaModel *model, size_t *n_tensors)
{
  *n_tensors = model->tensors->len;
  return (const PartitaModelTensor *)(void *)model->tensors->data;
}

bool
partita_model_key_is_reserved(const char *key)
{
  return g_str_equal(key, "format") || g_str_equal(key, "version") ||
         g_str_equal(key, "sha256") ||
         g_str_equal(key, PARTITA_SAFETENSORS_SEAL) ||
         g_str_has_prefix(key, "model.");
}

void
partita_model_set_metadata(PartitaModel *model,
                           const char *key,
                           const char *value)
{
  g_return_if_fail(key != NULL && g_utf8_validate(key, -1, NULL));
  g_return_if_fail(value != NULL && g_utf8_validate(value, -1, NULL));
  g_return_if_fail(!partita_model_key_is_reserved(key));
  g_tree_replace(model->metadata, g_strdup(key), g_strdup(value));
}

const char *
partita_model_get_metadata(const PartitaModel *model, const char *key)
{
  return g_tree_lookup(model->metadata, key);
}
