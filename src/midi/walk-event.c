// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the bytes of a track to its events. */

#include <midi/walk-private.h>

#include <string.h>

/// A quantity of more than one byte, or one that does not fit.
static size_t
take_long_quantity(PartitaMidiWalk *walk,
                   size_t at,
                   size_t end,
                   uint32_t *value)
{
  const size_t first = at;
  uint64_t sum = 0;

  for (; at < end; ++at) {
    sum = MIN(sum << 7 | (walk->data[at] & 0x7F), (uint64_t)1 << 40);
    if (walk->data[at] < 0x80)
      break;
  }
  if (at >= end)
    return 0;
  if (at - first >= 4)
    walk->mends |= PARTITA_MEND_BAD_EVENT;
  *value = (uint32_t)MIN(sum, PARTITA_MIDI_DELTA_MAX);
  return at + 1;
}

/// Reads a variable-length quantity; returns 0 if it does not fit.
static inline size_t
take_quantity(PartitaMidiWalk *walk, size_t at, size_t end, uint32_t *value)
{
  const uint8_t *data = walk->data;

  if (at < end && data[at] < 0x80) {
    *value = data[at];
    return at + 1;
  }
  if (at + 1 < end && data[at + 1] < 0x80) {
    *value = (data[at] & 0x7Fu) << 7 | data[at + 1];
    return at + 2;
  }
  return take_long_quantity(walk, at, end, value);
}

/* Data bytes of 128 and more are taken as 127: a velocity of 128 must not
 * become 0, which would make the note a release. */
static uint8_t
take_data(PartitaMidiWalk *walk, size_t at)
{
  if (walk->data[at] < 0x80)
    return walk->data[at];
  walk->mends |= PARTITA_MEND_BAD_DATA;
  return 0x7F;
}

static inline size_t
take_channel(PartitaMidiWalk *walk,
             PartitaMidiCursor *cursor,
             uint8_t status,
             size_t at,
             size_t end)
{
  const size_t n = (status & 0xE0) == 0xC0 ? 1 : 2;

  if (end - at < n)
    return 0;
  cursor->running = status;

  PartitaMidiEvent *event = partita_midi_walk_add(walk);

  event->tick = partita_midi_walk_tick(walk, cursor);
  event->bytes[0] = status;
  event->bytes[1] = take_data(walk, at);
  event->bytes[2] = n == 2 ? take_data(walk, at + 1) : 0;
  return at + n;
}

static void
keep_sysex(PartitaMidiWalk *walk,
           const PartitaMidiCursor *cursor,
           uint8_t status,
           size_t at,
           PartitaMidiSysex kind)
{
  *partita_midi_walk_add(walk) = (PartitaMidiEvent){
    .tick = partita_midi_walk_tick(walk, cursor),
    .at = (uint32_t)at,
    .bytes = {status, (uint8_t)kind},
  };
}

/* A sysex whose length cannot be right is taken to reach to its F7, and only
 * kept whole: nobody can say what it was. */
static size_t
take_sysex(PartitaMidiWalk *walk,
           const PartitaMidiCursor *cursor,
           uint8_t status,
           size_t at,
           size_t end)
{
  uint32_t length = 0;
  const size_t body = take_quantity(walk, at, end, &length);

  if (body > 0 && length <= end - body) {
    keep_sysex(walk, cursor, status, at, PARTITA_MIDI_SYSEX_SIZED);
    return body + length;
  }

  const uint8_t *close =
    at < end ? memchr(walk->data + at, 0xF7, end - at) : NULL;

  if (close == NULL)
    return 0;
  walk->mends |= PARTITA_MEND_BAD_EVENT;
  if (walk->whole)
    keep_sysex(walk, cursor, status, at, PARTITA_MIDI_SYSEX_CLOSED);
  return (size_t)(close - walk->data) + 1;
}

static inline size_t
take_meta(PartitaMidiWalk *walk,
          PartitaMidiCursor *cursor,
          size_t at,
          size_t end)
{
  uint32_t length = 0;

  if (end - at < 2)
    return 0;

  const uint8_t type = walk->data[at];
  const size_t body = take_quantity(walk, at + 1, end, &length);

  if (body == 0 || length > end - body)
    return 0;
  partita_midi_walk_meta(walk, partita_midi_walk_tick(walk, cursor), type, body,
                         length);
  cursor->ended = type == PARTITA_MIDI_META_END;
  return body + length;
}

/// System messages belong on a wire, not in a file.
static size_t
skip_system(PartitaMidiWalk *walk, uint8_t status, size_t at, size_t end)
{
  const size_t n = status == 0xF2 ? 2 : status == 0xF1 || status == 0xF3;

  walk->mends |= PARTITA_MEND_BAD_EVENT;
  return end - at < n ? 0 : at + n;
}

/// Data bytes that no status goes before.
static size_t
skip_stray(PartitaMidiWalk *walk, size_t at, size_t end)
{
  walk->mends |= PARTITA_MEND_BAD_EVENT;
  while (at < end && walk->data[at] < 0x80)
    ++at;
  return at;
}

static inline size_t
take_status(PartitaMidiWalk *walk,
            PartitaMidiCursor *cursor,
            size_t at,
            size_t end)
{
  uint8_t status = cursor->running;

  if (walk->data[at] < 0x80 && status == 0) {
    at = skip_stray(walk, at, end);
    if (at == end)
      return end;
  }
  if (walk->data[at] >= 0x80)
    status = walk->data[at++];
  if (status < 0xF0)
    return take_channel(walk, cursor, status, at, end);
  if (status == 0xFF)
    return take_meta(walk, cursor, at, end);
  if (status == 0xF0 || status == 0xF7)
    return take_sysex(walk, cursor, status, at, end);
  return skip_system(walk, status, at, end);
}

/// Returns where the next event begins, 0 if this one does not fit.
static inline size_t
take_event(PartitaMidiWalk *walk,
           PartitaMidiCursor *cursor,
           size_t at,
           size_t end)
{
  const uint64_t ticks = cursor->ticks;
  uint32_t delta = 0;

  at = take_quantity(walk, at, end, &delta);
  if (at == 0 || at == end)
    return 0;
  cursor->ticks += delta;

  const size_t next = take_status(walk, cursor, at, end);

  if (next == 0)
    cursor->ticks = ticks;
  return next;
}

size_t
partita_midi_walk_quantity(const PartitaMidiWalk *walk,
                           size_t at,
                           uint32_t *value)
{
  *value = 0;
  do
    *value = *value << 7 | (walk->data[at] & 0x7Fu);
  while (walk->data[at++] >= 0x80);
  return at;
}

const uint8_t *
partita_midi_walk_sysex(const PartitaMidiWalk *walk,
                        const PartitaMidiEvent *event,
                        size_t *n)
{
  size_t at = event->at;
  uint32_t length = 0;

  if (event->bytes[1] == PARTITA_MIDI_SYSEX_SIZED)
    at = partita_midi_walk_quantity(walk, at, &length);
  *n = length;
  return walk->data + at;
}

size_t
partita_midi_walk_events(PartitaMidiWalk *walk,
                         PartitaMidiCursor *cursor,
                         size_t at,
                         size_t end)
{
  PartitaMidiCursor here = *cursor; // in registers
  size_t n_met = walk->n_met;

  while (at < end && !here.ended && n_met <= PARTITA_MIDI_EVENTS_MAX) {
    const size_t next = take_event(walk, &here, at, end);

    if (next == 0)
      break;
    at = next;
    n_met += !here.ended;
  }
  walk->n_met = n_met;
  *cursor = here;
  return at;
}
