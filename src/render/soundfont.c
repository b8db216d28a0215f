// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/render-private.h>

#include <base/file.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKAGE_HINT "a SoundFont comes with: apt install timgm6mb-soundfont"

/// Tried first in each folder, before its other SoundFonts by name.
static const char *const preferred[] = {
  "default-GM.sf2", // links that Debian's alternatives keep
  "default-GM.sf3",
  "FluidR3_GM.sf2",
  "TimGM6mb.sf2",
};

static const char *const system_folders[] = {
  "/usr/share/sounds/sf2",
  "/usr/share/sounds/sf3",
  "/usr/share/soundfonts",
};

/// Why @path is no SoundFont, or NULL if it looks like one.
static const char *
find_fault(const char *path)
{
  // O_NONBLOCK: a FIFO without a writer must not be waited for.
  const int fd = g_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
  struct stat status;
  char head[12];

  if (fd < 0)
    return g_strerror(errno);

  const bool regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t n = regular ? read(fd, head, sizeof head) : 0;

  (void)close(fd);
  if (!regular)
    return "not a regular file";
  if (n != (ssize_t)sizeof head || memcmp(head, "RIFF", 4) != 0 ||
      memcmp(head + 8, "sfbk", 4) != 0)
    return "not a SoundFont";
  return NULL;
}

static char *
check_wish(const char *path, GError **error)
{
  const char *fault = find_fault(path);

  if (fault == NULL)
    return g_strdup(path);

  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT,
              "%s: %s; " PACKAGE_HINT, shown, fault);
  return NULL;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
is_named_soundfont(const char *name)
{
  const size_t length = strlen(name);

  return length > 4 && (g_ascii_strcasecmp(name + length - 4, ".sf2") == 0 ||
                        g_ascii_strcasecmp(name + length - 4, ".sf3") == 0);
}

/// The names to try in @folder, the best first.
static GPtrArray *
list_names(const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    if (is_named_soundfont(name))
      g_ptr_array_add(names, g_strdup(name));
  }
  g_ptr_array_sort(names, compare_names);
  for (size_t i = G_N_ELEMENTS(preferred); i > 0; --i)
    g_ptr_array_insert(names, 0, g_strdup(preferred[i - 1]));
  return names;
}

static char *
search_folder(const char *folder)
{
  g_autoptr(GPtrArray) names = list_names(folder);

  for (guint i = 0; i < names->len; ++i) {
    g_autofree char *path =
      g_build_filename(folder, g_ptr_array_index(names, i), NULL);

    if (find_fault(path) == NULL)
      return g_steal_pointer(&path);
  }
  return NULL;
}

char *
partita_soundfont_search(const char *const *folders, GError **error)
{
  for (size_t i = 0; folders[i] != NULL; ++i) {
    char *path = search_folder(folders[i]);

    if (path != NULL)
      return path;
  }
  g_set_error_literal(error, PARTITA_RENDER_ERROR,
                      PARTITA_RENDER_ERROR_SOUNDFONT,
                      "no SoundFont found; " PACKAGE_HINT);
  return NULL;
}

static void
add_data_folder(GPtrArray *folders, const char *data)
{
  g_ptr_array_add(folders, g_build_filename(data, "sounds", "sf2", NULL));
  g_ptr_array_add(folders, g_build_filename(data, "sounds", "sf3", NULL));
  g_ptr_array_add(folders, g_build_filename(data, "soundfonts", NULL));
}

char *
partita_soundfont_find(const char *wish, GError **error)
{
  const char *named = g_getenv("PARTITA_SOUNDFONT");
  const char *const *data = g_get_system_data_dirs();
  g_autoptr(GPtrArray) folders = NULL;

  if (wish != NULL)
    return check_wish(wish, error);
  if (named != NULL && *named != '\0')
    return check_wish(named, error);

  folders = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(folders, g_strdup(PARTITA_DATADIR "/soundfonts"));
  for (size_t i = 0; i < G_N_ELEMENTS(system_folders); ++i)
    g_ptr_array_add(folders, g_strdup(system_folders[i]));
  add_data_folder(folders, g_get_user_data_dir());
  for (size_t i = 0; data[i] != NULL; ++i)
    add_data_folder(folders, data[i]);
  g_ptr_array_add(folders, NULL);
  return partita_soundfont_search((const char *const *)folders->pdata, error);
}
