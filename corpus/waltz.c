// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "styles.h"
#include "tune.h"

static const Rhythm rhythms_of_waltz[] = {
  {1, {36}},           {2, {24, 12}},           {2, {24, 12}},
  {3, {12, 12, 12}},   {3, {18, 6, 12}},        {3, {12, 12, 12}},
  {3, {-12, 12, 12}},  {3, {24, 6, 6}},         {5, {12, 6, 6, 6, 6}},
  {4, {12, 12, 6, 6}}, {6, {6, 6, 6, 6, 6, 6}},
};

static const Rhythms waltz_rhythms = {
  .n = G_N_ELEMENTS(rhythms_of_waltz),
  .rhythms = rhythms_of_waltz,
  .rest_bar = {2, {24, 12}},
  .last_bar = {1, {36}},
};

/// i: vamp of four bars; A and B: sections of eight.
static const char *const forms[] = {"AABA", "iAABA", "ABA",   "AABBA",
                                    "iABA", "ABAA",  "iAABA", "AABA"};

typedef struct {
  const char *name;
  int program;
  int low, high; ///< of the melody
} Singer;

static const Singer singers[] = {
  {"Piano", 0, 64, 88},    {"Violin", 40, 62, 88},    {"Accordion", 21, 62, 84},
  {"Flute", 73, 65, 90},   {"Piano", 0, 64, 86},      {"Clarinet", 71, 60, 84},
  {"Strings", 48, 62, 86}, {"Accordion", 21, 64, 86},
};

typedef struct {
  Frame frame;
  PartitaTrack *melody;
  PartitaTrack *backing;
  int bar; ///< written so far
} Waltz;

static void
write_backing_bar(Waltz *waltz, const Chord *chord, bool fifth, bool last)
{
  const int at = waltz->bar * 36;
  const int swell = sketch_swell(waltz->bar % 8, 8);
  int tones[3];

  chord_close(chord, 58, tones);
  sketch_note(waltz->backing, at, last ? 36 : 12, chord_bass(chord, fifth),
              74 + swell);
  for (int beat = 1; beat < 3; ++beat) {
    for (int i = 0; i < 3; ++i)
      sketch_note(waltz->backing, at + 12 * beat,
                  last        ? 36 - 12 * beat
                  : beat == 1 ? 10
                              : 9,
                  tones[i], 54 + swell - 3 * beat);
    if (last)
      break;
  }
  ++waltz->bar;
}

static void
write_section(Waltz *waltz, const Section *section, bool last)
{
  const int start = waltz->bar * 36;

  for (int i = 0; i < section->n; ++i) {
    const MelodyNote *note = &section->notes[i];
    sketch_note(waltz->melody, start + note->at, note->length, note->pitch,
                82 + sketch_swell(note->at % 144, 144) + 3 * (int)note->weight);
  }
  for (int bar = 0; bar < SECTION_BARS; ++bar) {
    const Chord *chord = &section->chords[bar];
    const bool again =
      bar % 2 == 1 && chord->bass == section->chords[bar - 1].bass;
    write_backing_bar(waltz, chord, again, last && bar == SECTION_BARS - 1);
  }
}

static void
write_vamp(Waltz *waltz)
{
  const Chord tonic = chord_make(waltz->frame.key, N_I);
  const Chord dominant = chord_make(waltz->frame.key, N_V7);

  write_backing_bar(waltz, &tonic, false, false);
  write_backing_bar(waltz, &tonic, true, false);
  write_backing_bar(waltz, &dominant, false, false);
  write_backing_bar(waltz, &dominant, true, false);
}

/// The key of the middle section.
static Key
pick_away(Chance *chance, Key home)
{
  static const int major[3] = {7, 5, 9};
  static const int minor[3] = {3, 5, 8};
  const int at = chance_below(chance, 3);

  return home.minor ? key_at(home, minor[at], at == 1)
                    : key_at(home, major[at], at == 2);
}

static Section
compose_section(Chance *chance,
                const Frame *frame,
                const Singer *singer,
                Key key,
                SectionEnd end)
{
  Section section;

  section_harmonise(chance, &section, key, end, frame->key);
  section_sing(chance, &section, frame, &waltz_rhythms, singer->low,
               singer->high);
  section_vary(chance, &section, 10);
  return section;
}

PartitaScore *
compose_waltz(Chance *chance, int index)
{
  const Singer *singer = &singers[index % (int)G_N_ELEMENTS(singers)];
  const char *form = forms[chance_below(chance, G_N_ELEMENTS(forms))];
  Waltz waltz = {
    .frame = {{index * 5 % 12, index % 12 >= 8},
              3,
              4,
              chance_between(chance, 132, 184)},
  };
  const Frame *frame = &waltz.frame;
  PartitaScore *score = sketch_new(frame);

  waltz.melody =
    partita_score_add_track(score, (uint8_t)singer->program, singer->name);
  waltz.backing = partita_score_add_track(score, 0, "Piano left hand");
  Section a = compose_section(chance, frame, singer, frame->key, END_HOME);
  const Section b = compose_section(chance, frame, singer,
                                    pick_away(chance, frame->key), END_AWAY);
  for (const char *part = form; *part != '\0'; ++part) {
    if (*part == 'i')
      write_vamp(&waltz);
    else
      write_section(&waltz, *part == 'A' ? &a : &b, part[1] == '\0');
    if (*part == 'A')
      section_vary(chance, &a, 15);
  }
  sketch_finish(score, frame, waltz.bar);
  return score;
}
