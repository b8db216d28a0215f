// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <base/text.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

void
partita_file_set_error(GError **error,
                       int code,
                       const char *doing,
                       const char *path)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              "%s: cannot %s: %s", shown, doing, g_strerror(code));
}

static GBytes *
read_whole(int fd, const char *path, size_t size, GError **error)
{
  g_autofree char *bytes = g_try_malloc(size + 1);
  size_t done = 0;

  if (bytes == NULL) {
    partita_file_set_error(error, ENOMEM, "read", path);
    return NULL;
  }
  while (done < size) {
    const ssize_t n = read(fd, bytes + done, size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      partita_file_set_error(error, errno, "read", path);
      return NULL;
    }
    if (n == 0) // it shrank while being read
      break;
    done += (size_t)n;
  }
  return g_bytes_new_take(g_steal_pointer(&bytes), done);
}

static bool
check_regular(
  int fd, const char *path, size_t max, size_t *size, GError **error)
{
  struct stat status;

  if (fstat(fd, &status) != 0) {
    partita_file_set_error(error, errno, "read", path);
    return false;
  }
  if (!S_ISREG(status.st_mode)) {
    g_autofree char *shown = partita_file_display(path);

    g_set_error(error, G_FILE_ERROR,
                S_ISDIR(status.st_mode) ? G_FILE_ERROR_ISDIR
                                        : G_FILE_ERROR_INVAL,
                "%s: not a regular file", shown);
    return false;
  }
  if ((uint64_t)status.st_size > max) {
    g_autofree char *shown = partita_file_display(path);

    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                "%s: %" G_GINT64_FORMAT " bytes, more than %zu", shown,
                (gint64)status.st_size, max);
    return false;
  }
  *size = (size_t)status.st_size;
  return true;
}

/// The file descriptor and the size of a regular file of at most @max bytes;
/// -1 with @error set.
static int
open_regular(const char *path, size_t max, size_t *size, GError **error)
{
  const int fd = g_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);

  if (fd < 0) {
    partita_file_set_error(error, errno, "read", path);
    return -1;
  }
  if (!check_regular(fd, path, max, size, error)) {
    (void)close(fd);
    return -1;
  }
  return fd;
}

GBytes *
partita_file_read(const char *path, size_t max, GError **error)
{
  size_t size = 0;
  const int fd = open_regular(path, max, &size, error);

  if (fd < 0)
    return NULL;
  GBytes *bytes = read_whole(fd, path, size, error);

  (void)close(fd);
  return bytes;
}

/// Writable makes the map private, not the file written.
static GBytes *
map(const char *path, size_t max, bool writable, GError **error)
{
  size_t size = 0;
  g_autoptr(GError) cause = NULL;
  const int fd = open_regular(path, max, &size, error);

  if (fd < 0)
    return NULL;

  g_autoptr(GMappedFile) file = g_mapped_file_new_from_fd(fd, writable, &cause);

  (void)close(fd);
  if (file != NULL)
    return g_mapped_file_get_bytes(file);

  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, cause->code, "%s: %s", shown,
              cause->message);
  return NULL;
}

GBytes *
partita_file_map(const char *path, size_t max, GError **error)
{
  return map(path, max, true, error);
}

GBytes *
partita_file_view(const char *path, GError **error)
{
  return map(path, G_MAXSIZE, false, error);
}

char *
partita_file_display(const char *path)
{
  return partita_text_show(path, G_MAXSIZE);
}
