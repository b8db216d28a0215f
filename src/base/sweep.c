// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file-private.h>
#include <base/file.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_temporary_name(const char *name)
{
  const size_t mark = strlen(PARTITA_TEMPORARY);
  const size_t random = strlen(PARTITA_TEMPORARY_RANDOM);
  const size_t length = strlen(name);

  if (length < mark + random)
    return false;
  name += length - mark - random;
  if (strncmp(name, PARTITA_TEMPORARY, mark) != 0)
    return false;
  for (name += mark; *name != '\0'; ++name)
    if (!g_ascii_isalnum(*name))
      return false;
  return true;
}

/// The kernel lets go of a writer's lock however it ends, so what can be locked
/// has no writer any more.
static void
sweep_file(const char *path)
{
  struct stat status;
  const int fd = g_open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
      flock(fd, LOCK_EX | LOCK_NB) == 0)
    (void)g_unlink(path);
  (void)close(fd);
}

void
partita_file_sweep(const char *path)
{
  g_autofree char *target = partita_file_find_target(path);
  g_autofree char *folder = g_path_get_dirname(target);
  g_autoptr(GDir) dir = partita_file_find_descriptor(target) < 0
                          ? g_dir_open(folder, 0, NULL)
                          : NULL;
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
    if (is_temporary_name(name)) {
      g_autofree char *leftover = g_build_filename(folder, name, NULL);

      sweep_file(leftover);
    }
}
