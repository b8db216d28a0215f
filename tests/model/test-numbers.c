// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Tensors in memory, saved and taken back. */

#include <base/file.h>
#include <glib/gstdio.h>
#include <model/safetensors.h>
#include <partita/model.h>
#include <string.h>

#define N_FLOATS 40001 // more than a block

typedef struct {
  float floats[N_FLOATS];
  double doubles[2][3];
  uint64_t words[3];
} Numbers;

#define N_TENSORS 4

static void
describe(Numbers *numbers, PartitaSafetensorNumbers tensors[N_TENSORS])
{
  tensors[0] =
    (PartitaSafetensorNumbers){"floats", "F32", 1, {N_FLOATS}, numbers->floats};
  tensors[1] = (PartitaSafetensorNumbers){"none", "F32", 2, {2, 0}, NULL};
  tensors[2] =
    (PartitaSafetensorNumbers){"doubles", "F64", 2, {2, 3}, numbers->doubles};
  tensors[3] =
    (PartitaSafetensorNumbers){"words", "U64", 1, {3}, numbers->words};
}

static Numbers *
draw_numbers(void)
{
  Numbers *numbers = g_new0(Numbers, 1);

  for (size_t i = 0; i < N_FLOATS; ++i)
    numbers->floats[i] = (float)g_test_rand_double();
  for (size_t i = 0; i < 6; ++i)
    numbers->doubles[i / 3][i % 3] = g_test_rand_double_range(-1e9, 1e9);
  numbers->words[0] = G_MAXUINT64;
  numbers->words[1] = (uint64_t)g_test_rand_int() << 20;
  return numbers;
}

static GBytes *
save(Numbers *numbers)
{
  static const char *const metadata[] = {"format", "test", "é", "\"", NULL};
  g_autofree char *folder = g_dir_make_tmp("partita-model-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "file", NULL);
  PartitaSafetensorNumbers tensors[N_TENSORS];
  g_autoptr(GError) error = NULL;

  describe(numbers, tensors);
  g_assert_true(
    partita_safetensors_save(path, metadata, tensors, N_TENSORS, &error));
  g_assert_no_error(error);

  GBytes *bytes = partita_file_read(path, (size_t)1 << 20, &error);

  g_assert_no_error(error);
  g_assert_cmpint(g_remove(path), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  return bytes;
}

static bool
take(const void *bytes, size_t size, Numbers *numbers)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(bytes, size, &error);
  PartitaSafetensorNumbers tensors[N_TENSORS];

  describe(numbers, tensors);
  if (file != NULL &&
      partita_safetensors_take(file, tensors, N_TENSORS, &error))
    return true;
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN);
  return false;
}

/* Law: what is saved is taken back to the bit, by the public format. */
static void
test_round_trip(void)
{
  g_autofree Numbers *numbers = draw_numbers();
  g_autofree Numbers *copy = g_new0(Numbers, 1);
  g_autoptr(GBytes) bytes = save(numbers);
  gsize size = 0;
  const void *const data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, NULL);

  g_assert_true(take(data, size, copy));
  g_assert_true(memcmp(copy, numbers, sizeof *copy) == 0);
  g_assert_nonnull(file);
  g_assert_cmpstr(g_hash_table_lookup(file->metadata, "format"), ==, "test");
  g_assert_cmpstr(g_hash_table_lookup(file->metadata, "é"), ==, "\"");
  g_assert_cmpuint((size_t)(file->data - (const uint8_t *)data) % 8, ==, 0);
}

/* Law: any bit that changes in the data is noticed, and nothing is taken. */
static void
test_damaged(void)
{
  g_autofree Numbers *numbers = draw_numbers();
  g_autofree Numbers *copy = g_new0(Numbers, 1);
  g_autofree Numbers *untouched = g_new0(Numbers, 1);
  g_autoptr(GBytes) bytes = save(numbers);
  gsize size = 0;
  uint8_t *const data = g_bytes_unref_to_data(g_steal_pointer(&bytes), &size);
  const size_t begin = size - (N_FLOATS * 4 + 6 * 8 + 3 * 8);

  for (int round = 0; round < 40; ++round) {
    const size_t at =
      (size_t)g_test_rand_int_range((gint32)begin, (gint32)size);

    data[at] ^= (uint8_t)(1u << (round % 8));
    g_assert_false(take(data, size, copy));
    data[at] ^= (uint8_t)(1u << (round % 8));
  }
  for (size_t cut = 0; cut < size; cut += 1 + size / 50)
    g_assert_false(take(data, cut, copy));
  g_assert_true(memcmp(copy, untouched, sizeof *copy) == 0);
  g_assert_true(take(data, size, copy));
  g_free(data);
}

/* A file of other tensors is refused. */
static void
test_others(void)
{
  g_autofree Numbers *numbers = draw_numbers();
  g_autoptr(GBytes) bytes = save(numbers);
  gsize size = 0;
  const void *const data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, NULL);

  for (int change = 0; change < 4; ++change) {
    PartitaSafetensorNumbers tensors[N_TENSORS];
    g_autoptr(GError) error = NULL;

    describe(numbers, tensors);
    if (change == 0)
      tensors[0].shape[0] -= 1;
    else if (change == 1)
      tensors[2].dtype = "I64";
    else if (change == 2)
      tensors[3].name = "word";
    g_assert_false(partita_safetensors_take(
      file, tensors, change == 3 ? N_TENSORS - 1 : N_TENSORS, &error));
    g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/numbers/round-trip", test_round_trip);
  g_test_add_func("/model/numbers/damaged", test_damaged);
  g_test_add_func("/model/numbers/others", test_others);
  return g_test_run();
}
