// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of reading a folder of MIDI files on one core, from memory:
 * cleaning alone, the whole reading, and libsmf alone on the cleaned bytes. */

#include <midi/song-private.h>
#include <partita/midi.h>
#include <time.h>

#define PASSES 5

/// The exit status by which meson knows a skipped benchmark.
#define SKIPPED 77

typedef struct {
  GPtrArray *files; // GBytes, as they are
  GPtrArray *clean; // GBytes, those that can be mended
  size_t size;
  size_t clean_size;
} Folder;

static void
load(Folder *folder, const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name = NULL;

  if (dir == NULL) {
    char *bytes = NULL;
    gsize size = 0;

    if (g_str_has_suffix(path, ".mid") &&
        g_file_get_contents(path, &bytes, &size, NULL)) {
      g_ptr_array_add(folder->files, g_bytes_new_take(bytes, size));
      folder->size += size;
    }
    return;
  }
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *inside = g_build_filename(path, name, NULL);

    if (!g_file_test(inside, G_FILE_TEST_IS_SYMLINK))
      load(folder, inside);
  }
}

static void
clean_all(Folder *folder)
{
  g_ptr_array_set_size(folder->clean, 0);
  folder->clean_size = 0;
  for (guint i = 0; i < folder->files->len; ++i) {
    gsize size = 0;
    const uint8_t *data =
      g_bytes_get_data(g_ptr_array_index(folder->files, i), &size);
    GBytes *clean = partita_midi_clean(data, size, NULL, NULL);

    if (clean == NULL)
      continue;
    g_ptr_array_add(folder->clean, clean);
    folder->clean_size += g_bytes_get_size(clean);
  }
}

static void
read_all(Folder *folder)
{
  for (guint i = 0; i < folder->files->len; ++i) {
    gsize size = 0;
    const uint8_t *data =
      g_bytes_get_data(g_ptr_array_index(folder->files, i), &size);

    partita_score_free(partita_midi_read(data, size, NULL, NULL));
  }
}

static void
load_all(Folder *folder)
{
  for (guint i = 0; i < folder->clean->len; ++i) {
    gsize size = 0;
    const void *data =
      g_bytes_get_data(g_ptr_array_index(folder->clean, i), &size);

    partita_midi_song_free(smf_load_from_memory(data, (int)size));
  }
}

/* Prints the speed of the fastest of some passes, in processor time: other
 * programs on the machine do not count. */
static void
measure(const char *name, void (*work)(Folder *folder), Folder *folder)
{
  double best_s = G_MAXDOUBLE;

  for (int pass = 0; pass < PASSES; ++pass) {
    const clock_t start = clock();

    work(folder);
    best_s = MIN(best_s, (double)(clock() - start) / CLOCKS_PER_SEC);
  }
  g_print("midi-%s\tfiles=%u\tthreads=1\tfiles_per_s=%.0f\tMB_per_s=%.1f\n",
          name, folder->files->len, folder->files->len / best_s,
          (double)(work == load_all ? folder->clean_size : folder->size) /
            best_s * 1e-6);
}

int
main(int argc, char **argv)
{
  g_autoptr(GPtrArray) files =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  g_autoptr(GPtrArray) clean =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  Folder folder = {.files = files, .clean = clean};
  const char *data = g_getenv("PARTITA_DATA");
  g_autofree char *set =
    data != NULL ? g_build_filename(data, "pop909", NULL) : NULL;
  const char *path = argc > 1 ? argv[1] : set;

  if (path == NULL) {
    g_printerr("usage: bench-midi FOLDER (or set PARTITA_DATA)\n");
    return SKIPPED;
  }
  load(&folder, path);
  if (files->len == 0) {
    g_printerr("%s: no .mid file\n", path);
    return 1;
  }
  measure("clean", clean_all, &folder);
  measure("read", read_all, &folder);
  measure("libsmf", load_all, &folder);
  return 0;
}
