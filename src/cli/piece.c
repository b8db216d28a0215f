// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "piece.h"

#include "output.h"

#include <base/file.h>
#include <base/text.h>
#include <string.h>

/// Instruments that are named in a line.
#define NAMED_MAX 8

PartitaScore *
cli_piece_name_tracks(const PartitaScore *score)
{
  PartitaScore *named = partita_score_copy(score);

  for (size_t t = 0; t < partita_score_get_n_tracks(named); ++t) {
    PartitaTrack *track = partita_score_get_track(named, t);

    if (partita_track_get_name(track) == NULL)
      partita_track_set_name(
        track, partita_program_name(partita_track_get_program(track)), NULL, 0);
  }
  return named;
}

/// (transfer full): "violin, viola, cello", each once
static char *
name_instruments(const PartitaScore *score)
{
  bool known[PARTITA_N_PROGRAMS] = {false};
  GString *names = g_string_new(NULL);
  unsigned n = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    const unsigned program = partita_track_get_program(track);
    size_t n_notes = 0;

    (void)partita_track_get_notes(track, &n_notes);
    if (n_notes == 0 || known[program])
      continue;
    known[program] = true;
    if (n++ < NAMED_MAX)
      g_string_append_printf(names, "%s%s", n > 1 ? ", " : "",
                             partita_program_name(program));
  }
  if (n > NAMED_MAX)
    g_string_append_printf(names, " and %u more", n - NAMED_MAX);
  return g_string_free(names, FALSE);
}

void
cli_piece_print(const PartitaScore *score, const char *path, const char *style)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);
  const PartitaBar *first = &g_array_index(bars, PartitaBar, 0);
  const char *key = partita_key_name(partita_score_find_key(score));
  const char *shown_key = key != NULL ? key : "unknown";
  g_autofree char *instruments = name_instruments(score);
  g_autofree char *shown = partita_file_display(path);

  g_print("wrote %s: %u bars, %zu notes, %.1f s\n", shown, bars->len,
          partita_score_get_n_notes(score),
          partita_tempo_map_seconds(tempos, partita_score_get_end(score)));
  if (style != NULL) {
    g_autofree char *shown_style =
      partita_text_show(style, PARTITA_TEXT_NAME_MAX);

    g_print("  style %s,", shown_style);
  } else {
    g_print(" ");
  }
  g_print(" key %s, metre %u/%u, tempo %.0f, for %s\n", shown_key,
          first->numerator, first->denominator,
          6e7 / partita_tempo_map_tempo_at(tempos, 0), instruments);
}

void
cli_piece_print_next(const char *path)
{
#ifdef HAVE_RENDER
  const char *dot = strrchr(path, '.');
  const size_t stem = dot != NULL && strchr(dot, G_DIR_SEPARATOR) == NULL
                        ? (size_t)(dot - path)
                        : strlen(path);
  g_autofree char *wav = g_strdup_printf("%.*s.wav", (int)stem, path);
  g_autofree char *from = cli_quote(path);
  g_autofree char *to = cli_quote(wav);
  g_autofree char *shown = partita_file_display(from);
  g_autofree char *shown_wav = partita_file_display(to);

  // What standard output is sent to cannot be named.
  if (g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
      !g_str_has_prefix(path, "/dev/"))
    g_print("to hear it: partita render %s -o %s\n", shown, shown_wav);
#else
  (void)path;
#endif
}
