// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/scan.h>

#include <base/file.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <partita/corpus.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  GPtrArray *items;
  PartitaScratch *scratch;
  GCancellable *cancellable;
  GString *path; // of the folder being read, with a slash unless empty
} Walk;

bool
partita_scan_is_midi_name(const char *name)
{
  static const char *const endings[] = {".mid", ".midi", ".kar", ".rmi",
                                        ".smf"};
  const size_t length = strlen(name);

  for (size_t i = 0; i < G_N_ELEMENTS(endings); ++i) {
    const size_t n = strlen(endings[i]);

    if (length >= n && g_ascii_strcasecmp(name + length - n, endings[i]) == 0)
      return true;
  }
  return false;
}

/// Takes @problem.
static PartitaScanItem *
add_item(const Walk *walk, const char *name, char *problem)
{
  const size_t length = walk->path->len;
  const size_t size = length + strlen(name) + 1;
  g_autofree char *why = problem;
  PartitaScanItem *item =
    partita_scratch_take(walk->scratch, sizeof *item + size);

  item->path = (char *)(item + 1);
  memcpy(item->path, walk->path->str, length);
  memcpy(item->path + length, name, size - length);
  if (why != NULL)
    item->problem = partita_scratch_take_text(walk->scratch, why);
  item->midi = partita_scan_is_midi_name(name);
  g_ptr_array_add(walk->items, item);
  return item;
}

static void
add_file(const Walk *walk, const char *name, const struct stat *status)
{
  PartitaScanItem *item =
    add_item(walk, name,
             S_ISREG(status->st_mode) ? NULL : g_strdup("not a regular file"));

  item->size = (uint64_t)status->st_size;
  item->mtime_ns =
    (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

/// What hides behind a symbolic link counts as if it stood here.
static void
add_link(const Walk *walk, int folder, const char *name)
{
  struct stat status;

  if (fstatat(folder, name, &status, 0) != 0)
    (void)add_item(
      walk, name,
      g_strdup_printf("symbolic link to nowhere: %s", g_strerror(errno)));
  else if (S_ISDIR(status.st_mode))
    (void)add_item(walk, name, g_strdup("symbolic link to a folder"));
  else
    add_file(walk, name, &status);
}

static void
walk_folder(Walk *walk, int fd, unsigned depth);

/// A folder of that name is entered all the same: its files count.
static void
enter(Walk *walk, int folder, const char *name, unsigned depth)
{
  const size_t length = walk->path->len;

  if (depth >= PARTITA_SCAN_DEPTH_MAX) {
    (void)add_item(walk, name, g_strdup("folders nested too deep"));
    return;
  }
  const int fd = openat(
    folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    (void)add_item(
      walk, name,
      g_strdup_printf("folder that cannot be read: %s", g_strerror(errno)));
    return;
  }
  if (partita_scan_is_midi_name(name))
    (void)add_item(walk, name, g_strdup("not a regular file"));
  g_string_append_printf(walk->path, "%s/", name);
  walk_folder(walk, fd, depth + 1);
  g_string_truncate(walk->path, length);
}

static void
visit(Walk *walk, int folder, const char *name, unsigned depth)
{
  struct stat status;

  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    (void)add_item(walk, name,
                   g_strdup_printf("cannot look: %s", g_strerror(errno)));
  else if (S_ISDIR(status.st_mode))
    enter(walk, folder, name, depth);
  else if (S_ISLNK(status.st_mode))
    add_link(walk, folder, name);
  else
    add_file(walk, name, &status);
}

/// A folder that stops giving entries is read as far as it goes, and named.
static void
walk_entries(Walk *walk, int fd, DIR *stream, unsigned depth)
{
  const struct dirent *entry = NULL;

  for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
    if (g_cancellable_is_cancelled(walk->cancellable))
      return;
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      visit(walk, fd, entry->d_name, depth);
  }
  if (errno != 0)
    (void)add_item(
      walk, ".",
      g_strdup_printf("folder that cannot be read on: %s", g_strerror(errno)));
}

/// Takes @fd.
static void
walk_folder(Walk *walk, int fd, unsigned depth)
{
  DIR *stream = fdopendir(fd);

  if (stream == NULL) {
    (void)add_item(
      walk, ".",
      g_strdup_printf("folder that cannot be read: %s", g_strerror(errno)));
    (void)close(fd);
    return;
  }
  walk_entries(walk, fd, stream, depth);
  (void)closedir(stream);
}

static gint
compare_items(gconstpointer a, gconstpointer b)
{
  const PartitaScanItem *const *x = a;
  const PartitaScanItem *const *y = b;

  return strcmp((*x)->path, (*y)->path);
}

GPtrArray *
partita_scan_folder(const char *folder,
                    PartitaScratch *scratch,
                    GCancellable *cancellable,
                    GError **error)
{
  const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);

  if (fd < 0) {
    const int code = errno;
    g_autofree char *shown = partita_file_display(folder);

    g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_FOLDER,
                "%s: %s", shown, g_strerror(code));
    return NULL;
  }
  g_autoptr(GPtrArray) items = g_ptr_array_new();
  g_autoptr(GString) path = g_string_new(NULL);
  Walk walk = {items, scratch, cancellable, path};

  walk_folder(&walk, fd, 0);
  if (g_cancellable_set_error_if_cancelled(cancellable, error))
    return NULL;
  g_ptr_array_sort(items, compare_items);
  return g_steal_pointer(&items);
}
