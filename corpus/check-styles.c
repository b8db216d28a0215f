// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "check.h"

#include <string.h>

#define QUARTER 12
#define CHORUS_BARS 12

static PartitaMeter
only_meter(const CheckedPiece *piece)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(piece->score, &n);

  g_assert_cmpuint(n, ==, 1);
  return meters[0];
}

static int
bar_length(const CheckedPiece *piece)
{
  const PartitaMeter meter = only_meter(piece);

  return 4 * QUARTER * meter.numerator / meter.denominator;
}

static int
count_bars(const CheckedPiece *piece)
{
  g_autoptr(GArray) bars = partita_score_get_bars(piece->score);

  return (int)bars->len;
}

/// Whether a track has a note at @at, of pitch class @class unless that is -1.
static bool
has_note(const PartitaNote *notes, size_t n, int at, int class)
{
  for (size_t i = 0; i < n; ++i) {
    if (note_at(&notes[i]) == at && (class < 0 || notes[i].pitch % 12 == class))
      return true;
  }
  return false;
}

/// Whether a pitch class sounds first in a bar.
static bool
has_class(const PartitaNote *notes, size_t n, int bar, int length, int class)
{
  for (size_t i = 0; i < n; ++i) {
    if (note_at(&notes[i]) / length == bar && notes[i].pitch % 12 == class)
      return true;
  }
  return false;
}

/// The second hand brings the subject of the first, octaves lower.
static void
check_subject(const CheckedPiece *piece,
              const PartitaNote *right,
              const PartitaNote *left)
{
  const int bar = bar_length(piece);
  const int octaves = right[0].pitch - left[0].pitch;

  g_assert_cmpint(octaves % 12, ==, 0);
  g_assert_cmpint(octaves, >, 0);
  for (size_t i = 0; note_at(&right[i]) < bar; ++i) {
    g_assert_cmpint(note_at(&left[i]), ==, note_at(&right[i]) + bar);
    g_assert_cmpint(left[i].pitch, ==, right[i].pitch - octaves);
  }
}

/// Seconds, tritones and sevenths.
static bool
is_discord(int interval)
{
  const int class = interval % 12;

  return class == 1 || class == 2 || class == 6 || class >= 10;
}

void
check_invention(const CheckedPiece *piece)
{
  const PartitaMeter meter = only_meter(piece);
  const int beat = meter.denominator == 8 ? 18 : QUARTER;
  const int end = (count_bars(piece) - 1) * bar_length(piece);
  size_t n_right = 0;
  size_t n_left = 0;
  const PartitaNote *right = find_notes(piece, "Right hand", &n_right);
  const PartitaNote *left = find_notes(piece, "Left hand", &n_left);
  int fourths = 0;

  g_assert_cmpuint(partita_score_get_n_tracks(piece->score), ==, 2);
  check_subject(piece, right, left);
  for (int at = 0; at < end; at += beat) {
    const int up = sounding_at(right, n_right, at);
    const int low = sounding_at(left, n_left, at);
    if (up < 0 || low < 0)
      continue;
    g_assert_cmpint(up, >, low);
    fourths += (up - low) % 12 == 5;
    g_assert_false(is_discord(up - low));
    g_assert_false(are_parallel(right, n_right, left, n_left, at - 1, at));
    if (at % bar_length(piece) != 0)
      g_assert_false(are_parallel(right, n_right, left, n_left, at - beat, at));
  }
  // Where the subject leaves nothing else.
  g_assert_cmpint(fourths, <=, 1);
}

void
check_waltz(const CheckedPiece *piece)
{
  const PartitaMeter meter = only_meter(piece);
  const int bars = count_bars(piece);
  size_t n = 0;
  const PartitaNote *backing = find_notes(piece, "Piano left hand", &n);

  g_assert_cmpint(meter.numerator, ==, 3);
  g_assert_cmpint(meter.denominator, ==, 4);
  for (int bar = 0; bar < bars; ++bar) {
    const int at = 3 * QUARTER * bar;
    g_assert_true(has_note(backing, n, at, -1));
    g_assert_true(has_note(backing, n, at + QUARTER, -1));
    g_assert_true(bar == bars - 1 ||
                  has_note(backing, n, at + 2 * QUARTER, -1));
  }
}

/// The chord of a bar, in semitones above the tonic, is one that the twelve
/// bars may have there; third and seventh are heard.
static void
check_blues_bar(const CheckedPiece *piece, int bar, int above)
{
  static const int allowed[CHORUS_BARS][2] = {
    {0, 0}, {0, 5}, {0, 0}, {0, 0}, {5, 5}, {5, 5},
    {0, 0}, {0, 0}, {7, 7}, {5, 7}, {0, 0}, {0, 7},
  };
  const int root = (tonic_of(piece) + above) % 12;
  const int *chords = allowed[bar % CHORUS_BARS];
  size_t n = 0;
  const PartitaTrack *comping = partita_score_get_track(piece->score, 1);
  const PartitaNote *notes = partita_track_get_notes(comping, &n);

  g_assert_true(above == chords[0] || above == chords[1]);
  g_assert_true(has_class(notes, n, bar, 4 * QUARTER, (root + 4) % 12));
  g_assert_true(has_class(notes, n, bar, 4 * QUARTER, (root + 10) % 12));
}

static void
check_swing(const PartitaNote *notes, size_t n)
{
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpint(note_at(&notes[i]) % 4, ==, 0);
}

void
check_blues(const CheckedPiece *piece)
{
  const int bars = count_bars(piece);
  size_t n_bass = 0;
  size_t n_drums = 0;
  const PartitaNote *bass = find_notes(piece, "Bass", &n_bass);
  const PartitaNote *drums = find_notes(piece, "Drums", &n_drums);
  int first[CHORUS_BARS];

  g_assert_cmpint(bars % CHORUS_BARS, ==, 1);
  check_swing(bass, n_bass);
  check_swing(drums, n_drums);
  for (int bar = 0; bar < bars - 1; ++bar) {
    const int at = 4 * QUARTER * bar;
    const int pitch = sounding_at(bass, n_bass, at);
    const int above = (pitch - tonic_of(piece) + 12) % 12;
    g_assert_cmpint(pitch, >, 0);
    check_blues_bar(piece, bar, above);
    g_assert_true(has_note(drums, n_drums, at, -1));
    if (bar < CHORUS_BARS)
      first[bar] = above;
    g_assert_cmpint(above, ==, first[bar % CHORUS_BARS]);
  }
}

void
check_march(const CheckedPiece *piece)
{
  const PartitaMeter meter = only_meter(piece);
  const int bar = bar_length(piece);
  size_t n_bass = 0;
  size_t n_drums = 0;
  const PartitaNote *bass = find_notes(piece, "Tuba", &n_bass);
  const PartitaNote *drums = find_notes(piece, "Drums", &n_drums);

  g_assert_true(meter.numerator == 2 || meter.numerator == 6);
  for (int i = 0; i < count_bars(piece); ++i) {
    g_assert_true(has_note(bass, n_bass, i * bar, -1));
    g_assert_true(has_note(drums, n_drums, i * bar, -1));
  }
}
