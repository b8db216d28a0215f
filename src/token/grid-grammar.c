// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/grid-private.h>

/* Why no legal prefix is a dead end: a step that has begun is completed by any
 * pitch, and between the fewest and the most steps lies a whole bar. */

/// Fewer steps may not be the whole piece.
static uint32_t
steps_min(const GridState *s)
{
  if (s->demanded > 0)
    return (s->demanded - 1) * GRID_STEPS_A_BAR + 1;
  return s->bars_given < 0 ? 0 : (uint32_t)s->bars_given * GRID_STEPS_A_BAR + 1;
}

static uint32_t
steps_max(const GridState *s)
{
  if (s->demanded > 0)
    return s->demanded * GRID_STEPS_A_BAR;
  return s->bars_given < 0 || s->bars_given >= (int)GRID_EXACT_BARS
           ? GRID_STEPS_MAX
           : ((uint32_t)s->bars_given + 1) * GRID_STEPS_A_BAR;
}

static bool
may_give_bars(const GridState *s, unsigned count)
{
  return (s->last == GRID_BOS || s->last == GRID_STYLE) &&
         (s->demanded == 0 || count == grid_count_of_bars(s->demanded));
}

uint32_t
partita_grid_follow(const void *state)
{
  const GridState *s = state;

  if (!s->started)
    return 1u << GRID_BOS;
  if (s->complete)
    return 0;
  return ((1u << GRID_N_CLASSES) - 1) & ~(1u << GRID_BOS);
}

bool
partita_grid_may(const void *state, unsigned class_, unsigned value)
{
  const GridState *s = state;

  switch ((GridClass)class_) {
  case GRID_BOS:
    return true;
  case GRID_EOS:
    return s->voice == 0 && s->steps >= steps_min(s);
  case GRID_STYLE:
    return s->last == GRID_BOS;
  case GRID_BARS:
    return may_give_bars(s, value);
  case GRID_PITCH:
  case GRID_SILENCE:
    return s->steps < steps_max(s);
  default:
    return false;
  }
}

static void
begin(GridState *s)
{
  *s = (GridState){
    .started = true, .demanded = s->demanded, .bars_given = -1, .style = -1};
  for (size_t v = 0; v < GRID_N_VOICES; ++v)
    s->sounding[v] = GRID_NONE;
}

static void
sound(GridState *s, unsigned pitch)
{
  const bool goes_on = pitch == s->sounding[s->voice];
  const unsigned held = goes_on ? s->held[s->voice] + 1u : 1u;

  s->ended = goes_on ? GRID_NONE : s->sounding[s->voice];
  s->ended_onset = s->onsets[s->voice];
  if (!goes_on)
    s->onsets[s->voice] = s->steps;
  s->sounding[s->voice] = (uint8_t)pitch;
  s->held[s->voice] = (uint8_t)MIN(held, GRID_HELD_MAX);
  s->voice = (uint8_t)((s->voice + 1u) % GRID_N_VOICES);
  s->steps += s->voice == 0;
}

void
partita_grid_take(void *state, unsigned class_, unsigned value)
{
  GridState *s = state;

  switch ((GridClass)class_) {
  case GRID_BOS:
    begin(s);
    break;
  case GRID_EOS:
    s->complete = true;
    break;
  case GRID_STYLE:
    s->style = (int16_t)value;
    break;
  case GRID_BARS:
    s->bars_given = (int8_t)value;
    break;
  case GRID_PITCH:
    sound(s, value);
    break;
  case GRID_SILENCE:
    sound(s, GRID_REST);
    break;
  default:
    break;
  }
  s->last = (uint8_t)class_;
}

void
partita_grid_demand_bars(void *state, size_t bars)
{
  GridState *s = state;
  const uint32_t begun = s->steps + (s->voice > 0);

  g_return_if_fail(bars >= 1 && bars <= GRID_BARS_MAX && !s->complete);
  g_return_if_fail(begun <= bars * GRID_STEPS_A_BAR);
  g_return_if_fail(!s->started || s->bars_given < 0 ||
                   grid_count_of_bars(bars) == (unsigned)s->bars_given);

  s->demanded = (uint32_t)bars;
}

bool
partita_grid_is_complete(const void *state)
{
  const GridState *s = state;

  return s->complete;
}

/* 0 where not known, else one more than the bars that remain, the one begun
 * among them: only the last few are told apart, for the exact number would
 * tell the pieces of a small corpus apart too. */
static unsigned
tell_bars_left(const GridState *s)
{
  if (!s->started || s->bars_given < 0)
    return 0;

  const int count = s->bars_given + 1;
  const int left = count - (int)(s->steps / GRID_STEPS_A_BAR);

  if (left >= (int)GRID_BARS_LEFT_MAX)
    return GRID_BARS_LEFT_MAX + 1;
  return count == (int)GRID_N_COUNTS ? 0 : (unsigned)left + 1;
}

void
partita_grid_get_fields(const void *state, uint16_t *fields)
{
  const GridState *s = state;
  const unsigned place = s->steps % GRID_STEPS_A_BAR * GRID_N_VOICES + s->voice;

  fields[GRID_FIELD_PLACE] =
    (uint16_t)(s->started && !s->complete ? place : GRID_N_PLACES);
  fields[GRID_FIELD_BARS_LEFT] = (uint16_t)tell_bars_left(s);
  fields[GRID_FIELD_HELD] = s->held[s->voice];
  fields[GRID_FIELD_STYLE] = s->started ? (uint16_t)(s->style + 1) : 0;
  for (size_t v = 0; v < GRID_N_VOICES; ++v)
    fields[GRID_FIELD_SOPRANO + v] = s->started ? s->sounding[v] : GRID_NONE;
}
