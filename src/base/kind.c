// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/kind.h>

#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_SIZE 12

typedef struct {
  const char *begin; ///< how such files begin
  size_t n;
  const char *form; ///< (nullable): four bytes from the ninth on, of RIFF
  PartitaFileKind kind;
  const char *what;
} Kind;

static const Kind kinds[] = {
  {"MThd", 4, NULL, PARTITA_FILE_MIDI, "a MIDI file"},
  {"RIFF", 4, "RMID", PARTITA_FILE_MIDI, "a MIDI file"},
  {"RIFF", 4, "sfbk", PARTITA_FILE_SOUNDFONT, "a SoundFont"},
  {"RIFF", 4, "DLS ", PARTITA_FILE_SOUNDFONT, "a SoundFont"},
  {"RIFF", 4, "WAVE", PARTITA_FILE_ALIEN, "a WAV file"},
  {"OggS", 4, NULL, PARTITA_FILE_ALIEN, "an Ogg file"},
  {"fLaC", 4, NULL, PARTITA_FILE_ALIEN, "a FLAC file"},
  {"ID3", 3, NULL, PARTITA_FILE_ALIEN, "an MP3 file"},
  {"PK\003\004", 4, NULL, PARTITA_FILE_ALIEN, "a ZIP archive"},
  {"\037\213", 2, NULL, PARTITA_FILE_ALIEN, "a gzip file"},
  {"\3757zXZ", 5, NULL, PARTITA_FILE_ALIEN, "an xz file"},
  {"7z\274\257", 4, NULL, PARTITA_FILE_ALIEN, "a 7z archive"},
  {"Rar!", 4, NULL, PARTITA_FILE_ALIEN, "a RAR archive"},
  {"%PDF", 4, NULL, PARTITA_FILE_ALIEN, "a PDF file"},
  {"\211PNG", 4, NULL, PARTITA_FILE_ALIEN, "a picture"},
  {"\377\330\377", 3, NULL, PARTITA_FILE_ALIEN, "a picture"},
  {"<?xml", 5, NULL, PARTITA_FILE_ALIEN, "an XML file"},
  {"{", 1, NULL, PARTITA_FILE_ALIEN, "a JSON file"},
};

/// A safetensors file begins with the length of its header, eight bytes with
/// the lowest first, and the header is a JSON object.
static bool
is_model(const char head[HEAD_SIZE], size_t n)
{
  static const char high_bytes[4] = {0, 0, 0, 0}; // none is of 4 GiB

  return n > 8 && memcmp(head + 4, high_bytes, sizeof high_bytes) == 0 &&
         head[8] == '{';
}

static PartitaFileKind
recognise(const char head[HEAD_SIZE], size_t n, const char **what)
{
  if (n == 0) {
    *what = "an empty file";
    return PARTITA_FILE_EMPTY;
  }
  if (is_model(head, n)) {
    *what = "a model";
    return PARTITA_FILE_MODEL;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); ++i) {
    const Kind *kind = &kinds[i];

    if (n < kind->n || memcmp(head, kind->begin, kind->n) != 0 ||
        (kind->form != NULL &&
         (n < HEAD_SIZE || memcmp(head + 8, kind->form, 4) != 0)))
      continue;
    *what = kind->what;
    return kind->kind;
  }
  return PARTITA_FILE_UNKNOWN;
}

PartitaFileKind
partita_file_recognise(const char *path, const char **what)
{
  const int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  char head[HEAD_SIZE] = {0};
  PartitaFileKind kind = PARTITA_FILE_UNKNOWN;
  struct stat status = {0};

  *what = NULL;
  if (fd < 0)
    return kind;
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    *what = "a folder";
    kind = PARTITA_FILE_FOLDER;
  } else if (S_ISREG(status.st_mode)) {
    const ssize_t n = pread(fd, head, sizeof head, 0);

    if (n >= 0)
      kind = recognise(head, (size_t)n, what);
  }
  (void)close(fd);
  return kind;
}
