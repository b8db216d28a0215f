// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/model-private.h>
#include <model/safetensors.h>
#include <string.h>

static GBytes *
new_file(void)
{
  static const PartitaModelConfig config = {
    .architecture = "lstm",
    .vocab = 5,
    .n_fields = 1,
    .field_size = {3},
    .width = 4,
    .hidden = 3,
    .layers = 1,
    .dropout = 0.1,
  };
  g_autoptr(PartitaModel) model = partita_model_new(&config, 11);

  partita_model_set_metadata(model, "styles", "{\"header_sha256\":\"\"}");
  return partita_model_serialize(model, NULL);
}

static bool
is_read(const void *bytes, size_t size)
{
  g_autoptr(PartitaModel) model = partita_model_parse(bytes, size, NULL);

  return model != NULL;
}

static char *
find(char *bytes, size_t size, const char *text)
{
  char *const at = memmem(bytes, size, text, strlen(text));

  g_assert_nonnull(at);
  return at;
}

/* Law: no bit of the file can change without the file being refused. */
static void
test_every_bit(void)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);
  g_autofree uint8_t *bytes = g_memdup2(data, size);

  g_assert_true(is_read(bytes, size));
  for (size_t bit = 0; bit < 8 * size; ++bit) {
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    g_assert_false(is_read(bytes, size));
    bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

/* A file of the version before has no seal and is read; where there is one, it
 * must be right. */
static void
test_version_before(void)
{
  g_autoptr(GBytes) file = new_file();
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);
  g_autofree char *bytes = g_memdup2(data, size);
  char *const version = find(bytes, size, "\"version\":\"");
  char *const name = find(bytes, size, PARTITA_SAFETENSORS_SEAL);
  uint64_t length = 0;

  version[strlen("\"version\":\"")] = '1';
  g_assert_false(is_read(bytes, size));
  memcpy(&length, bytes, sizeof length);
  partita_safetensors_seal(bytes + 8, GUINT64_FROM_LE(length));
  g_assert_true(is_read(bytes, size));
  memcpy(name, "hidden_sha256", strlen("hidden_sha256"));
  g_assert_true(is_read(bytes, size));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/seal/every-bit", test_every_bit);
  g_test_add_func("/model/seal/version-before", test_version_before);
  return g_test_run();
}
