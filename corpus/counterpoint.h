// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_COUNTERPOINT_H
#define CORPUS_COUNTERPOINT_H

#include "chance.h"
#include "theory.h"

#define LINE_NOTES_MAX 32

/// A triad on a degree of a key; in minor, dominants have the raised scale.
typedef struct {
  Key key;
  int degree; ///< 0 to 6
} Harmony;

typedef struct {
  int at; ///< position in the bar
  int length;
  int pitch;
  bool on_beat;
  Harmony harmony;
} LineNote;

/// One voice for one bar.
typedef struct {
  int n;
  LineNote notes[LINE_NOTES_MAX];
} Line;

/// What a bar of a second voice must join on to.
typedef struct {
  int previous; ///< the voice's last pitch before the bar
  int against;  ///< the other voice's
  int first;    ///< pitch class of the first note, or -1
} Joint;

bool
harmony_raises(Harmony harmony);

bool
harmony_has(Harmony harmony, int pitch);

/**
 * counterpoint_fit:
 * @line: rhythm and harmony given, pitches to be found
 * @against: the voice that leads
 *
 * Writes a second voice against a first: on beats chord tones that are
 * consonant with it, between them steps; no parallel fifths and octaves from
 * note to note or from beat to beat; the voices never meet.
 *
 * Returns: false if no line keeps the rules; @line is then the least bad
 */
bool
counterpoint_fit(Chance *chance,
                 Line *line,
                 const Line *against,
                 bool above,
                 const Joint *joint);

#endif
