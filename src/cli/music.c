// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "music.h"

#include "cli.h"

#include <base/file.h>
#include <base/text.h>
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

void
cli_given_clear(CliGiven *file)
{
  g_clear_pointer(&file->score, partita_score_free);
  g_clear_pointer(&file->bytes, g_bytes_unref);
}

/// Counts the bars as the corpus does, and says so where the file has others:
/// what is composed for it lies in these, and the file that comes out names
/// their metre.
static void
tell_bars(const char *path, PartitaScore *score)
{
  g_autofree char *reason = NULL;

  if (!partita_score_decide_bars(score, &reason))
    return;

  g_autofree char *shown = partita_file_display(path);
  g_autofree char *shown_reason = partita_text_show_lines(reason);

  g_printerr("%s: %s\n", shown, shown_reason);
}

bool
cli_given_read(const char *path, CliGiven *file, GError **error)
{
  *file = (CliGiven){.until = PARTITA_TICK_MAX};
  if (path == NULL)
    return true;
  file->score = partita_midi_read_file_bytes(path, &file->bytes, NULL, error);
  if (file->score == NULL)
    return false;
  tell_bars(path, file->score);
  return true;
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
cli_given_read_bars(const char *path, CliGiven *file, GError **error)
{
  guint64 wanted = 0;
  const char *colon = path != NULL ? find_bars(path, &wanted) : NULL;

  if (colon == NULL)
    return cli_given_read(path, file, error);

  g_autofree char *own = g_strndup(path, (gsize)(colon - path));

  if (!cli_given_read(own, file, error))
    return false;

  g_autoptr(GArray) bars = partita_score_get_played_bars(file->score);

  if (wanted > bars->len) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: %" G_GUINT64_FORMAT " bars asked for, it has %u", own,
                wanted, bars->len);
    return false;
  }

  const PartitaBar *last = &g_array_index(bars, PartitaBar, wanted - 1);
  g_autoptr(PartitaScore) whole = g_steal_pointer(&file->score);

  file->score = partita_score_cut_played(whole, (size_t)wanted);
  file->until = last->tick + last->length_ticks;
  return true;
}
