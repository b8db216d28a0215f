// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

static const char *const flat_names[12] = {"C",  "Db", "D",  "Eb", "E",  "F",
                                           "Gb", "G",  "Ab", "A",  "Bb", "B"};
static const char *const sharp_names[12] = {"C",  "C#", "D",  "D#", "E",  "F",
                                            "F#", "G",  "G#", "A",  "A#", "B"};

/// Of the pitch classes, as the key of the piece spells them.
static const char *const *
find_names(const PartitaScore *score)
{
  const int key = partita_score_find_key(score);

  return key >= 0 && partita_key_to_signature(key).sharps > 0 ? sharp_names
                                                              : flat_names;
}

static void
print_track_bar(const PartitaScore *score,
                const PartitaTrack *track,
                const PartitaBar *bar,
                const char *const *names,
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
      g_print(" %s%d/%.2f", names[note->pitch % 12], note->pitch / 12 - 1,
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
  const char *const *names = find_names(score);

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);

    g_print("bar %u  %u/%u\n", i + 1, bar->numerator, bar->denominator);
    for (size_t t = 0; t < n_tracks; ++t)
      print_track_bar(score, partita_score_get_track(score, t), bar, names,
                      &next[t]);
  }
}
