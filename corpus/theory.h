// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_THEORY_H
#define CORPUS_THEORY_H

#include <stdbool.h>

/* Pitch classes are 0 (C) to 11 (B). A step counts scale tones: step 35 is
 * the tonic at or above middle C, step 36 the second above it. */

typedef struct {
  int tonic; ///< pitch class
  bool minor;
} Key;

#define STEP_MIDDLE 35

/// Numerals: the chord built on a degree, its inversion by figured bass.
typedef enum {
  N_I,
  N_I6,
  N_I64,
  N_II,
  N_II6,
  N_II65,
  N_III,
  N_IV,
  N_IV6,
  N_V,
  N_V6,
  N_V7,
  N_V65,
  N_V42,
  N_VI,
  N_VII6,
  N_VII7,
  N_V7_V,
  N_V65_V,
  N_V7_II,
  N_V65_II,
  N_V65_IV,
  N_V7_VI,
  N_V7_III,
  N_PICARDY,
  N_COUNT
} Numeral;

typedef struct {
  Numeral numeral;
  Key key;
  int root;     ///< pitch class
  int n;        ///< 3 or 4 tones
  int tones[4]; ///< pitch classes: root, third, fifth, seventh
  int bass;     ///< pitch class
  int leading;  ///< the tone that strives up a semitone, -1 if none
} Chord;

/// @pitch as a pitch class.
int
pitch_class(int pitch);

/// The same tonic class a number of semitones off.
Key
key_at(Key key, int semitones, bool minor);

/**
 * key_pitch:
 * @raised: in minor, whether the sixth and seventh degrees are raised
 */
int
key_pitch(Key key, int step, bool raised);

bool
key_has(Key key, int pitch, bool raised);

/// Sharps if positive, as in a key signature.
int
key_sharps(Key key);

/// Whether the key's mode has the chord.
bool
chord_exists(Numeral numeral, bool minor);

Chord
chord_make(Key key, Numeral numeral);

bool
chord_has(const Chord *chord, int pitch);

/// Whether the scale's sixth and seventh degrees are raised over the chord.
bool
chord_raises(const Chord *chord);

/// The chord tone nearest to @pitch, the lower of two.
int
chord_nearest(const Chord *chord, int pitch);

/// The pitch of class @class nearest to @pitch, the lower of two.
int
class_nearest(int class, int pitch);

#endif
