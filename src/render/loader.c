// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/loader.h>

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

// FluidSynth offers a name to every reader it has; one that names no file is
// understood by ours alone.
#define PREFIX "partita-soundfont:"

static void *
open_file(const char *name)
{
  if (!g_str_has_prefix(name, PREFIX))
    return NULL;

  const int fd =
    g_open(name + strlen(PREFIX), O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);

  return fd >= 0 ? fdopen(fd, "rb") : NULL;
}

static int
read_file(void *buffer, fluid_long_long_t count, void *handle)
{
  return count >= 0 && fread(buffer, 1, (size_t)count, handle) == (size_t)count
           ? FLUID_OK
           : FLUID_FAILED;
}

static int
seek_file(void *handle, fluid_long_long_t offset, int origin)
{
  return fseeko(handle, (off_t)offset, origin) == 0 ? FLUID_OK : FLUID_FAILED;
}

static fluid_long_long_t
tell_file(void *handle)
{
  return ftello(handle);
}

static int
close_file(void *handle)
{
  return fclose(handle) == 0 ? FLUID_OK : FLUID_FAILED;
}

int
partita_loader_load(fluid_settings_t *settings,
                    fluid_synth_t *synth,
                    const char *path)
{
  g_autofree char *name = g_strconcat(PREFIX, path, NULL);
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
