// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/loader.h>

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// FluidSynth offers a name to every reader it has; one that names no file is
// understood by ours alone. It is all that the reader is told, so it holds the
// address of the cancellable too.
#define PREFIX "partita-soundfont:"

#define READ_BYTES ((size_t)1 << 20)

typedef struct {
  FILE *file;
  GCancellable *cancellable; // nullable; of the caller, which waits
} Source;

static void *
open_file(const char *name)
{
  char *path = NULL;

  if (!g_str_has_prefix(name, PREFIX))
    return NULL;

  const guint64 address = g_ascii_strtoull(name + strlen(PREFIX), &path, 16);
  const int fd = g_open(path + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;

  if (file == NULL)
    return NULL;

  Source *source = g_new(Source, 1);

  *source = (Source){file, (GCancellable *)(uintptr_t)address};
  return source;
}

/* A SoundFont may be of hundreds of megabytes, which take more than the tenth
 * of a second that may pass before a cancellation is seen. */
static int
read_file(void *buffer, fluid_long_long_t count, void *handle)
{
  const Source *source = handle;
  char *to = buffer;
  size_t left = count >= 0 ? (size_t)count : 0;

  while (left > 0) {
    const size_t n = MIN(left, READ_BYTES);

    if (g_cancellable_is_cancelled(source->cancellable) ||
        fread(to, 1, n, source->file) != n)
      return FLUID_FAILED;
    to += n;
    left -= n;
  }
  return count >= 0 ? FLUID_OK : FLUID_FAILED;
}

static int
seek_file(void *handle, fluid_long_long_t offset, int origin)
{
  const Source *source = handle;

  return fseeko(source->file, (off_t)offset, origin) == 0 ? FLUID_OK
                                                          : FLUID_FAILED;
}

static fluid_long_long_t
tell_file(void *handle)
{
  return ftello(((const Source *)handle)->file);
}

static int
close_file(void *handle)
{
  g_autofree Source *source = handle;

  return fclose(source->file) == 0 ? FLUID_OK : FLUID_FAILED;
}

int
partita_loader_load(fluid_settings_t *settings,
                    fluid_synth_t *synth,
                    const char *path,
                    GCancellable *cancellable)
{
  g_autofree char *name = g_strdup_printf(
    PREFIX "%" G_GINT64_MODIFIER "x:%s", (guint64)(uintptr_t)cancellable, path);
  fluid_sfloader_t *loader = new_fluid_defsfloader(settings);

  if (loader == NULL)
    return FLUID_FAILED;
  if (fluid_sfloader_set_callbacks(loader, open_file, read_file, seek_file,
                                   tell_file, close_file) != FLUID_OK) {
    delete_fluid_sfloader(loader);
    return FLUID_FAILED;
  }
  fluid_synth_add_sfloader(synth, loader); // which owns it now
  return fluid_synth_sfload(synth, name, 0);
}
