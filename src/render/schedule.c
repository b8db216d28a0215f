// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the notes of a score to what the synthesiser is sent. */

#include <render/schedule-private.h>

#include <math.h>

uint32_t
partita_plan_block_at(const PartitaPlan *plan, uint32_t tick)
{
  const double seconds = partita_tempo_map_seconds(plan->map, tick);

  return (uint32_t)llrint(seconds * plan->blocks_per_second);
}

void
partita_plan_add(const PartitaPlan *plan, PartitaEvent event)
{
  event.serial = plan->schedule->events->len;
  g_array_append_val(plan->schedule->events, event);
}

static void
add_notes(const PartitaPlan *plan, const PartitaTrack *track, uint8_t channel)
{
  size_t n;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i) {
    const uint32_t end = notes[i].onset_ticks + notes[i].duration_ticks;
    PartitaEvent event = {
      .tick = notes[i].onset_ticks,
      .block = partita_plan_block_at(plan, notes[i].onset_ticks),
      .channel = channel,
      .kind = PARTITA_MESSAGE_NOTE_ON,
      .values = {notes[i].pitch, notes[i].velocity},
    };

    partita_plan_add(plan, event);
    event.kind = PARTITA_MESSAGE_NOTE_OFF;
    event.tick = end;
    event.block = MAX(event.block + 1, partita_plan_block_at(plan, end));
    plan->schedule->end_block = MAX(plan->schedule->end_block, event.block);
    partita_plan_add(plan, event);
  }
}

static void
add_pedal(const PartitaPlan *plan,
          uint8_t channel,
          uint32_t tick,
          uint32_t block,
          bool down)
{
  const PartitaEvent event = {
    .tick = tick,
    .block = block,
    .channel = channel,
    .kind = PARTITA_MESSAGE_CONTROL,
    .values = {PARTITA_CONTROL_SUSTAIN, down ? 127 : 0},
  };

  partita_plan_add(plan, event);
}

static void
add_pedals(const PartitaPlan *plan,
           const PartitaTrack *track,
           uint8_t channel,
           uint32_t end)
{
  size_t n;
  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 0; i < n && pedals[i].tick < end; ++i)
    add_pedal(plan, channel, pedals[i].tick,
              partita_plan_block_at(plan, pedals[i].tick), pedals[i].down);
  // Else what is held at the end would ring for ever.
  if (n > 0)
    add_pedal(plan, channel, end, plan->schedule->end_block, false);
}

/// The order within a tick, as of partita_score_fold_pedal(): a note that ends
/// as the pedal goes down is held by it.
static int
phase_of(const PartitaEvent *event)
{
  switch (event->kind) {
  case PARTITA_MESSAGE_NOTE_ON:
    return 2;
  case PARTITA_MESSAGE_NOTE_OFF:
    return 1;
  default:
    return 0;
  }
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
  if (phase_of(x) != phase_of(y))
    return phase_of(x) - phase_of(y);
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* The synthesiser's note-off ends every voice of its key, so where notes of one
 * key overlap only the last may send it. */
static void
drop_early_ends(GArray *events)
{
  g_autofree uint32_t *held =
    g_new0(uint32_t, (gsize)PARTITA_CHANNELS_MAX * 128);
  PartitaEvent *all = (PartitaEvent *)(void *)events->data;
  guint kept = 0;

  for (guint i = 0; i < events->len; ++i) {
    uint32_t *count = &held[all[i].channel * 128 + all[i].values[0]];
    bool drop = false;

    if (all[i].kind == PARTITA_MESSAGE_NOTE_ON)
      ++*count;
    else if (all[i].kind == PARTITA_MESSAGE_NOTE_OFF)
      drop = --*count > 0;
    if (!drop)
      all[kept++] = all[i];
  }
  g_array_set_size(events, kept);
}

static bool
has_notes(const PartitaTrack *track)
{
  size_t n;

  (void)partita_track_get_notes(track, &n);
  return n > 0;
}

uint8_t
partita_plan_channel(PartitaPlan *plan, uint8_t program, bool shared)
{
  const uint8_t drums = program == PARTITA_PROGRAM_DRUMS;

  for (guint i = 0; shared && i < plan->programs->len; ++i) {
    if (plan->programs->data[i] == program)
      return (uint8_t)i;
  }
  g_byte_array_append(plan->programs, &program, 1);
  g_byte_array_append(plan->schedule->drums, &drums, 1);
  return (uint8_t)(plan->programs->len - 1);
}

static void
add_track(PartitaPlan *plan,
          const PartitaTrack *track,
          bool shared,
          uint32_t end)
{
  const uint8_t program = partita_track_get_program(track);
  const uint8_t channel = partita_plan_channel(plan, program, shared);
  const PartitaEvent event = {
    .channel = channel,
    .kind = PARTITA_MESSAGE_PROGRAM,
    .values = {program},
  };

  if (program != PARTITA_PROGRAM_DRUMS)
    partita_plan_add(plan, event);
  add_notes(plan, track, channel);
  add_pedals(plan, track, channel, end);
}

static void
add_tracks(PartitaPlan *plan, const PartitaScore *score)
{
  const size_t n = partita_score_get_n_tracks(score);
  const uint32_t end = partita_score_get_end(score);
  size_t sounding = 0;

  for (size_t i = 0; i < n; ++i)
    sounding += has_notes(partita_score_get_track(score, i));
  for (size_t i = 0; i < n; ++i) {
    const PartitaTrack *track = partita_score_get_track(score, i);

    if (has_notes(track))
      add_track(plan, track, sounding > PARTITA_CHANNELS_MAX, end);
  }
}

void
partita_plan_init(PartitaPlan *plan, const PartitaScore *score, unsigned rate)
{
  PartitaSchedule *schedule = g_new0(PartitaSchedule, 1);

  schedule->events = g_array_new(FALSE, FALSE, sizeof(PartitaEvent));
  schedule->drums = g_byte_array_new();
  *plan = (PartitaPlan){
    .schedule = schedule,
    .map = partita_tempo_map_new(score),
    .programs = g_byte_array_new(),
    .blocks_per_second = (double)rate / PARTITA_BLOCK_FRAMES,
  };
  schedule->end_block =
    partita_plan_block_at(plan, partita_score_get_end(score));
}

PartitaSchedule *
partita_plan_finish(PartitaPlan *plan, unsigned laps)
{
  plan->schedule->lap_block =
    laps > 1 ? plan->schedule->end_block / laps : UINT32_MAX;
  partita_tempo_map_free(plan->map);
  g_byte_array_unref(plan->programs);
  return plan->schedule;
}

PartitaScore *
partita_plan_repeat(const PartitaScore *score, unsigned laps)
{
  PartitaScore *played = partita_score_copy(score);

  for (unsigned i = 1; i < laps; ++i)
    partita_score_append(played, score);
  return played;
}

PartitaSchedule *
partita_schedule_new(const PartitaScore *score, unsigned laps, unsigned rate)
{
  g_autoptr(PartitaScore) played = partita_plan_repeat(score, laps);
  PartitaPlan plan;

  partita_plan_init(&plan, played, rate);
  add_tracks(&plan, played);
  g_array_sort(plan.schedule->events, compare_events);
  drop_early_ends(plan.schedule->events);
  return partita_plan_finish(&plan, laps);
}

void
partita_schedule_free(PartitaSchedule *schedule)
{
  if (schedule == NULL)
    return;
  g_array_unref(schedule->events);
  g_byte_array_unref(schedule->drums);
  g_free(schedule);
}
