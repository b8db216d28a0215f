// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tune.h"

#include "harmony.h"

#include <glib.h>
#include <stdlib.h>

static void
fill(Section *section, int first, int n, const Numeral *numerals)
{
  for (int i = 0; i < n; ++i)
    section->chords[first + i] = chord_make(section->key, numerals[i]);
}

void
section_harmonise(
  Chance *chance, Section *section, Key key, SectionEnd end, Key home)
{
  const bool open = chance_hit(chance, 70);
  const Numeral middle = open ? N_V7 : N_I;
  const int goal = end == END_HOME ? 6 : 5;
  Numeral line[SECTION_BARS] = {[0] = N_I, [3] = middle, [4] = N_I};

  section->key = key;
  line[goal] = N_V7;
  line[goal + 1] = N_I;
  // Both walks always have a way: I to V7 or I over two chords, or over one.
  harmony_walk(chance, GRAMMAR_DANCE, key.minor, N_I, middle, 2, line + 1);
  harmony_walk(chance, GRAMMAR_DANCE, key.minor, N_I, N_V7, goal - 5, line + 5);
  fill(section, 0, goal + 2, line);
  if (end == END_AWAY)
    section->chords[7] = chord_make(home, N_V7);
}

/// A motive: a bar's rhythm and the way its notes go, in steps.
typedef struct {
  Rhythm rhythm;
  int steps[RHYTHM_MAX];
} Motive;

static Motive
draw_motive(Chance *chance, const Rhythm *rhythm)
{
  // Run up, run down, turn, broken chords, repeated note.
  static const int shapes[6][4] = {{1, 1, 1, 1},   {-1, -1, -1, -1},
                                   {1, -1, -1, 1}, {2, 2, -1, -1},
                                   {-2, 1, 2, -1}, {0, 1, 0, -2}};
  const int *shape = shapes[chance_below(chance, 6)];
  Motive motive = {.rhythm = *rhythm};
  int step = 0;

  for (int i = 0; i < rhythm->n; ++i) {
    motive.steps[i] = step;
    step += shape[i % 4];
  }
  return motive;
}

static Weight
weigh_at(const Frame *frame, int at, int length)
{
  const int beat =
    frame->denominator == 8 ? 3 * EIGHTH : 4 * QUARTER / frame->denominator;

  if (at == 0 || length >= 2 * QUARTER)
    return WEIGHT_STRONG;
  return at % beat == 0 ? WEIGHT_BEAT : WEIGHT_BETWEEN;
}

/// Adds bar @bar by @motive, its first note aimed at @step.
static void
add_bar(
  Section *section, const Frame *frame, const Motive *motive, int bar, int step)
{
  const int start = bar * frame_bar(frame);
  int at = 0;

  for (int i = 0; i < motive->rhythm.n; ++i) {
    const int length = motive->rhythm.lengths[i];
    // A rest is written as a negative length.
    if (length > 0) {
      section->notes[section->n++] = (MelodyNote){
        .at = start + at,
        .length = length,
        .weight = weigh_at(frame, at, length),
        .chord = section->chords[bar],
        .aim = key_pitch(section->key, step + motive->steps[i], false),
        .wish = -1,
      };
    }
    at += abs(length);
  }
}

/// The step whose pitch is nearest to @pitch.
static int
step_near(Key key, int pitch)
{
  int step = 0;

  while (key_pitch(key, step, false) < pitch)
    ++step;
  return step;
}

void
section_sing(Chance *chance,
             Section *section,
             const Frame *frame,
             const Rhythms *rhythms,
             int low,
             int high)
{
  // Which motive each bar takes: 0, 1, 2; 3 is rest, 4 the end.
  static const int forms[4][SECTION_BARS] = {{0, 1, 0, 3, 0, 1, 2, 4},
                                             {0, 0, 1, 3, 0, 0, 2, 4},
                                             {0, 1, 0, 1, 2, 2, 1, 4},
                                             {0, 1, 2, 3, 0, 1, 2, 4}};
  // The second half climbs higher, and comes home.
  static const int lifts[SECTION_BARS] = {0, 1, 2, 1, 2, 4, 3, 0};
  const int *form = forms[chance_below(chance, 4)];
  const int sequence = chance_between(chance, -1, 1);
  const int middle = low + (high - low) / 2;
  const int base =
    step_near(section->key, chance_between(chance, middle - 3, middle + 1));
  Motive motives[5];

  for (int i = 0; i < 3; ++i) {
    const int at = chance_below(chance, rhythms->n);
    motives[i] = draw_motive(chance, &rhythms->rhythms[at]);
  }
  motives[3] = (Motive){.rhythm = rhythms->rest_bar};
  motives[4] = (Motive){.rhythm = rhythms->last_bar};
  section->n = 0;
  for (int bar = 0; bar < SECTION_BARS; ++bar) {
    add_bar(section, frame, &motives[form[bar]], bar,
            base + lifts[bar] + (bar % 4 == 2 ? sequence : 0));
  }
  const Chord *last = &section->chords[7];
  for (int i = section->n - 1; section->notes[i].at >= 7 * frame_bar(frame);
       --i)
    section->notes[i].wish = last->numeral == N_I ? section->key.tonic : -1;
  melody_fit(chance, section->notes, section->n, low, high);
}

/// Splits a note: its first half at @first, its second at @second.
static void
split(Section *section, int at, int first, int second)
{
  for (int i = section->n; i > at; --i)
    section->notes[i] = section->notes[i - 1];
  ++section->n;
  MelodyNote *head = &section->notes[at];
  MelodyNote *tail = &section->notes[at + 1];
  tail->length = head->length / 2;
  head->length -= tail->length;
  tail->at += head->length;
  head->pitch = first;
  tail->pitch = second;
  tail->weight = WEIGHT_BETWEEN;
}

/// A passing tone towards the next note a third off, or a semitone from below
/// that leans on a chord tone.
static bool
embellish(Chance *chance, Section *section, int i)
{
  const MelodyNote note = section->notes[i];
  const int next = section->notes[i + 1].pitch;
  const int gap = abs(next - note.pitch);
  const int way = next > note.pitch ? 1 : -1;

  if (gap == 3 || gap == 4) {
    const int between = melody_in_scale(&note.chord, note.pitch + 2 * way)
                          ? note.pitch + 2 * way
                          : note.pitch + way;
    split(section, i, note.pitch, between);
    return true;
  }
  if (note.weight > WEIGHT_BETWEEN && chance_hit(chance, 40) && i > 0 &&
      chord_has(&note.chord, note.pitch) &&
      section->notes[i - 1].pitch != note.pitch - 1) {
    split(section, i, note.pitch - 1, note.pitch);
    return true;
  }
  return false;
}

void
section_vary(Chance *chance, Section *section, int percent)
{
  for (int i = 0; i + 2 < section->n && section->n < TUNE_MAX; ++i) {
    const int length = section->notes[i].length;
    if (length == QUARTER && chance_hit(chance, percent) &&
        embellish(chance, section, i))
      ++i;
  }
}

void
chord_close(const Chord *chord, int centre, int out[3])
{
  // Of a seventh chord the bass has the root.
  const int first = chord->n - 3;

  for (int i = 0; i < 3; ++i)
    out[i] = class_nearest(chord->tones[first + i], centre);
}

int
chord_bass(const Chord *chord, bool fifth)
{
  const int class = fifth ? chord->tones[2] : chord->bass;

  return 33 + pitch_class(class - 33);
}
