// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_RENDER_LOADER_H
#define PARTITA_RENDER_LOADER_H

#include <fluidsynth.h>
#include <gio/gio.h>

/**
 * partita_loader_load:
 * @path: an SF2 or SF3 file
 * @cancellable: (nullable)
 *
 * Loads a SoundFont by FluidSynth's own reader and no other: one of DLS files
 * would try a damaged SoundFont next, and prints.
 *
 * Returns: its number, or %FLUID_FAILED, also if cancelled
 */
int
partita_loader_load(fluid_settings_t *settings,
                    fluid_synth_t *synth,
                    const char *path,
                    GCancellable *cancellable);

#endif
