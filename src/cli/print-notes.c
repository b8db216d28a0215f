// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

static const char *const pitch_names[12] = {"C",  "Db", "D",  "Eb", "E",  "F",
                                            "F#", "G",  "Ab", "A",  "Bb", "B"};

static void
print_track_bar(const PartitaScore *score,
                const PartitaTrack *track,
                const PartitaBar *bar,
                size_t *next)
{
  const double ppq = partita_score_get_ppq(score);
  const char *name = partita_track_get_name(track);
  uint32_t last = UINT32_MAX;
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const uint32_t end = bar->tick + bar->length_ticks;

  if (*next >= n || notes[*next].onset_ticks >= end)
    return;
  g_print("  %-12.12s %3u ", name != NULL ? name : "",
          partita_track_get_program(track));
  for (; *next < n && notes[*next].onset_ticks < end; ++*next) {
    const PartitaNote *note = &notes[*next];

    if (note->onset_ticks != last)
      g_print(" %.2f:", 1.0 + (note->onset_ticks - bar->tick) / ppq);
    last = note->onset_ticks;
    if (partita_track_is_drums(track))
      g_print(" %u", note->pitch);
    else
      g_print(" %s%d/%.2f", pitch_names[note->pitch % 12], note->pitch / 12 - 1,
              note->duration_ticks / ppq);
  }
  g_print("\n");
}

void
cli_print_notes(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  const size_t n_tracks = partita_score_get_n_tracks(score);
  g_autofree size_t *next = g_new0(size_t, n_tracks);

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);

    g_print("bar %u  %u/%u\n", i + 1, bar->numerator, bar->denominator);
    for (size_t t = 0; t < n_tracks; ++t)
      print_track_bar(score, partita_score_get_track(score, t), bar, &next[t]);
  }
}
