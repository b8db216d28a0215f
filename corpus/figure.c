// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "figure.h"
#include "sketch.h"

#include <stdlib.h>

void
figure_lay(Surface *surface, const Slot *slots, const Voicing *v, int n)
{
  surface->n = 0;
  for (int i = 0; i < n; ++i) {
    const int eighths = slots[i].length / EIGHTH;
    for (int e = 0; e < eighths; ++e, ++surface->n) {
      for (int voice = 0; voice < VOICES; ++voice) {
        surface->pitch[voice][surface->n] = v[i].pitch[voice];
        surface->onset[voice][surface->n] = e == 0;
      }
    }
  }
}

static bool
moves_cleanly(const Surface *surface, int from, int to)
{
  if (from < 0 || to >= surface->n)
    return true;
  for (int upper = 0; upper < BASS; ++upper) {
    for (int lower = upper + 1; lower < VOICES; ++lower) {
      const int *up = surface->pitch[upper];
      const int *low = surface->pitch[lower];
      if (moves_in_parallel(up[from], low[from], up[to], low[to]))
        return false;
    }
  }
  return true;
}

/// Order of the voices, no sharp clash between neighbours, no wide gap.
static bool
stands_cleanly(const Surface *surface, int at)
{
  for (int v = 0; v < BASS; ++v) {
    const int gap = surface->pitch[v][at] - surface->pitch[v + 1][at];
    if (gap < 2 || (gap > 12 && v < TENOR))
      return false;
  }
  return true;
}

/// Whether the rules hold around the eighth @at, from eighth to eighth and
/// from beat to beat.
static bool
is_clean(const Surface *surface, int at)
{
  const int beat = at - at % 2;

  return stands_cleanly(surface, at) && moves_cleanly(surface, at - 1, at) &&
         moves_cleanly(surface, at, at + 1) &&
         moves_cleanly(surface, beat - 2, beat) &&
         moves_cleanly(surface, beat, beat + 2);
}

/// Whether a note between beats agrees with those that move with it.
static bool
agrees(const Surface *surface, int voice, int at)
{
  for (int v = 0; v < VOICES; ++v) {
    if (v == voice || !surface->onset[v][at])
      continue;
    const int gap = abs(surface->pitch[v][at] - surface->pitch[voice][at]);
    const int class = pitch_class(gap);
    if (class == 1 || class == 2 || class == 6 || class >= 10)
      return false;
  }
  return true;
}

/// The scale tone that lies between two a third apart, or beside a repeated
/// one; -1 if there is none.
static int
find_between(Chance *chance, const Slot *from, const Slot *to, int a, int b)
{
  const bool raised = chord_raises(&from->chord) || chord_raises(&to->chord);
  const int way = a == b ? (chance_hit(chance, 50) ? 1 : -1) : b > a ? 1 : -1;

  for (int size = 1; size <= 2; ++size) {
    const int pitch = a + way * size;
    if (key_has(from->chord.key, pitch, raised) && abs(b - pitch) <= 2 &&
        pitch != b)
      return pitch;
  }
  return -1;
}

static bool
put_passing(
  Chance *chance, Surface *surface, const Slot *from, const Slot *to, int voice)
{
  const int at = (from->at + from->length) / EIGHTH - 1;
  const int a = surface->pitch[voice][at];
  const int b = surface->pitch[voice][at + 1];
  const int size = abs(b - a);

  // A note held over the next beat must not move before it.
  if (surface->onset[voice][at] || !surface->onset[voice][at + 1] ||
      (size != 0 && size != 3 && size != 4))
    return false;
  const int pitch = find_between(chance, from, to, a, b);
  if (pitch < 0)
    return false;
  surface->pitch[voice][at] = pitch;
  surface->onset[voice][at] = true;
  if (is_clean(surface, at) && agrees(surface, voice, at))
    return true;
  surface->pitch[voice][at] = a;
  surface->onset[voice][at] = false;
  return false;
}

/// Holds a note over the beat on which it should fall a step; it falls an
/// eighth later.
static bool
put_suspension(Surface *surface, const Slot *to, const Voicing *goal, int voice)
{
  const int at = to->at / EIGHTH;
  const int held = surface->pitch[voice][at - 1];
  const int fall = held - goal->pitch[voice];

  if (fall < 1 || fall > 2 || chord_has(&to->chord, held))
    return false;
  for (int v = 0; v < BASS; ++v) {
    if (v != voice &&
        pitch_class(goal->pitch[v]) == pitch_class(goal->pitch[voice]))
      return false;
  }
  surface->pitch[voice][at] = held;
  surface->onset[voice][at] = false;
  surface->onset[voice][at + 1] = true;
  if (is_clean(surface, at) && is_clean(surface, at + 1))
    return true;
  surface->pitch[voice][at] = goal->pitch[voice];
  surface->onset[voice][at] = true;
  surface->onset[voice][at + 1] = false;
  return false;
}

static void
suspend(Chance *chance, Surface *surface, const Slot *to, const Voicing *goal)
{
  const int first = chance_below(chance, BASS);

  for (int k = 0; k < BASS; ++k) {
    if (put_suspension(surface, to, goal, (first + k) % BASS))
      return;
  }
}

void
figure_adorn(Chance *chance,
             Surface *surface,
             const Slot *slots,
             const Voicing *voicings,
             int n)
{
  for (int i = 1; i < n; ++i) {
    if (!slots[i].opens && chance_hit(chance, slots[i].cadence ? 45 : 28))
      suspend(chance, surface, &slots[i], &voicings[i]);
  }
  for (int i = 0; i + 1 < n; ++i) {
    const int first = chance_below(chance, VOICES);
    const int wish = chance_weighted(chance, (double[]){2, 5, 2}, 3);
    int done = 0;

    if (slots[i].cadence)
      continue;
    for (int k = 0; k < VOICES && done < wish; ++k) {
      const int voice = (first + k) % VOICES;
      const bool still =
        voicings[i].pitch[voice] == voicings[i + 1].pitch[voice];
      if (!still || chance_hit(chance, 20))
        done += put_passing(chance, surface, &slots[i], &slots[i + 1], voice);
    }
  }
}
