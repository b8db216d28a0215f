// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_FIGURE_H
#define CORPUS_FIGURE_H

#include "voicing.h"

#define EIGHTHS_MAX 256

/// Four voices as they sound, eighth by eighth.
typedef struct {
  int n;
  int pitch[VOICES][EIGHTHS_MAX];
  bool onset[VOICES][EIGHTHS_MAX];
} Surface;

/// The chords as they stand.
void
figure_lay(Surface *surface, const Slot *slots, const Voicing *v, int n);

/// Puts in suspensions, passing and neighbouring notes where no rule of the
/// voices is broken.
void
figure_adorn(Chance *chance,
             Surface *surface,
             const Slot *slots,
             const Voicing *voicings,
             int n);

#endif
