// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/render-private.h>

#include <math.h>

typedef struct {
  PartitaSchedule *schedule;
  const PartitaTempoMap *map;
  double blocks_per_second;
} Plan;

static uint32_t
block_at(const Plan *plan, uint32_t tick)
{
  const double seconds = partita_tempo_map_seconds(plan->map, tick);

  return (uint32_t)llrint(seconds * plan->blocks_per_second);
}

static void
add_event(const Plan *plan, PartitaEvent event)
{
  event.serial = plan->schedule->events->len;
  g_array_append_val(plan->schedule->events, event);
}

static void
add_notes(const Plan *plan, const PartitaTrack *track, uint8_t channel)
{
  size_t n;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i) {
    const uint32_t end = notes[i].onset_ticks + notes[i].duration_ticks;
    PartitaEvent event = {.tick = notes[i].onset_ticks,
                          .block = block_at(plan, notes[i].onset_ticks),
                          .channel = channel,
                          .kind = PARTITA_EVENT_ON,
                          .key = notes[i].pitch,
                          .velocity = notes[i].velocity};

    add_event(plan, event);
    event.kind = PARTITA_EVENT_OFF;
    event.tick = end;
    event.block = MAX(event.block + 1, block_at(plan, end));
    plan->schedule->end_block = MAX(plan->schedule->end_block, event.block);
    add_event(plan, event);
  }
}

static void
add_pedals(const Plan *plan,
           const PartitaTrack *track,
           uint8_t channel,
           uint32_t end)
{
  size_t n;
  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 0; i < n && pedals[i].tick < end; ++i) {
    const PartitaEvent event = {.tick = pedals[i].tick,
                                .block = block_at(plan, pedals[i].tick),
                                .channel = channel,
                                .kind = PARTITA_EVENT_PEDAL,
                                .key = pedals[i].down ? 127 : 0};

    add_event(plan, event);
  }
  if (n == 0)
    return;
  // Else what is held at the end would ring for ever.
  const PartitaEvent up = {.tick = end,
                           .block = plan->schedule->end_block,
                           .channel = channel,
                           .kind = PARTITA_EVENT_PEDAL};

  add_event(plan, up);
}

static gint
compare_events(gconstpointer a, gconstpointer b)
{
  const PartitaEvent *x = a;
  const PartitaEvent *y = b;

  if (x->block != y->block)
    return x->block < y->block ? -1 : 1;
  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  if (x->kind != y->kind)
    return (int)x->kind - (int)y->kind;
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static bool
has_notes(const PartitaTrack *track)
{
  size_t n;

  (void)partita_track_get_notes(track, &n);
  return n > 0;
}

static uint8_t
channel_of(PartitaSchedule *schedule, uint8_t program, bool shared)
{
  for (guint i = 0; shared && i < schedule->programs->len; ++i) {
    if (schedule->programs->data[i] == program)
      return (uint8_t)i;
  }
  g_byte_array_append(schedule->programs, &program, 1);
  return (uint8_t)(schedule->programs->len - 1);
}

static void
add_tracks(const Plan *plan, const PartitaScore *score)
{
  const size_t n = partita_score_get_n_tracks(score);
  const uint32_t end = partita_score_get_end(score);
  size_t sounding = 0;

  for (size_t i = 0; i < n; ++i)
    sounding += has_notes(partita_score_get_track(score, i));
  for (size_t i = 0; i < n; ++i) {
    const PartitaTrack *track = partita_score_get_track(score, i);

    if (!has_notes(track))
      continue;

    const uint8_t channel =
      channel_of(plan->schedule, partita_track_get_program(track),
                 sounding > PARTITA_CHANNELS_MAX);

    add_notes(plan, track, channel);
    add_pedals(plan, track, channel, end);
  }
}

PartitaSchedule *
partita_schedule_new(const PartitaScore *score, unsigned rate)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  PartitaSchedule *schedule = g_new0(PartitaSchedule, 1);
  const Plan plan = {schedule, map, (double)rate / PARTITA_BLOCK_FRAMES};

  schedule->events = g_array_new(FALSE, FALSE, sizeof(PartitaEvent));
  schedule->programs = g_byte_array_new();
  schedule->end_block = block_at(&plan, partita_score_get_end(score));
  add_tracks(&plan, score);
  g_array_sort(schedule->events, compare_events);
  return schedule;
}

void
partita_schedule_free(PartitaSchedule *schedule)
{
  if (schedule == NULL)
    return;
  g_array_unref(schedule->events);
  g_byte_array_unref(schedule->programs);
  g_free(schedule);
}
