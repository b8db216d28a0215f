// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "check.h"

#include <string.h>

#define POSITION_TICKS 40

const PartitaNote *
find_notes(const CheckedPiece *piece, const char *name, size_t *n)
{
  for (size_t i = 0; i < partita_score_get_n_tracks(piece->score); ++i) {
    const PartitaTrack *track = partita_score_get_track(piece->score, i);
    if (g_strcmp0(partita_track_get_name(track), name) == 0)
      return partita_track_get_notes(track, n);
  }
  g_error("%s: no track %s", piece->path, name);
}

int
note_at(const PartitaNote *note)
{
  return (int)(note->onset_ticks / POSITION_TICKS);
}

int
sounding_at(const PartitaNote *notes, size_t n, int at)
{
  const uint32_t tick = (uint32_t)at * POSITION_TICKS;

  for (size_t i = 0; i < n; ++i) {
    if (notes[i].onset_ticks <= tick &&
        tick < notes[i].onset_ticks + notes[i].duration_ticks)
      return notes[i].pitch;
  }
  return -1;
}

int
tonic_of(const CheckedPiece *piece)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(piece->score, &n);

  g_assert_cmpuint(n, ==, 1);
  return partita_key_from_signature(keys[0]) % 12;
}

bool
are_parallel(const PartitaNote *upper,
             size_t n_upper,
             const PartitaNote *lower,
             size_t n_lower,
             int from,
             int to)
{
  const int a = sounding_at(upper, n_upper, from);
  const int b = sounding_at(upper, n_upper, to);
  const int c = sounding_at(lower, n_lower, from);
  const int d = sounding_at(lower, n_lower, to);

  if (a < 0 || b < 0 || c < 0 || d < 0 || a == b || c == d)
    return false;
  const int before = ABS(a - c) % 12;

  return before == ABS(b - d) % 12 && (before == 0 || before == 7);
}

/// What players can reach, by program; programs not named have no rule.
static void
check_ranges(const CheckedPiece *piece)
{
  static const struct {
    uint8_t program, low, high;
  } ranges[] = {
    {0, 21, 108},  {6, 29, 89},  {16, 36, 96}, {19, 36, 96}, {21, 53, 93},
    {22, 60, 96},  {26, 40, 88}, {27, 40, 88}, {32, 28, 67}, {33, 28, 67},
    {40, 55, 103}, {48, 28, 96}, {52, 40, 81}, {56, 54, 84}, {57, 40, 72},
    {58, 28, 60},  {60, 41, 77}, {61, 36, 84}, {66, 44, 76}, {71, 50, 94},
    {73, 60, 96},
  };

  for (size_t t = 0; t < partita_score_get_n_tracks(piece->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(piece->score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);
    size_t r = 0;
    if (partita_track_is_drums(track))
      continue;
    while (ranges[r].program != partita_track_get_program(track))
      g_assert_cmpuint(++r, <, G_N_ELEMENTS(ranges));
    for (size_t i = 0; i < n; ++i) {
      g_assert_cmpuint(notes[i].pitch, >=, ranges[r].low);
      g_assert_cmpuint(notes[i].pitch, <=, ranges[r].high);
    }
  }
}

static void
check_bars(const CheckedPiece *piece)
{
  g_autoptr(GArray) bars = partita_score_get_bars(piece->score);
  const PartitaBar *last = &g_array_index(bars, PartitaBar, bars->len - 1);
  g_autofree bool *has_notes = g_new0(bool, bars->len);

  g_assert_cmpuint(bars->len, >=, 12);
  g_assert_cmpuint(bars->len, <=, 40);
  g_assert_cmpuint(last->tick + last->length_ticks, ==,
                   partita_score_get_end(piece->score));
  for (size_t t = 0; t < partita_score_get_n_tracks(piece->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(piece->score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);
    for (size_t i = 0; i < n; ++i)
      has_notes[notes[i].onset_ticks / last->length_ticks] = true;
  }
  for (guint bar = 0; bar < bars->len; ++bar)
    g_assert_true(has_notes[bar]);
}

/// The last note of the bass, and its lowest if it ends on a chord.
static void
check_end(const CheckedPiece *piece, const char *bass)
{
  size_t n = 0;
  const PartitaNote *notes = find_notes(piece, bass, &n);
  uint32_t end = 0;
  int lowest = 128;

  for (size_t i = 0; i < n; ++i) {
    const uint32_t stop = notes[i].onset_ticks + notes[i].duration_ticks;
    if (stop > end || (stop == end && notes[i].pitch < lowest))
      lowest = notes[i].pitch;
    end = MAX(end, stop);
  }
  g_assert_cmpint(lowest % 12, ==, tonic_of(piece));
}

void
check_any(const CheckedPiece *piece)
{
  static const char *const basses[][2] = {{"chorale", "Bass"},
                                          {"invention", "Left hand"},
                                          {"waltz", "Piano left hand"},
                                          {"blues", "Bass"},
                                          {"march", "Tuba"}};
  size_t style = 0;

  check_ranges(piece);
  check_bars(piece);
  while (strcmp(basses[style][0], piece->style) != 0)
    ++style;
  check_end(piece, basses[style][1]);
}
