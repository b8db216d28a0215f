// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib/gstdio.h>
#include <math.h>
#include <model/model-private.h>
#include <model/safetensors.h>
#include <string.h>

static const PartitaModelConfig config = {
  .architecture = "lstm",
  .vocab = 5,
  .n_fields = 2,
  .field_size = {5, 3},
  .width = 4,
  .hidden = 3,
  .layers = 2,
  .norm = true,
  .dropout = 0.1,
};

static PartitaModel *
new_model(void)
{
  PartitaModel *const model = partita_model_new(&config, 11);

  partita_model_set_metadata(model, "vocabulary",
                             "\"quoted\" \\ \t\n \x01 \x7f é 𝄞");
  partita_model_set_metadata(model, "", "empty key");
  return model;
}

static GBytes *
new_file(void)
{
  g_autoptr(PartitaModel) model = new_model();
  GBytes *const bytes = partita_model_serialize(model, NULL);

  g_assert_nonnull(bytes);
  return bytes;
}

static void
assert_refused(const void *data, size_t size, PartitaModelError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaModel) model = partita_model_parse(data, size, &error);

  g_assert_null(model);
  g_assert_error(error, PARTITA_MODEL_ERROR, (int)code);
}

static void
assert_equal(const PartitaModel *a, const PartitaModel *b)
{
  g_assert_cmpint(memcmp(partita_model_get_config(a),
                         partita_model_get_config(b),
                         sizeof(PartitaModelConfig)),
                  ==, 0);
  g_assert_cmpuint(partita_model_get_n_parameters(a), ==,
                   partita_model_get_n_parameters(b));
  g_assert_cmpint(
    memcmp(a->parameters, b->parameters, a->n_parameters * sizeof(float)), ==,
    0);
  g_assert_cmpstr(partita_model_get_metadata(a, "vocabulary"), ==,
                  partita_model_get_metadata(b, "vocabulary"));
  g_assert_cmpstr(partita_model_get_metadata(a, ""), ==,
                  partita_model_get_metadata(b, ""));
}

// Law: what is saved is loaded bit for bit, and saved again gives its bytes.
static void
test_round_trip(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp(NULL, &error);
  g_autofree char *path = g_build_filename(folder, "m.safetensors", NULL);
  g_autoptr(PartitaModel) model = new_model();

  g_assert_true(partita_model_save(model, path, &error));
  g_assert_no_error(error);

  g_autoptr(PartitaModel) loaded = partita_model_load(path, &error);

  g_assert_no_error(error);
  assert_equal(model, loaded);

  g_autoptr(GBytes) first = partita_model_serialize(model, NULL);
  g_autoptr(GBytes) second = partita_model_serialize(loaded, NULL);

  g_assert_true(g_bytes_equal(first, second));
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* Law: a model does not change when another file takes the place of its own,
 * and its file does not change with it. */
static void
test_in_place(void)
{
  g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
  g_autofree char *path = g_build_filename(folder, "m.safetensors", NULL);
  g_autoptr(PartitaModel) model = new_model();
  g_autoptr(PartitaModel) other = partita_model_new(&config, 12);

  g_assert_true(partita_model_save(model, path, NULL));

  g_autoptr(PartitaModel) loaded = partita_model_load(path, NULL);
  g_autoptr(PartitaModel) changed = partita_model_load(path, NULL);

  partita_model_get_parameters(changed)[3] = 7.0f;
  g_autoptr(PartitaModel) again = partita_model_load(path, NULL);
  assert_equal(model, again);
  g_assert_true(partita_model_save(other, path, NULL));
  assert_equal(model, loaded);
  g_assert_cmpfloat(partita_model_get_parameters(changed)[3], ==, 7.0f);
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/// Writes @file with its tensors in the reverse order.
static void
save_reversed(const PartitaSafetensors *file, const char *path)
{
  g_autoptr(GPtrArray) metadata = g_ptr_array_new();
  g_autofree PartitaSafetensorNumbers *tensors =
    g_new0(PartitaSafetensorNumbers, file->tensors->len);
  GHashTableIter iter;
  void *key = NULL;
  void *value = NULL;

  g_hash_table_iter_init(&iter, file->metadata);
  while (g_hash_table_iter_next(&iter, &key, &value)) {
    if (g_str_equal(key, "sha256"))
      continue;
    g_ptr_array_add(metadata, key);
    g_ptr_array_add(metadata, value);
  }
  g_ptr_array_add(metadata, NULL);
  for (guint i = 0; i < file->tensors->len; ++i) {
    const PartitaSafetensor *tensor =
      file->tensors->pdata[file->tensors->len - 1 - i];

    tensors[i] = (PartitaSafetensorNumbers){
      .name = tensor->name,
      .dtype = tensor->dtype,
      .n_dims = tensor->n_dims,
      .numbers = (void *)(uintptr_t)(file->data + tensor->begin)};
    memcpy(tensors[i].shape, tensor->shape, sizeof tensor->shape);
  }
  g_assert_true(
    partita_safetensors_save(path, (const char *const *)(void *)metadata->pdata,
                             tensors, file->tensors->len, NULL));
}

/* Tensors in another order than the model's are found too. */
static void
test_reversed(void)
{
  g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
  g_autofree char *path = g_build_filename(folder, "m.safetensors", NULL);
  g_autoptr(PartitaModel) model = new_model();
  g_autoptr(GBytes) bytes = new_file();
  g_autoptr(GError) error = NULL;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, NULL);

  save_reversed(file, path);
  g_autoptr(PartitaModel) loaded = partita_model_load(path, &error);
  g_assert_no_error(error);
  assert_equal(model, loaded);
  g_assert_cmpint(g_unlink(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void
test_paths_named(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaModel) model = new_model();

  g_assert_null(partita_model_load("/no/such/model", &error));
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_READ);
  g_assert_nonnull(strstr(error->message, "/no/such/model"));
  g_clear_error(&error);
  g_assert_null(partita_model_load("/dev/zero", &error));
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_READ);
  g_clear_error(&error);
  g_assert_false(partita_model_save(model, "/no/such/model", &error));
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_WRITE);
  g_assert_nonnull(strstr(error->message, "/no/such/model"));
}

static void
test_broken_file_named(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  const int file = g_file_open_tmp(NULL, &path, &error);

  g_assert_no_error(error);
  g_assert_true(g_close(file, NULL));
  g_assert_null(partita_model_load(path, &error));
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN);
  g_assert_true(g_str_has_prefix(error->message, path));
  g_assert_cmpint(g_unlink(path), ==, 0);
}

// Law: every proper prefix is refused, and so is what is longer.
static void
test_truncated(void)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const uint8_t *const data = g_bytes_get_data(file, &size);

  for (size_t n = 0; n < size; ++n) {
    g_autofree uint8_t *prefix = g_memdup2(data, n);

    assert_refused(prefix, n, PARTITA_MODEL_ERROR_BROKEN);
  }

  g_autofree uint8_t *longer = g_malloc0(size + 4);

  memcpy(longer, data, size);
  assert_refused(longer, size + 4, PARTITA_MODEL_ERROR_BROKEN);
}

// Law: no flipped bit of the weights passes.
static void
test_flipped(void)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);
  g_autofree uint8_t *copy = g_memdup2(data, size);
  uint64_t length;

  memcpy(&length, copy, sizeof length);
  length = GUINT64_FROM_LE(length);
  for (size_t at = 8 + (size_t)length; at < size; ++at) {
    copy[at] ^= (uint8_t)(1u << (at % 8));
    assert_refused(copy, size, PARTITA_MODEL_ERROR_BROKEN);
    copy[at] ^= (uint8_t)(1u << (at % 8));
  }
}

// Any change of a byte of the header is refused or changes no weight.
static void
test_header_noise(void)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);

  for (int i = 0; i < 3000; ++i) {
    g_autofree uint8_t *copy = g_memdup2(data, size);
    const int at = g_test_rand_int_range(0, 600);

    copy[at] = (uint8_t)g_test_rand_int_range(0, 256);

    g_autoptr(GError) error = NULL;
    g_autoptr(PartitaModel) model = partita_model_parse(copy, size, &error);

    g_assert_true((model == NULL) == (error != NULL));
  }
}

/* The file with its header's text, of which @from is replaced by @to. */
static GBytes *
edit_header(const char *from, const char *to)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const uint8_t *const data = g_bytes_get_data(file, &size);
  uint64_t length;

  memcpy(&length, data, sizeof length);
  length = GUINT64_FROM_LE(length);

  g_autofree char *text = g_strndup((const char *)data + 8, (size_t)length);
  g_auto(GStrv) parts = g_strsplit(text, from, 2);

  g_assert_cmpuint(g_strv_length(parts), ==, 2);

  g_autofree char *edited = g_strjoinv(to, parts);
  const uint64_t edited_length = strlen(edited);

  // So that it is the edit that is refused.
  partita_safetensors_seal(edited, edited_length);

  const uint64_t stored = GUINT64_TO_LE(edited_length);
  GByteArray *const array = g_byte_array_new();

  g_byte_array_append(array, (const guint8 *)&stored, sizeof stored);
  g_byte_array_append(array, (const guint8 *)edited, (guint)edited_length);
  g_byte_array_append(array, data + 8 + length,
                      (guint)(size - 8 - (size_t)length));
  return g_byte_array_free_to_bytes(array);
}

static void
assert_edit_refused(const char *from, const char *to, PartitaModelError code)
{
  g_autoptr(GBytes) file = edit_header(from, to);
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);

  assert_refused(data, size, code);
}

/// What of a header is replaced, so that it is refused.
static const struct {
  const char *from;
  const char *to;
} edits[] = {
  {"\"format\":\"partita\"", "\"format\":\"other\""},
  {"\"format\":\"partita\",", ""},
  {"\"version\":\"2\",", ""},
  {"\"version\":\"2\"", "\"version\":1"},
  // duplicates, in the metadata, of a tensor and inside one
  {"\"version\":\"2\"", "\"version\":\"2\",\"version\":\"2\""},
  {"\"head.bias\"", "\"head.weight\""},
  {"\"dtype\":\"F32\"", "\"dtype\":\"F32\",\"dtype\":\"F32\""},
  // types, shapes and places
  {"\"dtype\":\"F32\"", "\"dtype\":\"I32\""},
  {"\"dtype\":\"F32\"", "\"dtype\":\"X32\""},
  {"\"shape\":[5,4]", "\"shape\":[4,5]"},
  {"\"shape\":[5,4]", "\"shape\":[20]"},
  {"\"shape\":[5,4]", "\"shape\":[5,4,4611686018427387905]"},
  {"\"shape\":[5,4]", "\"shape\":[5,4,1,1,1,1,1,1,1]"},
  {"\"shape\":[5,4]", "\"shape\":[\"5\",4]"},
  {"\"data_offsets\":[0,80]", "\"data_offsets\":[80,0]"},
  {"\"data_offsets\":[0,80]", "\"data_offsets\":[4,84]"},
  {"\"data_offsets\":[80,128]", "\"data_offsets\":[0,48]"},
  {"\"data_offsets\":[80,128]", "\"data_offsets\":[76,124]"},
  {"\"data_offsets\":[0,80]", "\"data_offsets\":[0,80,80]"},
  {"\"data_offsets\":[0,80]", "\"data_offsets\":[0,99999999999999999999]"},
  // settings
  {"\"model.hidden\":\"3\"", "\"model.hidden\":\"4\""},
  {"\"model.hidden\":\"3\"", "\"model.hidden\":\"0\""},
  {"\"model.hidden\":\"3\"", "\"model.hidden\":\"-3\""},
  {"\"model.hidden\":\"3\"", "\"model.hidden\":\"99999999999\""},
  {"\"model.layers\":\"2\"", "\"model.layers\":\"3\""},
  {"\"model.layers\":\"2\"", "\"model.heads\":\"1\",\"model.layers\":\"2\""},
  {"\"model.layers\":\"2\"", "\"model.heads\":\"\",\"model.layers\":\"2\""},
  {"\"model.layers\":\"2\"", "\"model.context\":\"9\",\"model.layers\":\"2\""},
  {"\"model.norm\":\"1\"", "\"model.norm\":\"2\""},
  {"\"model.norm\":\"1\"", "\"model.norm\":\"0\""},
  {"\"model.norm\":\"1\",", ""},
  {"\"model.architecture\":\"lstm\"", "\"model.architecture\":\"transformer\""},
  {"\"model.field_size\":\"5,3\"", "\"model.field_size\":\"5\""},
  {"\"model.field_size\":\"5,3\"", "\"model.field_size\":\"\""},
  {"\"model.field_size\":\"5,3\"",
   "\"model.field_size\":\"5,3,1,1,1,1,1,1,1,1\""},
  {"\"model.architecture\":\"lstm\"", "\"model.architecture\":\"perceptron\""},
  {"\"model.architecture\":\"lstm\"",
   "\"model.architecture\":\"a very long name of no network\""},
  {"\"model.dropout\":\"0", "\"model.dropout\":\"1"},
  {"\"model.dropout\":\"0", "\"model.dropout\":\"nan"},
  // text that is no JSON, or more than it
  {"{\"__metadata__\":", "/* c */{\"__metadata__\":"},
  {"{\"__metadata__\":", "{\"a\":[[[[]]]],\"__metadata__\":"},
  {"{\"__metadata__\":", "{\"a\":-1,\"__metadata__\":"},
  {"{\"__metadata__\":", "{}{\"__metadata__\":"},
  {"{\"__metadata__\":{", "{\"__metadata__\":{\"a\":\"\\ud834\","},
  {"{\"__metadata__\":{", "{\"__metadata__\":{\"a\":\"\\u0000\","},
  {"{\"__metadata__\":{", "{\"__metadata__\":{\"a\":\"\xff\","},
  {"{\"__metadata__\":{", "{\"__metadata__\":{\"a\":\"\n\","},
  {"{\"__metadata__\":{", "{\"__metadata__\":{\"a\":{},"},
};

static void
test_edits(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(edits); ++i) {
    g_test_message("edit %zu", i);
    assert_edit_refused(edits[i].from, edits[i].to, PARTITA_MODEL_ERROR_BROKEN);
  }
  assert_edit_refused("\"version\":\"2\"", "\"version\":\"3\"",
                      PARTITA_MODEL_ERROR_VERSION);
}

static void
test_version_named(void)
{
  g_autoptr(GBytes) file =
    edit_header("\"version\":\"2\"", "\"version\":\"31\"");
  g_autoptr(GError) error = NULL;
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);

  g_assert_null(partita_model_parse(data, size, &error));
  g_assert_nonnull(strstr(error->message, "31"));
}

// Other metadata and escapes that JSON allows are kept.
static void
test_edit_kept(void)
{
  g_autoptr(GBytes) file = edit_header(
    "{\"__metadata__\":{", "{ \"__metadata__\" : {\"\\u0061\":\"\\u00e9\\/\",");
  g_autoptr(GError) error = NULL;
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);
  g_autoptr(PartitaModel) model = partita_model_parse(data, size, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(partita_model_get_metadata(model, "a"), ==, "é/");
  g_assert_null(partita_model_get_metadata(model, "version"));
}

static void
test_header_length(void)
{
  static const uint64_t lengths[] = {
    0, 1, 99, 100000001, G_MAXINT64, G_MAXUINT64, G_MAXUINT64 - 7};

  for (size_t i = 0; i < G_N_ELEMENTS(lengths); ++i) {
    uint8_t data[64] = {0};
    const uint64_t stored = GUINT64_TO_LE(lengths[i]);

    memcpy(data, &stored, sizeof stored);
    data[8] = '{';
    assert_refused(data, sizeof data, PARTITA_MODEL_ERROR_BROKEN);
  }
}

static void
test_not_finite(void)
{
  g_autoptr(PartitaModel) model = new_model();

  for (size_t i = 0; i < model->n_parameters; i += 17) {
    const float before = model->parameters[i];

    model->parameters[i] = i % 2 == 0 ? (float)INFINITY : (float)NAN;

    g_autoptr(GBytes) file = partita_model_serialize(model, NULL);
    gsize size = 0;
    const void *const data = g_bytes_get_data(file, &size);

    assert_refused(data, size, PARTITA_MODEL_ERROR_BROKEN);
    model->parameters[i] = before;
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/file/round-trip", test_round_trip);
  g_test_add_func("/model/file/in-place", test_in_place);
  g_test_add_func("/model/file/reversed", test_reversed);
  g_test_add_func("/model/file/paths-named", test_paths_named);
  g_test_add_func("/model/file/broken-file-named", test_broken_file_named);
  g_test_add_func("/model/file/truncated", test_truncated);
  g_test_add_func("/model/file/flipped", test_flipped);
  g_test_add_func("/model/file/header-noise", test_header_noise);
  g_test_add_func("/model/file/edits", test_edits);
  g_test_add_func("/model/file/version-named", test_version_named);
  g_test_add_func("/model/file/edit-kept", test_edit_kept);
  g_test_add_func("/model/file/header-length", test_header_length);
  g_test_add_func("/model/file/not-finite", test_not_finite);
  return g_test_run();
}
