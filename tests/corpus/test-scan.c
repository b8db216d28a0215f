// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <corpus/scan.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/// What all tests find lies here.
static PartitaScratch *scratch;

static GPtrArray *
scan(const char *folder)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *items = partita_scan_folder(folder, scratch, NULL, &error);

  g_assert_no_error(error);
  return items;
}

static const PartitaScanItem *
find(const GPtrArray *items, const char *path)
{
  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    if (strcmp(item->path, path) == 0)
      return item;
  }
  return NULL;
}

static void
assert_problem(const GPtrArray *items, const char *path, const char *start)
{
  const PartitaScanItem *item = find(items, path);

  g_assert_nonnull(item);
  if (start == NULL)
    g_assert_null(item->problem);
  else
    g_assert_true(g_str_has_prefix(item->problem, start));
}

static char *
below(const char *folder, const char *name)
{
  return g_build_filename(folder, name, NULL);
}

/* Law: the list holds every file once, by the bytes of the paths. */
static void
test_all_in_order(void)
{
  char *folder = fixture_folder();
  g_autoptr(GHashTable) written =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 200; ++i) {
    g_autofree char *path =
      g_strdup_printf("%c/%c%c/%d\xff%c.mid", g_test_rand_int_range('a', 'd'),
                      g_test_rand_int_range('A', 'C'), '\n',
                      g_test_rand_int_range(0, 1000), 1 + i % 20);

    fixture_write(folder, path, "");
    (void)g_hash_table_add(written, g_steal_pointer(&path));
  }
  g_autoptr(GPtrArray) items = scan(folder);

  g_assert_cmpuint(items->len, ==, g_hash_table_size(written));
  for (guint i = 0; i < items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(items, i);

    g_assert_true(g_hash_table_contains(written, item->path));
    g_assert_true(item->midi);
    g_assert_null(item->problem);
    if (i > 0) {
      const PartitaScanItem *before = g_ptr_array_index(items, i - 1);

      g_assert_cmpint(strcmp(before->path, item->path), <, 0);
    }
  }
  fixture_remove(folder);
}

static void
test_links(void)
{
  char *folder = fixture_folder();
  g_autofree char *loop = below(folder, "loop.mid");
  g_autofree char *self = below(folder, "self.mid");
  g_autofree char *good = below(folder, "good.mid");
  g_autofree char *gone = below(folder, "gone.mid");

  fixture_write(folder, "sub/a.mid", "x");
  g_assert_cmpint(symlink("..", loop), ==, 0);
  g_assert_cmpint(symlink("self.mid", self), ==, 0);
  g_assert_cmpint(symlink("sub/a.mid", good), ==, 0);
  g_assert_cmpint(symlink("nothing", gone), ==, 0);

  g_autoptr(GPtrArray) items = scan(folder);

  g_assert_cmpuint(items->len, ==, 5);
  assert_problem(items, "loop.mid", "symbolic link to a folder");
  assert_problem(items, "self.mid", "symbolic link to nowhere");
  assert_problem(items, "gone.mid", "symbolic link to nowhere");
  assert_problem(items, "good.mid", NULL);
  assert_problem(items, "sub/a.mid", NULL);
  fixture_remove(folder);
}

static void
test_irregular(void)
{
  char *folder = fixture_folder();
  g_autofree char *fifo = below(folder, "fifo.mid");
  g_autofree char *device = below(folder, "device.mid");

  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  fixture_write(folder, "folder.mid/inside.MIDI", "");
  // Only root may make devices, and not in every container.
  const bool has_device = mknod(device, S_IFCHR | 0600, makedev(1, 5)) == 0;
  g_autoptr(GPtrArray) items = scan(folder);

  g_assert_cmpuint(items->len, ==, has_device ? 4 : 3);
  assert_problem(items, "fifo.mid", "not a regular file");
  assert_problem(items, "folder.mid", "not a regular file");
  assert_problem(items, "folder.mid/inside.MIDI", NULL);
  if (has_device)
    assert_problem(items, "device.mid", "not a regular file");
  fixture_remove(folder);
}

static void
test_unreadable_folder(void)
{
  if (geteuid() == 0) {
    g_test_skip("root can read everything");
    return;
  }
  char *folder = fixture_folder();
  g_autofree char *closed = below(folder, "closed");

  fixture_write(folder, "closed/a.mid", "");
  g_assert_cmpint(g_chmod(closed, 0), ==, 0);

  g_autoptr(GPtrArray) items = scan(folder);

  g_assert_cmpuint(items->len, ==, 1);
  assert_problem(items, "closed", "folder that cannot be read");
  g_assert_cmpint(g_chmod(closed, 0700), ==, 0);
  fixture_remove(folder);
}

static void
test_deep(void)
{
  char *folder = fixture_folder();
  g_autoptr(GString) path = g_string_new(NULL);

  for (unsigned i = 0; i < PARTITA_SCAN_DEPTH_MAX + 5; ++i)
    g_string_append(path, "d/");
  g_string_append(path, "a.mid");
  fixture_write(folder, path->str, "");

  g_autoptr(GPtrArray) items = scan(folder);
  const PartitaScanItem *only = g_ptr_array_index(items, 0);

  g_assert_cmpuint(items->len, ==, 1);
  g_assert_cmpstr(only->problem, ==, "folders nested too deep");
  g_assert_cmpuint(strlen(only->path), ==, 2 * PARTITA_SCAN_DEPTH_MAX + 1);
  fixture_remove(folder);
}

static void
test_names(void)
{
  static const char *const yes[] = {"a.mid", "a.MIDI", "b.Kar",   "c.rmi",
                                    "x.smf", ".mid",   "\xff.mid"};
  static const char *const no[] = {"", "mid", "a.mid ", "a.midi2", "a.mp3"};

  for (size_t i = 0; i < G_N_ELEMENTS(yes); ++i)
    g_assert_true(partita_scan_is_midi_name(yes[i]));
  for (size_t i = 0; i < G_N_ELEMENTS(no); ++i)
    g_assert_false(partita_scan_is_midi_name(no[i]));
}

static void
assert_no_folder(const char *path)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_scan_folder(path, scratch, NULL, &error));
  g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_FOLDER);
}

static void
test_no_folder(void)
{
  char *folder = fixture_folder();
  g_autofree char *file = below(folder, "file");
  g_autofree char *fifo = below(folder, "fifo");
  g_autofree char *missing = below(folder, "missing");

  fixture_write(folder, "file", "");
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  assert_no_folder(file);
  assert_no_folder(fifo);
  assert_no_folder(missing);
  assert_no_folder("");
  fixture_remove(folder);
}

static void
test_cancelled(void)
{
  char *folder = fixture_folder();
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;

  g_cancellable_cancel(cancellable);
  g_assert_null(partita_scan_folder(folder, scratch, cancellable, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  int failed = 0;

  g_test_init(&argc, &argv, NULL);
  scratch = partita_scratch_new();
  g_test_add_func("/corpus/scan/all-in-order", test_all_in_order);
  g_test_add_func("/corpus/scan/links", test_links);
  g_test_add_func("/corpus/scan/irregular", test_irregular);
  g_test_add_func("/corpus/scan/unreadable-folder", test_unreadable_folder);
  g_test_add_func("/corpus/scan/deep", test_deep);
  g_test_add_func("/corpus/scan/names", test_names);
  g_test_add_func("/corpus/scan/no-folder", test_no_folder);
  g_test_add_func("/corpus/scan/cancelled", test_cancelled);
  failed = g_test_run();
  partita_scratch_free(scratch);
  return failed;
}
