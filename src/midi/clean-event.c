// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the bytes of a track to its events. */

#include <midi/clean-private.h>

#include <string.h>

uint32_t
partita_midi_walk_tick(const PartitaMidiWalk *walk,
                       const PartitaMidiCursor *cursor)
{
  return (uint32_t)MIN(walk->start_ticks + cursor->ticks,
                       (uint64_t)PARTITA_TICK_MAX + 1);
}

/// Reads a variable-length quantity; returns 0 if it does not fit.
static size_t
take_quantity(PartitaMidiWalk *walk, size_t at, size_t end, uint32_t *value)
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

static size_t
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

  const PartitaMidiEvent event = {
    .tick = partita_midi_walk_tick(walk, cursor),
    .bytes = {status, take_data(walk, at),
              n == 2 ? take_data(walk, at + 1) : 0},
  };

  g_array_append_val(walk->events, event);
  return at + n;
}

/* A sysex whose length cannot be right is taken to reach to its F7. */
static size_t
skip_sysex(PartitaMidiWalk *walk, size_t at, size_t end)
{
  uint32_t length = 0;
  const size_t body = take_quantity(walk, at, end, &length);

  if (body > 0 && length <= end - body)
    return body + length;

  const uint8_t *close =
    at < end ? memchr(walk->data + at, 0xF7, end - at) : NULL;

  if (close == NULL)
    return 0;
  walk->mends |= PARTITA_MEND_BAD_EVENT;
  return (size_t)(close - walk->data) + 1;
}

static size_t
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
  partita_midi_walk_meta(walk, cursor, type, body, length);
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

static size_t
take_status(PartitaMidiWalk *walk,
            PartitaMidiCursor *cursor,
            size_t at,
            size_t end)
{
  uint8_t status = walk->data[at];

  if (status < 0x80 && cursor->running == 0) {
    walk->mends |= PARTITA_MEND_BAD_EVENT;
    while (at < end && walk->data[at] < 0x80)
      ++at;
    if (at == end)
      return end;
    status = walk->data[at];
  }
  if (status < 0x80)
    return take_channel(walk, cursor, cursor->running, at, end);
  ++at;
  if (status < 0xF0)
    return take_channel(walk, cursor, status, at, end);
  if (status == 0xFF)
    return take_meta(walk, cursor, at, end);
  if (status == 0xF0 || status == 0xF7)
    return skip_sysex(walk, at, end);
  return skip_system(walk, status, at, end);
}

/// Returns where the next event begins, 0 if this one does not fit.
static size_t
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
partita_midi_walk_events(PartitaMidiWalk *walk,
                         PartitaMidiCursor *cursor,
                         size_t at,
                         size_t end)
{
  while (at < end && !cursor->ended &&
         walk->n_events <= PARTITA_MIDI_EVENTS_MAX) {
    const size_t next = take_event(walk, cursor, at, end);

    if (next == 0)
      break;
    at = next;
    if (!cursor->ended)
      ++walk->n_events;
  }
  return at;
}
