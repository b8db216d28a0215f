// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_DRUMS_H
#define CORPUS_DRUMS_H

/// Keys of the General MIDI drum kit.
typedef enum {
  DRUM_KICK = 36,
  DRUM_SNARE = 38,
  DRUM_CLOSED_HAT = 42,
  DRUM_FLOOR_TOM = 43,
  DRUM_PEDAL_HAT = 44,
  DRUM_LOW_TOM = 45,
  DRUM_CRASH = 49,
  DRUM_HIGH_TOM = 50,
  DRUM_RIDE = 51
} Drum;

#endif
