// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/space.h>
#include <glib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static size_t
measure(void)
{
  g_autofree char *text = NULL;

  g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
  return g_ascii_strtoull(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
}

/* Law: there is what the limit leaves, and looking takes none of it. */
static void
test_limit(void)
{
  const size_t taken = measure();
  struct rlimit limit;

  if (taken > (size_t)1 << 40) {
    g_test_skip("a sanitizer has taken all");
    return;
  }
  g_assert_cmpint(getrlimit(RLIMIT_AS, &limit), ==, 0);
  g_assert_true(partita_space_has(200 * MIB));
  limit.rlim_cur = taken + 100 * MIB;
  g_assert_cmpint(setrlimit(RLIMIT_AS, &limit), ==, 0);
  for (int i = 0; i < 10; ++i) {
    g_assert_true(partita_space_has(80 * MIB));
    g_assert_false(partita_space_has(120 * MIB));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/space/limit", test_limit);
  return g_test_run();
}
