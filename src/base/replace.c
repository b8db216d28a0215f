// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Writing files: whole or not at all where a file stands, and through where a
 * device or a pipe does. */

#include <base/file-private.h>
#include <base/file.h>
#include <base/scratch.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/// As many as Linux itself follows.
#define LINKS_MAX 40
#define COPY_SIZE ((size_t)1 << 16)

int
partita_file_find_descriptor(const char *target)
{
  static const char *const folders[] = {"/proc/self/fd/", "/dev/fd/"};
  guint64 number = 0;

  for (size_t i = 0; i < G_N_ELEMENTS(folders); ++i)
    if (g_str_has_prefix(target, folders[i]) &&
        g_ascii_string_to_unsigned(target + strlen(folders[i]), 10, 0, G_MAXINT,
                                   &number, NULL))
      return (int)number;
  return -1;
}

char *
partita_file_find_target(const char *path)
{
  g_autofree char *target = g_strdup(path);

  for (int i = 0; i < LINKS_MAX && partita_file_find_descriptor(target) < 0;
       ++i) {
    g_autofree char *link = g_file_read_link(target, NULL);
    g_autofree char *folder = g_path_get_dirname(target);

    if (link == NULL)
      break;
    g_free(target);
    target = g_path_is_absolute(link) ? g_strdup(link)
                                      : g_build_filename(folder, link, NULL);
  }
  return g_steal_pointer(&target);
}

/// Whether @target is there and is no regular file, folder or disk.
static bool
is_written_through(const char *target)
{
  struct stat status;

  return partita_file_find_descriptor(target) >= 0 ||
         (stat(target, &status) == 0 &&
          (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode) ||
           S_ISSOCK(status.st_mode)));
}

/// What keeps a file from being put at @target, as an errno; 0 for nothing.
static int
find_fault(const char *target)
{
  g_autofree char *folder = g_path_get_dirname(target);
  struct stat status;

  if (stat(folder, &status) != 0)
    return errno;
  if (stat(target, &status) == 0) {
    if (!S_ISREG(status.st_mode))
      return S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  } else if (errno != ENOENT) {
    return errno;
  }
  return access(folder, W_OK | X_OK) == 0 ? 0 : errno;
}

static bool
check_replaced(const char *target, const char *path, GError **error)
{
  const int code = find_fault(target);

  if (code != 0)
    partita_file_set_error(error, code, "write", path);
  return code == 0;
}

static bool
check_through(const char *target, const char *path, GError **error)
{
  const int fd = partita_file_find_descriptor(target);
  int code = 0;

  if (fd >= 0) {
    const int flags = fcntl(fd, F_GETFL);

    code = flags < 0 ? errno : (flags & O_ACCMODE) == O_RDONLY ? EBADF : 0;
  } else if (access(target, W_OK) != 0) {
    code = errno;
  }
  if (code != 0)
    partita_file_set_error(error, code, "write", path);
  return code == 0;
}

bool
partita_file_check_target(const char *path, GError **error)
{
  g_autofree char *target = partita_file_find_target(path);

  return is_written_through(target) ? check_through(target, path, error)
                                    : check_replaced(target, path, error);
}

static bool
write_all(int fd, const char *bytes, size_t size)
{
  while (size > 0) {
    const ssize_t n = write(fd, bytes, size);

    if (n < 0 && errno != EINTR)
      return false;
    if (n > 0) {
      bytes += n;
      size -= (size_t)n;
    }
  }
  return true;
}

/// What a writer is given; its lock tells sweepers that it is in use.
typedef struct {
  char *name;
  int fd;
} Temporary;

static void
clear_temporary(Temporary *temporary)
{
  if (temporary->fd >= 0)
    (void)close(temporary->fd);
  g_free(temporary->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Temporary, clear_temporary)

/// Whether @name is still the file of @fd, which a sweeper may have taken away
/// between its making and its lock.
static bool
is_there(const char *name, int fd)
{
  struct stat by_name, by_fd;

  return stat(name, &by_name) == 0 && fstat(fd, &by_fd) == 0 &&
         by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

static bool
make_temporary(Temporary *temporary, const char *target)
{
  do {
    clear_temporary(temporary);
    temporary->name =
      g_strconcat(target, PARTITA_TEMPORARY PARTITA_TEMPORARY_RANDOM, NULL);
    temporary->fd = g_mkstemp_full(temporary->name, O_RDWR | O_CLOEXEC, 0666);
    if (temporary->fd < 0)
      return false;
    // Where the file system knows no locks, sweepers get none either.
    (void)flock(temporary->fd, LOCK_EX);
  } while (!is_there(temporary->name, temporary->fd));
  return true;
}

/// Owner first, for a change of it takes bits off the mode. Who may not give
/// the file away keeps it.
static void
keep_owner_and_mode(const Temporary *temporary, const char *target)
{
  struct stat old;

  if (stat(target, &old) != 0)
    return;
  if (fchown(temporary->fd, old.st_uid, old.st_gid) != 0)
    (void)!fchown(temporary->fd, (uid_t)-1, old.st_gid);
  (void)fchmod(temporary->fd, old.st_mode & 07777);
}

// Some file systems cannot sync a folder: that is no failure of the write.
static bool
sync_descriptor(int fd)
{
  return fsync(fd) == 0 || errno == EINVAL;
}

static bool
sync_folder(const char *target)
{
  g_autofree char *folder = g_path_get_dirname(target);
  const int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return false;

  const bool ok = sync_descriptor(fd);
  const int code = errno;

  (void)close(fd);
  errno = code;
  return ok;
}

static bool
put_in_place(const Temporary *temporary, const char *target)
{
  keep_owner_and_mode(temporary, target);
  return sync_descriptor(temporary->fd) &&
         g_rename(temporary->name, target) == 0 && sync_folder(target);
}

static bool
replace(const char *target,
        const char *path,
        PartitaFileWriter *writer,
        void *data,
        GError **error)
{
  g_auto(Temporary) temporary = {NULL, -1};
  bool ok = false;

  if (!make_temporary(&temporary, target)) {
    partita_file_set_error(error, errno, "write", path);
    return false;
  }
  if (writer(temporary.name, data, error)) {
    ok = put_in_place(&temporary, target);
    if (!ok)
      partita_file_set_error(error, errno, "write", path);
  }
  if (!ok)
    (void)g_unlink(temporary.name);
  return ok;
}

/// Sends the whole of the file @from to @to; false with errno set.
static bool
copy(int from, int to)
{
  g_autofree char *bytes = g_malloc(COPY_SIZE);
  off_t at = 0;

  for (;;) {
    const ssize_t n = pread(from, bytes, COPY_SIZE, at);

    if (n == 0)
      return true;
    if (n < 0 && errno != EINTR)
      return false;
    if (n > 0 && !write_all(to, bytes, (size_t)n))
      return false;
    at += MAX(n, 0);
  }
}

static bool
send(int from, const char *target)
{
  const int known = partita_file_find_descriptor(target);
  const int to = known >= 0
                   ? fcntl(known, F_DUPFD_CLOEXEC, 0)
                   : g_open(target, O_WRONLY | O_NOCTTY | O_CLOEXEC, 0);

  if (to < 0)
    return false;

  const bool ok = copy(from, to);
  const int code = errno;
  const bool closed = close(to) == 0;

  if (!ok)
    errno = code;
  return ok && closed;
}

static bool
write_through(const char *target,
              const char *path,
              PartitaFileWriter *writer,
              void *data,
              GError **error)
{
  const int fd = partita_scratch_make_file();

  if (fd < 0) {
    partita_file_set_error(error, errno, "write", path);
    return false;
  }

  g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", fd);
  bool ok = writer(name, data, error);

  if (ok && !send(fd, target)) {
    partita_file_set_error(error, errno, "write", path);
    ok = false;
  }
  (void)close(fd);
  return ok;
}

bool
partita_file_replace(const char *path,
                     PartitaFileWriter *writer,
                     void *data,
                     GError **error)
{
  g_autofree char *target = partita_file_find_target(path);

  if (!partita_file_check_target(path, error))
    return false;
  return is_written_through(target)
           ? write_through(target, path, writer, data, error)
           : replace(target, path, writer, data, error);
}

typedef struct {
  const char *path; // the one to name in messages
  const char *bytes;
  size_t size;
} Span;

static bool
write_span(const char *path, void *data, GError **error)
{
  const Span *span = data;
  const int fd = g_open(path, O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
  const bool ok = fd >= 0 && write_all(fd, span->bytes, span->size);
  const int code = errno;

  if (fd >= 0 && close(fd) == 0 && ok)
    return true;
  partita_file_set_error(error, ok ? errno : code, "write", span->path);
  return false;
}

bool
partita_file_replace_bytes(const char *path,
                           const void *bytes,
                           size_t size,
                           GError **error)
{
  Span span = {path, bytes, size};

  return partita_file_replace(path, write_span, &span, error);
}

static int
make_nameless(const char *target)
{
  g_autofree char *folder = g_path_get_dirname(target);
  const int fd = g_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    return fd;

  // Not every file system makes files without a name.
  g_autofree char *name =
    g_build_filename(folder, PARTITA_TEMPORARY PARTITA_TEMPORARY_RANDOM, NULL);
  const int named = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);

  if (named >= 0)
    (void)g_unlink(name);
  return named;
}

int
partita_file_make_room(const char *path, GError **error)
{
  g_autofree char *target = partita_file_find_target(path);
  const int fd = is_written_through(target) ? partita_scratch_make_file()
                                            : make_nameless(target);

  if (fd < 0)
    partita_file_set_error(error, errno, "write", path);
  return fd;
}
