// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Tensors from memory to a file, and back. */

#include <base/file.h>
#include <base/sha256.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <model/safetensors.h>
#include <partita/model.h>
#include <stdio.h>
#include <string.h>

#define LENGTH_SIZE 8
#define BLOCK_SIZE ((size_t)1 << 16)

static size_t
measure(const PartitaSafetensorNumbers *tensor)
{
  size_t size = partita_safetensors_get_dtype_size(tensor->dtype);

  for (size_t d = 0; d < tensor->n_dims; ++d)
    size *= tensor->shape[d];
  return size;
}

// From the machine's order to little-endian, or back.
static void
copy_little_endian(uint8_t *to, const uint8_t *from, size_t size, size_t unit)
{
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN) {
    if (size > 0) // else there may be no numbers to point to
      memcpy(to, from, size);
    return;
  }
  for (size_t i = 0; i < size; ++i)
    to[i] = from[i / unit * unit + unit - 1 - i % unit];
}

/// Takes the next bytes of the data.
typedef bool
Sink(const uint8_t *bytes, size_t size, void *data);

static bool
pour(const PartitaSafetensorNumbers *tensor, Sink *sink, void *data)
{
  const uint8_t *const numbers = tensor->numbers;
  const size_t unit = partita_safetensors_get_dtype_size(tensor->dtype);
  const size_t size = measure(tensor);
  uint8_t block[BLOCK_SIZE];

  for (size_t at = 0; at < size; at += BLOCK_SIZE) {
    const size_t n = MIN(BLOCK_SIZE, size - at);

    copy_little_endian(block, numbers + at, n, unit);
    if (!sink(block, n, data))
      return false;
  }
  return true;
}

static bool
add_to_sum(const uint8_t *bytes, size_t size, void *data)
{
  g_checksum_update(data, bytes, (gssize)size);
  return true;
}

static void
add_string(JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name(builder, key);
  json_builder_add_string_value(builder, value);
}

static void
add_tensor(JsonBuilder *builder,
           const PartitaSafetensorNumbers *tensor,
           size_t begin)
{
  json_builder_set_member_name(builder, tensor->name);
  json_builder_begin_object(builder);
  add_string(builder, "dtype", tensor->dtype);
  json_builder_set_member_name(builder, "shape");
  json_builder_begin_array(builder);
  for (size_t d = 0; d < tensor->n_dims; ++d)
    json_builder_add_int_value(builder, (gint64)tensor->shape[d]);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "data_offsets");
  json_builder_begin_array(builder);
  json_builder_add_int_value(builder, (gint64)begin);
  json_builder_add_int_value(builder, (gint64)(begin + measure(tensor)));
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

/// What partita_safetensors_save() was given.
typedef struct {
  const char *path; // the one to name in messages
  const char *const *metadata;
  const PartitaSafetensorNumbers *tensors;
  size_t n_tensors;
} Job;

/// (transfer full): filled up with spaces, and sealed
static char *
write_header(const Job *job, const char *sum, gsize *size)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(JsonGenerator) generator = json_generator_new();
  size_t begin = 0;

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "__metadata__");
  json_builder_begin_object(builder);
  add_string(builder, "sha256", sum);
  add_string(builder, PARTITA_SAFETENSORS_SEAL, PARTITA_SAFETENSORS_UNSEALED);
  for (const char *const *pair = job->metadata; *pair != NULL; pair += 2)
    add_string(builder, pair[0], pair[1]);
  json_builder_end_object(builder);
  for (size_t i = 0; i < job->n_tensors; ++i) {
    add_tensor(builder, &job->tensors[i], begin);
    begin += measure(&job->tensors[i]);
  }
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  json_generator_set_root(generator, root);

  g_autofree char *text = json_generator_to_data(generator, size);

  return partita_safetensors_finish_header(text, size);
}

static bool
write_bytes(const uint8_t *bytes, size_t size, void *file)
{
  return fwrite(bytes, 1, size, file) == size;
}

static bool
write_all(const Job *job, FILE *file)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  gsize length = 0;

  for (size_t i = 0; i < job->n_tensors; ++i)
    (void)pour(&job->tensors[i], add_to_sum, sum);

  g_autofree char *header =
    write_header(job, g_checksum_get_string(sum), &length);

  for (size_t i = 0; i < LENGTH_SIZE; ++i)
    if (fputc((uint8_t)(length >> (8 * i)), file) == EOF)
      return false;
  if (!write_bytes((const uint8_t *)header, length, file))
    return false;
  for (size_t i = 0; i < job->n_tensors; ++i)
    if (!pour(&job->tensors[i], write_bytes, file))
      return false;
  return true;
}

static bool
write_file(const char *path, void *data, GError **error)
{
  const Job *const job = data;
  FILE *const file = g_fopen(path, "wbe");
  const bool written = file != NULL && write_all(job, file);
  const int code = errno;
  const bool closed = file != NULL && fclose(file) == 0;

  if (written && closed)
    return true;

  const int cause = written ? errno : code;
  g_autofree char *shown = partita_file_display(job->path);

  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(cause),
              "%s: cannot write: %s", shown, g_strerror(cause));
  return false;
}

bool
partita_safetensors_save(const char *path,
                         const char *const *metadata,
                         const PartitaSafetensorNumbers *tensors,
                         size_t n_tensors,
                         GError **error)
{
  Job job = {path, metadata, tensors, n_tensors};

  return partita_file_replace(path, write_file, &job, error);
}

static const PartitaSafetensor *
find_tensor(const PartitaSafetensors *file,
            const PartitaSafetensorNumbers *wanted)
{
  for (guint i = 0; i < file->tensors->len; ++i) {
    const PartitaSafetensor *const tensor = file->tensors->pdata[i];

    if (g_str_equal(tensor->name, wanted->name))
      return g_str_equal(tensor->dtype, wanted->dtype) &&
                 tensor->n_dims == wanted->n_dims &&
                 memcmp(tensor->shape, wanted->shape,
                        sizeof *tensor->shape * wanted->n_dims) == 0
               ? tensor
               : NULL;
  }
  return NULL;
}

static bool
check_sum(const PartitaSafetensors *file, GError **error)
{
  g_autofree char *sum = partita_sha256(file->data, file->data_size);

  if (g_strcmp0(g_hash_table_lookup(file->metadata, "sha256"), sum) == 0)
    return true;
  g_set_error_literal(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                      "the data do not have the SHA-256 the file gives");
  return false;
}

bool
partita_safetensors_take(const PartitaSafetensors *file,
                         const PartitaSafetensorNumbers *tensors,
                         size_t n_tensors,
                         GError **error)
{
  for (size_t i = 0; i < n_tensors; ++i)
    if (find_tensor(file, &tensors[i]) == NULL) {
      g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                  "no tensor \"%s\" of the shape asked for", tensors[i].name);
      return false;
    }
  if (file->tensors->len != n_tensors) {
    g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                "%u tensors, %zu expected", file->tensors->len, n_tensors);
    return false;
  }
  if (!check_sum(file, error))
    return false;
  for (size_t i = 0; i < n_tensors; ++i)
    copy_little_endian(tensors[i].numbers,
                       file->data + find_tensor(file, &tensors[i])->begin,
                       measure(&tensors[i]),
                       partita_safetensors_get_dtype_size(tensors[i].dtype));
  return true;
}
