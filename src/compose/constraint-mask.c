// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/constraint.h>
#include <partita/compose.h>
#include <string.h>

static bool
may_stand(const PartitaConstraint *c, uint32_t position)
{
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if (partita_constraint_may_play(c, p, position))
      return true;
  return false;
}

/// Density and grid are reckoned in bars of one length.
static bool
may_change_meter(const PartitaConstraint *c)
{
  return c->n_bars == 1 ||
         (c->controls->density <= 0.0 && c->controls->n_chords == 0);
}

static bool
may_pitch(const PartitaConstraint *c, unsigned heard)
{
  const int pitch = (int)heard - c->shift;
  const unsigned last = c->pitch;
  PartitaStrike strike = {(uint32_t)c->position, c->program, 0};

  // A note that doubles one of its instrument may not be shorter, for which
  // there may be no voice.
  if (pitch < 0 || pitch > 127 ||
      (c->struck && (unsigned)pitch == last && c->polyphony > 0))
    return false;
  strike.pitch = (unsigned)pitch;
  return partita_pitch_set_has(&c->pitches[c->program], strike.pitch) &&
         partita_pitch_set_has(
           partita_constraint_get_pitches(c, strike.position), strike.pitch) &&
         partita_constraint_may_strike(c, &strike);
}

/// Of a token that the grammar allows, within the music.
static bool
may_follow(const PartitaConstraint *c,
           size_t id,
           uint32_t soonest_length,
           uint32_t latest_length)
{
  const unsigned value = c->values[id];
  const unsigned holds = PARTITA_STEP_HOLD_LENGTH * c->holds;

  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_BAR:
  case PARTITA_STEP_EOS:
    return partita_constraint_is_satisfied(c);
  case PARTITA_STEP_METER:
    return c->meters[id] && may_change_meter(c) &&
           partita_constraint_fits(c, c->lengths[id]);
  case PARTITA_STEP_TEMPO:
    return c->tempo_bin < 0 || (c->n_bars == 1 && (int)value == c->tempo_bin);
  case PARTITA_STEP_POSITION:
    return may_stand(c, value);
  case PARTITA_STEP_PROGRAM:
    return partita_constraint_may_play(c, value, (uint32_t)c->position);
  case PARTITA_STEP_PITCH:
    return may_pitch(c, value);
  case PARTITA_STEP_DRUM: {
    const PartitaStrike strike = {(uint32_t)c->position, c->program, 0};

    return c->allowed[PARTITA_PROGRAM_DRUMS] &&
           partita_constraint_may_strike(c, &strike);
  }
  case PARTITA_STEP_HOLD:
    return holds + PARTITA_STEP_HOLD_LENGTH < latest_length;
  case PARTITA_STEP_DURATION:
    return holds + value + 1 <= latest_length &&
           holds + value + 1 >= soonest_length;
  default:
    return true;
  }
}

typedef enum {
  CAUSE_SCALE,
  CAUSE_RANGE,
  CAUSE_CHORDS,
  CAUSE_POLYPHONY,
  CAUSE_PROGRAMS,
  CAUSE_DENSITY,
  CAUSE_METER,
  CAUSE_TEMPO,
  CAUSE_ENDING,
  CAUSE_BARS,
  CAUSE_GIVEN,
  N_CAUSES
} Cause;

G_STATIC_ASSERT(PARTITA_CONSTRAINT_GIVEN == 1u << CAUSE_GIVEN);

const char *
partita_constraint_name(unsigned bit)
{
  static const char *const names[N_CAUSES] = {
    "scale", "range", "chords", "polyphony", "programs", "density",
    "meter", "tempo", "ending", "bars",      "given"};

  return bit < N_CAUSES ? names[bit] : NULL;
}

/// Of what a bar must still have, or has no room for.
static Cause
blame_needs(const PartitaConstraint *c)
{
  if (c->closing != 0 && c->n_bars == c->bars)
    return CAUSE_ENDING;
  if (c->controls->density > 0.0)
    return CAUSE_DENSITY;
  return c->unused != 0 ? CAUSE_PROGRAMS : CAUSE_BARS;
}

static Cause
blame_pitch(const PartitaConstraint *c, unsigned heard)
{
  const int pitch = (int)heard - c->shift;
  const uint16_t scale = partita_controls_get_scale(c->controls);

  if (pitch < 0 || pitch > 127)
    return CAUSE_RANGE;
  if ((scale >> pitch % 12 & 1) == 0)
    return CAUSE_SCALE;
  if (!partita_pitch_set_has(&c->pitches[c->program], (unsigned)pitch))
    return CAUSE_RANGE;
  if (!partita_pitch_set_has(
        partita_constraint_get_pitches(c, (uint32_t)c->position),
        (unsigned)pitch))
    return CAUSE_CHORDS;
  return partita_constraint_has_voice(c, (uint32_t)c->position)
           ? blame_needs(c)
           : CAUSE_POLYPHONY;
}

static Cause
blame_end(const PartitaConstraint *c)
{
  if (c->controls->n_chords > 0)
    return CAUSE_CHORDS;
  if (c->polyphony > 0)
    return CAUSE_POLYPHONY;
  return c->closing != 0 ? CAUSE_ENDING : CAUSE_BARS;
}

unsigned
partita_constraint_blame(const PartitaConstraint *constraint, uint16_t id)
{
  const PartitaConstraint *c = constraint;
  const unsigned value = c->values[id];
  Cause cause = CAUSE_BARS;

  switch ((PartitaStep)c->steps[id]) {
  case PARTITA_STEP_PITCH:
    cause = blame_pitch(c, value);
    break;
  case PARTITA_STEP_PROGRAM:
    cause = !c->allowed[value] ? CAUSE_PROGRAMS
            : partita_constraint_has_voice(c, (uint32_t)c->position)
              ? blame_needs(c)
              : CAUSE_POLYPHONY;
    break;
  case PARTITA_STEP_POSITION:
    cause =
      partita_constraint_has_voice(c, value) ? blame_needs(c) : CAUSE_POLYPHONY;
    break;
  case PARTITA_STEP_METER:
    cause = c->meters[id] ? blame_end(c) : CAUSE_METER;
    break;
  case PARTITA_STEP_TEMPO:
    cause = CAUSE_TEMPO;
    break;
  case PARTITA_STEP_DURATION:
  case PARTITA_STEP_HOLD:
    cause = blame_end(c);
    break;
  default:
    cause = blame_needs(c);
    break;
  }
  return 1u << cause;
}

void
partita_constraint_restrict(PartitaConstraint *constraint, uint8_t *mask)
{
  PartitaConstraint *c = constraint;
  g_autofree uint8_t *kept = g_new0(uint8_t, c->vocab);
  const uint32_t onset = c->bar_start + (uint32_t)c->position;
  uint32_t soonest_length = 0, latest_length = 0;
  size_t n = 0;

  if (c->n_bars == 0)
    return;
  if (c->open) {
    latest_length = partita_constraint_latest_end(c) - onset;
    soonest_length =
      MIN(partita_constraint_soonest_end(c) - onset, latest_length);
  }
  for (size_t id = 0; id < c->vocab; ++id) {
    kept[id] =
      mask[id] != 0 && may_follow(c, id, soonest_length, latest_length);
    n += kept[id];
  }
  if (n > 0)
    memcpy(mask, kept, c->vocab);
  else
    ++c->waived;
}
