// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <model/safetensors.h>
#include <partita/model.h>
#include <string.h>

#define LENGTH_SIZE 8
#define METADATA "__metadata__"

static bool
refuse(GError **error, const char *what, const char *name)
{
  g_autofree char *shown = g_strescape(name, NULL);

  g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
              "%s: \"%s\"", what, shown);
  return false;
}

static void
free_tensor(void *pointer)
{
  PartitaSafetensor *const tensor = pointer;

  g_free(tensor->name);
  g_free(tensor->dtype);
  g_free(tensor);
}

void
partita_safetensors_free(PartitaSafetensors *file)
{
  if (file == NULL)
    return;
  g_hash_table_unref(file->metadata);
  g_ptr_array_unref(file->tensors);
  g_free(file);
}

static void
count_member(JsonParser *parser, JsonObject *object, const char *name, void *n)
{
  (void)parser;
  (void)object;
  (void)name;
  ++*(size_t *)n;
}

static size_t
count_members(JsonObject *object)
{
  g_autoptr(GList) values = json_object_get_values(object);
  size_t n = json_object_get_size(object);

  for (const GList *at = values; at != NULL; at = at->next)
    if (JSON_NODE_HOLDS_OBJECT(at->data))
      n += count_members(json_node_get_object(at->data));
  return n;
}

/* JSON-GLib lets the last of equal names stand, but reports each as it reads
 * it: more reported than kept means that one was lost. */
static JsonNode *
read_json(const char *text, size_t size, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) cause = NULL;
  size_t reported = 0;

  g_signal_connect(parser, "object-member", G_CALLBACK(count_member),
                   &reported);
  if (!json_parser_load_from_data(parser, text, (gssize)size, &cause)) {
    g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                "the header is no JSON: %s", cause->message);
    return NULL;
  }

  g_autoptr(JsonNode) root = json_parser_steal_root(parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root) ||
      count_members(json_node_get_object(root)) != reported) {
    g_set_error_literal(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                        "the header names something twice");
    return NULL;
  }
  return g_steal_pointer(&root);
}

static bool
holds_string(JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
         json_node_get_value_type(node) == G_TYPE_STRING;
}

static bool
read_metadata(PartitaSafetensors *file, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key = NULL;
  JsonNode *value = NULL;

  if (!JSON_NODE_HOLDS_OBJECT(node))
    return refuse(error, "no object", METADATA);
  json_object_iter_init(&iter, json_node_get_object(node));
  while (json_object_iter_next(&iter, &key, &value)) {
    if (!holds_string(value))
      return refuse(error, "metadata that is no string", key);
    g_hash_table_replace(file->metadata, g_strdup(key),
                         g_strdup(json_node_get_string(value)));
  }
  return true;
}

/// Reads an array of at most @max whole numbers; false if it is none.
static bool
read_sizes(JsonNode *node, size_t max, size_t *sizes, size_t *n)
{
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
    return false;

  JsonArray *const array = json_node_get_array(node);

  *n = json_array_get_length(array);
  if (*n > max)
    return false;
  for (guint i = 0; i < *n; ++i) {
    JsonNode *const element = json_array_get_element(array, i);

    if (!JSON_NODE_HOLDS_VALUE(element) ||
        json_node_get_value_type(element) != G_TYPE_INT64)
      return false;

    const gint64 value = json_node_get_int(element);

    if (value < 0 || (guint64)value > G_MAXSIZE)
      return false;
    sizes[i] = (size_t)value;
  }
  return true;
}

size_t
partita_safetensors_get_dtype_size(const char *dtype)
{
  static const struct {
    const char *name;
    size_t size;
  } types[] = {
    {"BOOL", 1}, {"U8", 1},   {"I8", 1},  {"I16", 2}, {"U16", 2},
    {"F16", 2},  {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},
    {"F64", 8},  {"I64", 8},  {"U64", 8},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(types); ++i)
    if (g_str_equal(types[i].name, dtype))
      return types[i].size;
  return 0;
}

static bool
shape_gives_size(const PartitaSafetensor *tensor)
{
  size_t size = partita_safetensors_get_dtype_size(tensor->dtype);

  if (size == 0 || tensor->begin > tensor->end)
    return false;
  for (size_t d = 0; d < tensor->n_dims; ++d)
    if (!g_size_checked_mul(&size, size, tensor->shape[d]))
      return false;
  return size == tensor->end - tensor->begin;
}

static bool
read_tensor(PartitaSafetensors *file,
            const char *name,
            JsonNode *node,
            GError **error)
{
  size_t offsets[2];
  size_t n_offsets = 0;

  if (!JSON_NODE_HOLDS_OBJECT(node))
    return refuse(error, "no object", name);

  JsonObject *const object = json_node_get_object(node);
  JsonNode *const dtype = json_object_get_member(object, "dtype");
  PartitaSafetensor *const tensor = g_new0(PartitaSafetensor, 1);

  g_ptr_array_add(file->tensors, tensor);
  tensor->name = g_strdup(name);
  if (json_object_get_size(object) != 3 || !holds_string(dtype))
    return refuse(error, "not type, shape and offsets", name);
  tensor->dtype = g_strdup(json_node_get_string(dtype));
  if (!read_sizes(json_object_get_member(object, "shape"),
                  PARTITA_SAFETENSORS_DIMS_MAX, tensor->shape,
                  &tensor->n_dims) ||
      !read_sizes(json_object_get_member(object, "data_offsets"),
                  G_N_ELEMENTS(offsets), offsets, &n_offsets) ||
      n_offsets != 2)
    return refuse(error, "not type, shape and offsets", name);
  tensor->begin = offsets[0];
  tensor->end = offsets[1];
  return shape_gives_size(tensor) ||
         refuse(error, "shape and offsets disagree", name);
}

static int
compare_places(gconstpointer a, gconstpointer b)
{
  const PartitaSafetensor *const first = *(PartitaSafetensor *const *)a;
  const PartitaSafetensor *const second = *(PartitaSafetensor *const *)b;

  if (first->begin != second->begin)
    return first->begin < second->begin ? -1 : 1;
  if (first->end != second->end)
    return first->end < second->end ? -1 : 1;
  return strcmp(first->name, second->name);
}

static bool
check_tiling(PartitaSafetensors *file, GError **error)
{
  size_t end = 0;

  g_ptr_array_sort(file->tensors, compare_places);
  for (guint i = 0; i < file->tensors->len; ++i) {
    const PartitaSafetensor *const tensor = file->tensors->pdata[i];

    if (tensor->begin != end)
      return refuse(error, "a hole or an overlap before", tensor->name);
    end = tensor->end;
  }
  if (end == file->data_size)
    return true;
  g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
              "%zu bytes of data, %zu expected", file->data_size, end);
  return false;
}

static bool
read_header(PartitaSafetensors *file,
            const char *text,
            size_t size,
            GError **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (!partita_safetensors_check_text(text, size, error))
    return false;

  g_autoptr(JsonNode) root = read_json(text, size, error);

  if (root == NULL)
    return false;
  json_object_iter_init(&iter, json_node_get_object(root));
  while (json_object_iter_next(&iter, &name, &value))
    if (!(g_str_equal(name, METADATA) ? read_metadata(file, value, error)
                                      : read_tensor(file, name, value, error)))
      return false;
  return check_tiling(file, error);
}

PartitaSafetensors *
partita_safetensors_parse(const uint8_t *bytes, size_t size, GError **error)
{
  uint64_t length = 0;

  for (size_t i = 0; i < LENGTH_SIZE && i < size; ++i)
    length |= (uint64_t)bytes[i] << (8 * i);
  if (size < LENGTH_SIZE || length > size - LENGTH_SIZE ||
      length > PARTITA_SAFETENSORS_HEADER_MAX) {
    g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                "byte 0: a header of %" G_GUINT64_FORMAT
                " bytes in a file of %zu",
                (guint64)length, size);
    return NULL;
  }

  g_autoptr(PartitaSafetensors) file = g_new0(PartitaSafetensors, 1);

  file->metadata =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  file->tensors = g_ptr_array_new_with_free_func(free_tensor);
  file->header = (const char *)bytes + LENGTH_SIZE;
  file->header_size = (size_t)length;
  file->data = bytes + LENGTH_SIZE + length;
  file->data_size = size - LENGTH_SIZE - (size_t)length;
  return read_header(file, file->header, file->header_size, error)
           ? g_steal_pointer(&file)
           : NULL;
}
