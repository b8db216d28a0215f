// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/remi-private.h>

/* Why no legal prefix is a dead end: a note may only ring as far as the bars
 * left could reach if all were of the longest metre, and whenever a bar's
 * metre is settled it must leave that possible. Where the number of bars left
 * is not known it is above 64, and 64 of the longest bars outlast the longest
 * note. */
G_STATIC_ASSERT(REMI_EXACT_BARS *REMI_BAR_MAX >= REMI_DURATION_MAX);

static unsigned
bar_length(const RemiState *s)
{
  return partita_remi_meter(s->meter).length;
}

/// Whether the notes that sound can end in time if this bar has @length.
static bool
rings_out(const RemiState *s, unsigned length)
{
  return s->left == 0 || s->left > REMI_EXACT_BARS ||
         s->ring_end <= s->bar_start + length + (s->left - 1) * REMI_BAR_MAX;
}

/// Whether the bar's head is complete, so that notes, Bar or Eos may follow.
static bool
head_is_done(const RemiState *s)
{
  switch ((RemiClass)s->last) {
  case REMI_DURATION:
  case REMI_PART:
    return true;
  case REMI_TEMPO:
    return s->n_bars > 0;
  case REMI_METER:
    return s->n_bars > 1;
  case REMI_BAR:
    return s->n_bars > 1 && rings_out(s, bar_length(s));
  default:
    return false;
  }
}

/// Of a bar in parts, the last is the one that is written.
static bool
may_end_bar(const RemiState *s)
{
  return head_is_done(s) &&
         (s->part == REMI_NO_PART || s->part == REMI_WRITTEN);
}

/// The parts come in order, right behind the head; only before a later bar can
/// that bar be shown.
static bool
may_begin_part(const RemiState *s, unsigned part)
{
  return s->parts && s->n_bars > 0 && head_is_done(s) && part > s->part &&
         (s->part != REMI_NO_PART || s->position < 0) &&
         (part != REMI_AHEAD || s->left != 1);
}

/// Notes of a bar ahead may lie past the end of this one.
static unsigned
count_positions(const RemiState *s)
{
  return s->part == REMI_AHEAD ? REMI_BAR_MAX : bar_length(s);
}

/// Whether a control token of @class_ may stand here: they come in order.
static bool
is_before(const RemiState *s, RemiClass class_)
{
  return s->started && s->n_bars == 0 &&
         (s->last == REMI_BOS || (s->last > REMI_EOS && s->last < class_));
}

static bool
may_begin_bar(const RemiState *s, unsigned count)
{
  if (s->n_bars == 0)
    return is_before(s, REMI_BAR) &&
           (s->bars_given < 0 || count == (unsigned)s->bars_given) &&
           (s->demanded == 0 ||
            count == partita_remi_count_of_bars(s->demanded));
  if (!may_end_bar(s))
    return false;
  if (s->left > 0)
    return s->left > 1 && count == partita_remi_count_of_bars(s->left - 1);
  // Within the piece's first range, of which any number of bars may be used.
  return count + 1u == s->count ||
         (count == s->count && s->n_bars <= partita_remi_count_max(count) -
                                              partita_remi_count_min(count));
}

static bool
may_name_program(const RemiState *s, unsigned program)
{
  if (s->n_bars == 0)
    return is_before(s, REMI_PROGRAM) ||
           (s->last == REMI_PROGRAM && program > s->program);
  if (s->has_programs && !s->programs[program])
    return false;
  return (s->last == REMI_POSITION && program != s->program) ||
         (s->last == REMI_DURATION && program > s->program);
}

static bool
may_strike(const RemiState *s, unsigned pitch, bool drum)
{
  if (s->n_bars == 0 || s->program == PARTITA_N_PROGRAMS ||
      drum != (s->program == PARTITA_PROGRAM_DRUMS))
    return false;
  if (s->last == REMI_POSITION || s->last == REMI_PROGRAM)
    return true;
  return s->last == REMI_DURATION &&
         (pitch > s->pitch ||
          (pitch == s->pitch && s->unisons < REMI_UNISONS_MAX));
}

static unsigned
max_duration(const RemiState *s)
{
  unsigned most = REMI_DURATION_MAX;

  if (s->left > 0 && s->left <= REMI_EXACT_BARS)
    most = MIN(most, bar_length(s) + (s->left - 1) * REMI_BAR_MAX -
                       (unsigned)s->position);
  if (s->until > 0 && s->part == REMI_WRITTEN)
    most = MIN(most, s->until - s->bar_start - (unsigned)s->position);
  return most;
}

static bool
may_last(const RemiState *s, unsigned value)
{
  const unsigned duration = REMI_HOLD * s->holds + value + 1;

  return duration >= s->min_duration && duration <= max_duration(s);
}

static bool
may_hold(const RemiState *s)
{
  return s->holds < REMI_HOLDS_MAX &&
         REMI_HOLD * (s->holds + 1u) < max_duration(s);
}

#define BIT(class_) (1u << REMI_##class_)
#define CONTROLS                                                               \
  (BIT(STYLE) | BIT(KEY) | BIT(TEMPO) | BIT(BARS) | BIT(DENSITY) |             \
   BIT(PROGRAM) | BIT(BAR))
#define STRIKES (BIT(PITCH) | BIT(DRUM))
#define AFTER_HEAD (BIT(POSITION) | BIT(BAR) | BIT(EOS))

static const uint32_t follow[REMI_N_CLASSES] = {
  [REMI_BOS] = CONTROLS,
  [REMI_EOS] = 0,
  [REMI_STYLE] = CONTROLS,
  [REMI_KEY] = CONTROLS,
  [REMI_TEMPO] = CONTROLS | AFTER_HEAD | BIT(PART), // a control or in a bar
  [REMI_BARS] = CONTROLS,
  [REMI_DENSITY] = CONTROLS,
  [REMI_PROGRAM] = BIT(PROGRAM) | BIT(BAR) | STRIKES, // likewise
  [REMI_BAR] = BIT(METER) | BIT(TEMPO) | AFTER_HEAD | BIT(PART),
  [REMI_METER] = BIT(TEMPO) | AFTER_HEAD | BIT(PART),
  [REMI_POSITION] = BIT(PROGRAM) | STRIKES,
  [REMI_PITCH] = BIT(VELOCITY),
  [REMI_DRUM] = BIT(VELOCITY),
  [REMI_VELOCITY] = BIT(HOLD_ON) | BIT(DURATION),
  [REMI_DURATION] = BIT(PROGRAM) | STRIKES | AFTER_HEAD | BIT(PART),
  [REMI_HOLD_ON] = BIT(HOLD_ON) | BIT(DURATION),
  [REMI_PART] = AFTER_HEAD | BIT(PART),
};

uint32_t
partita_remi_follow(const void *state)
{
  const RemiState *s = state;

  return s->started ? follow[s->last] : BIT(BOS);
}

bool
partita_remi_may(const void *state, unsigned class_, unsigned value)
{
  const RemiState *s = state;

  switch ((RemiClass)class_) {
  case REMI_BOS:
    return true;
  case REMI_EOS:
    return s->left == 1 && may_end_bar(s);
  case REMI_STYLE:
  case REMI_KEY:
  case REMI_DENSITY:
    return is_before(s, class_);
  case REMI_TEMPO:
    return is_before(s, class_) || (s->n_bars > 0 && value != s->tempo &&
                                    (s->last == REMI_METER ||
                                     (s->last == REMI_BAR && head_is_done(s))));
  case REMI_BARS:
    return is_before(s, class_) &&
           (s->demanded == 0 ||
            value == partita_remi_count_of_bars(s->demanded));
  case REMI_PROGRAM:
    return may_name_program(s, value);
  case REMI_BAR:
    return may_begin_bar(s, value);
  case REMI_METER:
    return value != s->meter && rings_out(s, partita_remi_meter(value).length);
  case REMI_POSITION:
    return (int)value > s->position && head_is_done(s) &&
           value < count_positions(s);
  case REMI_PITCH:
  case REMI_DRUM:
    return may_strike(s, value, class_ == REMI_DRUM);
  case REMI_VELOCITY:
    return !s->repeated || value >= s->velocity;
  case REMI_DURATION:
    return may_last(s, value);
  case REMI_HOLD_ON:
    return may_hold(s);
  case REMI_PART:
    return may_begin_part(s, value + 1);
  default:
    return false;
  }
}

static void
begin(RemiState *s)
{
  *s = (RemiState){.started = true,
                   .parts = s->parts,
                   .demanded = s->demanded,
                   .style = -1,
                   .key = -1,
                   .tempo_given = -1,
                   .bars_given = -1,
                   .density = -1,
                   .program = PARTITA_N_PROGRAMS,
                   .meter = REMI_N_METERS,
                   .tempo = REMI_N_TEMPOS,
                   .position = -1};
}

static void
begin_bar(RemiState *s, unsigned count)
{
  if (s->n_bars > 0)
    s->bar_start += bar_length(s);
  // Controls used it for their order; and what follows parts is the same
  // whatever was written in them.
  if (s->n_bars == 0 || s->part != REMI_NO_PART)
    s->program = PARTITA_N_PROGRAMS;
  s->part = REMI_NO_PART;

  if (s->demanded > 0)
    s->left = s->demanded - s->n_bars;
  else if (s->left > 0)
    --s->left;
  else if (count < REMI_EXACT_BARS || (s->n_bars > 0 && count != s->count))
    s->left = (uint32_t)partita_remi_count_max(count);
  ++s->n_bars;
  s->count = (uint8_t)count;
  s->position = -1;
}

static void
name_program(RemiState *s, unsigned program)
{
  s->program = (uint8_t)program;
  if (s->n_bars == 0) {
    s->has_programs = true;
    s->programs[program] = true;
  }
}

static void
strike(RemiState *s, unsigned pitch)
{
  s->repeated = s->last == REMI_DURATION && pitch == s->pitch;
  s->unisons = s->repeated ? (uint8_t)(s->unisons + 1) : 1;
  s->pitch = (uint8_t)pitch;
}

static void
set_velocity(RemiState *s, unsigned velocity)
{
  // Equal pitches ascend by velocity, then by duration.
  s->min_duration = s->repeated && velocity == s->velocity ? s->duration : 1;
  s->velocity = (uint8_t)velocity;
  s->holds = 0;
}

static void
end_note(RemiState *s, unsigned value)
{
  s->duration = (uint16_t)(REMI_HOLD * s->holds + value + 1);

  const uint32_t onset = s->bar_start + (uint32_t)s->position;
  const uint32_t end = onset + s->duration;

  if (s->part != REMI_AHEAD)
    s->ring_end = MAX(s->ring_end, end);
}

static void
begin_part(RemiState *s, unsigned part)
{
  s->part = (uint8_t)part;
  s->position = -1;
  s->program = PARTITA_N_PROGRAMS;
}

static void
take_in_bar(RemiState *s, RemiClass class_, unsigned value)
{
  switch (class_) {
  case REMI_METER:
    s->meter = (uint8_t)value;
    break;
  case REMI_POSITION:
    s->position = (int32_t)value;
    break;
  case REMI_PITCH:
  case REMI_DRUM:
    strike(s, value);
    break;
  case REMI_VELOCITY:
    set_velocity(s, value);
    break;
  case REMI_HOLD_ON:
    ++s->holds;
    break;
  case REMI_DURATION:
    end_note(s, value);
    break;
  case REMI_PART:
    begin_part(s, value + 1);
    break;
  default:
    break;
  }
}

void
partita_remi_take(void *state, unsigned class_, unsigned value)
{
  RemiState *s = state;

  switch ((RemiClass)class_) {
  case REMI_BOS:
    begin(s);
    break;
  case REMI_EOS:
    s->complete = true;
    break;
  case REMI_STYLE:
    s->style = (int16_t)value;
    break;
  case REMI_KEY:
    s->key = (int8_t)value;
    break;
  case REMI_TEMPO:
    if (s->n_bars == 0)
      s->tempo_given = (int8_t)value;
    else
      s->tempo = (uint8_t)value;
    break;
  case REMI_BARS:
    s->bars_given = (int8_t)value;
    break;
  case REMI_DENSITY:
    s->density = (int8_t)value;
    break;
  case REMI_PROGRAM:
    name_program(s, value);
    break;
  case REMI_BAR:
    begin_bar(s, value);
    break;
  default:
    take_in_bar(s, class_, value);
    break;
  }
  s->last = (uint8_t)class_;
}

void
partita_remi_demand_bars(void *state, size_t bars)
{
  RemiState *s = state;

  g_return_if_fail(bars >= 1 && bars <= PARTITA_BARS_MAX && !s->complete);

  if (s->n_bars > 0) {
    g_return_if_fail(bars >= s->n_bars);

    const size_t left = bars - (s->n_bars - 1);

    g_return_if_fail(s->left > 0
                       ? left == s->left
                       : partita_remi_count_of_bars(left) == s->count);
    s->left = (uint32_t)left;
  } else if (s->started) {
    g_return_if_fail(s->bars_given < 0 || partita_remi_count_of_bars(bars) ==
                                            (unsigned)s->bars_given);
  }
  s->demanded = (uint32_t)bars;
}

void
partita_remi_allow_parts(void *state)
{
  RemiState *s = state;

  s->parts = true;
}

void
partita_remi_end_by(void *state, uint32_t ticks)
{
  RemiState *s = state;

  s->until = ticks / REMI_TICKS_A_POSITION;
}

bool
partita_remi_is_complete(const void *state)
{
  const RemiState *s = state;

  return s->complete;
}

void
partita_remi_get_fields(const void *state, uint16_t *fields)
{
  const RemiState *s = state;
  const bool in_bars = s->n_bars > 0;

  fields[0] = in_bars && s->position >= 0 ? (uint16_t)s->position
                                          : (uint16_t)REMI_BAR_MAX;
  fields[1] = in_bars ? (uint16_t)(s->count + 1) : 0;
  fields[2] = in_bars ? s->program : PARTITA_N_PROGRAMS;
  fields[3] = in_bars ? s->meter : (uint16_t)REMI_N_METERS;
  // Controls hold for the whole piece, long after a model forgot their tokens.
  fields[4] = s->started ? (uint16_t)(s->style + 1) : 0;
  fields[5] = s->started ? (uint16_t)(s->key + 1) : 0;
  fields[6] = s->started ? (uint16_t)(s->density + 1) : 0;
  fields[7] = s->part;
}
