// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "voice-rules.h"

#include <glib.h>
#include <stdlib.h>

bool
moves_in_parallel(int upper, int lower, int upper_next, int lower_next)
{
  const int before = pitch_class(upper - lower);
  const int after = pitch_class(upper_next - lower_next);

  return upper != upper_next && lower != lower_next && before == after &&
         (after == 0 || after == 7);
}

static int
count_tone(const Voicing *voicing, int class)
{
  int n = 0;

  for (int v = 0; v < VOICES; ++v)
    n += pitch_class(voicing->pitch[v]) == class;
  return n;
}

/// Every chord has root and third, a seventh chord its seventh; only a
/// dominant seventh or a last tonic may go without its fifth.
static bool
is_complete(const Slot *slot, const Voicing *voicing)
{
  const Chord *chord = &slot->chord;
  const int fifths = count_tone(voicing, chord->tones[2]);

  if (count_tone(voicing, chord->tones[0]) == 0 ||
      count_tone(voicing, chord->tones[1]) == 0)
    return false;
  if (chord->n == 4 && count_tone(voicing, chord->tones[3]) != 1)
    return false;
  if (chord->leading >= 0 && count_tone(voicing, chord->leading) > 1)
    return false;
  if (fifths == 0)
    return chord->numeral == N_V7 || (slot->cadence && chord->numeral == N_I);
  return true;
}

static double
doubling_cost(const Slot *slot, const Voicing *voicing)
{
  const Chord *chord = &slot->chord;
  const int thirds = count_tone(voicing, chord->tones[1]);
  const int fifths = count_tone(voicing, chord->tones[2]);
  const bool diminished =
    pitch_class(chord->tones[2] - chord->root) == 6 && chord->n == 3;

  if (chord->numeral == N_I64)
    return fifths == 2 ? 0.0 : 6.0;
  if (diminished)
    return thirds == 2 ? 0.0 : 4.0;
  return (thirds > 1 ? 3.0 : 0.0) + (fifths > 1 ? 1.0 : 0.0) +
         (fifths == 0 ? 1.5 : 0.0);
}

double
voicing_cost(const Slot *slot, const Voicing *voicing)
{
  const int *pitch = voicing->pitch;

  if (slot->soprano >= 0 && pitch_class(pitch[SOPRANO]) != slot->soprano)
    return FORBIDDEN;
  if (pitch[SOPRANO] <= pitch[ALTO] || pitch[ALTO] <= pitch[TENOR] ||
      pitch[TENOR] <= pitch[BASS])
    return FORBIDDEN;
  if (pitch[SOPRANO] - pitch[ALTO] > 12 || pitch[ALTO] - pitch[TENOR] > 12 ||
      pitch[TENOR] - pitch[BASS] > 19)
    return FORBIDDEN;
  if (!is_complete(slot, voicing))
    return FORBIDDEN;
  return doubling_cost(slot, voicing) + 0.45 * abs(pitch[SOPRANO] - slot->aim) +
         0.1 * abs(pitch[BASS] - 48);
}

/// Leading tones rise to their tonic and sevenths fall, if the next chord
/// lets them.
static bool
tends_well(const Chord *from, const Chord *to, int pitch, int next)
{
  const int class = pitch_class(pitch);

  if (class == from->leading && chord_has(to, class + 1) && next != pitch + 1)
    return false;
  if (from->n == 4 && class == from->tones[3])
    return next <= pitch && next >= pitch - 2;
  return true;
}

static bool
is_augmented_second(Key key, int pitch, int next)
{
  const int low = pitch_class(MIN(pitch, next));

  return abs(next - pitch) == 3 && key.minor &&
         low == pitch_class(key.tonic + 8);
}

static bool
may_step(const Slot *from, const Slot *to, int v, int pitch, int next)
{
  static const int widest[VOICES] = {9, 7, 7, 8};
  const int size = abs(next - pitch);
  const bool octave = v == BASS && size == 12;

  if (size == 6 || is_augmented_second(to->chord.key, pitch, next))
    return false;
  if (size > widest[v] && !octave)
    return false;
  return tends_well(&from->chord, &to->chord, pitch, next);
}

/// Parallels between any two voices, overlaps, and hidden fifths and octaves
/// between the outer voices.
static bool
may_move(const Voicing *a, const Voicing *b)
{
  for (int upper = 0; upper < BASS; ++upper) {
    for (int lower = upper + 1; lower < VOICES; ++lower) {
      if (moves_in_parallel(a->pitch[upper], a->pitch[lower], b->pitch[upper],
                            b->pitch[lower]))
        return false;
    }
    if (b->pitch[upper + 1] > a->pitch[upper] ||
        b->pitch[upper] < a->pitch[upper + 1])
      return false;
  }
  const int rise = b->pitch[SOPRANO] - a->pitch[SOPRANO];
  const int bass_rise = b->pitch[BASS] - a->pitch[BASS];
  const int between = pitch_class(b->pitch[SOPRANO] - b->pitch[BASS]);
  const bool similar = (rise > 0) == (bass_rise > 0) && rise && bass_rise;

  return !(similar && abs(rise) > 2 && (between == 0 || between == 7));
}

static double
soprano_cost(int size)
{
  static const double costs[10] = {2.2, 0.0, 0.0, 1.0, 1.2,
                                   2.5, 9.0, 3.5, 5.0, 5.5};

  return size < 10 ? costs[size] : 20.0;
}

double
motion_cost(const Slot *from,
            const Voicing *a,
            const Slot *to,
            const Voicing *b)
{
  double cost = 0.0;

  for (int v = 0; v < VOICES; ++v) {
    if (!may_step(from, to, v, a->pitch[v], b->pitch[v]))
      return FORBIDDEN;
  }
  if (!may_move(a, b))
    return FORBIDDEN;
  for (int v = ALTO; v <= TENOR; ++v)
    cost += 0.35 * abs(b->pitch[v] - a->pitch[v]);
  const int bass = abs(b->pitch[BASS] - a->pitch[BASS]);

  cost += bass == 0 ? 1.5 : bass <= 2 ? 0.0 : bass <= 7 ? 0.6 : 1.4;
  if ((b->pitch[BASS] > a->pitch[BASS]) ==
      (b->pitch[SOPRANO] > a->pitch[SOPRANO]))
    cost += 0.4;
  const int rise = abs(b->pitch[SOPRANO] - a->pitch[SOPRANO]);

  return cost + (to->opens ? 0.5 : 1.0) * soprano_cost(rise);
}
