// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Ends the name of a temporary file; nobody's own files are called so.
#define TEMPORARY ".partita-"
#define TEMPORARY_RANDOM "XXXXXX"

static void
set_error(GError **error, int code, const char *doing, const char *path)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
              "%s: cannot %s: %s", shown, doing, g_strerror(code));
}

static bool
sync_path(const char *path, int flags)
{
  const int fd = g_open(path, flags | O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    return false;
  // Some file systems cannot sync a folder: that is no failure of the write.
  const bool ok = fsync(fd) == 0 || errno == EINVAL;
  const int code = errno;

  (void)close(fd);
  errno = code;
  return ok;
}

bool
partita_file_check_target(const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  struct stat status;

  if (stat(folder, &status) != 0) {
    set_error(error, errno, "write", path);
    return false;
  }
  if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
    set_error(error, S_ISDIR(status.st_mode) ? EISDIR : EINVAL, "write", path);
    return false;
  }
  if (access(folder, W_OK | X_OK) != 0) {
    set_error(error, errno, "write", path);
    return false;
  }
  return true;
}

static char *
make_temporary(const char *path, GError **error)
{
  g_autofree char *name = g_strconcat(path, TEMPORARY TEMPORARY_RANDOM, NULL);
  const int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0666);

  if (fd < 0) {
    set_error(error, errno, "write", path);
    return NULL;
  }
  (void)close(fd);
  return g_steal_pointer(&name);
}

void
partita_file_sweep(const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  g_autofree char *prefix = g_strconcat(name, TEMPORARY, NULL);
  const size_t length = strlen(prefix) + strlen(TEMPORARY_RANDOM);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *entry = NULL;

  while (dir != NULL && (entry = g_dir_read_name(dir)) != NULL)
    if (g_str_has_prefix(entry, prefix) && strlen(entry) == length) {
      g_autofree char *leftover = g_build_filename(folder, entry, NULL);

      (void)g_unlink(leftover);
    }
}

static bool
put_in_place(const char *temporary, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);

  if (!sync_path(temporary, 0) || g_rename(temporary, path) != 0 ||
      !sync_path(folder, O_DIRECTORY)) {
    set_error(error, errno, "write", path);
    return false;
  }
  return true;
}

bool
partita_file_replace(const char *path,
                     PartitaFileWriter *writer,
                     void *data,
                     GError **error)
{
  if (!partita_file_check_target(path, error))
    return false;

  g_autofree char *temporary = make_temporary(path, error);

  if (temporary == NULL)
    return false;
  if (!writer(temporary, data, error) ||
      !put_in_place(temporary, path, error)) {
    (void)g_unlink(temporary);
    return false;
  }
  return true;
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
  size_t done = 0;

  while (fd >= 0 && done < span->size) {
    const ssize_t n = write(fd, span->bytes + done, span->size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      break;
    done += (size_t)n;
  }
  const int code = errno;

  if (fd >= 0 && close(fd) == 0 && done == span->size)
    return true;
  set_error(error, done < span->size ? code : errno, "write", span->path);
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

static GBytes *
read_whole(int fd, const char *path, size_t size, GError **error)
{
  g_autofree char *bytes = g_try_malloc(size + 1);
  size_t done = 0;

  if (bytes == NULL) {
    set_error(error, ENOMEM, "read", path);
    return NULL;
  }
  while (done < size) {
    const ssize_t n = read(fd, bytes + done, size - done);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_error(error, errno, "read", path);
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
    set_error(error, errno, "read", path);
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
    set_error(error, errno, "read", path);
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

GBytes *
partita_file_map(const char *path, size_t max, GError **error)
{
  size_t size = 0;
  g_autoptr(GError) cause = NULL;
  const int fd = open_regular(path, max, &size, error);

  if (fd < 0)
    return NULL;

  // Writable makes the map private, not the file written.
  g_autoptr(GMappedFile) map = g_mapped_file_new_from_fd(fd, TRUE, &cause);

  (void)close(fd);
  if (map != NULL)
    return g_mapped_file_get_bytes(map);

  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, G_FILE_ERROR, cause->code, "%s: %s", shown,
              cause->message);
  return NULL;
}

char *
partita_file_display(const char *path)
{
  GString *shown = g_string_new(NULL);

  while (*path != '\0') {
    const gunichar c = g_utf8_get_char_validated(path, -1);

    if (c == (gunichar)-1 || c == (gunichar)-2) {
      g_string_append_printf(shown, "\\x%02x", (unsigned char)*path++);
    } else if (g_unichar_iscntrl(c)) {
      // Of more than one byte in C1: each is shown, so nothing is lost.
      for (const char *end = g_utf8_next_char(path); path < end; ++path)
        g_string_append_printf(shown, "\\x%02x", (unsigned char)*path);
    } else {
      const char *end = g_utf8_next_char(path);

      g_string_append_len(shown, path, end - path);
      path = end;
    }
  }
  return g_string_free(shown, FALSE);
}
