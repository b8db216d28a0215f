// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/sha256.h>
#include <stdint.h>

/* Examples of FIPS 180-2, appendix B. */
static void
test_examples(void)
{
  const char *const text =
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  g_autofree char *none = partita_sha256(NULL, 0);
  g_autofree char *one = partita_sha256("abc", 3);
  g_autofree char *two = partita_sha256(text, 56);

  g_assert_cmpstr(
    none, ==,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  g_assert_cmpstr(
    one, ==,
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_cmpstr(
    two, ==,
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* Law: it is GLib's sum, of any size. */
static void
test_like_glib(void)
{
  for (int run = 0; run < 300; ++run) {
    const gsize size = (gsize)g_test_rand_int_range(1, 5000);
    g_autofree uint8_t *data = g_malloc(size);

    for (gsize i = 0; i < size; ++i)
      data[i] = (uint8_t)g_test_rand_int();

    g_autofree char *sum = partita_sha256(data, size);
    g_autofree char *other =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);

    g_assert_cmpstr(sum, ==, other);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/sha256/examples", test_examples);
  g_test_add_func("/base/sha256/like-glib", test_like_glib);
  return g_test_run();
}
