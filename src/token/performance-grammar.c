// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/performance-private.h>

/* Why no legal prefix is a dead end: time stands at the end of the piece only
 * while something sounds, and there the sounding notes must be ended lowest
 * first, so that none is left behind. */

/// The time by which all must have ended.
static uint32_t
time_max(const PerformanceState *s)
{
  return s->demanded == 0 ? PERFORMANCE_STEPS_MAX
                          : s->demanded * PERFORMANCE_STEPS_A_BAR;
}

/// The piece has begun, with nothing sounding yet.
static bool
at_head(const PerformanceState *s)
{
  return s->last == PERFORMANCE_BOS || s->last == PERFORMANCE_STYLE;
}

static bool
may_end(const PerformanceState *s)
{
  if (s->demanded == 0 && at_head(s))
    return true;
  return s->last == PERFORMANCE_OFF && s->n_sounding == 0 &&
         (s->demanded == 0 ||
          s->time > (s->demanded - 1) * PERFORMANCE_STEPS_A_BAR);
}

static bool
may_shift(const PerformanceState *s, uint32_t steps)
{
  // A note that is yet to begin needs a step for itself.
  const uint32_t until = time_max(s) - (s->n_sounding == 0);

  return (s->last != PERFORMANCE_SHIFT || s->shift == PERFORMANCE_SHIFT_MAX) &&
         s->time + steps <= until;
}

/// Whether a note of @pitch could begin at this instant.
static bool
may_strike(const PerformanceState *s, unsigned pitch)
{
  return s->time < time_max(s) && !s->sounding[pitch] &&
         (!s->struck || pitch > s->pitch);
}

static bool
may_release(const PerformanceState *s, unsigned pitch)
{
  if (!s->sounding[pitch])
    return false;
  for (unsigned p = 0; s->time == time_max(s) && p < pitch; ++p) {
    if (s->sounding[p])
      return false;
  }
  return s->last == PERFORMANCE_SHIFT ||
         (s->last == PERFORMANCE_OFF && pitch > s->pitch);
}

static bool
may_set_velocity(const PerformanceState *s, unsigned velocity)
{
  if (s->has_velocity && velocity == s->velocity)
    return false;
  for (unsigned p = s->struck ? s->pitch : 0; p < 128; ++p) {
    if (may_strike(s, p))
      return true;
  }
  return false;
}

uint32_t
partita_performance_follow(const void *state)
{
  const PerformanceState *s = state;

  if (!s->started)
    return 1u << PERFORMANCE_BOS;
  if (s->complete)
    return 0;
  if (s->last == PERFORMANCE_VELOCITY)
    return 1u << PERFORMANCE_ON;
  return ((1u << PERFORMANCE_N_CLASSES) - 1) & ~(1u << PERFORMANCE_BOS);
}

bool
partita_performance_may(const void *state, unsigned class_, unsigned value)
{
  const PerformanceState *s = state;

  switch ((PerformanceClass)class_) {
  case PERFORMANCE_BOS:
    return true;
  case PERFORMANCE_EOS:
    return may_end(s);
  case PERFORMANCE_STYLE:
    return s->last == PERFORMANCE_BOS;
  case PERFORMANCE_ON:
    return s->has_velocity && may_strike(s, value);
  case PERFORMANCE_OFF:
    return may_release(s, value);
  case PERFORMANCE_SHIFT:
    return may_shift(s, value + 1);
  case PERFORMANCE_VELOCITY:
    return may_set_velocity(s, value);
  default:
    return false;
  }
}

void
partita_performance_take(void *state, unsigned class_, unsigned value)
{
  PerformanceState *s = state;

  switch ((PerformanceClass)class_) {
  case PERFORMANCE_BOS:
    s->started = true;
    s->style = -1;
    break;
  case PERFORMANCE_EOS:
    s->complete = true;
    break;
  case PERFORMANCE_STYLE:
    s->style = (int16_t)value;
    break;
  case PERFORMANCE_ON:
    s->sounding[value] = true;
    s->onsets[value] = s->time;
    s->velocities[value] = s->velocity;
    s->struck = true;
    s->pitch = (uint8_t)value;
    ++s->n_sounding;
    break;
  case PERFORMANCE_OFF:
    s->sounding[value] = false;
    s->pitch = (uint8_t)value;
    --s->n_sounding;
    break;
  case PERFORMANCE_SHIFT:
    s->shift = (uint8_t)(value + 1);
    s->time += value + 1;
    s->struck = false;
    break;
  case PERFORMANCE_VELOCITY:
    s->has_velocity = true;
    s->velocity = (uint8_t)value;
    break;
  default:
    break;
  }
  s->last = (uint8_t)class_;
}

void
partita_performance_demand_bars(void *state, size_t bars)
{
  PerformanceState *s = state;

  g_return_if_fail(bars >= 1 && !s->complete);
  g_return_if_fail(bars <= PERFORMANCE_STEPS_MAX / PERFORMANCE_STEPS_A_BAR);
  g_return_if_fail(s->time < bars * PERFORMANCE_STEPS_A_BAR);

  s->demanded = (uint32_t)bars;
}

bool
partita_performance_is_complete(const void *state)
{
  const PerformanceState *s = state;

  return s->complete;
}

void
partita_performance_get_fields(const void *state, uint16_t *fields)
{
  const PerformanceState *s = state;

  fields[0] = MIN(s->n_sounding, PERFORMANCE_SOUNDING_MAX);
  fields[1] = (uint16_t)(s->time % PERFORMANCE_STEPS_A_SECOND);
  fields[2] = s->started ? (uint16_t)(s->style + 1) : 0;
}
