// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "subject.h"

#include <glib.h>
#include <stdlib.h>

#define SLOW 2

/// Notes of a beat in steps, and where the next beat may begin.
typedef struct {
  int steps[4];
  int next;
} Cell;

static const Cell fours[] = {
  {{0, 1, 2, 3}, 4},  {{0, -1, -2, -3}, -4}, {{0, 1, 0, -1}, -2},
  {{0, -1, 0, 1}, 2}, {{0, 2, 1, 3}, 2},     {{0, -2, -1, -3}, -2},
  {{0, 1, 2, 0}, 4},  {{0, 2, 4, 2}, 0},     {{0, -1, 0, -2}, -4},
  {{0, 1, -1, 0}, 2},
};
static const Cell threes[] = {
  {{0, 1, 2}, 4}, {{0, 2, 4}, 2},    {{0, -1, 0}, 2}, {{0, 1, 0}, -2},
  {{0, 2, 1}, 0}, {{0, -1, -2}, -4}, {{0, 4, 2}, 0},  {{0, 1, 2}, 2},
};
static const Cell twos[] = {
  {{0, 2}, 4}, {{0, -2}, -4}, {{0, 2}, 0},  {{0, 4}, 2},
  {{0, 1}, 2}, {{0, -1}, -2}, {{0, -3}, 0}, {{0, 3}, 2},
};

static bool
is_in_triad(int step, int root)
{
  const int above = ((step - root) % 7 + 7) % 7;

  return above == 0 || above == 2 || above == 4;
}

/// A cell from @step whose end leads to a tone of the triad on @root, and
/// that stays within an octave or so.
static const Cell *
pick_cell(Chance *chance, const Cell *cells, int n, int step, int root)
{
  double weights[16] = {0.0};
  double sum = 0.0;

  for (int i = 0; i < n; ++i) {
    const int next = step + cells[i].next;
    weights[i] = is_in_triad(next, root) && abs(next) <= 6 ? 1.0 : 0.0;
    sum += weights[i];
  }
  return sum > 0.0 ? &cells[chance_weighted(chance, weights, n)] : NULL;
}

static void
add_beat(Subject *subject, int beat, int step, const Cell *cell)
{
  const int subs = subject->pulse->subs;
  const bool quick = beat < subject->quick;
  const int n = quick ? subs : SLOW;

  for (int i = 0; i < n; ++i) {
    if (beat == 0 && i == 0 && subject->rests)
      continue;
    const int k = subject->n++;
    const int slow = i == 0 ? 2 : subs - 2;
    subject->at[k] = beat * subs + (quick ? i : 2 * i);
    subject->length[k] = quick ? 1 : slow;
    subject->step[k] = step + cell->steps[i];
  }
}

static bool
fill(Chance *chance, Subject *subject)
{
  const Pulse *pulse = subject->pulse;
  int step = chance_hit(chance, 65) ? 0 : 4;

  subject->n = 0;
  for (int beat = 0; beat < pulse->beats; ++beat) {
    const bool quick = beat < subject->quick;
    const int root = beat + 1 < subject->quick ? 0
                     : beat + 1 < pulse->beats ? subject->turn
                                               : 0;
    const Cell *cell =
      !quick ? pick_cell(chance, twos, G_N_ELEMENTS(twos), step, root)
      : pulse->subs == 4
        ? pick_cell(chance, fours, G_N_ELEMENTS(fours), step, root)
        : pick_cell(chance, threes, G_N_ELEMENTS(threes), step, root);
    if (cell == NULL)
      return false;
    add_beat(subject, beat, step, cell);
    step += cell->next;
  }
  return true;
}

Subject
subject_compose(Chance *chance, const Pulse *pulse)
{
  static const int turns[3] = {4, 3, 0};
  Subject subject = {.pulse = pulse, .quick = 2};

  do {
    subject.turn = turns[chance_below(chance, 3)];
    subject.rests = chance_hit(chance, 40);
  } while (!fill(chance, &subject));
  return subject;
}

Harmony
subject_harmony(const Subject *subject, const Entry *entry, int beat)
{
  const int turn = entry->inverted ? 7 - subject->turn : subject->turn;
  const int root = entry->degree + (beat < subject->quick ? 0 : turn);

  return (Harmony){entry->key, root % 7};
}

/// The lowest step that puts the entry's middle in the hand's register.
static int
find_base(const Subject *subject, const Entry *entry)
{
  const int centre = entry->right ? 71 : 51;
  int low = 100;
  int high = -100;
  int base = entry->degree;

  for (int i = 0; i < subject->n; ++i) {
    const int step = entry->inverted ? 4 - subject->step[i] : subject->step[i];
    low = MIN(low, step);
    high = MAX(high, step);
  }
  while (key_pitch(entry->key, base + 21 + (low + high) / 2, false) <
         centre - 6)
    base += 7;
  return base + 21;
}

void
subject_state(const Subject *subject, const Entry *entry, Line *line)
{
  const Pulse *pulse = subject->pulse;
  const int base = find_base(subject, entry);

  line->n = subject->n;
  for (int i = 0; i < subject->n; ++i) {
    const int beat = subject->at[i] / pulse->subs;
    const Harmony harmony = subject_harmony(subject, entry, beat);
    const int step = entry->inverted ? 4 - subject->step[i] : subject->step[i];
    line->notes[i] = (LineNote){
      .at = subject->at[i] * pulse->sub,
      .length = subject->length[i] * pulse->sub,
      .pitch = key_pitch(entry->key, base + step, harmony_raises(harmony)),
      .on_beat = subject->at[i] % pulse->subs == 0,
      .harmony = harmony,
    };
  }
}

void
subject_answer(const Subject *subject, const Entry *entry, Line *line)
{
  const Pulse *pulse = subject->pulse;

  line->n = 0;
  for (int beat = 0; beat < pulse->beats; ++beat) {
    const bool quick = beat >= subject->quick;
    const int start = beat * pulse->subs;
    for (int sub = 0; sub < pulse->subs; sub += quick ? 1 : 2) {
      const int length = quick ? 1 : MIN(2, pulse->subs - sub);
      line->notes[line->n++] = (LineNote){
        .at = (start + sub) * pulse->sub,
        .length = length * pulse->sub,
        .on_beat = sub == 0,
        .harmony = subject_harmony(subject, entry, beat),
      };
    }
  }
}
