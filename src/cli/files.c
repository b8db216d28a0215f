// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "files.h"

#include "cli.h"
#include "output.h"

#include <base/file.h>
#include <base/kind.h>
#include <errno.h>
#include <partita/model.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD "-"
#define STANDARD_INPUT "/dev/stdin"
#define STANDARD_OUTPUT "/dev/stdout"
#define INPUT_MAX ((uint64_t)4 << 30)
#define COPY_SIZE ((size_t)1 << 16)
/// More are refused as a number, later.
#define PIECES_MAX 100000

static bool
is_output(const CliFile *file)
{
  return file->role >= CLI_FILE_WRITE_MIDI;
}

char *
cli_number_path(const char *path, int index, int pieces)
{
  const char *dot = strrchr(path, '.');

  if (pieces <= 1)
    return g_strdup(path);
  if (dot == NULL || strchr(dot, G_DIR_SEPARATOR) != NULL)
    dot = path + strlen(path);
  return g_strdup_printf("%.*s-%d%s", (int)(dot - path), path, index + 1, dot);
}

G_GNUC_PRINTF(3, 4)
static bool
refuse(const CliFile *file, GError **error, const char *format, ...)
{
  g_autofree char *shown = partita_file_display(*file->path);
  g_autofree char *why = NULL;
  va_list arguments;

  va_start(arguments, format);
  why = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "%s %s: %s", file->option,
              shown, why);
  return false;
}

/* Standard input and output. */

/// Takes all of standard input into a file without a name, which can then be
/// read from its beginning by its path as often as anybody likes.
static bool
keep_input(GError **error)
{
  g_autofree char *bytes = g_malloc(COPY_SIZE);
  const int fd = memfd_create("standard input", MFD_CLOEXEC);
  uint64_t size = 0;
  ssize_t n = 1;

  while (fd >= 0 && n > 0 && size <= INPUT_MAX) {
    n = read(STDIN_FILENO, bytes, COPY_SIZE);
    if (n < 0 && errno == EINTR)
      n = 1;
    else if (n > 0 && write(fd, bytes, (size_t)n) != n)
      n = -1;
    else
      size += (uint64_t)MAX(n, 0);
  }

  const int code = errno;
  const bool ok = fd >= 0 && n == 0 && dup2(fd, STDIN_FILENO) >= 0;

  if (fd >= 0)
    (void)close(fd);
  if (!ok)
    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED, "standard input: %s",
                n > 0 ? "more than 4 GiB" : g_strerror(code));
  return ok;
}

/// Whether a path means standard input; @rest: (out): what follows it, as ":8"
static bool
is_standard_input(const CliFile *file, const char **rest)
{
  static const char *const names[] = {STANDARD, STANDARD_INPUT};

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    *rest = *file->path + strlen(names[i]);
    if (g_str_has_prefix(*file->path, names[i]) &&
        (**rest == '\0' || (**rest == ':' && file->role == CLI_FILE_READ_BARS)))
      return true;
  }
  return false;
}

static bool
is_standard_output(const CliFile *file)
{
  g_autofree char *target = partita_file_find_target(*file->path);

  return strcmp(*file->path, STANDARD) == 0 ||
         partita_file_find_descriptor(target) == STDOUT_FILENO;
}

static void
set_path(const CliFile *file, char *path)
{
  g_free(*file->path);
  *file->path = path;
}

/// Whether one file may stand on standard input or output.
static bool
check_standard(const CliFile *file, bool taken, GError **error)
{
  if (file->role == CLI_FILE_READ_FOLDER || file->role == CLI_FILE_WRITE_CORPUS)
    return refuse(file, error, "a folder is wanted here");
  if (file->role == CLI_FILE_WRITE_MODEL)
    return refuse(file, error,
                  "a file is wanted here, for its checkpoint and logs stand "
                  "beside it");
  if (file->pieces > 1)
    return refuse(file, error, "one piece is written there, not %d",
                  file->pieces);
  if (taken)
    return refuse(file, error, "standard %s is taken by another file",
                  is_output(file) ? "output" : "input");
  return true;
}

static bool
settle_standard(const CliFile *files, size_t n, GError **error)
{
  bool input = false;
  bool output = false;

  for (size_t i = 0; i < n; ++i) {
    const CliFile *file = &files[i];
    const char *rest = NULL;

    if (*file->path == NULL)
      continue;
    if (is_output(file) ? is_standard_output(file)
                        : is_standard_input(file, &rest)) {
      if (!check_standard(file, is_output(file) ? output : input, error) ||
          (!is_output(file) && !keep_input(error)))
        return false;
      *(is_output(file) ? &output : &input) = true;
      set_path(file, is_output(file) ? g_strdup(STANDARD_OUTPUT)
                                     : g_strconcat(STANDARD_INPUT, rest, NULL));
    }
  }
  if (output)
    cli_output_give_to_file();
  return true;
}

/* Names that promise something else. */

static const struct {
  const char *ending;
  CliFileRole role; // that may bear it; CLI_FILE_READ: none
  const char *what;
} endings[] = {
  {"mid", CLI_FILE_WRITE_MIDI, "MIDI"},
  {"midi", CLI_FILE_WRITE_MIDI, "MIDI"},
  {"kar", CLI_FILE_WRITE_MIDI, "MIDI"},
  {"rmi", CLI_FILE_WRITE_MIDI, "MIDI"},
  {"smf", CLI_FILE_WRITE_MIDI, "MIDI"},
  {"wav", CLI_FILE_WRITE_WAV, "WAV"},
  {"wave", CLI_FILE_WRITE_WAV, "WAV"},
  {"json", CLI_FILE_WRITE_JSON, "JSON"},
  {"jsonl", CLI_FILE_WRITE_JSON, "JSON"},
  {"safetensors", CLI_FILE_WRITE_MODEL, "a model"},
  {"mp3", CLI_FILE_READ, "MP3"},
  {"ogg", CLI_FILE_READ, "Ogg"},
  {"oga", CLI_FILE_READ, "Ogg"},
  {"opus", CLI_FILE_READ, "Opus"},
  {"flac", CLI_FILE_READ, "FLAC"},
  {"aif", CLI_FILE_READ, "AIFF"},
  {"aiff", CLI_FILE_READ, "AIFF"},
  {"m4a", CLI_FILE_READ, "MPEG-4"},
  {"sf2", CLI_FILE_READ, "a SoundFont"},
  {"sf3", CLI_FILE_READ, "a SoundFont"},
  {"tsv", CLI_FILE_READ, "a table"},
  {"xml", CLI_FILE_READ, "XML"},
  {"musicxml", CLI_FILE_READ, "MusicXML"},
  {"index", CLI_FILE_READ, "the index of a corpus"},
  {"shard", CLI_FILE_READ, "a part of a corpus"},
};

static const char *
name_role(CliFileRole role)
{
  switch (role) {
  case CLI_FILE_WRITE_MIDI:
    return "MIDI";
  case CLI_FILE_WRITE_WAV:
    return "WAV";
  case CLI_FILE_WRITE_MODEL:
    return "a model";
  case CLI_FILE_WRITE_CORPUS:
    return "a folder with a corpus";
  default:
    return "JSON";
  }
}

/// (transfer none): the command that makes what the ending promises
static const char *
find_right_command(const char *command, CliFileRole promised)
{
  const bool composing = strcmp(command, "compose") == 0;

  switch (promised) {
  case CLI_FILE_WRITE_WAV:
    return composing ? "; for both: compose -o OUT.mid --wav OUT.wav"
                     : "; for sound: render IN.mid -o OUT.wav";
  case CLI_FILE_WRITE_MIDI:
    return composing ? "; for music: compose -o OUT.mid"
                     : "; for music: compose -m MODEL -o OUT.mid";
  case CLI_FILE_WRITE_MODEL:
    return "; for a model: train DIR -o MODEL.safetensors";
  case CLI_FILE_WRITE_JSON:
    return composing ? "; for a report: compose -o OUT.mid --report OUT.json"
                     : "";
  default:
    return "";
  }
}

static bool
check_ending(const char *command,
             const CliFile *file,
             const char *path,
             GError **error)
{
  g_autofree char *name = g_path_get_basename(path);
  const char *dot = strrchr(name, '.');

  for (size_t i = 0; dot != NULL && i < G_N_ELEMENTS(endings); ++i)
    if (g_ascii_strcasecmp(dot + 1, endings[i].ending) == 0 &&
        endings[i].role != file->role)
      return refuse(file, error, "a name for %s, and %s is written there%s",
                    endings[i].what, name_role(file->role),
                    find_right_command(command, endings[i].role));
  return true;
}

/// The name that is given, and that of the file which a link leads to.
static bool
check_endings(const char *command, const CliFile *file, GError **error)
{
  g_autofree char *target = partita_file_find_target(*file->path);

  return check_ending(command, file, *file->path, error) &&
         check_ending(command, file, target, error);
}

/* Outputs that are inputs or other outputs. */

/// (transfer full) (nullable): what tells one file from all others, also before
/// it is made; NULL for what can be written more than once, as /dev/null
static char *
identify(const char *path)
{
  if (strcmp(path, STANDARD) == 0)
    return NULL;

  g_autofree char *target = partita_file_find_target(path);
  g_autofree char *folder = g_path_get_dirname(target);
  g_autofree char *name = g_path_get_basename(target);
  struct stat status;

  if (stat(path, &status) == 0)
    return S_ISCHR(status.st_mode)
             ? NULL
             : g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev,
                               (uintmax_t)status.st_ino);
  if (stat(folder, &status) != 0)
    return NULL;
  return g_strdup_printf("%ju:%ju:%s", (uintmax_t)status.st_dev,
                         (uintmax_t)status.st_ino, name);
}

char *
cli_file_find_input(const CliFile *file)
{
  const char *path = *file->path;
  const char *colon = path != NULL ? strrchr(path, ':') : NULL;

  if (path == NULL)
    return file->role == CLI_FILE_READ_MODEL ? partita_model_find(NULL, NULL)
                                             : NULL;
  return file->role == CLI_FILE_READ_BARS && colon != NULL &&
             !g_file_test(path, G_FILE_TEST_EXISTS)
           ? g_strndup(path, (gsize)(colon - path))
           : g_strdup(path);
}

static void
note_input(GHashTable *known, const CliFile *file)
{
  g_autofree char *path = cli_file_find_input(file);
  char *identity = path != NULL ? identify(path) : NULL;

  if (identity != NULL)
    g_hash_table_replace(known, identity, (gpointer)file->option);
}

/// Adds what @file writes to what is known.
static bool
note_output(GHashTable *known, const CliFile *file, GError **error)
{
  for (int i = 0; i < CLAMP(file->pieces, 1, PIECES_MAX); ++i) {
    g_autofree char *path = cli_number_path(*file->path, i, file->pieces);
    char *identity = identify(path);
    const char *other =
      identity != NULL ? g_hash_table_lookup(known, identity) : NULL;

    if (other != NULL) {
      g_free(identity);
      return refuse(file, error, "the same file as %s", other);
    }
    if (identity != NULL)
      g_hash_table_replace(known, identity, (gpointer)file->option);
  }
  return true;
}

/// Whether a file may be one of those that a folder of music is read for.
static bool
is_music(const char *path)
{
  const char *what = NULL;

  return partita_file_recognise(path, &what) == PARTITA_FILE_MIDI;
}

/// An output may stand in a folder that is read, but not in the place of a file
/// that is there and is music.
static bool
check_folder(const CliFile *folder, const CliFile *file, GError **error)
{
  g_autofree char *around = realpath(*folder->path, NULL);
  g_autofree char *there = realpath(*file->path, NULL);
  const size_t length = around != NULL ? strlen(around) : 0;

  if (there == NULL || around == NULL || strncmp(there, around, length) != 0 ||
      there[length] != G_DIR_SEPARATOR || !is_music(there))
    return true;
  return refuse(file, error, "music of the folder %s", folder->option);
}

static bool
check_apart(const CliFile *files, size_t n, GError **error)
{
  g_autoptr(GHashTable) known =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (size_t i = 0; i < n; ++i)
    if (!is_output(&files[i]))
      note_input(known, &files[i]);
  for (size_t i = 0; i < n; ++i) {
    if (!is_output(&files[i]) || *files[i].path == NULL)
      continue;
    if (!note_output(known, &files[i], error))
      return false;
    for (size_t f = 0; f < n; ++f)
      if (files[f].role == CLI_FILE_READ_FOLDER && *files[f].path != NULL &&
          !check_folder(&files[f], &files[i], error))
        return false;
  }
  return true;
}

bool
cli_files_settle(const char *command,
                 const CliFile *files,
                 size_t n,
                 GError **error)
{
  for (size_t i = 0; i < n; ++i)
    if (is_output(&files[i]) && *files[i].path != NULL &&
        !check_endings(command, &files[i], error))
      return false;
  if (!check_apart(files, n, error) || !settle_standard(files, n, error))
    return false;
  for (size_t i = 0; i < n; ++i)
    if (!is_output(&files[i]) && *files[i].path != NULL &&
        !cli_file_check_kind(&files[i], error))
      return false;
  for (size_t i = 0; i < n; ++i)
    if (is_output(&files[i]) && *files[i].path != NULL)
      partita_file_sweep(*files[i].path);
  return true;
}
