// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/shift.h>

#include <score/score-private.h>

static uint32_t
move_tick(uint32_t tick, int32_t by)
{
  return by < 0 && tick < (uint32_t)-by ? 0 : tick + (uint32_t)by;
}

/// The three kinds of change begin with their tick; that which is in force at
/// the start stays in force there.
static void
move_changes(GArray *changes, int32_t by)
{
  const guint size = g_array_get_element_size(changes);
  guint past = 0; // changes that end up at the start, but for the last one

  for (guint i = 0; i < changes->len; ++i) {
    uint32_t *tick = (void *)(changes->data + (size_t)i * size);

    // What is declared at the start holds for silence put before it too.
    if (*tick > 0 || by < 0)
      *tick = move_tick(*tick, by);
    if (i > 0 && *tick == 0)
      past = i;
  }
  if (past > 0)
    g_array_remove_range(changes, 0, past);
}

static void
move_track(PartitaTrack *track, int32_t by)
{
  for (guint i = 0; i < track->notes->len; ++i) {
    PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

    note->onset_ticks = move_tick(note->onset_ticks, by);
  }
  if (track->notes->len > 0)
    track->end_ticks = move_tick(track->end_ticks, by);
  for (guint i = 0; i < track->pedals->len; ++i) {
    PartitaPedal *pedal = &g_array_index(track->pedals, PartitaPedal, i);

    pedal->tick = move_tick(pedal->tick, by);
  }
}

static void
find_onsets(const PartitaScore *score, uint32_t *first, uint32_t *last)
{
  *first = UINT32_MAX;
  *last = 0;
  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; i < track->notes->len; ++i) {
      const uint32_t onset =
        g_array_index(track->notes, PartitaNote, i).onset_ticks;

      *first = MIN(*first, onset);
      *last = MAX(*last, onset);
    }
  }
}

int32_t
partita_shift_to_bar(PartitaScore *score, uint32_t line, uint32_t bar_ticks)
{
  uint32_t first = 0;
  uint32_t last = 0;
  int32_t by = 0;

  g_return_val_if_fail(line < bar_ticks && bar_ticks <= INT32_MAX, 0);

  find_onsets(score, &first, &last);
  by = first >= line ? -(int32_t)line : (int32_t)(bar_ticks - line);
  if (by == 0 || (by > 0 && (last > PARTITA_TICK_MAX - bar_ticks ||
                             score->end_ticks > PARTITA_TICK_MAX)))
    return 0;
  move_changes(score->tempos, by);
  move_changes(score->meters, by);
  move_changes(score->keys, by);
  for (guint t = 0; t < score->tracks->len; ++t)
    move_track(g_ptr_array_index(score->tracks, t), by);
  score->end_ticks = move_tick(score->end_ticks, by);
  return by;
}
