// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Limits of time, and the order of tempos and metres. */

#include <midi/walk-private.h>

#include <string.h>

#define DEFAULT_US_PER_QUARTER 500000u

uint32_t
partita_midi_limit(const PartitaTempo *tempos, size_t n, uint16_t ppq)
{
  // Time in units of 1 / (1,000,000 ppq) seconds is exact.
  uint64_t left = (uint64_t)PARTITA_MIDI_SECONDS_MAX * 1000000 * ppq;
  uint64_t us = DEFAULT_US_PER_QUARTER;
  uint64_t tick = 0;

  for (size_t i = 0; i < n; ++i) {
    const uint64_t span = (tempos[i].tick - tick) * us;

    if (span > left)
      break;
    left -= span;
    tick = tempos[i].tick;
    us = tempos[i].us_per_quarter;
  }
  return (uint32_t)MIN(tick + left / us, PARTITA_TICK_MAX);
}

/// Tempos and metres both begin with their tick.
static gint
compare_ticks(gconstpointer a, gconstpointer b)
{
  const uint32_t x = *(const uint32_t *)a;
  const uint32_t y = *(const uint32_t *)b;

  return (x > y) - (x < y);
}

/// Sorts @changes by tick (stable) and keeps the last of each tick.
static void
keep_last(GArray *changes)
{
  const guint size = g_array_get_element_size(changes);
  guint n = 0;

  g_array_sort(changes, compare_ticks);
  for (guint i = 0; i < changes->len; ++i) {
    char *const from = changes->data + (size_t)i * size;

    if (n > 0 &&
        compare_ticks(from, changes->data + (size_t)(n - 1) * size) == 0)
      --n;
    memmove(changes->data + (size_t)n * size, from, size);
    ++n;
  }
  g_array_set_size(changes, n);
}

/// Returns whether some were past @limit.
static bool
cut_changes(GArray *changes, uint32_t limit)
{
  const guint size = g_array_get_element_size(changes);
  const guint before = changes->len;

  while (changes->len > 0 &&
         compare_ticks(changes->data + (size_t)(changes->len - 1) * size,
                       &limit) > 0)
    g_array_set_size(changes, changes->len - 1);
  return changes->len < before;
}

/// Returns the tick that nothing may pass.
static uint32_t
settle_changes(PartitaMidiWalk *walk)
{
  const PartitaTempo smpte = {0, walk->smpte_us};

  if (walk->smpte_us > 0) {
    g_array_set_size(walk->tempos, 0);
    g_array_append_val(walk->tempos, smpte);
  }
  keep_last(walk->tempos);
  keep_last(walk->meters);

  const uint32_t limit =
    partita_midi_limit((const PartitaTempo *)(const void *)walk->tempos->data,
                       walk->tempos->len, walk->ppq);
  const bool tempos = cut_changes(walk->tempos, limit);
  const bool meters = cut_changes(walk->meters, limit);

  if (tempos || meters)
    walk->mends |= PARTITA_MEND_LONG_TIME;
  return limit;
}

/* A note may end at the limit, not begin there: it lasts a tick at least. */
static bool
is_late(const PartitaMidiEvent *event, uint32_t limit)
{
  const bool on = (event->bytes[0] & 0xF0) == 0x90 && event->bytes[2] > 0;

  return event->tick > limit || (on && event->tick == limit);
}

/// Drops the events of @span past @limit, and the silence up to it.
static void
cut_span(PartitaMidiWalk *walk, PartitaMidiSpan *span, uint32_t limit)
{
  PartitaMidiEvent *const events = walk->events + span->first;
  uint32_t kept = 0;

  for (uint32_t i = 0; i < span->n; ++i) {
    if (!is_late(&events[i], limit))
      events[kept++] = events[i];
  }
  if (span->end_ticks > limit || kept < span->n)
    walk->mends |= PARTITA_MEND_LONG_TIME;
  if (span->end_ticks > limit)
    span->end_ticks = kept > 0 ? events[kept - 1].tick : 0;
  span->n = kept;
}

static uint32_t
last_tick(const GArray *changes)
{
  const size_t size = g_array_get_element_size((GArray *)changes);

  if (changes->len == 0)
    return 0;
  return *(const uint32_t *)(const void *)(changes->data +
                                           (changes->len - 1) * size);
}

void
partita_midi_walk_settle(PartitaMidiWalk *walk)
{
  const uint32_t limit = settle_changes(walk);
  PartitaMidiSpan *const spans = (PartitaMidiSpan *)(void *)walk->spans->data;

  for (guint i = 0; i < walk->spans->len; ++i) {
    if (spans[i].end_ticks >= limit)
      cut_span(walk, &spans[i], limit);
  }
  // Tempos and metres belong to the first track.
  spans[0].end_ticks = MAX(
    spans[0].end_ticks, MAX(last_tick(walk->tempos), last_tick(walk->meters)));
}
