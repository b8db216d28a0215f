// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/constraint.h>
#include <string.h>

/* How a piece ends: on a chord with its root in the bass, which sounds as long
 * as the last place of the bar leaves; where three voices have sounded
 * together, on three notes with its third among them, if they can be had; and
 * on no more voices than it had. */

#define VOICES 3u
#define FIFTH 7 ///< semitones

/// In the last bar, where the last chord may begin at the latest.
static uint32_t
find_last_place(const PartitaConstraint *c)
{
  return partita_controls_last_onset(c->controls, c->bars, c->length);
}

bool
partita_constraint_is_at_last_place(const PartitaConstraint *c)
{
  return c->closing != 0 && c->n_bars == c->bars && c->position >= 0 &&
         (uint32_t)c->position == find_last_place(c);
}

bool
partita_constraint_closes(const PartitaConstraint *c,
                          uint32_t position,
                          unsigned pitch)
{
  const uint32_t at = c->bar_start + position;
  const uint32_t tail = c->length - find_last_place(c);
  bool inside = (c->closing >> pitch % 12 & 1) != 0;
  unsigned lowest = pitch;
  uint32_t end = UINT32_MAX; // of the lowest; that of @pitch is still open

  for (guint i = 0; inside && i < c->rings->len; ++i) {
    const PartitaRing *ring = &g_array_index(c->rings, PartitaRing, i);

    if (ring->end <= at)
      continue;
    inside = (c->closing >> ring->pitch % 12 & 1) != 0;
    if (ring->pitch < lowest || (ring->pitch == lowest && ring->end > end)) {
      lowest = ring->pitch;
      end = ring->end;
    }
  }
  return inside && lowest % 12 == c->bass && end - at >= tail;
}

bool
partita_constraint_may_close_after(const PartitaConstraint *c,
                                   const PartitaStrike *strike)
{
  const uint32_t at = c->bar_start + strike->position;
  const unsigned most = c->polyphony;
  unsigned lowest = strike->pitch;
  unsigned voices = 1;

  if (strike->position != find_last_place(c) ||
      (c->closing >> strike->pitch % 12 & 1) == 0)
    return false;
  for (guint i = 0; i < c->rings->len; ++i) {
    const PartitaRing *ring = &g_array_index(c->rings, PartitaRing, i);

    if (ring->end <= at)
      continue;
    if ((c->closing >> ring->pitch % 12 & 1) == 0)
      return false;
    ++voices;
    lowest = MIN(lowest, ring->pitch);
  }
  if (most > 0 && voices >= most)
    return false;
  for (unsigned p = strike->program + 1; p < PARTITA_PROGRAM_DRUMS; ++p)
    for (unsigned bass = c->lowest_played[p]; bass < lowest; ++bass)
      if (bass % 12 == c->bass && partita_pitch_set_has(&c->pitches[p], bass))
        return true;
  return false;
}

uint32_t
partita_constraint_soonest_end(const PartitaConstraint *c)
{
  const uint32_t onset = c->bar_start + (uint32_t)c->position;
  const uint32_t place = find_last_place(c);
  bool lowest = true;

  if (c->drum || c->closing == 0 || c->n_bars < c->bars)
    return onset + 1;
  for (guint i = 0; i < c->rings->len; ++i)
    lowest =
      lowest && g_array_index(c->rings, PartitaRing, i).pitch >= c->pitch;
  // The bass of the last chord, or any note of it that comes at the last place.
  if ((c->closed && lowest) || partita_constraint_is_at_last_place(c))
    return onset + (c->length - place);
  return onset + 1;
}

/// Of the chord that sounds: the pitch classes that it lacks, 0 if none or if
/// nothing shall be added.
static uint16_t
find_lack(const PartitaConstraint *c)
{
  const unsigned major = (c->bass + 4u) % 12, minor = (c->bass + 3u) % 12;
  const unsigned third = (c->closing >> major & 1) != 0 ? major : minor;
  uint16_t sounding = 0;

  if (c->most_voices < VOICES)
    return 0;
  for (guint i = 0; i < c->rings->len; ++i)
    sounding |=
      (uint16_t)(1u << g_array_index(c->rings, PartitaRing, i).pitch % 12);
  if ((c->closing >> third & 1) != 0 && (sounding >> third & 1) == 0)
    return (uint16_t)(1u << third);
  return c->rings->len < VOICES ? c->closing : 0;
}

/// Whether @program can strike one of @classes at the position, from @lowest
/// on.
static bool
can_add(const PartitaConstraint *c,
        unsigned program,
        unsigned lowest,
        uint16_t classes)
{
  PartitaStrike strike = {(uint32_t)c->position, program, lowest};
  const PartitaPitchSet *grid =
    partita_constraint_get_pitches(c, strike.position);

  for (; strike.pitch < 128; ++strike.pitch)
    if ((classes >> strike.pitch % 12 & 1) != 0 &&
        partita_pitch_set_has(&c->pitches[program], strike.pitch) &&
        partita_pitch_set_has(grid, strike.pitch) &&
        partita_constraint_may_strike(c, &strike))
      return true;
  return false;
}

/// The lowest note that suits an instrument which has played: a fifth below
/// all it has.
static unsigned
find_floor(const PartitaConstraint *c, unsigned program)
{
  return (unsigned)MAX(c->lowest_played[program] - FIFTH, 0);
}

/// Whether a token strikes the last note again.
static bool
doubles(const PartitaConstraint *c, size_t id)
{
  return c->struck && c->steps[id] == PARTITA_STEP_PITCH &&
         (int)c->values[id] - c->shift == (int)c->pitch;
}

/// Whether a token adds one of @classes to the last chord, or leads to it.
static bool
adds(const PartitaConstraint *c, size_t id, uint16_t classes)
{
  const unsigned value = c->values[id];

  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_PITCH:
    return !doubles(c, id) &&
           (int)value - c->shift >= (int)find_floor(c, c->program) &&
           (classes >> ((int)value - c->shift + 12) % 12 & 1) != 0;
  case PARTITA_STEP_PROGRAM:
    return value != PARTITA_PROGRAM_DRUMS && c->lowest_played[value] < 128 &&
           can_add(c, value, find_floor(c, value), classes);
  default:
    return false;
  }
}

/// Nothing doubled at the last place, nor more voices than the piece had.
static bool
thickens(const PartitaConstraint *c, size_t id)
{
  const bool has_all = c->most_voices > 0 && c->rings->len >= c->most_voices;

  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_PITCH:
    return has_all || doubles(c, id);
  case PARTITA_STEP_PROGRAM:
    return has_all && c->values[id] != PARTITA_PROGRAM_DRUMS;
  default:
    return false;
  }
}

/// Whether a token strikes a note no lower than its instrument is used to, by
/// a fifth, or leads to one.
static bool
suits(const PartitaConstraint *c, size_t id)
{
  const bool strikes = c->steps[id] == PARTITA_STEP_PITCH;
  const unsigned program = strikes ? c->program : c->values[id];
  const unsigned floor = find_floor(c, program);

  if (c->lowest_played[program] > 127)
    return false;
  return strikes ? (int)c->values[id] - c->shift >= (int)floor
                 : can_add(c, program, floor, c->closing);
}

/// Before the bass of the last chord: leaves it to an instrument that is used
/// to such notes, if there is one.
static void
choose_bass(const PartitaConstraint *c, uint8_t *mask)
{
  g_autofree uint8_t *kept = g_new0(uint8_t, c->vocab);
  bool any = false;

  for (size_t id = 0; id < c->vocab; ++id) {
    const bool chooses = c->steps[id] == PARTITA_STEP_PITCH ||
                         (c->steps[id] == PARTITA_STEP_PROGRAM &&
                          c->values[id] != PARTITA_PROGRAM_DRUMS);
    const bool good = mask[id] != 0 && chooses && suits(c, id);

    any = any || good;
    kept[id] = mask[id] != 0 && (!chooses || good);
  }
  if (any)
    memcpy(mask, kept, c->vocab);
}

void
partita_constraint_shape_ending(const PartitaConstraint *c, uint8_t *mask)
{
  const bool last = partita_constraint_is_at_last_place(c);
  const uint16_t lack = find_lack(c);
  bool can = false, may_end = false;

  if (c->closing == 0 || c->n_bars < c->bars || c->open)
    return;
  if (!c->closed) {
    if (last)
      choose_bass(c, mask);
    return;
  }
  for (size_t id = 0; id < c->vocab; ++id) {
    can = can || (mask[id] != 0 && lack != 0 && adds(c, id, lack));
    may_end = may_end || (mask[id] != 0 && c->steps[id] == PARTITA_STEP_EOS);
  }
  for (size_t id = 0; id < c->vocab; ++id) {
    const PartitaStep step = (PartitaStep)c->steps[id];
    const bool strikes = step == PARTITA_STEP_PITCH ||
                         step == PARTITA_STEP_PROGRAM ||
                         step == PARTITA_STEP_DRUM;

    // Before the last place the chord may also move on.
    if (mask[id] != 0 && can)
      mask[id] =
        step != PARTITA_STEP_EOS && (!last || !strikes || adds(c, id, lack));
    else if (mask[id] != 0 && last && may_end)
      mask[id] = !thickens(c, id);
  }
}
