// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_KIND_H
#define PARTITA_BASE_KIND_H

/// What a file is, as far as its first bytes tell.
typedef enum {
  PARTITA_FILE_UNKNOWN, ///< also what is not there or cannot be read
  PARTITA_FILE_EMPTY,
  PARTITA_FILE_FOLDER,
  PARTITA_FILE_MIDI,
  PARTITA_FILE_MODEL, ///< safetensors
  PARTITA_FILE_SOUNDFONT,
  PARTITA_FILE_ALIEN ///< another kind that is well known
} PartitaFileKind;

/**
 * partita_file_recognise:
 * @what: (out): such as "a MIDI file", "an Ogg file"; NULL if unknown
 *
 * Looks at the beginning of a regular file; FIFOs and devices are unknown, and
 * are not waited for.
 */
PartitaFileKind
partita_file_recognise(const char *path, const char **what);

#endif
