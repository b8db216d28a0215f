// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The first pass over the events: a program or a pedal acts on its channel
 * in every track, so all are gathered before notes are read. */

#include <midi/read-private.h>

#include <string.h>

#define SUSTAIN 64

/* Names that are no UTF-8 are taken as Latin-1, which every byte string is. */
static char *
take_name(const PartitaMidiWalk *walk, const PartitaMidiEvent *event)
{
  const char *bytes = (const char *)walk->data + event->at;
  const size_t n = strnlen(bytes, event->bytes[2]);
  GString *name = NULL;

  if (g_utf8_validate(bytes, (gssize)n, NULL))
    return g_strndup(bytes, n);
  name = g_string_new(NULL);
  for (size_t i = 0; i < n && name->len + 2 <= PARTITA_MIDI_TEXT_MAX; ++i)
    g_string_append_unichar(name, (uint8_t)bytes[i]);
  return g_string_free(name, FALSE);
}

static int
take_mark(const PartitaMidiWalk *walk, const PartitaMidiEvent *event)
{
  const uint8_t *contents = walk->data + event->at;

  if (event->bytes[2] != PARTITA_MIDI_MARK_SIZE + 1 ||
      memcmp(contents, PARTITA_MIDI_MARK, PARTITA_MIDI_MARK_SIZE) != 0)
    return -1;
  return contents[PARTITA_MIDI_MARK_SIZE];
}

static void
scan_mark(PartitaMidiScan *scan,
          PartitaMidiLabel *label,
          uint32_t tick,
          int mark)
{
  const bool first = scan->labels->len == 0;

  if (mark == PARTITA_MIDI_MARK_END && first) {
    scan->own = true;
    scan->own_end_ticks = tick;
  }
  if (label->mark < 0 && !first &&
      (mark == PARTITA_MIDI_MARK_TRACK || mark == PARTITA_MIDI_MARK_LANE))
    label->mark = mark;
}

static void
scan_meta(PartitaMidiScan *scan,
          PartitaMidiLabel *label,
          const PartitaMidiWalk *walk,
          const PartitaMidiEvent *event)
{
  if (event->bytes[1] == PARTITA_MIDI_META_NAME && label->name == NULL) {
    label->name = take_name(walk, event);
  } else if (event->bytes[1] == PARTITA_MIDI_META_KEY) {
    const uint8_t *contents = walk->data + event->at;
    const PartitaKey key = {event->tick, (int8_t)contents[0], contents[1] == 1};

    g_array_append_val(scan->keys, key);
  } else if (event->bytes[1] == PARTITA_MIDI_META_OWN) {
    scan_mark(scan, label, event->tick, take_mark(walk, event));
  }
}

static void
scan_other(PartitaMidiScan *scan,
           PartitaMidiLabel *label,
           const PartitaMidiWalk *walk,
           uint32_t index,
           unsigned *port)
{
  const PartitaMidiEvent *event = &walk->events[index];
  const uint8_t *bytes = event->bytes;
  const uint8_t kind = bytes[0] & 0xF0;
  PartitaMidiChange change = {
    .tick = event->tick,
    .event = index,
    .strip = (uint16_t)(*port * 16 + (bytes[0] & 0x0Fu)),
  };

  if (kind == 0xC0) {
    change.value = bytes[1];
    g_array_append_val(scan->programs, change);
  } else if (kind == 0xB0 && bytes[1] == SUSTAIN) {
    change.value = bytes[2] >= 64;
    g_array_append_val(scan->pedals, change);
  } else if (partita_midi_is_meta(event, PARTITA_MIDI_META_PORT)) {
    *port = walk->data[event->at];
  } else if (bytes[0] == 0xFF) {
    scan_meta(scan, label, walk, event);
  }
}

static void
scan_track(PartitaMidiScan *scan,
           const PartitaMidiWalk *walk,
           const PartitaMidiSpan *span)
{
  const uint32_t end = span->first + span->n;
  PartitaMidiLabel label = {.mark = -1};
  unsigned port = 0;
  uint32_t n_onsets = 0;

  for (uint32_t i = span->first; i < end; ++i) {
    const uint8_t status = walk->events[i].bytes[0];

    n_onsets += (status & 0xF0) == 0x90;
    if (status >= 0xB0)
      scan_other(scan, &label, walk, i, &port);
  }
  scan->most_onsets = MAX(scan->most_onsets, n_onsets);
  scan->end_ticks = MAX(scan->end_ticks, span->end_ticks);
  g_array_append_val(scan->labels, label);
}

static gint
compare_changes(gconstpointer a, gconstpointer b)
{
  const PartitaMidiChange *x = a;
  const PartitaMidiChange *y = b;

  if (x->strip != y->strip)
    return x->strip < y->strip ? -1 : 1;
  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return (x->event > y->event) - (x->event < y->event);
}

/// Sorts @changes, which mostly come in order.
static void
sort_changes(GArray *changes)
{
  const PartitaMidiChange *all =
    (const PartitaMidiChange *)(const void *)changes->data;

  for (guint i = 1; i < changes->len; ++i) {
    if (compare_changes(&all[i - 1], &all[i]) > 0) {
      g_array_sort(changes, compare_changes);
      return;
    }
  }
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
  const PartitaKey *x = a;
  const PartitaKey *y = b;

  return (x->tick > y->tick) - (x->tick < y->tick);
}

void
partita_midi_scan(PartitaMidiScan *scan, const PartitaMidiWalk *walk)
{
  *scan = (PartitaMidiScan){0};
  scan->programs = g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  scan->pedals = g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  scan->keys = g_array_new(FALSE, FALSE, sizeof(PartitaKey));
  scan->labels = g_array_new(FALSE, FALSE, sizeof(PartitaMidiLabel));
  for (guint t = 0; t < walk->spans->len; ++t)
    scan_track(scan, walk, &g_array_index(walk->spans, PartitaMidiSpan, t));
  sort_changes(scan->programs);
  sort_changes(scan->pedals);
  g_array_sort(scan->keys, compare_keys);
}

void
partita_midi_scan_clear(PartitaMidiScan *scan)
{
  for (guint i = 0; scan->labels != NULL && i < scan->labels->len; ++i)
    g_free(g_array_index(scan->labels, PartitaMidiLabel, i).name);
  g_clear_pointer(&scan->programs, g_array_unref);
  g_clear_pointer(&scan->pedals, g_array_unref);
  g_clear_pointer(&scan->keys, g_array_unref);
  g_clear_pointer(&scan->labels, g_array_unref);
}

guint
partita_midi_next_change(const GArray *changes,
                         uint16_t strip,
                         uint32_t tick,
                         uint32_t event)
{
  const PartitaMidiChange sought = {tick, event, strip, 0};
  guint low = 0;
  guint high = changes->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (compare_changes(&g_array_index(changes, PartitaMidiChange, middle),
                        &sought) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
