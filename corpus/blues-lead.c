// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "blues.h"

#define LICK_MAX 16

/// A phrase of two bars, in swung eighths and degrees of the blues scale.
typedef struct {
  int n;
  int eighth[LICK_MAX];
  int length[LICK_MAX];
  int degree[LICK_MAX];
} Lick;

static const int blues_scale[6] = {0, 3, 5, 6, 7, 10};

/* Sixteen swung eighths each: x begins a note, - holds it, . rests. Calls
 * leave room for the answer. */
static const char *const calls[] = {
  "..xxxxx---......", ".xxxx-x-x---....", "x-xxx-xxx---....",
  "...xxxxxx-x---..", "xxx.xxx.xx--....", ".xx-xxx-x-xx----",
  "x-x-.xxxx-x-....", "..xx-xxxx-.xx---",
};
static const char *const answers[] = {
  "........xxxx----", "......xxxxx-x-..", "....x-xxx---....",
  "........x-xx-x--", "....xxx-xxx-....", "...........xxx--",
};
static const char *const closes[] = {
  "xxxxxxxxx---....",
  "x-xx-xx-xxx-x---",
  ".xxxxxxxx-xxx---",
  "xx-xx-xx-xxx-x--",
};

static Lick
parse_lick(const char *text)
{
  Lick lick = {0};

  for (int i = 0; text[i] != '\0'; ++i) {
    if (text[i] == 'x') {
      lick.eighth[lick.n] = i;
      lick.length[lick.n++] = 1;
    } else if (text[i] == '-') {
      ++lick.length[lick.n - 1];
    }
  }
  return lick;
}

static int
degree_pitch(int lowest_tonic, int degree)
{
  return lowest_tonic + 12 * (degree / 6) + blues_scale[degree % 6];
}

/// A line that mostly goes on as it went, and mostly down, from @start to an
/// end on the tonic, third, fifth or seventh.
static void
draw_line(Chance *chance, Lick *lick, int start)
{
  static const int ends[4] = {0, 1, 4, 5};
  int degree = start;
  int way = chance_hit(chance, 60) ? -1 : 1;

  for (int i = 0; i < lick->n; ++i) {
    lick->degree[i] = degree;
    if (degree <= 2)
      way = 1;
    else if (degree >= 9)
      way = -1;
    else if (chance_hit(chance, 30))
      way = -way;
    const int size = chance_weighted(chance, (double[]){1, 8, 2}, 3);
    degree = CLAMP(degree + way * size, 1, 10);
  }
  const int last = lick->degree[lick->n - 1];
  int best = 0;
  for (int end = 0; end < 4; ++end) {
    for (int octave = 0; octave <= 6; octave += 6) {
      const int target = ends[end] + octave;
      if (ABS(target - last) < ABS(best - last))
        best = target;
    }
  }
  lick->degree[lick->n - 1] = best;
}

static Lick
compose_lick(Chance *chance, const char *const *texts, int n, int start)
{
  Lick lick = parse_lick(texts[chance_below(chance, n)]);

  draw_line(chance, &lick, start);
  return lick;
}

/// Held notes leave the scale where it would rub: the flat third becomes the
/// major third over the tonic, the second over the dominant, and the flat
/// fifth the fifth.
static int
settle(const Blues *blues, int pitch, int length, int root)
{
  const int tonic = blues->frame.key.tonic;
  const int class = pitch_class(pitch - tonic);

  if (length >= 2 && class == 3 && root == tonic)
    return pitch + 1;
  if (length >= 2 && class == 3 && root == pitch_class(tonic + 7))
    return pitch - 1;
  if (length >= 2 && class == 6)
    return pitch + 1;
  return pitch;
}

static void
write_lick(const Blues *blues, const Lick *lick, int bar)
{
  const int tonic =
    blues->lead_low + pitch_class(blues->frame.key.tonic - blues->lead_low);

  for (int i = 0; i < lick->n; ++i) {
    const int at = blues_swing(lick->eighth[i]);
    const int end = blues_swing(lick->eighth[i] + lick->length[i]);
    const int root = blues_root(blues, bar + at / BLUES_BAR);
    int pitch = settle(blues, degree_pitch(tonic, lick->degree[i]),
                       lick->length[i], root);
    if (pitch > blues->lead_high)
      pitch -= 12;
    sketch_note(blues->lead, bar * BLUES_BAR + at, end - at, pitch,
                86 + (lick->eighth[i] % 2 == 1 ? 6 : 0) +
                  (lick->length[i] > 2 ? 4 : 0));
  }
}

/// The first line sung twice and answered, then a line of its own.
static void
write_chorus(Chance *chance, const Blues *blues, int chorus)
{
  const int bar = chorus * CHORUS_BARS;
  const int start = chance_between(chance, 4, 7) + chorus % 2;
  Lick call = compose_lick(chance, calls, G_N_ELEMENTS(calls), start);
  const Lick first = compose_lick(chance, answers, G_N_ELEMENTS(answers), 5);
  const Lick second = compose_lick(chance, answers, G_N_ELEMENTS(answers), 6);
  const Lick close = compose_lick(chance, closes, G_N_ELEMENTS(closes), 7);
  const Lick turn = compose_lick(chance, calls, G_N_ELEMENTS(calls), 5);

  write_lick(blues, &call, bar);
  write_lick(blues, &first, bar + 2);
  if (chance_hit(chance, 60))
    call.degree[0] = MIN(call.degree[0] + 1, 10);
  write_lick(blues, &call, bar + 4);
  write_lick(blues, chance_hit(chance, 40) ? &first : &second, bar + 6);
  write_lick(blues, &close, bar + 8);
  write_lick(blues, &turn, bar + 10);
}

void
blues_write_lead(Chance *chance, const Blues *blues)
{
  const int end = blues->choruses * CHORUS_BARS * BLUES_BAR;
  const int tonic =
    blues->lead_low + pitch_class(blues->frame.key.tonic - blues->lead_low);

  for (int chorus = 0; chorus < blues->choruses; ++chorus)
    write_chorus(chance, blues, chorus);
  sketch_note(blues->lead, end, BLUES_BAR, tonic, 92);
}
