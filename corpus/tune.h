// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_TUNE_H
#define CORPUS_TUNE_H

#include "melody.h"
#include "sketch.h"

#define SECTION_BARS 8
#define RHYTHM_MAX 8
#define TUNE_MAX (SECTION_BARS * RHYTHM_MAX)

/// A bar's lengths in positions.
typedef struct {
  int n;
  int lengths[RHYTHM_MAX];
} Rhythm;

/// The rhythms of a kind of dance, those with few notes first.
typedef struct {
  int n;
  const Rhythm *rhythms;
  Rhythm rest_bar; ///< of a half cadence
  Rhythm last_bar; ///< of the end
} Rhythms;

typedef enum {
  END_HOME, ///< on the tonic
  END_AWAY, ///< in another key, then the dominant of @home
} SectionEnd;

/// Eight bars: a period of two halves.
typedef struct {
  Key key;
  Chord chords[SECTION_BARS];
  int n;
  MelodyNote notes[TUNE_MAX];
} Section;

/// Draws a chord a bar. @home matters for %END_AWAY.
void
section_harmonise(
  Chance *chance, Section *section, Key key, SectionEnd end, Key home);

/// Sets a tune over the chords from motives that come back.
void
section_sing(Chance *chance,
             Section *section,
             const Frame *frame,
             const Rhythms *rhythms,
             int low,
             int high);

/// The same tune with passing and chromatic notes put in.
void
section_vary(Chance *chance, Section *section, int percent);

/// Three tones of a chord in close position around @centre.
void
chord_close(const Chord *chord, int centre, int out[3]);

/// The chord's bass tone from 33 to 47; the fifth instead if @fifth.
int
chord_bass(const Chord *chord, bool fifth);

#endif
