// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "drums.h"
#include "styles.h"
#include "tune.h"

/// Two beats a bar; the chord comes in after the beat.
typedef struct {
  int numerator, denominator;
  int beat;  ///< positions from beat to beat
  int after; ///< positions from the beat to the chord
  Rhythms rhythms;
} Metre;

static const Rhythm in_two_four[] = {
  {2, {12, 12}},     {3, {9, 3, 12}},      {4, {9, 3, 9, 3}},
  {4, {6, 6, 6, 6}}, {3, {12, 6, 6}},      {5, {6, 3, 3, 6, 6}},
  {3, {6, 6, 12}},   {5, {9, 3, 6, 3, 3}}, {2, {18, 6}},
};
static const Rhythm in_six_eight[] = {
  {4, {12, 6, 12, 6}}, {2, {18, 18}},         {6, {6, 6, 6, 6, 6, 6}},
  {3, {18, 12, 6}},    {5, {6, 6, 6, 12, 6}}, {5, {12, 6, 6, 6, 6}},
  {3, {12, 6, 18}},
};
static const Rhythm in_cut_time[] = {
  {4, {12, 12, 12, 12}},   {3, {24, 12, 12}}, {4, {18, 6, 12, 12}},
  {4, {18, 6, 18, 6}},     {2, {36, 12}},     {6, {12, 6, 6, 12, 6, 6}},
  {5, {12, 12, 12, 6, 6}}, {2, {24, 24}},
};

static const Metre metres[] = {
  {2,
   4,
   12,
   6,
   {G_N_ELEMENTS(in_two_four), in_two_four, {2, {18, 6}}, {2, {12, -12}}}},
  {6,
   8,
   18,
   12,
   {G_N_ELEMENTS(in_six_eight), in_six_eight, {2, {30, 6}}, {2, {30, -6}}}},
  {2,
   2,
   24,
   12,
   {G_N_ELEMENTS(in_cut_time), in_cut_time, {2, {36, 12}}, {2, {36, -12}}}},
};

/// i: fanfare of four bars; A, B and the trio T: sections of eight.
static const char *const forms[] = {"iAABA", "AABBA", "iAATA", "iABTA",
                                    "AABTA", "ABTA",  "iABA"};

typedef struct {
  Frame frame;
  const Metre *metre;
  PartitaTrack *melody, *counter, *chords, *bass, *drums;
  int bar;       ///< written so far
  int countered; ///< the counter-melody's last pitch
} March;

static void
strike(const March *march, int at, Drum drum, int velocity)
{
  sketch_note(march->drums, at, SIXTEENTH, drum, velocity);
}

static void
write_drum_bar(const March *march, int at, bool opens, bool fills)
{
  const int beat = march->metre->beat;
  const int after = march->metre->after;
  const int grace = (beat - after) / 2;

  if (opens)
    strike(march, at, DRUM_CRASH, 96);
  for (int i = 0; i < 2; ++i) {
    const int start = at + i * beat;
    strike(march, start, DRUM_KICK, i == 0 ? 92 : 84);
    if (i == 0 || !fills)
      strike(march, start + after, DRUM_SNARE, 82);
    if (i == 1 && !fills)
      strike(march, start + after + grace, DRUM_SNARE, 62);
  }
  // A roll in sixteenths leads into the next section.
  for (int p = at + beat; fills && p < at + 2 * beat; p += SIXTEENTH)
    strike(march, p, DRUM_SNARE, 58 + 30 * (p - at - beat) / beat);
}

static void
write_chord_bar(const March *march, const Chord *chord, int at, int swell)
{
  const int beat = march->metre->beat;
  const int length = beat - march->metre->after;
  const bool fifth = chord->numeral != N_I64 && chord->numeral != N_II6;
  int tones[3];

  chord_close(chord, 60, tones);
  for (int i = 0; i < 2; ++i) {
    sketch_note(march->bass, at + i * beat, march->metre->after,
                chord_bass(chord, i == 1 && fifth), 88 + swell - 4 * i);
    for (int t = 0; t < 3; ++t)
      sketch_note(march->chords, at + i * beat + march->metre->after, length,
                  tones[t], 66 + swell);
  }
}

/// A long note a bar, the chord tone nearest to the last.
static void
write_counter_bar(March *march, const Chord *chord, int at, int swell)
{
  const int centre = march->countered > 60   ? march->countered - 1
                     : march->countered < 54 ? march->countered + 1
                                             : march->countered;

  march->countered = chord_nearest(chord, centre);
  sketch_note(march->counter, at, 2 * march->metre->beat, march->countered,
              72 + swell);
}

/// The last bar: one short chord of all on the first beat.
static void
write_last_bar(const March *march, const Chord *chord, int at)
{
  const int length = march->metre->after;
  int tones[3];

  chord_close(chord, 60, tones);
  sketch_note(march->bass, at, length, chord_bass(chord, false), 96);
  for (int t = 0; t < 3; ++t)
    sketch_note(march->chords, at, length, tones[t], 84);
  strike(march, at, DRUM_KICK, 100);
  strike(march, at, DRUM_CRASH, 100);
}

static void
write_tune(const March *march, const Section *section, int start)
{
  const int phrase = 8 * march->metre->beat;

  for (int i = 0; i < section->n; ++i) {
    const MelodyNote *note = &section->notes[i];
    sketch_note(march->melody, start + note->at, note->length, note->pitch,
                90 + sketch_swell(note->at % phrase, phrase) +
                  3 * (int)note->weight);
  }
}

static void
write_section(March *march, const Section *section, bool counter, bool last)
{
  const int length = 2 * march->metre->beat;

  write_tune(march, section, march->bar * length);
  for (int bar = 0; bar < SECTION_BARS; ++bar, ++march->bar) {
    const int at = march->bar * length;
    const int swell = sketch_swell(bar, SECTION_BARS);
    if (counter)
      write_counter_bar(march, &section->chords[bar], at, swell);
    if (last && bar == SECTION_BARS - 1) {
      write_last_bar(march, &section->chords[bar], at);
      continue;
    }
    write_chord_bar(march, &section->chords[bar], at, swell);
    write_drum_bar(march, at, bar == 0, bar == SECTION_BARS - 1);
  }
}

/// Trumpets and basses in octaves: up the tonic, up the dominant.
static void
write_fanfare(Chance *chance, March *march, int high)
{
  const int beat = march->metre->beat;
  const Chord tonic = chord_make(march->frame.key, N_I);
  const Chord dominant = chord_make(march->frame.key, N_V7);
  int pitch = high - 14;

  for (int i = 0; i < 8; ++i) {
    const Chord *chord = i < 4 ? &tonic : &dominant;
    const int at = i * beat;
    const int next =
      i == 4 ? chord_nearest(chord, pitch - 2)
             : chord_nearest(chord, pitch + chance_between(chance, 1, 4));
    pitch = next > high ? next - 12 : next;
    const int length = i == 7 ? beat : march->metre->after;
    sketch_note(march->melody, at, length, pitch, 94);
    if (i < 7)
      sketch_note(march->melody, at + length, beat - length, pitch, 84);
    sketch_note(march->bass, at, beat, 33 + pitch_class(pitch - 33), 90);
    if (i < 6)
      strike(march, at, DRUM_KICK, 88);
  }
  strike(march, 0, DRUM_CRASH, 100);
  write_drum_bar(march, 6 * beat, false, true);
  march->bar += 4;
}

static void
add_players(March *march, PartitaScore *score, int index)
{
  static const struct {
    const char *name;
    uint8_t program;
  } leads[3] = {{"Trumpet", 56}, {"Clarinet", 71}, {"Brass", 61}};
  const int lead = index / 3 % 3;

  march->melody =
    partita_score_add_track(score, leads[lead].program, leads[lead].name);
  march->counter = partita_score_add_track(score, 57, "Trombone");
  march->chords = partita_score_add_track(score, 60, "Horns");
  march->bass = partita_score_add_track(score, 58, "Tuba");
  march->drums = partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, "Drums");
}

static Section
compose_section(Chance *chance, const March *march, Key key, SectionEnd end)
{
  Section section;

  section_harmonise(chance, &section, key, end, march->frame.key);
  section_sing(chance, &section, &march->frame, &march->metre->rhythms, 60, 81);
  section_vary(chance, &section, 8);
  return section;
}

PartitaScore *
compose_march(Chance *chance, int index)
{
  const char *form = forms[chance_below(chance, G_N_ELEMENTS(forms))];
  const Metre *metre = &metres[index % 3];
  const int tempo = chance_between(chance, 108, 120);
  const Key home = {(index + 10) * 7 % 12, index % 8 == 7};
  March march = {
    .metre = metre,
    .frame = {home, metre->numerator, metre->denominator,
              tempo * metre->beat / QUARTER},
    .countered = 57,
  };
  PartitaScore *score = sketch_new(&march.frame);

  add_players(&march, score, index);
  const Section a = compose_section(chance, &march, home, END_HOME);
  const Section b = compose_section(
    chance, &march,
    home.minor ? key_at(home, 3, false) : key_at(home, 7, false), END_AWAY);
  const Section trio =
    compose_section(chance, &march, key_at(home, 5, home.minor), END_AWAY);
  for (const char *part = form; *part != '\0'; ++part) {
    const bool again = part > form && (part[-1] == *part || part[1] == '\0');
    if (*part == 'i')
      write_fanfare(chance, &march, 79);
    else
      write_section(&march,
                    *part == 'A'   ? &a
                    : *part == 'B' ? &b
                                   : &trio,
                    again || *part == 'T', part[1] == '\0');
  }
  sketch_finish(score, &march.frame, march.bar);
  return score;
}
