// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "blues.h"
#include "styles.h"

static const int patterns[][CHORUS_BARS] = {
  {0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 0}, // plain
  {0, 5, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7}, // quick change, turnaround
  {0, 0, 0, 0, 5, 5, 0, 0, 7, 5, 0, 7},
  {0, 5, 0, 0, 5, 5, 0, 0, 7, 7, 0, 7},
};

int
blues_swing(int eighth)
{
  return eighth / 2 * QUARTER + (eighth % 2 == 1 ? 8 : 0);
}

int
blues_root(const Blues *blues, int bar)
{
  return pitch_class(blues->frame.key.tonic + blues->roots[bar % CHORUS_BARS]);
}

static int
bass_root(int class)
{
  return 31 + pitch_class(class - 31);
}

/// Root, two chord tones, and a semitone's step to the next root.
static void
write_walking_bar(Chance *chance, const Blues *blues, int bar)
{
  static const int middles[5][2] = {{4, 7}, {7, 9}, {4, 9}, {12, 7}, {7, 10}};
  const int *middle = middles[chance_below(chance, 5)];
  const int root = bass_root(blues_root(blues, bar));
  const int goal = bass_root(blues_root(blues, bar + 1));
  const int near = chance_hit(chance, 60) ? goal - 1 : goal + 1;
  const int line[4] = {root, root + middle[0], root + middle[1],
                       goal == root && chance_hit(chance, 40) ? root + 7
                                                              : near};

  for (int beat = 0; beat < 4; ++beat)
    sketch_note(blues->bass, bar * BLUES_BAR + beat * QUARTER, 11, line[beat],
                beat % 2 == 0 ? 88 : 82);
  if (chance_hit(chance, 20))
    sketch_note(blues->bass, bar * BLUES_BAR + 2 * QUARTER + 8, 3, root, 66);
}

static void
write_boogie_bar(const Blues *blues, int bar)
{
  static const int up[8] = {0, 0, 4, 4, 7, 7, 9, 9};
  static const int down[8] = {12, 12, 10, 10, 9, 9, 7, 7};
  const int root = bass_root(blues_root(blues, bar));
  const bool same = bar > 0 && bar % 2 == 1 &&
                    blues_root(blues, bar - 1) == blues_root(blues, bar);
  const int *line = same ? down : up;

  for (int e = 0; e < 8; ++e)
    sketch_note(blues->bass, bar * BLUES_BAR + blues_swing(e),
                e % 2 == 0 ? 7 : 4, root + line[e], e % 2 == 0 ? 88 : 74);
}

/// Third, seventh and ninth: the bass has the root.
static void
write_chord(const Blues *blues, int root, int at, int length, int velocity)
{
  static const int tones[3] = {4, 10, 14};

  for (int i = 0; i < 3; ++i)
    sketch_note(blues->comping, at, length,
                class_nearest(pitch_class(root + tones[i]), 58), velocity);
}

static void
write_comping_bar(Chance *chance, const Blues *blues, int bar, int manner)
{
  // Eighths on which chords fall, and their lengths; -1 ends.
  static const int hits[4][5][2] = {
    {{0, 10}, {3, 6}, {-1, 0}},
    {{2, 6}, {6, 6}, {-1, 0}},
    {{0, 9}, {2, 9}, {4, 9}, {6, 9}, {-1, 0}},
    {{3, 10}, {7, 4}, {-1, 0}},
  };
  const int choice = manner != 2 && chance_hit(chance, 25) ? 3 : manner;

  for (int i = 0; hits[choice][i][0] >= 0; ++i)
    write_chord(blues, blues_root(blues, bar),
                bar * BLUES_BAR + blues_swing(hits[choice][i][0]),
                hits[choice][i][1], 64 + 4 * (i % 2));
}

/// The bar after the last chorus: all on the tonic.
static void
write_ending(const Blues *blues)
{
  const int at = blues->choruses * CHORUS_BARS * BLUES_BAR;
  const int tonic = blues->frame.key.tonic;

  sketch_note(blues->bass, at, BLUES_BAR, bass_root(tonic), 90);
  write_chord(blues, tonic, at, BLUES_BAR, 74);
}

static void
add_players(Blues *blues, PartitaScore *score, int index)
{
  static const struct {
    const char *name;
    uint8_t program;
    int low, high;
  } leads[3] = {{"Tenor sax", 66, 52, 76},
                {"Guitar", 27, 52, 83},
                {"Harmonica", 22, 60, 86}};
  static const struct {
    const char *name;
    uint8_t program;
  } compings[3] = {{"Piano", 0}, {"Organ", 16}, {"Rhythm guitar", 26}};
  const int lead = index % 3;
  const int comping = index / 3 % 3;
  const int bass = index % 2;

  blues->lead =
    partita_score_add_track(score, leads[lead].program, leads[lead].name);
  blues->lead_low = leads[lead].low;
  blues->lead_high = leads[lead].high;
  blues->comping = partita_score_add_track(score, compings[comping].program,
                                           compings[comping].name);
  blues->bass = partita_score_add_track(score, (uint8_t)(32 + bass), "Bass");
  blues->drums = partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, "Drums");
}

PartitaScore *
compose_blues(Chance *chance, int index)
{
  // The keys of players: E, A, G, C, F, B flat first.
  static const int keys[12] = {4, 9, 7, 0, 5, 10, 2, 3, 8, 1, 11, 6};
  const int at = index < 24 ? index % 12 : index % 8;
  Blues blues = {
    .frame = {{keys[at], false}, 4, 4, chance_between(chance, 84, 138)},
    .roots = patterns[chance_below(chance, G_N_ELEMENTS(patterns))],
    .choruses = chance_hit(chance, 25) ? 3 : 2,
  };
  const bool boogie = chance_hit(chance, 35);
  const int manner = chance_below(chance, 3);
  PartitaScore *score = sketch_new(&blues.frame);

  add_players(&blues, score, index);
  for (int bar = 0; bar < blues.choruses * CHORUS_BARS; ++bar) {
    if (boogie)
      write_boogie_bar(&blues, bar);
    else
      write_walking_bar(chance, &blues, bar);
    write_comping_bar(chance, &blues, bar, manner);
  }
  write_ending(&blues);
  blues_write_lead(chance, &blues);
  blues_write_drums(chance, &blues);
  sketch_finish(score, &blues.frame, blues.choruses * CHORUS_BARS + 1);
  return score;
}
