// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "blues.h"
#include "drums.h"

static void
strike(const Blues *blues, int at, Drum drum, int velocity)
{
  sketch_note(blues->drums, at, SIXTEENTH, drum, velocity);
}

static void
write_ride(const Blues *blues, int at)
{
  static const int eighths[6] = {0, 2, 3, 4, 6, 7};

  for (int i = 0; i < 6; ++i)
    strike(blues, at + blues_swing(eighths[i]), DRUM_RIDE,
           eighths[i] % 2 == 1 ? 58 : 72);
}

static void
write_shuffle(const Blues *blues, int at)
{
  for (int e = 0; e < 8; ++e)
    strike(blues, at + blues_swing(e), DRUM_CLOSED_HAT, e % 2 == 1 ? 54 : 70);
}

/// Triplets down the drums over the last one or two beats.
static void
write_fill(Chance *chance, const Blues *blues, int at)
{
  static const Drum drums[6] = {DRUM_SNARE,   DRUM_SNARE,   DRUM_HIGH_TOM,
                                DRUM_LOW_TOM, DRUM_LOW_TOM, DRUM_FLOOR_TOM};
  const int first = chance_hit(chance, 50) ? 3 : 0;

  for (int i = first; i < 6; ++i)
    strike(blues, at + 2 * QUARTER + 4 * i, drums[i], 72 + 4 * i);
}

static void
write_bar(Chance *chance, const Blues *blues, int bar, bool shuffle)
{
  const int at = bar * BLUES_BAR;
  const bool fills = bar % CHORUS_BARS == CHORUS_BARS - 1;

  if (shuffle)
    write_shuffle(blues, at);
  else
    write_ride(blues, at);
  if (bar % CHORUS_BARS == 0)
    strike(blues, at, DRUM_CRASH, 92);
  for (int beat = 0; beat < 4; ++beat) {
    const int start = at + beat * QUARTER;
    if (beat % 2 == 0)
      strike(blues, start, DRUM_KICK, 80);
    else if (!shuffle)
      strike(blues, start, DRUM_PEDAL_HAT, 62);
    if (beat % 2 == 1 && !(fills && beat == 3))
      strike(blues, start, DRUM_SNARE, 82);
  }
  if (chance_hit(chance, 25))
    strike(blues, at + blues_swing(3), DRUM_KICK, 66);
  if (fills)
    write_fill(chance, blues, at);
}

void
blues_write_drums(Chance *chance, const Blues *blues)
{
  const bool shuffle = chance_hit(chance, 40);
  const int bars = blues->choruses * CHORUS_BARS;

  for (int bar = 0; bar < bars; ++bar)
    write_bar(chance, blues, bar, shuffle);
  strike(blues, bars * BLUES_BAR, DRUM_CRASH, 96);
  strike(blues, bars * BLUES_BAR, DRUM_KICK, 90);
}
