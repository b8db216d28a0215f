// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/constraint.h>
#include <math.h>

/* Why what is let through can be finished. At any time the bar needs some more
 * notes (of instruments that have not played, for its density, to end on, or
 * just one), and has at least as many places left at which a voice is free, so
 * it can be finished with one short note at each of them. Places are beats, if
 * the bar has enough of them, else half beats and so on: what comes at the last
 * moment shall still come in time. The last position at which a note may begin
 * is kept for the last chord: nothing that does not belong to it, or lies below
 * all that could be its bass, rings so far; there other notes of the chord may
 * come before its bass, if that is left to a later instrument. A note that
 * takes the last voice ends in time for the needs of its bar, or else of the
 * next. All this supposes that the metre stays, which it may: another is let
 * through only if the same holds in it. */

static bool
is_last_bar(const PartitaConstraint *c, size_t bar)
{
  return bar + 1 >= c->bars;
}

/// Positions of a bar at which notes may begin.
static uint32_t
count_places(const PartitaConstraint *c, size_t bar, uint32_t length)
{
  return c->closing != 0 && is_last_bar(c, bar)
           ? partita_controls_last_onset(c->controls, c->bars, length) + 1
           : length;
}

static unsigned
count_bits(uint32_t bits)
{
  unsigned n = 0;

  for (; bits != 0; bits &= bits - 1)
    ++n;
  return n;
}

/// How far the number of notes may be off before the end, where it narrows to
/// nothing over ten bars.
static double
get_slack(const PartitaConstraint *c, size_t bar, uint32_t length)
{
  const double a_bar = c->controls->density * length / PARTITA_STEP_BEAT;
  const size_t left = is_last_bar(c, bar) ? 0 : c->bars - 1 - bar;

  return a_bar * fmin(1.0, (double)left / 10.0);
}

/// Of density, by the end of @bar, which ends at @end.
static double
expect_notes(const PartitaConstraint *c, uint32_t end)
{
  return c->controls->density * end / PARTITA_STEP_BEAT;
}

static size_t
find_fewest(const PartitaConstraint *c,
            size_t bar,
            uint32_t end,
            uint32_t length)
{
  const double fewest =
    (1.0 - PARTITA_DENSITY_TOLERANCE) * expect_notes(c, end) -
    get_slack(c, bar, length);

  return fewest > 0.0 ? (size_t)fewest : 0;
}

/* In the first bars there is room for every instrument, a note a bar and one
 * to end on, whatever the density. */
static size_t
find_most(const PartitaConstraint *c)
{
  const size_t bar = c->n_bars - 1;
  const uint32_t end = c->bar_start + c->length;
  const uint32_t last = end + (uint32_t)(c->bars - 1 - bar) * c->length;
  const double share = 1.0 + PARTITA_DENSITY_TOLERANCE;
  const double most =
    share * expect_notes(c, end) + get_slack(c, bar, c->length);
  const double whole = ceil(share * expect_notes(c, last));
  const double parts =
    (double)(c->controls->n_groups + (c->closing != 0 ? 1 : 0) + bar + 1);

  return (size_t)fmax(ceil(most), fmin(parts, whole));
}

/* By the third of every four bars each instrument has played, so that none
 * comes in for one note only; where a density leaves no room for that, once. */
static bool
is_due(const PartitaConstraint *c, size_t bar)
{
  return c->bars < 4 ? bar >= (c->bars - 1) / 2 : bar % 4 >= 2;
}

/// The notes that @bar, which begins at @start, must still have if so many are
/// there already.
static size_t
count_needs(const PartitaConstraint *c,
            size_t bar,
            uint32_t start,
            uint32_t length,
            size_t n_notes,
            bool empty,
            uint32_t unused,
            bool closed)
{
  const size_t parts = is_due(c, bar) ? count_bits(unused) : 0;
  // Who comes later needs the chord's bass to sound on, or to come once more.
  const size_t close =
    c->closing != 0 && is_last_bar(c, bar) && (!closed || parts > 0);
  const size_t fill = c->controls->fill && empty;
  size_t needs = MAX(parts + close, fill);

  if (c->controls->density > 0.0) {
    const size_t fewest = find_fewest(c, bar, start + length, length);

    needs = MAX(needs, fewest > n_notes ? fewest - n_notes : 0);
  }
  return needs;
}

static size_t
count_own_needs(const PartitaConstraint *c)
{
  return count_needs(c, c->n_bars - 1, c->bar_start, c->length, c->n_notes,
                     c->bar_notes == 0, c->unused, c->closed);
}

bool
partita_constraint_is_satisfied(const PartitaConstraint *c)
{
  return count_own_needs(c) == 0;
}

/// Voices that sound at @at, in positions from the start of the piece.
static unsigned
count_voices(const PartitaConstraint *c, uint32_t at)
{
  unsigned voices = 0;

  for (guint i = 0; i < c->rings->len; ++i)
    voices += g_array_index(c->rings, PartitaRing, i).end > at;
  return voices;
}

bool
partita_constraint_has_voice(const PartitaConstraint *c, uint32_t position)
{
  return c->polyphony == 0 ||
         count_voices(c, c->bar_start + position) < c->polyphony;
}

/// The first position from @at on at which one more voice may begin.
static uint32_t
find_free(const PartitaConstraint *c, uint32_t at)
{
  const unsigned most = c->polyphony;

  if (most == 0 || c->rings->len < most)
    return at;
  while (count_voices(c, at) >= most) {
    uint32_t next = UINT32_MAX;

    for (guint i = 0; i < c->rings->len; ++i) {
      const uint32_t end = g_array_index(c->rings, PartitaRing, i).end;

      if (end > at)
        next = MIN(next, end);
    }
    at = next;
  }
  return at;
}

/// Places @step apart after @position of the bar at which a note may begin.
static size_t
count_free(const PartitaConstraint *c,
           int position,
           uint32_t length,
           uint32_t step)
{
  const uint32_t places = count_places(c, c->n_bars - 1, length);
  const uint32_t first =
    find_free(c, c->bar_start + (uint32_t)(position + 1)) - c->bar_start;

  // Multiples of the step from the first to the last.
  return first < places ? (places - 1) / step + 1 - (first + step - 1) / step
                        : 0;
}

static const uint32_t all_steps[] = {PARTITA_STEP_BEAT, PARTITA_STEP_BEAT / 2,
                                     PARTITA_STEP_BEAT / 4, 1};

uint32_t
partita_constraint_find_step(const PartitaConstraint *c)
{
  const size_t needs = count_own_needs(c);

  for (size_t i = 0; i < G_N_ELEMENTS(all_steps); ++i)
    if (needs <= count_free(c, -1, c->length, all_steps[i]))
      return all_steps[i];
  return 1;
}

/// Where @needs places of @bar, which has @length, are still to come.
static uint32_t
find_last_places(const PartitaConstraint *c,
                 size_t bar,
                 uint32_t length,
                 size_t needs,
                 uint32_t step)
{
  const uint32_t last = (count_places(c, bar, length) - 1) / step;

  return last + 1 >= needs ? (last + 1 - (uint32_t)needs) * step : 0;
}

/// The widest steps at which a bar has @needs places.
static uint32_t
find_widest_step(const PartitaConstraint *c,
                 size_t bar,
                 uint32_t length,
                 size_t needs)
{
  const uint32_t last = count_places(c, bar, length) - 1;

  for (size_t i = 0; i < G_N_ELEMENTS(all_steps); ++i)
    if (needs <= last / all_steps[i] + 1)
      return all_steps[i];
  return 1;
}

static uint32_t
leave_unused(const PartitaConstraint *c, unsigned program)
{
  uint32_t unused = c->unused;

  for (size_t g = 0; g < c->controls->n_groups; ++g)
    if (c->controls->groups[g].programs[program])
      unused &= ~(1u << g);
  return unused;
}

bool
partita_constraint_may_strike(const PartitaConstraint *c,
                              const PartitaStrike *strike)
{
  const bool drum = strike->program == PARTITA_PROGRAM_DRUMS;
  const size_t bar = c->n_bars - 1;
  const bool ends = c->closing != 0 && is_last_bar(c, bar);
  const uint32_t unused = leave_unused(c, strike->program);
  bool closed = c->closed;

  if (ends && strike->position >= count_places(c, bar, c->length))
    return false;
  if (!drum && !partita_constraint_has_voice(c, strike->position))
    return false;
  if (ends && !drum)
    closed = partita_constraint_closes(c, strike->position, strike->pitch);

  const size_t needs = count_needs(c, bar, c->bar_start, c->length,
                                   c->n_notes + 1, false, unused, closed);
  if (needs > count_free(c, (int)strike->position, c->length, c->step) &&
      !(ends && needs == 1 && !closed &&
        partita_constraint_may_close_after(c, strike)))
    return false;
  if (c->controls->density <= 0.0)
    return true;

  const size_t reserve =
    count_bits(unused) +
    (c->closing != 0 && !(ends && closed && unused == 0) ? 1 : 0);

  return c->n_notes + 1 + reserve <= find_most(c);
}

const PartitaPitchSet *
partita_constraint_get_pitches(const PartitaConstraint *c, uint32_t position)
{
  uint32_t start = 0, end = 0;
  const PartitaChord *chord =
    partita_controls_find_chord(c->controls, c->n_bars - 1, position, c->length,
                                PARTITA_STEP_BEAT, &start, &end);

  if (chord == NULL)
    return &c->grid[0];
  return &c->grid[3 * (chord - c->controls->chords) +
                  (position == start                   ? 0
                   : position % PARTITA_STEP_BEAT == 0 ? 1
                                                       : 2)];
}

bool
partita_constraint_may_play(const PartitaConstraint *c,
                            unsigned program,
                            uint32_t position)
{
  PartitaStrike strike = {position, program, 0};

  if (!c->allowed[program])
    return false;
  if (program == PARTITA_PROGRAM_DRUMS)
    return partita_constraint_may_strike(c, &strike);

  const PartitaPitchSet *set = partita_constraint_get_pitches(c, position);

  for (unsigned pitch = 0; pitch < 128; ++pitch) {
    strike.pitch = pitch;
    if (!partita_pitch_set_has(&c->pitches[program], pitch) ||
        !partita_pitch_set_has(set, pitch))
      continue;
    if (partita_constraint_may_strike(c, &strike))
      return true;
    // Only to end on does it matter which pitch it is.
    if (c->closing == 0 || !is_last_bar(c, c->n_bars - 1))
      return false;
  }
  return false;
}

bool
partita_constraint_fits(const PartitaConstraint *c, uint32_t length)
{
  const size_t bar = c->n_bars - 1;
  const size_t left = c->bars - 1 - bar;
  const uint32_t last = c->bar_start + (uint32_t)left * length;

  if (partita_controls_fits(c->controls, c->bars, length) != NULL)
    return false;
  if (c->ring_end > last + length)
    return false;
  if (c->closing != 0 && bar > 0 &&
      c->ring_end >
        last + partita_controls_last_onset(c->controls, c->bars, length))
    return false;
  return count_needs(c, bar, c->bar_start, length, c->n_notes, true, c->unused,
                     false) <= count_free(c, -1, length, 1);
}

/// Where the chords of the grid stop having the note, as far as @until.
static uint32_t
follow_grid(const PartitaConstraint *c, uint32_t until)
{
  const uint32_t onset = c->bar_start + (uint32_t)c->position;
  uint32_t at = onset;

  while (at < until) {
    const uint32_t bars = (at - c->bar_start) / c->length;
    const uint32_t line = c->bar_start + bars * c->length;
    uint32_t start = 0, end = 0;
    const PartitaChord *chord =
      partita_controls_find_chord(c->controls, c->n_bars - 1 + bars, at - line,
                                  c->length, PARTITA_STEP_BEAT, &start, &end);
    const bool member = (chord->pitch_classes >> c->pitch % 12 & 1) != 0;

    if (!member)
      return at > onset ? at : MIN(line + end, at + PARTITA_STEP_BEAT - 1);
    at = line + end;
  }
  return until;
}

/// How long the last free voice may be taken; @until if another is free.
static uint32_t
leave_voice(const PartitaConstraint *c, uint32_t until)
{
  const uint32_t onset = c->bar_start + (uint32_t)c->position;
  const size_t bar = c->n_bars - 1;
  const uint32_t next = c->bar_start + c->length;
  const size_t needs = count_own_needs(c);
  uint32_t latest = until;

  if (c->polyphony == 0 || count_voices(c, onset) + 1 < c->polyphony)
    return until;
  if (needs > 0) {
    latest = c->bar_start + find_last_places(c, bar, c->length, needs, c->step);
  } else if (!is_last_bar(c, bar)) {
    const size_t later = count_needs(c, bar + 1, next, c->length, c->n_notes,
                                     true, c->unused, false);

    if (later > 0)
      latest =
        next + find_last_places(c, bar + 1, c->length, later,
                                find_widest_step(c, bar + 1, c->length, later));
  }
  // Unless another voice is free by then.
  return count_voices(c, latest) + 1 < c->polyphony ? until
                                                    : MIN(latest, until);
}

/// Where a note must end so that the piece can end on its last chord.
static uint32_t
leave_ending(const PartitaConstraint *c, uint32_t until)
{
  const size_t bar = c->n_bars - 1;
  const uint32_t left = (uint32_t)(c->bars - 1 - bar);
  const uint32_t last =
    c->bar_start + left * c->length +
    partita_controls_last_onset(c->controls, c->bars, c->length);
  const bool safe = (c->closing >> c->pitch % 12 & 1) != 0 &&
                    (c->pitch % 12 == c->bass || c->pitch > c->lowest_bass);

  if (c->closing == 0)
    return until;
  if (left > 0 || !safe)
    return MIN(last, until);
  // A voice for the last chord, unless it sounds already.
  if (c->polyphony > 0 && !c->closed &&
      count_voices(c, last) + 2 > c->polyphony)
    return MIN(last, until);
  return until;
}

uint32_t
partita_constraint_latest_end(const PartitaConstraint *c)
{
  const size_t bar = c->n_bars - 1;
  uint32_t latest =
    c->bar_start + (uint32_t)(c->bars - bar) * c->length; // where it all ends

  if (c->drum)
    return latest;
  if (c->controls->n_chords > 0)
    latest = follow_grid(c, latest);
  latest = leave_voice(c, latest);
  return leave_ending(c, latest);
}
