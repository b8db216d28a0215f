// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_FILES_H
#define PARTITA_CLI_FILES_H

#include <gio/gio.h>
#include <stdbool.h>

/* What each command reads and writes is looked at in one place, before any
 * work: "-" is standard input or output wherever a file stands, no output may
 * be an input or another output, and no name may promise what is not written.
 */

typedef enum {
  CLI_FILE_READ,       ///< a MIDI file, a model or a folder
  CLI_FILE_READ_MUSIC, ///< a MIDI file or a folder
  CLI_FILE_READ_MIDI,  ///< a MIDI file
  CLI_FILE_READ_BARS,  ///< a MIDI file, or its first bars: FILE:8
  CLI_FILE_READ_MODEL, ///< if not given, the model that is found
  CLI_FILE_READ_SOUNDFONT,
  CLI_FILE_READ_FOLDER,
  CLI_FILE_WRITE_MIDI,
  CLI_FILE_WRITE_WAV,
  CLI_FILE_WRITE_JSON,
  CLI_FILE_WRITE_MODEL,
  CLI_FILE_WRITE_CORPUS ///< a folder
} CliFileRole;

typedef struct {
  const char *option; ///< as messages name it: "--wav"
  CliFileRole role;
  char **path; ///< of the command's options or arguments; *path may be NULL
  int pieces;  ///< written under numbered names, if above 1
} CliFile;

/**
 * cli_files_settle:
 * @command: its name
 *
 * Puts the path of what was read from standard input in the place of "-", and
 * /dev/stdout in that of an output; in the latter case words go to standard
 * error from then on. Refuses an input that begins as another kind of file than
 * the one that is wanted. Sweeps what killed commands left in the folders of
 * outputs.
 */
bool
cli_files_settle(const char *command,
                 const CliFile *files,
                 size_t n,
                 GError **error);

/// (transfer full) (nullable): the file that an input names, without the bars
/// of "FILE:8"; NULL if there is none
char *
cli_file_find_input(const CliFile *file);

/// Whether the input is of the kind that is wanted, as far as its first bytes
/// tell.
bool
cli_file_check_kind(const CliFile *file, GError **error);

/// (transfer full): "out.mid" as it is for one piece, "out-3.mid" for the third
/// of many.
char *
cli_number_path(const char *path, int index, int pieces);

#endif
