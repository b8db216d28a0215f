// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <base/sha256.h>
#include <math.h>
#include <model/model-private.h>
#include <model/safetensors.h>
#include <string.h>

#define FILE_MAX (((size_t)4 << 30) + PARTITA_SAFETENSORS_HEADER_MAX + 8)

/// The version before, whose header has no seal.
#define VERSION_WITHOUT_SEAL "1"

G_STATIC_ASSERT(sizeof(float) == 4);

GQuark
partita_model_error_quark(void)
{
  return g_quark_from_static_string("partita-model-error-quark");
}

G_GNUC_PRINTF(3, 4)
static bool
refuse(GError **error, PartitaModelError code, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_propagate_error(error, g_error_new_valist(PARTITA_MODEL_ERROR, (int)code,
                                              format, arguments));
  va_end(arguments);
  return false;
}

static bool
check_version(const PartitaSafetensors *file, GError **error)
{
  const char *const format = g_hash_table_lookup(file->metadata, "format");
  const char *const version = g_hash_table_lookup(file->metadata, "version");

  if (g_strcmp0(format, "partita") != 0 || version == NULL)
    return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                  "a safetensors file, but no model of Partita");

  const bool current = g_str_equal(version, PARTITA_MODEL_FILE_VERSION);

  if (!current && !g_str_equal(version, VERSION_WITHOUT_SEAL)) {
    g_autofree char *shown = g_strescape(version, NULL);

    return refuse(error, PARTITA_MODEL_ERROR_VERSION,
                  "a model of version \"%s\"; this program reads "
                  "versions " VERSION_WITHOUT_SEAL
                  " and " PARTITA_MODEL_FILE_VERSION,
                  shown);
  }
  return partita_safetensors_check_seal(file, current, error);
}

static bool
read_size(const PartitaSafetensors *file, const char *key, size_t *size)
{
  const char *const text = g_hash_table_lookup(file->metadata, key);
  guint64 value = 0;

  if (text == NULL ||
      !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL))
    return false;
  *size = (size_t)value;
  return true;
}

/// 0 if the file does not give it.
static bool
read_optional_size(const PartitaSafetensors *file,
                   const char *key,
                   size_t *size)
{
  *size = 0;
  return !g_hash_table_contains(file->metadata, key) ||
         read_size(file, key, size);
}

static bool
read_field_sizes(const PartitaSafetensors *file, PartitaModelConfig *config)
{
  const char *const text =
    g_hash_table_lookup(file->metadata, "model.field_size");

  if (text == NULL)
    return false;

  g_auto(GStrv) words = g_strsplit(text, ",", PARTITA_MODEL_FIELDS_MAX + 1);

  config->n_fields = g_strv_length(words);
  if (config->n_fields > PARTITA_MODEL_FIELDS_MAX)
    return false;
  for (size_t f = 0; f < config->n_fields; ++f) {
    guint64 value = 0;

    if (!g_ascii_string_to_unsigned(words[f], 10, 0, G_MAXUINT32, &value, NULL))
      return false;
    config->field_size[f] = (size_t)value;
  }
  return true;
}

static bool
read_dropout(const PartitaSafetensors *file, double *dropout)
{
  const char *const text = g_hash_table_lookup(file->metadata, "model.dropout");
  char *end = NULL;

  if (text == NULL || !g_ascii_isdigit(text[0]))
    return false;
  *dropout = g_ascii_strtod(text, &end);
  return *end == '\0';
}

/// None in files from before there was one.
static bool
read_norm(const PartitaSafetensors *file, bool *norm)
{
  size_t value = 0;
  const bool read = read_optional_size(file, "model.norm", &value);

  *norm = value == 1;
  return read && value <= 1;
}

static bool
read_config(const PartitaSafetensors *file,
            PartitaModelConfig *config,
            GError **error)
{
  const char *const architecture =
    g_hash_table_lookup(file->metadata, "model.architecture");
  size_t n_parameters = 0;

  *config = (PartitaModelConfig){0};
  if (architecture == NULL ||
      g_strlcpy(config->architecture, architecture,
                sizeof config->architecture) >= sizeof config->architecture ||
      !read_size(file, "model.vocab", &config->vocab) ||
      !read_field_sizes(file, config) ||
      !read_size(file, "model.width", &config->width) ||
      !read_size(file, "model.hidden", &config->hidden) ||
      !read_size(file, "model.layers", &config->layers) ||
      !read_optional_size(file, "model.heads", &config->heads) ||
      !read_optional_size(file, "model.context", &config->context) ||
      !read_norm(file, &config->norm) ||
      !read_dropout(file, &config->dropout) ||
      !partita_model_config_check(config, &n_parameters))
    return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                  "settings that describe no model");
  if (file->data_size / sizeof(float) != n_parameters ||
      file->data_size % sizeof(float) != 0)
    return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                  "%zu bytes of weights; the settings ask for %zu",
                  file->data_size, n_parameters * sizeof(float));
  return true;
}

static bool
check_sum(const PartitaSafetensors *file, GError **error)
{
  g_autofree char *sum = partita_sha256(file->data, file->data_size);

  if (g_strcmp0(g_hash_table_lookup(file->metadata, "sha256"), sum) == 0)
    return true;
  return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                "the weights do not have the SHA-256 the file gives");
}

static const PartitaSafetensor *
find_tensor(const PartitaSafetensors *file, const PartitaModelTensor *wanted)
{
  for (guint i = 0; i < file->tensors->len; ++i) {
    const PartitaSafetensor *const tensor = file->tensors->pdata[i];

    if (g_str_equal(tensor->name, wanted->name))
      return g_str_equal(tensor->dtype, "F32") &&
                 tensor->n_dims == wanted->n_dims &&
                 memcmp(tensor->shape, wanted->shape,
                        sizeof *tensor->shape * wanted->n_dims) == 0
               ? tensor
               : NULL;
  }
  return NULL;
}

/// Whether every little-endian number is finite.
static bool
are_finite(const uint8_t *from, size_t n)
{
  uint32_t bad = 0;

  for (size_t i = 0; i < n; ++i) {
    uint32_t bits;

    memcpy(&bits, from + 4 * i, sizeof bits);
    bits = GUINT32_FROM_LE(bits);
    bad |= (bits & 0x7F800000u) == 0x7F800000u;
  }
  return bad == 0;
}

static void
copy_weights(PartitaReal *to, const uint8_t *from, size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    uint32_t bits;
    float value;

    memcpy(&bits, from + 4 * i, sizeof bits);
    bits = GUINT32_FROM_LE(bits);
    memcpy(&value, &bits, sizeof value);
    to[i] = value;
  }
}

/// Finds the model's tensors, @tensors: (out caller-allocates): in its order.
static bool
find_tensors(const PartitaModel *model,
             const PartitaSafetensors *file,
             const PartitaSafetensor **tensors,
             GError **error)
{
  size_t n_tensors = 0;
  const PartitaModelTensor *const wanted =
    partita_model_get_tensors(model, &n_tensors);

  if (file->tensors->len != n_tensors)
    return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                  "%u tensors; the settings ask for %zu", file->tensors->len,
                  n_tensors);
  for (size_t i = 0; i < n_tensors; ++i) {
    tensors[i] = find_tensor(file, &wanted[i]);
    if (tensors[i] == NULL)
      return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                    "no tensor \"%s\" of the shape asked for", wanted[i].name);
    if (!are_finite(file->data + tensors[i]->begin, wanted[i].size))
      return refuse(error, PARTITA_MODEL_ERROR_BROKEN,
                    "weights of \"%s\" are no finite numbers", wanted[i].name);
  }
  return true;
}

/// Whether the data are the flat vector just as it lies in memory.
static bool
fits_in_place(const PartitaModel *model,
              const PartitaSafetensors *file,
              const PartitaSafetensor *const *tensors)
{
  for (guint i = 0; i < model->tensors->len; ++i)
    if (tensors[i]->begin !=
        4 * g_array_index(model->tensors, PartitaModelTensor, i).offset)
      return false;
  return G_BYTE_ORDER == G_LITTLE_ENDIAN &&
         (uintptr_t)file->data % sizeof(PartitaReal) == 0;
}

/**
 * take_weights:
 * @owner: (nullable): of the bytes of @file, if they may be written to
 *
 * Without a copy where it can be.
 */
static bool
take_weights(PartitaModel *model,
             const PartitaSafetensors *file,
             GBytes *owner,
             GError **error)
{
  g_autofree const PartitaSafetensor **tensors =
    g_new(const PartitaSafetensor *, model->tensors->len + 1);

  if (!find_tensors(model, file, tensors, error))
    return false;
  if (owner != NULL && fits_in_place(model, file, tensors)) {
    model->file = g_bytes_ref(owner);
    model->parameters = (PartitaReal *)(uintptr_t)file->data;
    return true;
  }
  model->parameters = g_try_new(PartitaReal, model->n_parameters);
  if (model->parameters == NULL)
    return refuse(error, PARTITA_MODEL_ERROR_READ,
                  "no memory for %zu bytes of weights", file->data_size);
  for (guint i = 0; i < model->tensors->len; ++i) {
    const PartitaModelTensor *const tensor =
      &g_array_index(model->tensors, PartitaModelTensor, i);

    copy_weights(model->parameters + tensor->offset,
                 file->data + tensors[i]->begin, tensor->size);
  }
  return true;
}

static void
keep_metadata(PartitaModel *model, const PartitaSafetensors *file)
{
  GHashTableIter iter;
  gpointer key = NULL;
  gpointer value = NULL;

  g_hash_table_iter_init(&iter, file->metadata);
  while (g_hash_table_iter_next(&iter, &key, &value))
    if (!partita_model_key_is_reserved(key))
      partita_model_set_metadata(model, key, value);
}

/// @owner: (nullable): of @data, if they may be written to
static PartitaModel *
parse(const uint8_t *data, size_t size, GBytes *owner, GError **error)
{
  PartitaModelConfig config;

  if (!partita_nn_init(error))
    return NULL;

  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, error);

  if (file == NULL || !check_version(file, error) ||
      !read_config(file, &config, error) || !check_sum(file, error))
    return NULL;

  g_autoptr(PartitaModel) model = partita_model_new_bare(&config);

  if (!take_weights(model, file, owner, error))
    return NULL;
  keep_metadata(model, file);
  return g_steal_pointer(&model);
}

PartitaModel *
partita_model_parse(const uint8_t *data, size_t size, GError **error)
{
  return parse(data, size, NULL, error);
}

PartitaModel *
partita_model_load(const char *path, GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(GBytes) bytes = partita_file_map(path, FILE_MAX, &cause);
  PartitaModel *model = NULL;
  gsize size = 0;

  if (bytes == NULL) {
    refuse(error, PARTITA_MODEL_ERROR_READ, "%s", cause->message);
    return NULL;
  }

  const uint8_t *const data = g_bytes_get_data(bytes, &size);

  model = parse(data, size, bytes, error);
  if (model == NULL) {
    g_autofree char *shown = partita_file_display(path);

    g_prefix_error(error, "%s: ", shown);
  }
  return model;
}
