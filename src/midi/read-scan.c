// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The first pass over the tracks: a program or a pedal acts on its channel
 * in every track, so all are gathered before notes are read. */

#include <midi/read-private.h>

#include <string.h>

/// libsmf gives metas as in the file: FF, type, length, contents.
#define META_HEAD 3

static bool
is_meta(const smf_event_t *event, uint8_t type)
{
  return event->midi_buffer[0] == 0xFF && event->midi_buffer_length > 1 &&
         event->midi_buffer[1] == type;
}

int
partita_midi_event_port(const smf_event_t *event)
{
  return is_meta(event, PARTITA_MIDI_META_PORT) ? event->midi_buffer[META_HEAD]
                                                : -1;
}

/* Names that are no UTF-8 are taken as Latin-1, which every byte string is. */
static char *
take_name(const smf_event_t *event)
{
  const char *bytes = (const char *)event->midi_buffer + META_HEAD;
  const size_t n =
    strnlen(bytes, (size_t)event->midi_buffer_length - META_HEAD);
  GString *name = NULL;

  if (g_utf8_validate(bytes, (gssize)n, NULL))
    return g_strndup(bytes, n);
  name = g_string_new(NULL);
  for (size_t i = 0; i < n && name->len + 2 <= PARTITA_MIDI_TEXT_MAX; ++i)
    g_string_append_unichar(name, (uint8_t)bytes[i]);
  return g_string_free(name, FALSE);
}

static int
take_mark(const smf_event_t *event)
{
  const uint8_t *contents = event->midi_buffer + META_HEAD;

  if (event->midi_buffer_length != META_HEAD + PARTITA_MIDI_MARK_SIZE + 1 ||
      memcmp(contents, PARTITA_MIDI_MARK, PARTITA_MIDI_MARK_SIZE) != 0)
    return -1;
  return contents[PARTITA_MIDI_MARK_SIZE];
}

static void
scan_mark(PartitaMidiScan *scan,
          PartitaMidiLabel *label,
          uint32_t track,
          uint32_t tick,
          int mark)
{
  if (mark == PARTITA_MIDI_MARK_END && track == 0) {
    scan->own = true;
    scan->own_end_ticks = tick;
  }
  if (label->mark < 0 && track > 0 &&
      (mark == PARTITA_MIDI_MARK_TRACK || mark == PARTITA_MIDI_MARK_LANE))
    label->mark = mark;
}

static void
scan_meta(PartitaMidiScan *scan,
          PartitaMidiLabel *label,
          uint32_t track,
          const smf_event_t *event)
{
  const uint32_t tick = (uint32_t)event->time_pulses;

  if (is_meta(event, PARTITA_MIDI_META_NAME) && label->name == NULL) {
    label->name = take_name(event);
  } else if (is_meta(event, PARTITA_MIDI_META_KEY)) {
    const PartitaKey key = {tick, (int8_t)event->midi_buffer[META_HEAD],
                            event->midi_buffer[META_HEAD + 1] == 1};

    g_array_append_val(scan->keys, key);
  } else if (is_meta(event, PARTITA_MIDI_META_OWN)) {
    scan_mark(scan, label, track, tick, take_mark(event));
  }
}

static void
scan_track(PartitaMidiScan *scan, uint32_t index, const smf_track_t *track)
{
  PartitaMidiLabel label = {.mark = -1};
  unsigned port = 0;

  for (guint i = 0; i < track->events_array->len; ++i) {
    const smf_event_t *event = g_ptr_array_index(track->events_array, i);
    const uint8_t *bytes = event->midi_buffer;
    const uint8_t kind = bytes[0] & 0xF0;
    PartitaMidiChange change = {
      .tick = (uint32_t)event->time_pulses,
      .track = index,
      .event = i,
      .strip = (uint16_t)(port * 16 + (bytes[0] & 0x0Fu)),
    };

    if (kind == 0xC0) {
      change.value = bytes[1];
      g_array_append_val(scan->programs, change);
    } else if (kind == 0xB0) {
      change.value = bytes[2] >= 64;
      g_array_append_val(scan->pedals, change);
    } else if (partita_midi_event_port(event) >= 0) {
      port = (unsigned)partita_midi_event_port(event);
    } else if (bytes[0] == 0xFF) {
      scan_meta(scan, &label, index, event);
    }
    scan->end_ticks = MAX(scan->end_ticks, change.tick);
  }
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
  if (x->track != y->track)
    return x->track < y->track ? -1 : 1;
  return (x->event > y->event) - (x->event < y->event);
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
  const PartitaKey *x = a;
  const PartitaKey *y = b;

  return (x->tick > y->tick) - (x->tick < y->tick);
}

void
partita_midi_scan(PartitaMidiScan *scan, const smf_t *smf)
{
  *scan = (PartitaMidiScan){0};
  scan->programs = g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  scan->pedals = g_array_new(FALSE, FALSE, sizeof(PartitaMidiChange));
  scan->keys = g_array_new(FALSE, FALSE, sizeof(PartitaKey));
  scan->labels = g_array_new(FALSE, FALSE, sizeof(PartitaMidiLabel));
  for (guint t = 0; t < smf->tracks_array->len; ++t)
    scan_track(scan, t, g_ptr_array_index(smf->tracks_array, t));
  g_array_sort(scan->programs, compare_changes);
  g_array_sort(scan->pedals, compare_changes);
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

/// The first change that is not before @sought.
static guint
find_change(const GArray *changes, const PartitaMidiChange *sought)
{
  guint low = 0;
  guint high = changes->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (compare_changes(&g_array_index(changes, PartitaMidiChange, middle),
                        sought) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

guint
partita_midi_strip_begin(const GArray *changes, uint16_t strip)
{
  const PartitaMidiChange sought = {.strip = strip};

  return find_change(changes, &sought);
}

uint8_t
partita_midi_program_at(const PartitaMidiScan *scan,
                        uint16_t strip,
                        uint32_t tick,
                        uint32_t track,
                        uint32_t event)
{
  const PartitaMidiChange sought = {tick, track, event, strip, 0};
  const guint next = find_change(scan->programs, &sought);
  const PartitaMidiChange *change =
    next > 0 ? &g_array_index(scan->programs, PartitaMidiChange, next - 1)
             : NULL;

  return change != NULL && change->strip == strip ? change->value : 0;
}
