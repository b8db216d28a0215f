// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "theory.h"

#include <stdlib.h>

static const int major_scale[7] = {0, 2, 4, 5, 7, 9, 11};
static const int minor_scale[7] = {0, 2, 3, 5, 7, 8, 10};
static const int raised_scale[7] = {0, 2, 3, 5, 7, 9, 11};

/// Semitones above the root: M and m triads, d diminished, 7 the dominant
/// seventh, n and h the minor and half-diminished, o the diminished seventh.
static const struct {
  char quality;
  int n;
  int tones[4];
} qualities[] = {
  {'M', 3, {0, 4, 7, 0}},  {'m', 3, {0, 3, 7, 0}},  {'d', 3, {0, 3, 6, 0}},
  {'7', 4, {0, 4, 7, 10}}, {'n', 4, {0, 3, 7, 10}}, {'h', 4, {0, 3, 6, 10}},
  {'o', 4, {0, 3, 6, 9}},
};

/// A chord in a mode; a quality of 0 says that the mode has none.
typedef struct {
  int root; ///< semitones above the tonic
  char quality;
  int inversion; ///< index of the tone in the bass
  int leading;   ///< index of the leading tone, -1 if none
} Spec;

static const Spec specs[N_COUNT][2] = {
  [N_I] = {{0, 'M', 0, -1}, {0, 'm', 0, -1}},
  [N_I6] = {{0, 'M', 1, -1}, {0, 'm', 1, -1}},
  [N_I64] = {{0, 'M', 2, -1}, {0, 'm', 2, -1}},
  [N_II] = {{2, 'm', 0, -1}, {2, 0, 0, -1}},
  [N_II6] = {{2, 'm', 1, -1}, {2, 'd', 1, -1}},
  [N_II65] = {{2, 'n', 1, -1}, {2, 'h', 1, -1}},
  [N_III] = {{4, 'm', 0, -1}, {3, 'M', 0, -1}},
  [N_IV] = {{5, 'M', 0, -1}, {5, 'm', 0, -1}},
  [N_IV6] = {{5, 'M', 1, -1}, {5, 'm', 1, -1}},
  [N_V] = {{7, 'M', 0, 1}, {7, 'M', 0, 1}},
  [N_V6] = {{7, 'M', 1, 1}, {7, 'M', 1, 1}},
  [N_V7] = {{7, '7', 0, 1}, {7, '7', 0, 1}},
  [N_V65] = {{7, '7', 1, 1}, {7, '7', 1, 1}},
  [N_V42] = {{7, '7', 3, 1}, {7, '7', 3, 1}},
  [N_VI] = {{9, 'm', 0, -1}, {8, 'M', 0, -1}},
  [N_VII6] = {{11, 'd', 1, 0}, {11, 'd', 1, 0}},
  [N_VII7] = {{11, 0, 0, 0}, {11, 'o', 0, 0}},
  [N_V7_V] = {{2, '7', 0, 1}, {2, '7', 0, 1}},
  [N_V65_V] = {{2, '7', 1, 1}, {2, '7', 1, 1}},
  [N_V7_II] = {{9, '7', 0, 1}, {9, 0, 0, 1}},
  [N_V65_II] = {{9, '7', 1, 1}, {9, 0, 1, 1}},
  [N_V65_IV] = {{0, '7', 1, 1}, {0, '7', 1, 1}},
  [N_V7_VI] = {{4, '7', 0, 1}, {3, '7', 0, 1}},
  [N_V7_III] = {{11, 0, 0, 1}, {10, '7', 0, 1}},
  [N_PICARDY] = {{0, 'M', 0, -1}, {0, 'M', 0, -1}},
};

int
pitch_class(int pitch)
{
  return ((pitch % 12) + 12) % 12;
}

Key
key_at(Key key, int semitones, bool minor)
{
  return (Key){pitch_class(key.tonic + semitones), minor};
}

int
key_pitch(Key key, int step, bool raised)
{
  const int octave = step / 7;
  const int degree = step % 7;
  const int *scale = !key.minor ? major_scale
                     : raised   ? raised_scale
                                : minor_scale;

  return key.tonic + 12 * octave + scale[degree];
}

bool
key_has(Key key, int pitch, bool raised)
{
  const int class = pitch_class(pitch);

  for (int degree = 0; degree < 7; ++degree) {
    if (pitch_class(key_pitch(key, degree, raised)) == class)
      return true;
  }
  return false;
}

int
key_sharps(Key key)
{
  const int major = key.minor ? key.tonic + 3 : key.tonic;
  const int sharps = (major * 7) % 12;

  return sharps > 6 || (key.minor && sharps == 6) ? sharps - 12 : sharps;
}

bool
chord_exists(Numeral numeral, bool minor)
{
  return specs[numeral][minor].quality != 0;
}

Chord
chord_make(Key key, Numeral numeral)
{
  const Spec *spec = &specs[numeral][key.minor];
  Chord chord = {.numeral = numeral, .key = key, .leading = -1};
  int kind = 0;

  while (qualities[kind].quality != spec->quality)
    ++kind;
  chord.root = pitch_class(key.tonic + spec->root);
  chord.n = qualities[kind].n;
  for (int i = 0; i < chord.n; ++i)
    chord.tones[i] = pitch_class(chord.root + qualities[kind].tones[i]);
  chord.bass = chord.tones[spec->inversion];
  if (spec->leading >= 0)
    chord.leading = chord.tones[spec->leading];
  return chord;
}

bool
chord_has(const Chord *chord, int pitch)
{
  for (int i = 0; i < chord->n; ++i) {
    if (chord->tones[i] == pitch_class(pitch))
      return true;
  }
  return false;
}

bool
chord_raises(const Chord *chord)
{
  return chord->leading == pitch_class(chord->key.tonic + 11);
}

int
class_nearest(int class, int pitch)
{
  const int up = pitch_class(class - pitch);

  return up < 6 ? pitch + up : pitch + up - 12;
}

int
chord_nearest(const Chord *chord, int pitch)
{
  int best = class_nearest(chord->root, pitch);

  for (int i = 1; i < chord->n; ++i) {
    const int tone = class_nearest(chord->tones[i], pitch);
    if (abs(tone - pitch) < abs(best - pitch))
      best = tone;
  }
  return best;
}
