// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "figure.h"
#include "harmony.h"
#include "sketch.h"
#include "styles.h"

#define SLOTS_MAX 128
#define PHRASES_MAX 12

typedef enum {
  CADENCE_HALF,
  CADENCE_WEAK,
  CADENCE_DECEPTIVE,
  CADENCE_FULL
} Cadence;

typedef struct {
  Key key;
  int bars;
  Cadence cadence;
} Phrase;

typedef struct {
  Frame frame;
  int n_phrases;
  Phrase phrases[PHRASES_MAX];
  int n;
  Slot slots[SLOTS_MAX];
  bool picardy;
} Plan;

typedef struct {
  int n;
  Numeral chords[4];
} Formula;

static const Formula full[] = {
  {3, {N_II65, N_V, N_I}}, {3, {N_IV, N_V7, N_I}},
  {3, {N_II6, N_V7, N_I}}, {3, {N_I64, N_V7, N_I}},
  {3, {N_IV, N_V, N_I}},   {4, {N_VI, N_II65, N_V, N_I}},
};
static const Formula half[] = {
  {2, {N_IV6, N_V}},   {2, {N_II6, N_V}},        {2, {N_I, N_V}},
  {2, {N_V65_V, N_V}}, {3, {N_I6, N_II65, N_V}},
};
static const Formula deceptive[] = {
  {3, {N_IV, N_V7, N_VI}},
  {3, {N_II6, N_V, N_VI}},
};

static const Formula *
pick_formula(Chance *chance, Cadence cadence)
{
  if (cadence == CADENCE_HALF)
    return &half[chance_below(chance, G_N_ELEMENTS(half))];
  if (cadence == CADENCE_DECEPTIVE)
    return &deceptive[chance_below(chance, G_N_ELEMENTS(deceptive))];
  return &full[chance_below(chance, G_N_ELEMENTS(full))];
}

/// Keys that the middle of a chorale visits.
static Key
pick_key(Chance *chance, Key home)
{
  static const struct {
    int semitones;
    bool minor;
  } near[2][4] = {
    {{7, false}, {9, true}, {2, true}, {5, false}},
    {{3, false}, {7, true}, {5, true}, {8, false}},
  };
  const int at = chance_weighted(chance, (double[]){4, 3, 2, 1}, 4);

  return key_at(home, near[home.minor][at].semitones,
                near[home.minor][at].minor);
}

static void
plan_phrases(Chance *chance, Plan *plan)
{
  const int n = chance_between(chance, 5, 7);
  const Key home = plan->frame.key;

  plan->n_phrases = n;
  for (int i = 0; i < n; ++i) {
    Phrase *phrase = &plan->phrases[i];
    const bool middle = i >= 2 && i < n - 2;
    phrase->key = home;
    phrase->cadence = CADENCE_FULL;
    if (middle || (i == 1 && chance_hit(chance, 60)))
      phrase->key = pick_key(chance, home);
    else if (i == 0)
      phrase->cadence = chance_hit(chance, 50) ? CADENCE_HALF : CADENCE_WEAK;
    else if (i == n - 2)
      phrase->cadence =
        chance_hit(chance, 60) ? CADENCE_HALF : CADENCE_DECEPTIVE;
    phrase->bars = chance_hit(chance, 35) ? 4 : 2;
  }
  if (plan->phrases[0].bars == 2 && plan->phrases[n - 1].bars == 2)
    plan->phrases[n - 1].bars = 4;
}

/// Chords of a phrase: tonic, a walk, the cadence. Returns false if no walk
/// fits.
static bool
choose_chords(Chance *chance, const Phrase *phrase, int n, Numeral *chords)
{
  const Formula *formula = pick_formula(chance, phrase->cadence);
  const int walk = n - formula->n - 1;

  chords[0] = N_I;
  for (int i = 0; i < formula->n; ++i)
    chords[n - formula->n + i] = formula->chords[i];
  return harmony_walk(chance, GRAMMAR_CHORALE, phrase->key.minor, N_I,
                      formula->chords[0], walk, chords + 1);
}

/// An arch from @low over @high back to near the last note.
static int
aim_at(int i, int n, int low, int high)
{
  const int top = n * 2 / 5 + 1;

  return i <= top ? low + (high - low) * i / top
                  : high - (high - low + 1) * (i - top) / MAX(1, n - 1 - top);
}

static int
wish_soprano(Chance *chance, const Phrase *phrase, const Chord *last)
{
  if (phrase->cadence == CADENCE_WEAK)
    return last->tones[1];
  if (phrase->cadence == CADENCE_HALF)
    return chance_hit(chance, 60) ? last->tones[2] : -1;
  return phrase->key.tonic;
}

static bool
add_phrase(Chance *chance, Plan *plan, const Phrase *phrase, int at)
{
  const int beats = phrase->bars * plan->frame.numerator;
  const int held = plan->frame.numerator == 3 && phrase->bars == 4 ? 3 : 2;
  const int n = beats - held + 1;
  const int low = chance_between(chance, 65, 70);
  const int high = chance_between(chance, 72, 76);
  Numeral chords[WALK_MAX + 8];

  if (!choose_chords(chance, phrase, n, chords))
    return false;
  for (int i = 0; i < n; ++i) {
    Slot *slot = &plan->slots[plan->n++];
    *slot = (Slot){
      .chord = chord_make(phrase->key, chords[i]),
      .at = at + i * QUARTER,
      .length = QUARTER * (i == n - 1 ? held : 1),
      .aim = aim_at(i, n, low, high),
      .soprano = -1,
      .opens = i == 0,
      .cadence = i == n - 1,
    };
  }
  Slot *last = &plan->slots[plan->n - 1];
  last->soprano = wish_soprano(chance, phrase, &last->chord);
  return true;
}

static bool
plan_slots(Chance *chance, Plan *plan)
{
  int at = 0;

  plan->n = 0;
  for (int i = 0; i < plan->n_phrases; ++i) {
    if (!add_phrase(chance, plan, &plan->phrases[i], at))
      return false;
    at += plan->phrases[i].bars * frame_bar(&plan->frame);
  }
  Slot *last = &plan->slots[plan->n - 1];
  if (plan->picardy)
    last->chord = chord_make(plan->frame.key, N_PICARDY);
  return true;
}

/// Phrase by phrase rise and fall, the melody a little above the others.
static int
choose_velocity(const Plan *plan, int voice, int at)
{
  const int bar = frame_bar(&plan->frame);
  int start = 0;
  int i = 0;

  while (start + plan->phrases[i].bars * bar <= at)
    start += plan->phrases[i++].bars * bar;
  return 72 + sketch_swell(at - start, plan->phrases[i].bars * bar) +
         (at % bar == 0 ? 4 : 0) + (voice == SOPRANO ? 8 : 0) +
         (voice == BASS ? 3 : 0);
}

static void
write_voice(PartitaTrack *track,
            const Plan *plan,
            const Surface *surface,
            int voice)
{
  int from = 0;

  for (int e = 1; e <= surface->n; ++e) {
    if (e < surface->n && !surface->onset[voice][e])
      continue;
    sketch_note(track, from * EIGHTH, (e - from) * EIGHTH,
                surface->pitch[voice][from],
                choose_velocity(plan, voice, from * EIGHTH));
    from = e;
  }
}

static PartitaScore *
write_score(const Plan *plan, const Surface *surface, int program)
{
  static const char *const names[VOICES] = {"Soprano", "Alto", "Tenor", "Bass"};
  PartitaScore *score = sketch_new(&plan->frame);
  int bars = 0;

  for (int voice = 0; voice < VOICES; ++voice)
    write_voice(partita_score_add_track(score, (uint8_t)program, names[voice]),
                plan, surface, voice);
  for (int i = 0; i < plan->n_phrases; ++i)
    bars += plan->phrases[i].bars;
  sketch_finish(score, &plan->frame, bars);
  return score;
}

PartitaScore *
compose_chorale(Chance *chance, int index)
{
  static const int programs[4] = {52, 19, 52, 48};
  Plan plan = {
    .frame = {{index * 7 % 12, index % 24 >= 12},
              index % 6 == 5 ? 3 : 4,
              4,
              chance_between(chance, 66, 84)},
  };
  Surface surface;
  Voicing voicings[SLOTS_MAX];

  plan.picardy = plan.frame.key.minor && chance_hit(chance, 40);
  // A progression may leave the voices no way through: then another.
  do {
    plan_phrases(chance, &plan);
  } while (!plan_slots(chance, &plan) ||
           !voicing_search(chance, plan.slots, plan.n, voicings));
  figure_lay(&surface, plan.slots, voicings, plan.n);
  figure_adorn(chance, &surface, plan.slots, voicings, plan.n);
  return write_score(&plan, &surface, programs[index % 4]);
}
