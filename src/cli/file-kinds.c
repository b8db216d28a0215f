// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "files.h"

#include <base/file.h>
#include <base/kind.h>

/// What each input may be, beside what cannot be told by its beginning: bits of
/// PartitaFileKind.
#define BIT(kind) (1u << (kind))

static const struct {
  unsigned kinds;
  const char *wants;
} wanted[] = {
  [CLI_FILE_READ] = {BIT(PARTITA_FILE_MIDI) | BIT(PARTITA_FILE_MODEL) |
                       BIT(PARTITA_FILE_FOLDER),
                     "a MIDI file, a folder, a corpus or a model"},
  [CLI_FILE_READ_MUSIC] = {BIT(PARTITA_FILE_MIDI) | BIT(PARTITA_FILE_FOLDER),
                           "a MIDI file or a folder"},
  [CLI_FILE_READ_MIDI] = {BIT(PARTITA_FILE_MIDI), "a MIDI file"},
  [CLI_FILE_READ_BARS] = {BIT(PARTITA_FILE_MIDI), "a MIDI file"},
  [CLI_FILE_READ_MODEL] = {BIT(PARTITA_FILE_MODEL), "a model"},
  [CLI_FILE_READ_SOUNDFONT] = {BIT(PARTITA_FILE_SOUNDFONT), "a SoundFont"},
  [CLI_FILE_READ_FOLDER] = {BIT(PARTITA_FILE_FOLDER),
                            "a folder of MIDI files or a corpus"},
};

bool
cli_file_check_kind(const CliFile *file, GError **error)
{
  g_autofree char *path = cli_file_find_input(file);
  const char *what = NULL;
  const PartitaFileKind kind =
    path != NULL ? partita_file_recognise(path, &what) : PARTITA_FILE_UNKNOWN;

  if (kind == PARTITA_FILE_UNKNOWN ||
      (wanted[file->role].kinds & BIT(kind)) != 0)
    return true;

  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "%s: %s takes %s, and this is %s", shown, file->option,
              wanted[file->role].wants, what);
  return false;
}
