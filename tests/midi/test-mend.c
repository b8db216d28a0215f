// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/midi.h>
#include <string.h>

static void
test_describe(void)
{
  g_autofree char *none = partita_mend_describe(PARTITA_MEND_NONE);
  g_autofree char *two = partita_mend_describe(PARTITA_MEND_TRUNCATED |
                                               PARTITA_MEND_NO_END_OF_TRACK);

  g_assert_cmpstr(none, ==, "");
  g_assert_cmpstr(two, ==, "truncated,no-end-of-track");
}

/* Law: every mend has a name, and no two have the same. */
static void
test_names(void)
{
  g_autoptr(GHashTable) seen =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (unsigned mend = 1; mend <= PARTITA_MEND_LONG_TIME; mend <<= 1) {
    char *name = partita_mend_describe(mend);

    g_assert_cmpstr(name, !=, "");
    g_assert_null(strchr(name, ','));
    g_assert_true(g_hash_table_add(seen, name));
  }
  g_assert_cmpuint(g_hash_table_size(seen), ==, 16);
}

static void
test_last(void)
{
  g_autofree char *last = partita_mend_describe(PARTITA_MEND_LONG_TIME);

  g_assert_cmpstr(last, ==, "long-time");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/mend/describe", test_describe);
  g_test_add_func("/midi/mend/names", test_names);
  g_test_add_func("/midi/mend/last", test_last);
  return g_test_run();
}
