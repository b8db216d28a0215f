// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arranger.h>
#include <compose/steps.h>

/// So many times denser, or thinner, than the bars around it may a span be.
#define DENSITY_RATIO 1.5
/// So close to the end of a bar, in positions, nothing more is demanded of it.
#define BAR_END 3

PartitaArranger *
partita_arranger_new(const PartitaFrame *frame)
{
  PartitaArranger *arranger = g_new0(PartitaArranger, 1);

  arranger->frame = frame;
  partita_harmony_init(&arranger->harmony, frame->line);
  return arranger;
}

void
partita_arranger_free(PartitaArranger *arranger)
{
  if (arranger == NULL)
    return;
  partita_harmony_clear(&arranger->harmony);
  g_free(arranger);
}

const uint16_t *
partita_arranger_get_given(const PartitaArranger *arranger)
{
  return arranger->writing
           ? NULL
           : &g_array_index(arranger->frame->ids, uint16_t, arranger->next);
}

bool
partita_arranger_is_past(const PartitaArranger *arranger)
{
  const size_t keep = arranger->frame->arrangement->keep;

  return keep > 0 && arranger->n_bars > keep;
}

static const PartitaSpan *
find_span(const PartitaArranger *a)
{
  const PartitaSpan *spans =
    (const PartitaSpan *)(const void *)a->frame->spans->data;
  const size_t bar = a->n_bars - 1;

  for (guint i = 0; i < a->frame->spans->len; ++i)
    if (bar >= spans[i].first && bar - spans[i].first < spans[i].n_bars)
      return &spans[i];
  return NULL;
}

static const PartitaBar *
bar_at(const PartitaArranger *a, size_t bar)
{
  return &g_array_index(a->frame->bars, PartitaBar, bar);
}

/// Of a bar, in positions.
static uint32_t
find_length(const PartitaArranger *a)
{
  const PartitaBar *bar = bar_at(a, a->n_bars - 1);

  return bar->length_ticks * PARTITA_STEP_BEAT / a->frame->ppq;
}

/// Of @position in the bar, in positions from the start.
static uint32_t
find_time(const PartitaArranger *a, uint32_t position)
{
  return bar_at(a, a->n_bars - 1)->tick * PARTITA_STEP_BEAT / a->frame->ppq +
         position;
}

static void
begin_bar(PartitaArranger *a)
{
  const PartitaSpan *span = NULL;

  ++a->n_bars;
  a->struck = false;
  span = find_span(a);
  if (span != NULL && span->first == a->n_bars - 1)
    a->written = a->open = 0;
  a->open += find_length(a);
  for (unsigned p = 0; span != NULL && p < PARTITA_N_PROGRAMS; ++p)
    a->silent[p] = span->programs[p] ? a->silent[p] + 1 : 0;
}

static void
begin_writing(PartitaArranger *a, PartitaGrammar *grammar)
{
  const PartitaSpan *span = find_span(a);
  const PartitaBar *last = bar_at(a, span->first + span->n_bars - 1);

  a->writing = true;
  a->position = -1;
  a->program = PARTITA_N_PROGRAMS;
  partita_grammar_end_by(grammar, last->tick + last->length_ticks);
}

static void
take_note(PartitaArranger *a, unsigned value)
{
  const uint32_t onset = find_time(a, (uint32_t)a->position);
  const uint32_t duration = PARTITA_STEP_HOLD_LENGTH * a->holds + value + 1;

  a->struck = true;
  ++a->written;
  a->silent[a->program] = 0;
  if (a->frame->arrangement->line != NULL)
    partita_harmony_add(&a->harmony, onset, onset + duration, a->pitch);
}

static void
take_drawn(PartitaArranger *a, uint16_t id)
{
  const unsigned value = a->frame->values[id];

  switch ((PartitaStep)a->frame->steps[id]) {
  case PARTITA_STEP_POSITION:
    a->position = (int32_t)value;
    a->below = -1;
    break;
  case PARTITA_STEP_PROGRAM:
    a->program = value;
    a->below = -1;
    break;
  case PARTITA_STEP_PITCH:
  case PARTITA_STEP_DRUM:
    a->pitch = value;
    a->below = (int)value;
    a->holds = 0;
    break;
  case PARTITA_STEP_HOLD:
    ++a->holds;
    break;
  case PARTITA_STEP_DURATION:
    take_note(a, value);
    break;
  default:
    break;
  }
}

void
partita_arranger_push(PartitaArranger *arranger,
                      PartitaGrammar *grammar,
                      uint16_t id)
{
  PartitaArranger *a = arranger;
  const PartitaStep step = a->frame->steps[id];

  if (a->writing) {
    take_drawn(a, id);
    a->writing = step != PARTITA_STEP_BAR && step != PARTITA_STEP_EOS;
  }
  if (!a->writing)
    ++a->next;
  if (step == PARTITA_STEP_BAR)
    begin_bar(a);
  else if (step == PARTITA_STEP_PART &&
           a->frame->values[id] == PARTITA_STEP_PART_WRITTEN)
    begin_writing(a, grammar);
}

static double
get_density(const PartitaArranger *a, const PartitaSpan *span)
{
  const PartitaSpan *first = &g_array_index(a->frame->spans, PartitaSpan, 0);

  return g_array_index(a->frame->densities, double, span - first);
}

/// Whether the span has as many notes as it may so far.
static bool
is_full(const PartitaArranger *a, const PartitaSpan *span)
{
  const double density = get_density(a, span);

  return density > 0.0 && a->struck &&
         (double)a->written >= DENSITY_RATIO * density * a->open;
}

/// Whether it wants notes, less those of a bar, that can still come in this
/// one.
static bool
is_thin(const PartitaArranger *a, const PartitaSpan *span)
{
  const uint32_t length = find_length(a);
  const double density = get_density(a, span);

  return a->position + BAR_END < (int32_t)length &&
         (double)a->written < density * (a->open / DENSITY_RATIO - length);
}

/// The lowest of the added programs that have to play in this bar,
/// %PARTITA_N_PROGRAMS if there is none.
static unsigned
find_owed(const PartitaArranger *a, const PartitaSpan *span)
{
  for (unsigned p = 0;
       a->frame->arrangement->groups->len > 0 && p < PARTITA_N_PROGRAMS; ++p)
    if (span->programs[p] && a->silent[p] > 1)
      return p;
  return PARTITA_N_PROGRAMS;
}

/// The position by which what is owed has to play: the last beat of the first
/// half of the bar. An instrument left until the end of the bar would be heard
/// there in bar after bar.
static int32_t
find_deadline(const PartitaArranger *a)
{
  const uint32_t half = find_length(a) / 2;

  return (int32_t)(half - half % PARTITA_STEP_BEAT);
}

/// From the deadline on what is owed plays before anything else, so that others
/// are not heaped up there.
static bool
may_play(const PartitaArranger *a, const PartitaSpan *span, unsigned program)
{
  const unsigned owed = find_owed(a, span);

  return span->programs[program] &&
         (a->position < find_deadline(a) || owed == PARTITA_N_PROGRAMS ||
          program == owed);
}

static bool
may_end_bar(const PartitaArranger *a, const PartitaSpan *span)
{
  const uint32_t at = find_time(a, (uint32_t)MAX(a->position, 0));

  if (a->frame->arrangement->line != NULL)
    return partita_harmony_may_pass(&a->harmony, at,
                                    find_time(a, find_length(a)));
  return find_owed(a, span) == PARTITA_N_PROGRAMS && !is_thin(a, span) &&
         (a->struck ||
          partita_frame_count_given(a->frame, a->n_bars - 1, NULL) > 0);
}

static bool
may_stand(const PartitaArranger *a, const PartitaSpan *span, uint32_t position)
{
  const uint32_t from = find_time(a, (uint32_t)MAX(a->position, 0));
  const uint32_t to = find_time(a, position);

  if ((int32_t)position > find_deadline(a) &&
      find_owed(a, span) < PARTITA_N_PROGRAMS)
    return false;
  // A model that would go on past the end of a short bar heaps its notes on the
  // last position, which is no part of a beat.
  if (a->frame->arrangement->line == NULL)
    return position + 1 < find_length(a);
  return (partita_harmony_may_pass(&a->harmony, from, to) &&
          partita_harmony_may_stand(&a->harmony, to));
}

static bool
may_strike(const PartitaArranger *a, const PartitaSpan *span, unsigned pitch)
{
  return may_play(a, span, a->program) &&
         (a->frame->arrangement->line == NULL ||
          partita_harmony_may_strike(
            &a->harmony, find_time(a, (uint32_t)a->position), a->below, pitch));
}

/// Whether a note may last for @duration, or may go on past it.
static bool
may_last(const PartitaArranger *a, unsigned duration, bool on)
{
  if (a->frame->arrangement->line == NULL)
    return true;

  const uint32_t at = find_time(a, (uint32_t)a->position);
  const uint32_t end = partita_harmony_latest_end(&a->harmony, at, a->pitch);

  return on ? at + duration < end : at + duration <= end;
}

static bool
may_follow(const PartitaArranger *a, const PartitaSpan *span, size_t id)
{
  const unsigned value = a->frame->values[id];
  const unsigned held = PARTITA_STEP_HOLD_LENGTH * a->holds;

  switch ((PartitaStep)a->frame->steps[id]) {
  case PARTITA_STEP_BAR:
  case PARTITA_STEP_EOS:
    return may_end_bar(a, span);
  case PARTITA_STEP_POSITION:
    return !is_full(a, span) && may_stand(a, span, value);
  case PARTITA_STEP_PROGRAM:
    return !is_full(a, span) && may_play(a, span, value);
  case PARTITA_STEP_PITCH:
  case PARTITA_STEP_DRUM:
    return !is_full(a, span) && may_strike(a, span, value);
  case PARTITA_STEP_HOLD:
    return may_last(a, held + PARTITA_STEP_HOLD_LENGTH, true);
  case PARTITA_STEP_DURATION:
    return may_last(a, held + value + 1, false);
  default:
    return true;
  }
}

void
partita_arranger_restrict(const PartitaArranger *arranger,
                          size_t vocab,
                          uint8_t *mask)
{
  const PartitaSpan *span = find_span(arranger);

  for (size_t id = 0; id < vocab; ++id)
    if (mask[id] != 0 && !may_follow(arranger, span, id))
      mask[id] = 0;
}
