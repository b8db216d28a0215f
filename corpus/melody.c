// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "melody.h"

#include <glib.h>
#include <stdlib.h>

#define PITCHES 32
#define IMPOSSIBLE 1e9

bool
melody_in_scale(const Chord *chord, int pitch)
{
  const bool raised = chord_raises(chord);

  if (chord_has(chord, pitch))
    return true;
  // A chromatic chord tone drives out the scale tone that it alters.
  for (int i = 0; i < chord->n; ++i) {
    const int tone = chord->tones[i];
    const int altered = tone == chord->leading ? tone - 1 : tone + 1;
    if (!key_has(chord->key, tone, raised) &&
        pitch_class(altered) == pitch_class(pitch))
      return false;
  }
  return key_has(chord->key, pitch, raised);
}

static double
stand_cost(const MelodyNote *note, int pitch)
{
  static const double strange[3] = {0.5, 1.8, 9.0};

  if (note->wish >= 0 && pitch_class(pitch) != note->wish)
    return IMPOSSIBLE;
  if (!melody_in_scale(&note->chord, pitch))
    return IMPOSSIBLE;
  return 0.7 * abs(pitch - note->aim) +
         (chord_has(&note->chord, pitch) ? 0.0 : strange[note->weight]);
}

static double
move_cost(const MelodyNote *from, int a, const MelodyNote *to, int b)
{
  static const double sizes[13] = {1.9, 0.0, 0.0, 0.7, 0.7, 1.4, 9.0,
                                   2.0, 3.5, 3.5, 9.0, 9.0, 5.0};
  const int size = abs(b - a);
  double cost = size < 13 ? sizes[size] : 30.0;

  // A motive that repeats a note means it.
  if (size == 0 && from->aim == to->aim)
    cost = 0.2;
  if (!chord_has(&from->chord, a) && (size == 0 || size > 2))
    cost += 6.0;
  if (!chord_has(&to->chord, b) && size > 2)
    cost += to->weight == WEIGHT_BETWEEN ? 3.0 : 1.5;
  if (size == 3 && to->chord.key.minor &&
      pitch_class(MIN(a, b)) == pitch_class(to->chord.key.tonic + 8))
    cost += 12.0;
  if (pitch_class(a) == from->chord.leading && b != a + 1 && size != 0 &&
      to->chord.root != from->chord.root)
    cost += 3.0;
  return cost;
}

static void
relax(const MelodyNote *from,
      const MelodyNote *to,
      int low,
      const double *costs,
      double *next,
      int *parents)
{
  for (int j = 0; j < PITCHES; ++j) {
    if (next[j] >= IMPOSSIBLE)
      continue;
    double best = IMPOSSIBLE;
    for (int i = 0; i < PITCHES; ++i) {
      const double cost = costs[i] + move_cost(from, low + i, to, low + j);
      if (cost < best) {
        best = cost;
        parents[j] = i;
      }
    }
    next[j] += best;
  }
}

void
melody_fit(Chance *chance, MelodyNote *notes, int n, int low, int high)
{
  g_autofree int *parents = g_new0(int, n *PITCHES);
  double costs[2][PITCHES];
  int best = 0;

  for (int t = 0; t < n; ++t) {
    double *now = costs[t % 2];
    for (int i = 0; i < PITCHES; ++i) {
      now[i] = low + i > high ? IMPOSSIBLE : stand_cost(&notes[t], low + i);
      if (now[i] < IMPOSSIBLE)
        now[i] += 0.01 * chance_below(chance, 60);
    }
    if (t > 0)
      relax(&notes[t - 1], &notes[t], low, costs[(t - 1) % 2], now,
            &parents[t * PITCHES]);
  }
  for (int i = 1; i < PITCHES; ++i) {
    if (costs[(n - 1) % 2][i] < costs[(n - 1) % 2][best])
      best = i;
  }
  for (int t = n - 1; t >= 0; --t) {
    notes[t].pitch = low + best;
    best = parents[t * PITCHES + best];
  }
}
