// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Limits of time, and the clean file. */

#include <midi/clean-private.h>

#include <string.h>

#define DEFAULT_US_PER_QUARTER 500000u
#define SUSTAIN 64

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

uint32_t
partita_midi_walk_settle(PartitaMidiWalk *walk)
{
  const PartitaTempo smpte = {0, walk->smpte_us};

  if (walk->smpte_us > 0) {
    g_array_set_size(walk->tempos, 0);
    g_array_append_val(walk->tempos, smpte);
  }
  keep_last(walk->tempos);
  keep_last(walk->meters);
  if (walk->tempos->len > PARTITA_MIDI_TEMPOS_MAX) {
    walk->mends |= PARTITA_MEND_TEMPOS;
    g_array_set_size(walk->tempos, PARTITA_MIDI_TEMPOS_MAX);
  }

  const uint32_t limit =
    partita_midi_limit((const PartitaTempo *)(const void *)walk->tempos->data,
                       walk->tempos->len, walk->ppq);
  const bool tempos = cut_changes(walk->tempos, limit);
  const bool meters = cut_changes(walk->meters, limit);

  if (tempos || meters)
    walk->mends |= PARTITA_MEND_LONG_TIME;
  return limit;
}

typedef struct {
  PartitaMidiWalk *walk;
  GByteArray *bytes;
  uint32_t limit;
  uint32_t tick; // of the last event put into this track
  guint next_tempo;
  guint next_meter;
} Writer;

/// Writes @value to @digits; returns how many bytes it took.
static size_t
make_quantity(uint8_t digits[4], uint32_t value)
{
  size_t n = 1;
  size_t i = 0;

  while (n < 4 && value >> 7 * n > 0)
    ++n;
  for (i = 0; i < n; ++i)
    digits[i] = (uint8_t)((value >> 7 * (n - 1 - i) & 0x7F) | 0x80);
  digits[n - 1] &= 0x7F;
  return n;
}

/// Appends an event whose bytes, up to three, are @head.
static void
put(Writer *writer, uint32_t tick, const uint8_t *head, size_t n_head)
{
  static const uint8_t bridge[] = {0xFF, 0x01, 0x00};
  uint8_t bytes[7];
  size_t n = 0;

  /* Where dropped events leave a gap too long for one delta time, empty texts
   * bridge it. */
  while (tick - writer->tick > PARTITA_MIDI_DELTA_MAX)
    put(writer, writer->tick + PARTITA_MIDI_DELTA_MAX, bridge, 3);
  n = make_quantity(bytes, tick - writer->tick);
  for (size_t i = 0; i < n_head; ++i)
    bytes[n + i] = head[i];
  g_byte_array_append(writer->bytes, bytes, (guint)(n + n_head));
  writer->tick = tick;
}

/// Appends a meta.
static void
put_meta(Writer *writer,
         uint32_t tick,
         const uint8_t head[3],
         const uint8_t *contents)
{
  put(writer, tick, head, 3);
  g_byte_array_append(writer->bytes, contents, head[2]);
}

static void
put_tempo(Writer *writer, PartitaTempo tempo)
{
  static const uint8_t head[] = {0xFF, 0x51, 3};
  const uint8_t contents[] = {(uint8_t)(tempo.us_per_quarter >> 16),
                              (uint8_t)(tempo.us_per_quarter >> 8),
                              (uint8_t)tempo.us_per_quarter};

  put_meta(writer, tempo.tick, head, contents);
}

static void
put_meter(Writer *writer, const PartitaMidiMeter *meter)
{
  static const uint8_t head[] = {0xFF, 0x58, 4};

  put_meta(writer, meter->tick, head, meter->bytes);
}

/// Tempos and metres up to @tick, in order; tempos first.
static void
put_changes(Writer *writer, uint32_t tick)
{
  const GArray *tempos = writer->walk->tempos;
  const GArray *meters = writer->walk->meters;

  for (;;) {
    const PartitaTempo *tempo =
      writer->next_tempo < tempos->len
        ? &g_array_index(tempos, PartitaTempo, writer->next_tempo)
        : NULL;
    const PartitaMidiMeter *meter =
      writer->next_meter < meters->len
        ? &g_array_index(meters, PartitaMidiMeter, writer->next_meter)
        : NULL;

    if (tempo != NULL && tempo->tick <= tick &&
        (meter == NULL || tempo->tick <= meter->tick)) {
      put_tempo(writer, *tempo);
      ++writer->next_tempo;
    } else if (meter != NULL && meter->tick <= tick) {
      put_meter(writer, meter);
      ++writer->next_meter;
    } else {
      return;
    }
  }
}

static void
put_event(Writer *writer, const PartitaMidiEvent *event)
{
  const uint8_t kind = event->bytes[0] & 0xF0;

  if (event->bytes[0] == 0xFF)
    put_meta(writer, event->tick, event->bytes, writer->walk->data + event->at);
  else
    put(writer, event->tick, event->bytes,
        kind == 0xC0 || kind == 0xD0 ? 2 : 3);
}

/* A note may end at the limit, not begin there: it lasts a tick at least. */
static bool
is_late(const Writer *writer, const PartitaMidiEvent *event)
{
  const bool on = (event->bytes[0] & 0xF0) == 0x90 && event->bytes[2] > 0;

  return event->tick > writer->limit || (on && event->tick == writer->limit);
}

/* Whether a score holds what @event says; what it does not hold is not worth
 * libsmf's time. */
static bool
is_wanted(const PartitaMidiEvent *event)
{
  const uint8_t first = event->bytes[1];

  switch (event->bytes[0] & 0xF0) {
  case 0x80:
  case 0x90:
  case 0xC0:
    return true;
  case 0xB0:
    return first == SUSTAIN;
  case 0xF0:
    return first == PARTITA_MIDI_META_NAME || first == PARTITA_MIDI_META_PORT ||
           first == PARTITA_MIDI_META_KEY || first == PARTITA_MIDI_META_OWN;
  default:
    return false;
  }
}

/// Returns the tick of the last event within the limit.
static uint32_t
put_events(Writer *writer, const PartitaMidiSpan *span, bool changes)
{
  PartitaMidiWalk *walk = writer->walk;
  uint32_t last = 0;

  for (guint i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event =
      &g_array_index(walk->events, PartitaMidiEvent, i);

    if (is_late(writer, event)) {
      walk->mends |= PARTITA_MEND_LONG_TIME;
      continue;
    }
    last = event->tick;
    if (changes)
      put_changes(writer, last);
    if (!walk->lean || is_wanted(event))
      put_event(writer, event);
  }
  return last;
}

static uint32_t
last_change(const PartitaMidiWalk *walk)
{
  const guint n_tempos = walk->tempos->len;
  const guint n_meters = walk->meters->len;
  const uint32_t tempo =
    n_tempos > 0 ? g_array_index(walk->tempos, PartitaTempo, n_tempos - 1).tick
                 : 0;
  const uint32_t meter =
    n_meters > 0
      ? g_array_index(walk->meters, PartitaMidiMeter, n_meters - 1).tick
      : 0;

  return MAX(tempo, meter);
}

static void
put_track(Writer *writer, guint index)
{
  static const uint8_t end[] = {0xFF, 0x2F, 0x00};
  PartitaMidiWalk *walk = writer->walk;
  const PartitaMidiSpan *span =
    &g_array_index(walk->spans, PartitaMidiSpan, index);
  const bool changes = index == 0 && !walk->lean;
  uint32_t last = 0;

  writer->tick = 0;
  last = put_events(writer, span, changes);
  if (changes)
    put_changes(writer, UINT32_MAX);
  if (index == 0)
    last = MAX(last, last_change(walk));
  // Of a track that is cut, the silence up to the limit is cut too.
  if (span->end_ticks > writer->limit)
    walk->mends |= PARTITA_MEND_LONG_TIME;
  else
    last = MAX(last, span->end_ticks);
  put(writer, last, end, sizeof end);
}

static void
set_length(GByteArray *bytes, guint body)
{
  const uint32_t length = GUINT32_TO_BE(bytes->len - body);

  memcpy(bytes->data + body - 4, &length, 4);
}

GBytes *
partita_midi_walk_write(PartitaMidiWalk *walk, uint32_t limit_ticks)
{
  const guint n = walk->spans->len;
  const uint8_t header[] = {'M',
                            'T',
                            'h',
                            'd',
                            0,
                            0,
                            0,
                            6,
                            0,
                            (uint8_t)walk->format,
                            (uint8_t)(n >> 8),
                            (uint8_t)n,
                            (uint8_t)(walk->ppq >> 8),
                            (uint8_t)walk->ppq};
  static const uint8_t head[8] = {'M', 'T', 'r', 'k'};
  Writer writer = {.walk = walk, .limit = limit_ticks};

  writer.bytes = g_byte_array_sized_new((guint)MIN(walk->size, 1u << 20) + 64);
  g_byte_array_append(writer.bytes, header, sizeof header);
  for (guint i = 0; i < n; ++i) {
    g_byte_array_append(writer.bytes, head, sizeof head);

    const guint body = writer.bytes->len;

    put_track(&writer, i);
    set_length(writer.bytes, body);
  }
  return g_byte_array_free_to_bytes(writer.bytes);
}
