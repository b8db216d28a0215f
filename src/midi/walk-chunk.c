// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the file to its tracks. The lengths of chunks are not believed: where
 * one cannot be right, the next "MTrk" is looked for. Every search goes on
 * from where the last one ended, so the walk is linear. */

#include <midi/walk-private.h>

#include <string.h>

#define CHUNK_HEAD 8
#define HEADER_SIZE 14

/// Bytes before MThd that are searched: a MacBinary or RIFF head and more.
#define LEADING_MAX 65536

/// For a file whose division is 0.
#define DEFAULT_PPQ 480

static uint32_t
big_endian(const uint8_t *bytes, size_t n)
{
  uint32_t value = 0;

  for (size_t i = 0; i < n; ++i)
    value = value << 8 | bytes[i];
  return value;
}

static bool
has(const PartitaMidiWalk *walk, size_t at, const char *type)
{
  return at <= walk->size && walk->size - at >= 4 &&
         memcmp(walk->data + at, type, 4) == 0;
}

/// The next track from @at on, or the size of the file.
static size_t
find_track(const PartitaMidiWalk *walk, size_t at)
{
  const uint8_t *found = at < walk->size
                           ? memmem(walk->data + at, walk->size - at, "MTrk", 4)
                           : NULL;

  return found != NULL ? (size_t)(found - walk->data) : walk->size;
}

static bool
find_header(PartitaMidiWalk *walk, size_t *at, GError **error)
{
  const bool riff = has(walk, 0, "RIFF") && has(walk, 8, "RMID");
  const uint8_t *found =
    walk->size > 0 ? memmem(walk->data, MIN(walk->size, LEADING_MAX), "MThd", 4)
                   : NULL;

  if (found == NULL) {
    g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_NOT_MIDI,
                "byte 0: no MIDI header (MThd)");
    return false;
  }
  *at = (size_t)(found - walk->data);
  if (riff)
    walk->mends |= PARTITA_MEND_RIFF;
  else if (*at > 0)
    walk->mends |= PARTITA_MEND_LEADING;
  if (riff && *at >= 20 && has(walk, *at - 8, "data")) {
    const uint8_t *size = found - 4;
    const size_t body = (size_t)size[0] | (size_t)size[1] << 8 |
                        (size_t)size[2] << 16 | (size_t)size[3] << 24;

    // What follows the data chunk is the wrapper's.
    walk->size = *at + MIN(body, walk->size - *at);
  }
  return true;
}

/* SMPTE time: the high byte is minus the frames a second (29 stands for
 * 30,000/1,001), the low byte the ticks a frame. A quarter is made to last
 * half a second, or a whole one where half a second has no whole number of
 * ticks, so no tick moves. */
static void
set_smpte(PartitaMidiWalk *walk, uint16_t division)
{
  const unsigned declared = 256u - (division >> 8);
  const unsigned frames = declared == 29 ? 30 : MIN(declared, 127);
  const unsigned ticks = frames * MAX(division & 0xFFu, 1u);
  const unsigned quarters = ticks % 2 == 0 ? 2 : 1;

  if ((division & 0xFF) == 0 || (frames != 24 && frames != 25 && frames != 30))
    walk->mends |= PARTITA_MEND_HEADER;
  walk->mends |= PARTITA_MEND_SMPTE;
  walk->ppq = (uint16_t)(ticks / quarters);
  walk->smpte_us = (declared == 29 ? 1001000u : 1000000u) / quarters;
}

static void
set_division(PartitaMidiWalk *walk, uint16_t division)
{
  if (division & 0x8000) {
    set_smpte(walk, division);
    return;
  }
  walk->ppq = division;
  if (division == 0) {
    walk->mends |= PARTITA_MEND_HEADER;
    walk->ppq = DEFAULT_PPQ;
  }
}

static size_t
read_header(PartitaMidiWalk *walk, size_t at)
{
  const size_t length = big_endian(walk->data + at + 4, 4);

  walk->format = (uint16_t)big_endian(walk->data + at + 8, 2);
  walk->n_declared = (uint16_t)big_endian(walk->data + at + 10, 2);
  set_division(walk, (uint16_t)big_endian(walk->data + at + 12, 2));
  if (length == 6)
    return at + HEADER_SIZE;
  walk->mends |= PARTITA_MEND_HEADER;
  if (length > 6 && !has(walk, at + HEADER_SIZE, "MTrk") &&
      length <= walk->size - at - CHUNK_HEAD)
    return at + CHUNK_HEAD + length;
  return find_track(walk, at + CHUNK_HEAD);
}

/// Finds and reads the header; returns where the chunks begin, 0 on error.
static size_t
begin(PartitaMidiWalk *walk, GError **error)
{
  size_t at = 0;

  if (walk->size > PARTITA_MIDI_BYTES_MAX) {
    g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG,
                "byte %u: file of %zu bytes, %u allowed",
                PARTITA_MIDI_BYTES_MAX, walk->size, PARTITA_MIDI_BYTES_MAX);
    return 0;
  }
  if (!find_header(walk, &at, error))
    return 0;
  if (walk->size - at < HEADER_SIZE) {
    g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_BROKEN,
                "byte %zu: the file ends within its header", walk->size);
    return 0;
  }
  return read_header(walk, at);
}

void
partita_midi_walk_clear(PartitaMidiWalk *walk)
{
  g_clear_pointer(&walk->events, g_free);
  g_clear_pointer(&walk->spans, g_array_unref);
  g_clear_pointer(&walk->tempos, g_array_unref);
  g_clear_pointer(&walk->meters, g_array_unref);
}

void
partita_midi_walk_grow(PartitaMidiWalk *walk)
{
  walk->room = MAX(64, walk->room + walk->room / 2);
  walk->events = g_renew(PartitaMidiEvent, walk->events, walk->room);
}

/// Whether a chunk may begin at @at, or the file ends there.
static bool
may_follow(const PartitaMidiWalk *walk, size_t at)
{
  if (at == walk->size || has(walk, at, "MTrk"))
    return true;
  if (walk->size - at < CHUNK_HEAD ||
      big_endian(walk->data + at + 4, 4) > walk->size - at - CHUNK_HEAD)
    return false;
  for (size_t i = 0; i < 4; ++i) {
    if (!g_ascii_isprint((char)walk->data[at + i]))
      return false;
  }
  return true;
}

/* Each track of a format 2 file is a piece of its own with its own tempo and
 * metre: they are played one after another. */
static void
begin_track(PartitaMidiWalk *walk)
{
  const guint n = walk->spans->len;

  if (walk->format != 2 || n == 0)
    return;
  walk->start_ticks =
    g_array_index(walk->spans, PartitaMidiSpan, n - 1).end_ticks;
  if (walk->tempos->len > 0) {
    const PartitaTempo tempo = {walk->start_ticks, 500000};

    g_array_append_val(walk->tempos, tempo);
  }
  if (walk->meters->len > 0) {
    const PartitaMidiMeter meter = {walk->start_ticks, {4, 2, 24, 8}};

    g_array_append_val(walk->meters, meter);
  }
}

/// Returns where the next chunk begins.
static size_t
end_track(PartitaMidiWalk *walk,
          const PartitaMidiCursor *cursor,
          PartitaMidiSpan span,
          size_t at,
          size_t end)
{
  span.n = walk->n_events - span.first;
  span.end_ticks = partita_midi_walk_tick(walk, cursor);
  g_array_append_val(walk->spans, span);
  if (!cursor->ended)
    walk->mends |= PARTITA_MEND_NO_END_OF_TRACK;
  walk->broken |= !cursor->ended || at != end;
  if (at == end)
    return end;
  walk->mends |= PARTITA_MEND_BAD_EVENT;
  return cursor->ended && has(walk, at, "MTrk") ? at : end;
}

static size_t
walk_track(PartitaMidiWalk *walk, size_t at)
{
  const size_t body = at + CHUNK_HEAD;
  const size_t length = big_endian(walk->data + at + 4, 4);
  const bool fits = length <= walk->size - body;
  const PartitaMidiSpan span = {.first = walk->n_events};
  PartitaMidiCursor cursor = {0};
  size_t end = fits ? body + length : find_track(walk, body);

  if (!fits)
    walk->mends |= PARTITA_MEND_TRUNCATED;
  walk->broken |= !fits;
  begin_track(walk);
  at = partita_midi_walk_events(walk, &cursor, body, end);
  if (!cursor.ended && !may_follow(walk, end)) {
    // The track goes on past its declared length.
    walk->mends |= PARTITA_MEND_HEADER;
    end = find_track(walk, end);
    at = partita_midi_walk_events(walk, &cursor, at, end);
  }
  return end_track(walk, &cursor, span, at, end);
}

static size_t
skip_chunk(PartitaMidiWalk *walk, size_t at)
{
  if (may_follow(walk, at)) {
    walk->mends |= PARTITA_MEND_ALIEN_CHUNK;
    return at + CHUNK_HEAD + big_endian(walk->data + at + 4, 4);
  }

  const size_t next = find_track(walk, at);

  walk->mends |=
    next < walk->size ? PARTITA_MEND_ALIEN_CHUNK : PARTITA_MEND_TRAILING;
  return next;
}

static bool
check_limits(const PartitaMidiWalk *walk, size_t at, GError **error)
{
  const bool tracks = walk->spans->len > PARTITA_MIDI_TRACKS_MAX;

  if (!tracks && walk->n_met <= PARTITA_MIDI_EVENTS_MAX)
    return true;
  g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG,
              "byte %zu: more than %u %s", at,
              tracks ? PARTITA_MIDI_TRACKS_MAX : PARTITA_MIDI_EVENTS_MAX,
              tracks ? "tracks" : "events");
  return false;
}

static void
check_format(PartitaMidiWalk *walk)
{
  const guint n = walk->spans->len;

  if (n != walk->n_declared)
    walk->mends |= PARTITA_MEND_TRACK_COUNT;
  if (walk->format == 1 || (walk->format == 0 && n == 1))
    return;
  walk->mends |= PARTITA_MEND_FORMAT;
  walk->format = 1;
}

/* Behind the last track may stand another file, or what an older and longer
 * version of this one has left: a number of tracks that is declared and is
 * there, each of them whole, is believed. */
static bool
is_complete(const PartitaMidiWalk *walk, size_t at)
{
  const guint n = walk->spans->len;

  return n > 0 &&
         (has(walk, at, "MThd") || (n == walk->n_declared && !walk->broken));
}

static bool
walk_chunks(PartitaMidiWalk *walk, size_t at, GError **error)
{
  while (walk->size - at >= CHUNK_HEAD && !is_complete(walk, at)) {
    at = has(walk, at, "MTrk") ? walk_track(walk, at) : skip_chunk(walk, at);
    if (!check_limits(walk, at, error))
      return false;
  }
  if (at < walk->size)
    walk->mends |= PARTITA_MEND_TRAILING;
  if (walk->spans->len == 0) {
    g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_BROKEN,
                "byte %zu: no track in the file", at);
    return false;
  }
  check_format(walk);
  return true;
}

static bool
walk_file(PartitaMidiWalk *walk,
          const uint8_t *data,
          size_t size,
          bool whole,
          GError **error)
{
  *walk = (PartitaMidiWalk){.data = data, .size = size, .whole = whole};
  walk->spans = g_array_new(FALSE, FALSE, sizeof(PartitaMidiSpan));
  walk->tempos = g_array_new(FALSE, FALSE, sizeof(PartitaTempo));
  walk->meters = g_array_new(FALSE, FALSE, sizeof(PartitaMidiMeter));

  const size_t at = begin(walk, error);

  if (at == 0)
    return false;
  // Most events take three or four bytes.
  walk->room = (uint32_t)MIN(size / 3, PARTITA_MIDI_EVENTS_MAX) + 1;
  walk->events = g_new(PartitaMidiEvent, walk->room);
  if (!walk_chunks(walk, at, error))
    return false;
  partita_midi_walk_settle(walk);
  return true;
}

bool
partita_midi_walk(PartitaMidiWalk *walk,
                  const uint8_t *data,
                  size_t size,
                  GError **error)
{
  return walk_file(walk, data, size, false, error);
}

bool
partita_midi_walk_whole(PartitaMidiWalk *walk,
                        const uint8_t *data,
                        size_t size,
                        GError **error)
{
  return walk_file(walk, data, size, true, error);
}
