// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <base/text.h>

#define NAME_WIDTH 12

/// Letters in the order of fifths, F being one below C.
static const char letters[] = "FCGDAEB";

/// Fifths from C to the tonic of the piece.
static int
find_tonic(const PartitaScore *score)
{
  const int key = partita_score_find_key(score);
  size_t n = 0;
  const PartitaKey *const signatures = partita_score_get_keys(score, &n);

  if (key < 0)
    return 0;

  // Of six flats and six sharps the one that is written.
  const PartitaKey signature =
    n > 0 && partita_key_from_signature(signatures[0]) == key
      ? signatures[0]
      : partita_key_to_signature(key);

  return signature.sharps + (signature.minor ? 3 : 0);
}

static int
modulo(int x, int n)
{
  return (x % n + n) % n;
}

// The twelve names from five fifths below the tonic to six above it: all of
// major, and the leading note of minor.
static void
print_pitch(int pitch, int tonic)
{
  const int lowest = tonic - 5;
  const int fifths = lowest + modulo(7 * pitch - lowest, 12);
  const int letter = modulo(fifths + 1, 7);
  const int sharps = (fifths + 1 - letter) / 7;

  g_print(" %c", letters[letter]);
  for (int i = 0; i < ABS(sharps); ++i)
    g_print("%c", sharps > 0 ? '#' : 'b');
  g_print("%d", (pitch - sharps - modulo(pitch - sharps, 12)) / 12 - 1);
}

static void
print_track_bar(const PartitaScore *score,
                const PartitaTrack *track,
                const PartitaBar *bar,
                int tonic,
                size_t *next)
{
  const double ppq = partita_score_get_ppq(score);
  const char *name = partita_track_get_name(track);
  g_autofree char *shown =
    partita_text_show(name != NULL ? name : "", NAME_WIDTH);
  uint32_t last = UINT32_MAX;
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const uint32_t end = bar->tick + bar->length_ticks;

  if (*next >= n || notes[*next].onset_ticks >= end)
    return;
  g_print("  %-12s %3u ", shown, partita_track_get_program(track));
  for (; *next < n && notes[*next].onset_ticks < end; ++*next) {
    const PartitaNote *note = &notes[*next];

    if (note->onset_ticks != last)
      g_print(" %.2f:", 1.0 + (note->onset_ticks - bar->tick) / ppq);
    last = note->onset_ticks;
    if (partita_track_is_drums(track)) {
      g_print(" %u", note->pitch);
    } else {
      print_pitch(note->pitch, tonic);
      g_print("/%.2f", note->duration_ticks / ppq);
    }
  }
  g_print("\n");
}

void
cli_print_notes(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  const size_t n_tracks = partita_score_get_n_tracks(score);
  g_autofree size_t *next = g_new0(size_t, n_tracks);
  const int tonic = find_tonic(score);

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);

    g_print("bar %u  %u/%u\n", i + 1, bar->numerator, bar->denominator);
    for (size_t t = 0; t < n_tracks; ++t)
      print_track_bar(score, partita_score_get_track(score, t), bar, tonic,
                      &next[t]);
  }
}
