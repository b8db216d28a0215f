// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "counterpoint.h"
#include "voicing.h"

#include <glib.h>
#include <stdlib.h>

#define PITCHES 28
#define IMPOSSIBLE 1e9
#define PARALLEL 80.0

bool
harmony_raises(Harmony harmony)
{
  return harmony.degree == 4 || harmony.degree == 6;
}

bool
harmony_has(Harmony harmony, int pitch)
{
  const bool raised = harmony_raises(harmony);

  for (int third = 0; third < 6; third += 2) {
    if (pitch_class(key_pitch(harmony.key, harmony.degree + third, raised)) ==
        pitch_class(pitch))
      return true;
  }
  return false;
}

/// The cheapest way to end on each pitch.
typedef struct {
  double cost[PITCHES];
  int on_beat[PITCHES]; ///< pitch of that way's last beat, -1 if none
  int parent[PITCHES];
} Stage;

/// What sounds in the other voice, -1 for silence.
static int
sounding(const Line *line, int at)
{
  for (int i = 0; i < line->n; ++i) {
    const LineNote *note = &line->notes[i];
    if (note->at <= at && at < note->at + note->length)
      return note->pitch;
  }
  return -1;
}

static bool
is_dissonant(int a, int b)
{
  const int class = abs(a - b) % 12;

  return class == 1 || class == 2 || class == 5 || class == 6 || class >= 10;
}

static double
stand_cost(const LineNote *note, int pitch, int other, bool above)
{
  const int gap = above ? pitch - other : other - pitch;
  const int centre = above ? 71 : 50;
  double cost = 0.07 * abs(pitch - centre);

  if (!key_has(note->harmony.key, pitch, harmony_raises(note->harmony)))
    return IMPOSSIBLE;
  if (other >= 0 && gap < 3)
    return IMPOSSIBLE;
  if (!harmony_has(note->harmony, pitch))
    cost += note->on_beat ? 8.0 : 0.5;
  if (other >= 0 && is_dissonant(pitch, other))
    cost += note->on_beat ? 8.0 : 0.7;
  if (other >= 0 && note->on_beat && (gap % 12 == 0 || gap % 12 == 7))
    cost += 1.2;
  return cost;
}

static double
move_cost(const LineNote *from, int a, const LineNote *to, int b)
{
  static const double sizes[13] = {3.0, 0.0, 0.0, 0.6,  0.6,  1.3, 12.0,
                                   1.8, 2.5, 2.5, 12.0, 12.0, 2.5};
  const int size = abs(b - a);
  double cost = size < 13 ? sizes[size] : 30.0;

  if (from != NULL && !harmony_has(from->harmony, a) && size > 2)
    cost += 5.0;
  if (!harmony_has(to->harmony, b) && size > 2)
    cost += 4.0;
  if (size == 3 && to->harmony.key.minor &&
      pitch_class(a < b ? a : b) == pitch_class(to->harmony.key.tonic + 8))
    cost += 12.0;
  return cost;
}

static int
last_beat_before(const Line *line, int i)
{
  while (--i >= 0) {
    if (line->notes[i].on_beat)
      return line->notes[i].at;
  }
  return -1;
}

/// The voices never cross, so the higher pitch is the upper voice's.
static bool
in_parallel(int a, int other, int b, int next)
{
  return moves_in_parallel(MAX(a, other), MIN(a, other), MAX(b, next),
                           MIN(b, next));
}

static bool
is_parallel(const Line *against, int from_at, int a, int to_at, int b)
{
  const int other = sounding(against, from_at);
  const int next = sounding(against, to_at);

  return other >= 0 && next >= 0 && in_parallel(a, other, b, next);
}

static void
relax(const Line *line,
      const Line *against,
      int i,
      int low,
      const Stage *from,
      Stage *to)
{
  const LineNote *last = &line->notes[i - 1];
  const LineNote *note = &line->notes[i];
  const int beat_at = last_beat_before(line, i);

  for (int q = 0; q < PITCHES; ++q) {
    double best = IMPOSSIBLE;
    for (int p = 0; p < PITCHES && to->cost[q] < IMPOSSIBLE; ++p) {
      double cost = from->cost[p];
      if (cost >= best)
        continue;
      cost += move_cost(last, low + p, note, low + q);
      // A line that only rocks to and fro goes nowhere.
      if (i > 1 && from->parent[p] == q)
        cost += 1.4;
      if (is_parallel(against, note->at - 1, low + p, note->at, low + q))
        cost += PARALLEL;
      if (note->on_beat && from->on_beat[p] >= 0 &&
          is_parallel(against, beat_at, from->on_beat[p], note->at, low + q))
        cost += PARALLEL;
      if (cost < best) {
        best = cost;
        to->parent[q] = p;
      }
    }
    to->cost[q] += best;
    to->on_beat[q] = note->on_beat ? low + q : from->on_beat[to->parent[q]];
  }
}

static void
open_stage(Chance *chance,
           Stage *stage,
           const LineNote *note,
           const Line *against,
           bool above,
           int low)
{
  const int other = sounding(against, note->at);

  for (int p = 0; p < PITCHES; ++p) {
    stage->parent[p] = 0;
    stage->on_beat[p] = note->on_beat ? low + p : -1;
    stage->cost[p] =
      stand_cost(note, low + p, other, above) + 0.01 * chance_below(chance, 90);
  }
}

/// Costs of coming from the bar before.
static void
join(Stage *stage,
     const LineNote *note,
     const Line *against,
     int low,
     const Joint *joint)
{
  const int other = sounding(against, note->at);

  for (int p = 0; p < PITCHES; ++p) {
    const int pitch = low + p;
    stage->cost[p] += move_cost(NULL, joint->previous, note, pitch);
    if (other >= 0 &&
        in_parallel(joint->previous, joint->against, pitch, other))
      stage->cost[p] += PARALLEL;
    if (joint->first >= 0 && pitch_class(pitch) != joint->first)
      stage->cost[p] += 40.0;
  }
}

bool
counterpoint_fit(Chance *chance,
                 Line *line,
                 const Line *against,
                 bool above,
                 const Joint *joint)
{
  const int low = above ? 58 : 36;
  Stage stages[LINE_NOTES_MAX];
  int best = 0;

  for (int i = 0; i < line->n; ++i) {
    open_stage(chance, &stages[i], &line->notes[i], against, above, low);
    if (i > 0)
      relax(line, against, i, low, &stages[i - 1], &stages[i]);
    else
      join(&stages[0], &line->notes[0], against, low, joint);
  }
  const Stage *last = &stages[line->n - 1];
  for (int p = 1; p < PITCHES; ++p) {
    if (last->cost[p] < last->cost[best])
      best = p;
  }
  const bool clean = last->cost[best] < PARALLEL;
  for (int i = line->n - 1; i >= 0; --i) {
    line->notes[i].pitch = low + best;
    best = stages[i].parent[best];
  }
  return clean;
}
