// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_SUBJECT_H
#define CORPUS_SUBJECT_H

#include "counterpoint.h"
#include "sketch.h"

#define SUBJECT_MAX 24

/// How a bar of the invention is cut up.
typedef struct {
  int numerator, denominator;
  int beats;
  int subs; ///< of a beat in the quick flow, 3 or 4
  int sub;  ///< positions of each
} Pulse;

/// A subject of one bar: quick beats, then slow ones, over two harmonies.
typedef struct {
  const Pulse *pulse;
  int quick;  ///< beats in quick notes, the others in slow ones
  int turn;   ///< the degree to which the harmony goes for the slow beats
  bool rests; ///< for its first sub
  int n;
  int at[SUBJECT_MAX]; ///< in subs
  int length[SUBJECT_MAX];
  int step[SUBJECT_MAX];
} Subject;

/// One entry: in which key and hand, on which degree, and turned over or not.
typedef struct {
  Key key;
  bool right;
  bool inverted;
  int degree; ///< 0 to 6
} Entry;

Subject
subject_compose(Chance *chance, const Pulse *pulse);

/// The harmony of a beat under an entry.
Harmony
subject_harmony(const Subject *subject, const Entry *entry, int beat);

/// The entry's notes, in the hand's register.
void
subject_state(const Subject *subject, const Entry *entry, Line *line);

/// The rhythm that fills what the subject leaves: slow against its quick
/// beats, quick against its slow ones.
void
subject_answer(const Subject *subject, const Entry *entry, Line *line);

#endif
