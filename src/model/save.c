// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <base/sha256.h>
#include <json-glib/json-glib.h>
#include <model/model-private.h>
#include <model/safetensors.h>
#include <string.h>

#define LENGTH_SIZE 8

static void
add_string(JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name(builder, key);
  json_builder_add_string_value(builder, value);
}

static void
add_size(JsonBuilder *builder, const char *key, size_t value)
{
  g_autofree char *text = g_strdup_printf("%zu", value);

  add_string(builder, key, text);
}

static void
add_config(JsonBuilder *builder, const PartitaModelConfig *config)
{
  g_autoptr(GString) fields = g_string_new(NULL);
  char dropout[G_ASCII_DTOSTR_BUF_SIZE];

  for (size_t f = 0; f < config->n_fields; ++f)
    g_string_append_printf(fields, "%s%zu", f == 0 ? "" : ",",
                           config->field_size[f]);
  add_string(builder, "model.architecture", config->architecture);
  add_string(builder, "model.dropout",
             g_ascii_dtostr(dropout, sizeof dropout, config->dropout));
  add_string(builder, "model.field_size", fields->str);
  if (config->heads > 0) { // only a Transformer has them
    add_size(builder, "model.context", config->context);
    add_size(builder, "model.heads", config->heads);
  }
  add_size(builder, "model.hidden", config->hidden);
  add_size(builder, "model.layers", config->layers);
  if (config->norm)
    add_size(builder, "model.norm", 1);
  add_size(builder, "model.vocab", config->vocab);
  add_size(builder, "model.width", config->width);
}

static gboolean
add_metadata(gpointer key, gpointer value, gpointer builder)
{
  add_string(builder, key, value);
  return FALSE;
}

static void
add_tensor(JsonBuilder *builder, const PartitaModelTensor *tensor)
{
  json_builder_set_member_name(builder, tensor->name);
  json_builder_begin_object(builder);
  add_string(builder, "dtype", "F32");
  json_builder_set_member_name(builder, "shape");
  json_builder_begin_array(builder);
  for (size_t d = 0; d < tensor->n_dims; ++d)
    json_builder_add_int_value(builder, (gint64)tensor->shape[d]);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "data_offsets");
  json_builder_begin_array(builder);
  json_builder_add_int_value(builder, (gint64)tensor->offset * 4);
  json_builder_add_int_value(builder,
                             (gint64)(tensor->offset + tensor->size) * 4);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

/// (transfer full): filled up with spaces, and sealed
static char *
write_header(const PartitaModel *model, const char *sum, gsize *size)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(JsonGenerator) generator = json_generator_new();
  size_t n_tensors = 0;
  const PartitaModelTensor *const tensors =
    partita_model_get_tensors(model, &n_tensors);

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "__metadata__");
  json_builder_begin_object(builder);
  add_string(builder, "format", "partita");
  add_string(builder, "version", PARTITA_MODEL_FILE_VERSION);
  add_string(builder, "sha256", sum);
  add_string(builder, PARTITA_SAFETENSORS_SEAL, PARTITA_SAFETENSORS_UNSEALED);
  add_config(builder, &model->config);
  g_tree_foreach(model->metadata, add_metadata, builder);
  json_builder_end_object(builder);
  for (size_t i = 0; i < n_tensors; ++i)
    add_tensor(builder, &tensors[i]);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  json_generator_set_root(generator, root);

  g_autofree char *text = json_generator_to_data(generator, size);

  return partita_safetensors_finish_header(text, size);
}

static void
write_weights(uint8_t *to, const PartitaReal *from, size_t n)
{
  for (size_t i = 0; i < n; ++i) {
    const float value = from[i];
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits = GUINT32_TO_LE(bits);
    memcpy(to + 4 * i, &bits, sizeof bits);
  }
}

// The bytes of the file but for its header, after @room bytes left free.
static uint8_t *
write_data(const PartitaModel *model, size_t room)
{
  uint8_t *const bytes = g_try_malloc(room + model->n_parameters * 4);

  if (bytes != NULL)
    write_weights(bytes + room, model->parameters, model->n_parameters);
  return bytes;
}

static bool
refuse(GError **error, const char *what)
{
  g_set_error_literal(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_WRITE,
                      what);
  return false;
}

GBytes *
partita_model_serialize(const PartitaModel *model, GError **error)
{
  const size_t data_size = model->n_parameters * 4;
  g_autofree uint8_t *data = write_data(model, 0);
  gsize length = 0;

  if (data == NULL) {
    refuse(error, "no memory for the file's bytes");
    return NULL;
  }

  g_autofree char *sum = partita_sha256(data, data_size);
  g_autofree char *header = write_header(model, sum, &length);
  const size_t room = LENGTH_SIZE + length;

  if (length > PARTITA_SAFETENSORS_HEADER_MAX) {
    refuse(error, "more metadata than a model file may hold");
    return NULL;
  }
  g_clear_pointer(&data, g_free);

  uint8_t *const bytes = write_data(model, room);

  if (bytes == NULL) {
    refuse(error, "no memory for the file's bytes");
    return NULL;
  }
  for (size_t i = 0; i < LENGTH_SIZE; ++i)
    bytes[i] = (uint8_t)(length >> (8 * i));
  memcpy(bytes + LENGTH_SIZE, header, length);
  return g_bytes_new_take(bytes, room + data_size);
}

bool
partita_model_save(const PartitaModel *model, const char *path, GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(GBytes) bytes = partita_model_serialize(model, error);
  gsize size = 0;

  if (bytes == NULL) {
    g_autofree char *shown = partita_file_display(path);

    g_prefix_error(error, "%s: ", shown);
    return false;
  }

  const void *const data = g_bytes_get_data(bytes, &size);

  return partita_file_replace_bytes(path, data, size, &cause) ||
         refuse(error, cause->message);
}
