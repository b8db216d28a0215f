// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_RENDER_FIXTURE_H
#define PARTITA_TESTS_RENDER_FIXTURE_H

#include <partita/render.h>

/// Frames of the tiny SoundFont's one sample, recorded at 44100 Hz.
#define BLIP_FRAMES 220

/// A new folder under the system's one for temporary files.
char *
fixture_folder(void);

/// Removes the folder, which holds files only; says if it held @expected.
bool
fixture_remove(char *folder, guint expected);

/**
 * fixture_soundfont:
 * @level: of the sample's square wave; 0 for a SoundFont that is silent
 *
 * Writes a SoundFont of one preset, a short click on key 60.
 *
 * Returns: (transfer full): its path in @folder
 */
char *
fixture_soundfont(const char *folder, int bank, int program, int16_t level);

/// The same, on the keys from @low to @high only.
char *
fixture_soundfont_keys(
  const char *folder, int bank, int program, int16_t level, int low, int high);

/**
 * fixture_small_soundfont:
 *
 * Returns: (transfer none) (nullable): a whole SoundFont of General MIDI that
 * is read in an instant, of the package that the tests need; NULL, which stands
 * for the system's, where it is missing. That one may have 150 MB, for which
 * each rendering would wait.
 */
const char *
fixture_small_soundfont(void);

/// A score of one track with a click on each of @n quarters.
PartitaScore *
fixture_score(uint8_t program, unsigned n);

/// Reads a WAV file of two channels; shape [frames, 2].
float *
fixture_sound(const char *path, uint64_t *frames);

/// Frame at or after @from at which the level first passes @level.
uint64_t
fixture_onset(const float *sound, uint64_t frames, uint64_t from, float level);

#endif
