// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/scratch.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#define N 3000

/// Sizes from a few bytes to more than a chunk.
static size_t
size_of(unsigned i)
{
  return i % 500 == 0 ? 3000000u + i : 1 + i * 7919u % 4000;
}

static void
assert_whole(uint8_t *const *blocks)
{
  for (unsigned i = 0; i < N; ++i)
    for (size_t at = 0; at < size_of(i); at += 1 + size_of(i) / 7)
      g_assert_cmpuint(blocks[i][at], ==, (uint8_t)(i + at));
}

/* Laws: what is taken is zeros and aligned, no two overlap, and it holds what
 * was written to it, whether its pages were given back or not. */
static void
check_blocks(PartitaScratch *scratch)
{
  g_autofree uint8_t **blocks = g_new(uint8_t *, N);

  for (unsigned i = 0; i < N; ++i) {
    blocks[i] = partita_scratch_take(scratch, size_of(i));
    g_assert_cmpuint((uintptr_t)blocks[i] % 16, ==, 0);
    for (size_t at = 0; at < size_of(i); ++at) {
      g_assert_cmpuint(blocks[i][at], ==, 0);
      blocks[i][at] = (uint8_t)(i + at);
    }
    if (i % 700 == 0)
      partita_scratch_give_back(scratch);
  }
  assert_whole(blocks);
  partita_scratch_give_back(scratch);
  assert_whole(blocks);
}

static void
test_blocks(void)
{
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();

  check_blocks(scratch);
}

/* Law: without a folder for the file, and where the file may not grow, it is
 * memory, and the same holds. */
static void
test_memory(void)
{
  const struct rlimit small = {(rlim_t)5 << 20, (rlim_t)5 << 20};
  g_autofree char *before = g_strdup(g_getenv("TMPDIR"));
  g_autoptr(PartitaScratch) limited = partita_scratch_new();

  g_setenv("TMPDIR", "/nowhere/at/all", TRUE);
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();

  if (before != NULL)
    g_setenv("TMPDIR", before, TRUE);
  else
    g_unsetenv("TMPDIR");
  check_blocks(scratch);
  if (g_test_subprocess()) {
    (void)signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    check_blocks(limited);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
}

static void
test_copies(void)
{
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GVariant) variant =
    g_variant_ref_sink(g_variant_new_parsed("[('a', uint32 7), ('', 9)]"));
  g_autoptr(GVariant) copy = partita_scratch_take_variant(scratch, variant);

  g_assert_cmpstr(partita_scratch_take_text(scratch, "text"), ==, "text");
  partita_scratch_give_back(scratch);
  g_assert_true(g_variant_equal(copy, variant));
}

/* Law: nothing is left where it lay. */
static void
test_nameless(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("partita-XXXXXX", &error);
  g_autofree char *before = g_strdup(g_getenv("TMPDIR"));

  g_assert_no_error(error);
  g_setenv("TMPDIR", folder, TRUE);
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();

  memset(partita_scratch_take(scratch, 5000), 1, 5000);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  if (before != NULL)
    g_setenv("TMPDIR", before, TRUE);
  else
    g_unsetenv("TMPDIR");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/scratch/blocks", test_blocks);
  g_test_add_func("/base/scratch/memory", test_memory);
  g_test_add_func("/base/scratch/copies", test_copies);
  g_test_add_func("/base/scratch/nameless", test_nameless);
  return g_test_run();
}
