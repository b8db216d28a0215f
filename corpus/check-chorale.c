// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "check.h"

#define VOICES 4
#define EIGHTH 6
#define QUARTER 12

typedef struct {
  const PartitaNote *notes[VOICES];
  size_t n[VOICES];
  int end;
} Voices;

static Voices
read_voices(const CheckedPiece *piece)
{
  static const char *const names[VOICES] = {"Soprano", "Alto", "Tenor", "Bass"};
  Voices voices;

  for (int v = 0; v < VOICES; ++v)
    voices.notes[v] = find_notes(piece, names[v], &voices.n[v]);
  voices.end = (int)(partita_score_get_end(piece->score) /
                     partita_score_get_ppq(piece->score)) *
               QUARTER;
  return voices;
}

static int
pitch_at(const Voices *voices, int v, int at)
{
  return sounding_at(voices->notes[v], voices->n[v], at);
}

static void
check_moment(const Voices *voices, int at)
{
  static const int lowest[VOICES] = {60, 55, 48, 40};
  static const int highest[VOICES] = {81, 74, 67, 60};

  for (int v = 0; v < VOICES; ++v) {
    const int pitch = pitch_at(voices, v, at);
    g_assert_cmpint(pitch, >=, lowest[v] - 2);
    g_assert_cmpint(pitch, <=, highest[v] + 2);
    if (v == 0)
      continue;
    const int gap = pitch_at(voices, v - 1, at) - pitch;
    g_assert_cmpint(gap, >, 0);
    g_assert_cmpint(gap, <=, v == 3 ? 24 : 12);
  }
}

static void
check_parallels(const Voices *voices, int from, int to)
{
  for (int upper = 0; upper < VOICES; ++upper) {
    for (int lower = upper + 1; lower < VOICES; ++lower)
      g_assert_false(are_parallel(voices->notes[upper], voices->n[upper],
                                  voices->notes[lower], voices->n[lower], from,
                                  to));
  }
}

/// Where the bass falls a fifth or rises a fourth to a long note, the major
/// third above its first note is a leading tone, and must rise.
static void
check_cadence(const Voices *voices, size_t i)
{
  const PartitaNote *last = &voices->notes[3][i];
  const int root = last[-1].pitch % 12;
  const int at = note_at(last);

  if (last->pitch % 12 != (root + 5) % 12)
    return;
  for (int v = 0; v < 3; ++v) {
    const int before = pitch_at(voices, v, at - 1);
    if (before % 12 == (root + 4) % 12)
      g_assert_cmpint(pitch_at(voices, v, at), ==, before + 1);
  }
}

static void
check_final(const CheckedPiece *piece, const Voices *voices)
{
  const int tonic = tonic_of(piece);

  for (int v = 0; v < VOICES; ++v) {
    const int above = (pitch_at(voices, v, voices->end - 1) - tonic + 12) % 12;
    g_assert_true(above == 0 || above == 3 || above == 4 || above == 7);
  }
  g_assert_cmpint(pitch_at(voices, 0, voices->end - 1) % 12, ==, tonic);
}

void
check_chorale(const CheckedPiece *piece)
{
  const Voices voices = read_voices(piece);

  for (int at = 0; at < voices.end; at += EIGHTH) {
    check_moment(&voices, at);
    if (at >= EIGHTH)
      check_parallels(&voices, at - EIGHTH, at);
    if (at >= QUARTER && at % QUARTER == 0)
      check_parallels(&voices, at - QUARTER, at);
  }
  for (size_t i = 1; i < voices.n[3]; ++i) {
    if (voices.notes[3][i].duration_ticks >= 2u * 480u)
      check_cadence(&voices, i);
  }
  check_final(piece, &voices);
}
