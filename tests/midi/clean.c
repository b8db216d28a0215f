// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "clean.h"

#include <midi/walk-private.h>
#include <string.h>

typedef struct {
  const PartitaMidiWalk *walk;
  GByteArray *bytes;
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
put_sysex(Writer *writer, const PartitaMidiEvent *event)
{
  size_t n = 0;
  const uint8_t *contents = partita_midi_walk_sysex(writer->walk, event, &n);
  uint8_t digits[4];

  put(writer, event->tick, event->bytes, 1);
  g_byte_array_append(writer->bytes, digits,
                      (guint)make_quantity(digits, (uint32_t)n));
  g_byte_array_append(writer->bytes, contents, (guint)n);
}

static void
put_event(Writer *writer, const PartitaMidiEvent *event)
{
  const uint8_t kind = event->bytes[0] & 0xF0;

  if (event->bytes[0] == 0xFF)
    put_meta(writer, event->tick, event->bytes, writer->walk->data + event->at);
  else if (event->bytes[0] == 0xF0)
    put_sysex(writer, event);
  else if (event->bytes[0] != 0xF7) // of which libsmf makes something else
    put(writer, event->tick, event->bytes,
        kind == 0xC0 || kind == 0xD0 ? 2 : 3);
}

static void
put_track(Writer *writer, guint index)
{
  static const uint8_t end[] = {0xFF, 0x2F, 0x00};
  const PartitaMidiSpan *span =
    &g_array_index(writer->walk->spans, PartitaMidiSpan, index);

  writer->tick = 0;
  for (uint32_t i = span->first; i < span->first + span->n; ++i) {
    const PartitaMidiEvent *event = &writer->walk->events[i];

    if (index == 0)
      put_changes(writer, event->tick);
    put_event(writer, event);
  }
  if (index == 0)
    put_changes(writer, UINT32_MAX);
  put(writer, span->end_ticks, end, sizeof end);
}

static void
put_file(Writer *writer)
{
  static const uint8_t head[8] = {'M', 'T', 'r', 'k'};
  const PartitaMidiWalk *walk = writer->walk;
  const guint n = walk->spans->len;
  const uint16_t fields[] = {GUINT16_TO_BE(walk->format),
                             GUINT16_TO_BE((uint16_t)n),
                             GUINT16_TO_BE(walk->ppq)};

  g_byte_array_append(writer->bytes, (const uint8_t *)"MThd\0\0\0\6", 8);
  g_byte_array_append(writer->bytes, (const uint8_t *)fields, sizeof fields);
  for (guint i = 0; i < n; ++i) {
    g_byte_array_append(writer->bytes, head, sizeof head);

    const guint body = writer->bytes->len;

    put_track(writer, i);

    const uint32_t length = GUINT32_TO_BE(writer->bytes->len - body);

    memcpy(writer->bytes->data + body - 4, &length, 4);
  }
}

GBytes *
clean_bytes(const uint8_t *data, size_t size, unsigned *mends, GError **error)
{
  g_auto(PartitaMidiWalk) walk = {0};

  if (!partita_midi_walk(&walk, data, size, error))
    return NULL;

  Writer writer = {.walk = &walk, .bytes = g_byte_array_new()};

  put_file(&writer);
  if (mends != NULL)
    *mends = walk.mends;
  return g_byte_array_free_to_bytes(writer.bytes);
}
