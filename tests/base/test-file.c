// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
  (void)data;
  f->folder = g_dir_make_tmp("partita-base-XXXXXX", NULL);
  g_assert_nonnull(f->folder);
  f->path = g_build_filename(f->folder, "file", NULL);
}

/* Law: whatever happened, nothing but the file itself is left. */
static void
tear_down(Fixture *f, gconstpointer data)
{
  (void)data;
  (void)g_remove(f->path);
  g_assert_cmpint(g_rmdir(f->folder), ==, 0);
  g_free(f->folder);
  g_free(f->path);
}

static void
assert_content(const char *path, const char *expected)
{
  g_autofree char *content = NULL;

  g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
  g_assert_cmpstr(content, ==, expected);
}

/// Asserts an error of files that names @path.
static void
assert_names(const GError *error, const char *path)
{
  g_assert_nonnull(error);
  g_assert_true(error->domain == G_FILE_ERROR);
  g_assert_nonnull(strstr(error->message, path));
}

/* Law: what is written is read. */
static void
test_round_trip(Fixture *f, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc(100000);

  (void)data;
  for (size_t i = 0; i < 100000; ++i)
    bytes[i] = (guint8)g_test_rand_int();
  for (size_t size = 0; size <= 100000; size = size * 7 + 1) {
    g_autoptr(GError) error = NULL;
    gsize read;

    (void)partita_file_replace_bytes(f->path, bytes, size, &error);
    g_assert_no_error(error);

    g_autoptr(GBytes) whole = partita_file_read(f->path, size, &error);

    g_assert_no_error(error);

    const void *start = g_bytes_get_data(whole, &read);

    g_assert_cmpuint(read, ==, size);
    g_assert_true(size == 0 || memcmp(start, bytes, size) == 0);

    g_autoptr(GBytes) mapped = partita_file_map(f->path, size, &error);

    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(mapped, whole));
  }
}

static bool
write_half(const char *path, void *data, GError **error)
{
  (void)data;
  g_assert_true(g_file_set_contents(path, "half", 4, NULL));
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
  return false;
}

/* Law: a writer that fails leaves the old file, or none. */
static void
test_writer_fails(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) again = NULL;

  (void)data;
  g_assert_false(partita_file_replace(f->path, write_half, NULL, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false(g_file_test(f->path, G_FILE_TEST_EXISTS));
  g_assert_true(partita_file_replace_bytes(f->path, "old", 3, NULL));
  g_assert_false(partita_file_replace(f->path, write_half, NULL, &again));
  assert_content(f->path, "old");
}

static bool
write_and_look(const char *path, void *data, GError **error)
{
  const Fixture *f = data;
  g_autofree char *folder = g_path_get_dirname(path);

  (void)error;
  g_assert_cmpstr(folder, ==, f->folder);
  g_assert_cmpstr(path, !=, f->path);
  g_assert_true(g_file_set_contents(path, "new", 3, NULL));
  assert_content(f->path, "old");
  return true;
}

/* Law: while the writer works, the old file stands. */
static void
test_replace(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  (void)data;
  g_assert_true(partita_file_replace_bytes(f->path, "old", 3, NULL));
  (void)partita_file_replace(f->path, write_and_look, f, &error);
  g_assert_no_error(error);
  assert_content(f->path, "new");
}

static bool
never_write(const char *path, void *data, GError **error)
{
  (void)path;
  (void)data;
  (void)error;
  g_assert_not_reached();
}

/// A writer that sweeps while it works.
static bool
sweep_and_write(const char *path, void *data, GError **error)
{
  (void)error;
  partita_file_sweep(data);
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
  return true;
}

/* Law: what killed writers left in a folder is swept, whatever they wrote; the
 * files of writers at work and all others stay. */
static void
test_sweep(Fixture *f, gconstpointer data)
{
  static const char *const leftovers[] = {
    "file.partita-aB3xYz", "other.mid.partita-aaaaaa", ".partita-000000"};
  static const char *const others[] = {"file.backup", "file.partita-toolong",
                                       "file.partita-short",
                                       "file.partita-aa.aaa", "partita-aaaaaa"};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(leftovers); ++i) {
    g_autofree char *left = g_build_filename(f->folder, leftovers[i], NULL);

    g_assert_true(g_file_set_contents(left, "half", 4, NULL));
  }
  for (size_t i = 0; i < G_N_ELEMENTS(others); ++i) {
    g_autofree char *other = g_build_filename(f->folder, others[i], NULL);

    g_assert_true(g_file_set_contents(other, "mine", 4, NULL));
  }
  g_assert_true(partita_file_replace(f->path, sweep_and_write, f->path, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS(leftovers); ++i) {
    g_autofree char *left = g_build_filename(f->folder, leftovers[i], NULL);

    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  }
  g_assert_true(g_file_test(f->path, G_FILE_TEST_EXISTS));
  for (size_t i = 0; i < G_N_ELEMENTS(others); ++i) {
    g_autofree char *other = g_build_filename(f->folder, others[i], NULL);

    assert_content(other, "mine");
    g_assert_cmpint(g_remove(other), ==, 0);
  }
}

/* Law: a target that cannot be written is refused before the work. */
static void
test_bad_targets(Fixture *f, gconstpointer data)
{
  const char *const paths[] = {"/no/such/folder/file", f->folder,
                               "/dev/fd/999"};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(paths); ++i) {
    g_autoptr(GError) checked = NULL;
    g_autoptr(GError) replaced = NULL;

    g_assert_false(partita_file_check_target(paths[i], &checked));
    assert_names(checked, paths[i]);
    g_assert_false(
      partita_file_replace(paths[i], never_write, NULL, &replaced));
    assert_names(replaced, paths[i]);
  }
}

static void *
read_fifo(void *path)
{
  char *content = NULL;

  g_assert_true(g_file_get_contents(path, &content, NULL, NULL));
  return content;
}

/* A FIFO stays one, and who reads it gets the bytes. */
static void
test_fifo(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  struct stat status;

  (void)data;
  g_assert_cmpint(mkfifo(f->path, 0600), ==, 0);
  GThread *const reader = g_thread_new("reader", read_fifo, f->path);

  (void)partita_file_replace_bytes(f->path, "through", 7, &error);
  g_assert_no_error(error);

  g_autofree char *content = g_thread_join(reader);

  g_assert_cmpstr(content, ==, "through");
  g_assert_cmpint(stat(f->path, &status), ==, 0);
  g_assert_true(S_ISFIFO(status.st_mode));
}

/* A device is written through, also by who might replace it; what it does not
 * take is an error. */
static void
test_device(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  struct stat status;

  (void)data;
  g_assert_true(partita_file_check_target("/dev/null", NULL));
  (void)partita_file_replace_bytes("/dev/null", "away", 4, &error);
  g_assert_no_error(error);
  g_assert_cmpint(stat("/dev/null", &status), ==, 0);
  g_assert_true(S_ISCHR(status.st_mode));
  g_assert_false(partita_file_replace_bytes("/dev/full", "away", 4, &error));
  assert_names(error, "/dev/full");
  // Through a link too.
  g_assert_cmpint(symlink("/dev/full", f->path), ==, 0);
  g_clear_error(&error);
  g_assert_false(partita_file_replace_bytes(f->path, "away", 4, &error));
  assert_names(error, f->path);
}

/* A descriptor is written where it stands, and not opened anew. */
static void
test_descriptor(Fixture *f, gconstpointer data)
{
  const int fd = g_open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_autofree char *name = g_strdup_printf("/dev/fd/%d", fd);
  g_autoptr(GError) error = NULL;

  (void)data;
  g_assert_cmpint(write(fd, "head ", 5), ==, 5);
  (void)partita_file_replace_bytes(name, "body ", 5, &error);
  g_assert_no_error(error);
  g_assert_cmpint(write(fd, "tail", 4), ==, 4);
  (void)close(fd);
  assert_content(f->path, "head body tail");
}

/* Law: a link stays one, what it leads to is replaced, and keeps its mode. */
static void
test_link(Fixture *f, gconstpointer data)
{
  g_autofree char *target = g_build_filename(f->folder, "target", NULL);
  g_autofree char *between = g_build_filename(f->folder, "between", NULL);
  g_autofree char *read = NULL;
  struct stat status;

  (void)data;
  g_assert_cmpint(symlink("target", between), ==, 0);
  g_assert_cmpint(symlink(between, f->path), ==, 0);
  g_assert_true(partita_file_replace_bytes(f->path, "first", 5, NULL));
  assert_content(target, "first");
  g_assert_cmpint(g_chmod(target, 0640), ==, 0);
  g_assert_true(partita_file_replace_bytes(f->path, "second", 6, NULL));
  read = g_file_read_link(f->path, NULL);
  g_assert_cmpstr(read, ==, between);
  assert_content(target, "second");
  g_assert_cmpint(lstat(target, &status), ==, 0);
  g_assert_true(S_ISREG(status.st_mode));
  g_assert_cmpint(status.st_mode & 07777, ==, 0640);
  g_assert_cmpint(g_remove(target), ==, 0);
  g_assert_cmpint(g_remove(between), ==, 0);
}

/* The owner stays, where the process may give files away. */
static void
test_owner(Fixture *f, gconstpointer data)
{
  struct stat status;

  (void)data;
  if (geteuid() != 0) {
    g_test_skip("only root gives files away");
    return;
  }
  g_assert_true(partita_file_replace_bytes(f->path, "x", 1, NULL));
  g_assert_cmpint(chown(f->path, 12, 34), ==, 0);
  g_assert_cmpint(g_chmod(f->path, 0751), ==, 0);
  g_assert_true(partita_file_replace_bytes(f->path, "y", 1, NULL));
  g_assert_cmpint(stat(f->path, &status), ==, 0);
  g_assert_cmpint(status.st_uid, ==, 12);
  g_assert_cmpint(status.st_gid, ==, 34);
  g_assert_cmpint(status.st_mode & 07777, ==, 0751);
}

/* Links that lead in a circle are refused, not followed for ever. */
static void
test_circle(Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_cmpint(symlink("file", f->path), ==, 0);
  g_assert_false(partita_file_replace_bytes(f->path, "x", 1, NULL));
}

/* Room has no name, wherever the file will stand. */
static void
test_room(Fixture *f, gconstpointer data)
{
  const char *const paths[] = {f->path, "/dev/null"};

  (void)data;
  for (size_t i = 0; i < G_N_ELEMENTS(paths); ++i) {
    const int fd = partita_file_make_room(paths[i], NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, "x", 1), ==, 1);
    (void)close(fd);
  }
  g_assert_cmpint(partita_file_make_room("/no/folder/file", NULL), ==, -1);
}

static void
test_good_targets(Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_true(partita_file_check_target(f->path, NULL));
  g_assert_true(partita_file_replace_bytes(f->path, "x", 1, NULL));
  g_assert_true(partita_file_check_target(f->path, NULL));
  g_assert_true(partita_file_check_target("here", NULL));
}

static void
test_read_only_folder(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  (void)data;
  if (geteuid() == 0) {
    g_test_skip("root writes everywhere");
    return;
  }
  g_assert_cmpint(g_chmod(f->folder, 0500), ==, 0);
  g_assert_false(partita_file_replace_bytes(f->path, "x", 1, &error));
  assert_names(error, f->path);
  g_assert_cmpint(g_chmod(f->folder, 0700), ==, 0);
}

/* Law: what is no regular file is refused, and never waited for. */
static void
test_read_refused(Fixture *f, gconstpointer data)
{
  const char *const paths[] = {f->path, f->folder, "/dev/zero",
                               "/no/such/file"};

  (void)data;
  g_assert_cmpint(mkfifo(f->path, 0600), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(paths); ++i) {
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_file_read(paths[i], 1000, &error));
    assert_names(error, paths[i]);
    g_clear_error(&error);
    g_assert_null(partita_file_map(paths[i], 1000, &error));
    assert_names(error, paths[i]);
  }
}

/* What is written to a map is not written to the file; and the map stays when
 * another file takes its place. */
static void
test_map(Fixture *f, gconstpointer data)
{
  (void)data;
  g_assert_true(partita_file_replace_bytes(f->path, "123456", 6, NULL));

  g_autoptr(GBytes) mapped = partita_file_map(f->path, 6, NULL);
  char *bytes = (char *)(uintptr_t)g_bytes_get_data(mapped, NULL);

  bytes[1] = 'x';
  g_autoptr(GBytes) read = partita_file_read(f->path, 6, NULL);
  g_assert_cmpint(memcmp(g_bytes_get_data(read, NULL), "123456", 6), ==, 0);
  g_assert_true(partita_file_replace_bytes(f->path, "-", 1, NULL));
  g_assert_cmpint(memcmp(bytes, "1x3456", 6), ==, 0);
}

static void
test_read_limit(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  (void)data;
  g_assert_true(partita_file_replace_bytes(f->path, "123456", 6, NULL));
  g_assert_null(partita_file_read(f->path, 5, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM);
  assert_names(error, f->path);
  g_clear_error(&error);
  g_assert_null(partita_file_map(f->path, 5, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM);
}

/* A file of 8 TiB without content must not be given memory. */
static void
test_read_sparse(Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  (void)data;
  g_assert_true(partita_file_replace_bytes(f->path, "1", 1, NULL));
  if (truncate(f->path, (off_t)8 << 40) != 0) {
    g_test_skip("the file system holds no such file");
    return;
  }
  g_assert_null(partita_file_read(f->path, 1 << 20, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM);
}

static void
test_read_link(Fixture *f, gconstpointer data)
{
  g_autofree char *target = g_build_filename(f->folder, "target", NULL);
  g_autoptr(GBytes) bytes = NULL;

  (void)data;
  g_assert_true(partita_file_replace_bytes(target, "ab", 2, NULL));
  g_assert_cmpint(symlink(target, f->path), ==, 0);
  bytes = partita_file_read(f->path, 2, NULL);
  g_assert_nonnull(bytes);
  g_assert_cmpuint(g_bytes_get_size(bytes), ==, 2);
  g_assert_cmpint(g_remove(target), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
#define ADD(path, test)                                                        \
  g_test_add("/base/file/" path, Fixture, NULL, set_up, test, tear_down)
  ADD("round-trip", test_round_trip);
  ADD("writer-fails", test_writer_fails);
  ADD("replace", test_replace);
  ADD("sweep", test_sweep);
  ADD("bad-targets", test_bad_targets);
  ADD("good-targets", test_good_targets);
  ADD("fifo", test_fifo);
  ADD("device", test_device);
  ADD("descriptor", test_descriptor);
  ADD("link", test_link);
  ADD("owner", test_owner);
  ADD("circle", test_circle);
  ADD("room", test_room);
  ADD("read-only-folder", test_read_only_folder);
  ADD("read-refused", test_read_refused);
  ADD("map", test_map);
  ADD("read-limit", test_read_limit);
  ADD("read-sparse", test_read_sparse);
  ADD("read-link", test_read_link);
  return g_test_run();
}
