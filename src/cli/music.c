// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "music.h"

#include "cli.h"

#include <partita/corpus.h>
#include <partita/midi.h>
#include <string.h>

bool
cli_music_read(const char *path, PartitaScore **score, GError **error)
{
  *score = path != NULL ? partita_midi_read_file(path, NULL, error) : NULL;
  if (*score != NULL)
    (void)partita_score_decide_bars(*score, NULL);
  return path == NULL || *score != NULL;
}

/// Where ":8" begins at the end of @path; NULL if it does not.
static const char *
find_bars(const char *path, guint64 *bars)
{
  const char *colon = strrchr(path, ':');

  if (colon == NULL || g_file_test(path, G_FILE_TEST_EXISTS) ||
      !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT32, bars, NULL))
    return NULL;
  return colon;
}

bool
cli_music_read_bars(const char *path, PartitaScore **score, GError **error)
{
  guint64 wanted = 0;
  const char *colon = path != NULL ? find_bars(path, &wanted) : NULL;

  if (colon == NULL)
    return cli_music_read(path, score, error);

  g_autofree char *file = g_strndup(path, (gsize)(colon - path));
  g_autoptr(PartitaScore) whole = NULL;

  *score = NULL;
  if (!cli_music_read(file, &whole, error))
    return false;

  g_autoptr(GArray) bars = partita_score_get_bars(whole);

  if (wanted > bars->len) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: %" G_GUINT64_FORMAT " bars asked for, it has %u", file,
                wanted, bars->len);
    return false;
  }
  *score = partita_score_cut_bars(whole, 0, (size_t)wanted);
  return true;
}
