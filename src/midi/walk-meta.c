// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Metas: which are kept, and with what contents; and how ours are written. */

#include <midi/walk-private.h>

#include <string.h>

/// The denominator is a power of two, at most 2^6 = 64.
#define DENOMINATOR_LOG_MAX 6

/// The length that the standard gives a meta; -1: any.
static int
legal_length(uint8_t type)
{
  switch (type) {
  case PARTITA_MIDI_META_END:
    return 0;
  case PARTITA_MIDI_META_CHANNEL:
  case PARTITA_MIDI_META_PORT:
    return 1;
  case PARTITA_MIDI_META_SEQUENCE:
  case PARTITA_MIDI_META_KEY:
    return 2;
  case PARTITA_MIDI_META_TEMPO:
    return 3;
  case PARTITA_MIDI_META_METER:
    return 4;
  case PARTITA_MIDI_META_OFFSET:
    return 5;
  default:
    return -1;
  }
}

static bool
take_tempo(PartitaMidiWalk *walk, uint32_t tick, const uint8_t *contents)
{
  const PartitaTempo tempo = {
    tick,
    (uint32_t)contents[0] << 16 | (uint32_t)contents[1] << 8 | contents[2],
  };

  if (walk->smpte_us == 0 && tempo.us_per_quarter > 0)
    g_array_append_val(walk->tempos, tempo);
  return tempo.us_per_quarter > 0;
}

static bool
take_meter(PartitaMidiWalk *walk, uint32_t tick, const uint8_t *contents)
{
  PartitaMidiMeter meter = {.tick = tick};

  if (contents[0] == 0 || contents[1] > DENOMINATOR_LOG_MAX)
    return false;
  memcpy(meter.bytes, contents, sizeof meter.bytes);
  g_array_append_val(walk->meters, meter);
  return true;
}

static bool
is_sane(uint8_t type, const uint8_t *contents)
{
  switch (type) {
  case PARTITA_MIDI_META_CHANNEL:
    return contents[0] < 16;
  case PARTITA_MIDI_META_PORT:
    return contents[0] < 128;
  case PARTITA_MIDI_META_KEY:
    return (int8_t)contents[0] >= -7 && (int8_t)contents[0] <= 7 &&
           contents[1] <= 1;
  default:
    return type < 128;
  }
}

static bool
is_text(uint8_t type)
{
  return type >= PARTITA_MIDI_META_TEXT_FIRST &&
         type <= PARTITA_MIDI_META_TEXT_LAST;
}

/* The longest beginning of @n bytes that a meta may hold; a text in UTF-8 is
 * not cut within a character. */
static size_t
cut(const uint8_t *contents, size_t n, bool text)
{
  size_t most = MIN(n, PARTITA_MIDI_TEXT_MAX);

  if (text && most < n &&
      g_utf8_validate((const char *)contents, (gssize)n, NULL)) {
    while (most > 0 && (contents[most] & 0xC0) == 0x80)
      --most;
  }
  return most;
}

/* A text too long for the meta's length byte is cut, which is no fault of the
 * file. */
static bool
take_other(
  PartitaMidiWalk *walk, uint32_t tick, uint8_t type, size_t at, size_t n)
{
  const uint8_t *contents = walk->data + at;
  const size_t most = cut(contents, n, is_text(type));

  if (!is_sane(type, contents))
    return false;
  *partita_midi_walk_add(walk) = (PartitaMidiEvent){
    .tick = tick,
    .at = (uint32_t)at,
    .bytes = {0xFF, type, (uint8_t)most},
  };
  return true;
}

/// In a whole walk what is not read of music is kept all the same.
static void
keep_unread(PartitaMidiWalk *walk, uint32_t tick, uint8_t type, size_t at)
{
  *partita_midi_walk_add(walk) = (PartitaMidiEvent){
    .tick = tick,
    .at = (uint32_t)at,
    .bytes = {PARTITA_MIDI_UNREAD, type},
  };
}

void
partita_midi_walk_meta(
  PartitaMidiWalk *walk, uint32_t tick, uint8_t type, size_t at, size_t n)
{
  const int legal = legal_length(type);
  const uint32_t n_events = walk->n_events;
  bool ok = legal < 0 || n == (size_t)legal;

  if (legal >= 0 && n < (size_t)legal) {
    ok = false;
  } else if (type != PARTITA_MIDI_META_END) {
    const size_t used = legal >= 0 ? (size_t)legal : n;

    if (type == PARTITA_MIDI_META_TEMPO)
      ok &= take_tempo(walk, tick, walk->data + at);
    else if (type == PARTITA_MIDI_META_METER)
      ok &= take_meter(walk, tick, walk->data + at);
    else
      ok &= take_other(walk, tick, type, at, used);
  }
  if (!ok)
    walk->mends |= PARTITA_MEND_META;
  if (walk->whole && walk->n_events == n_events && type < 128 &&
      type != PARTITA_MIDI_META_END)
    keep_unread(walk, tick, type, at);
}

void
partita_midi_pack_tempo(PartitaTempo tempo, uint8_t contents[3])
{
  contents[0] = (uint8_t)(tempo.us_per_quarter >> 16);
  contents[1] = (uint8_t)(tempo.us_per_quarter >> 8);
  contents[2] = (uint8_t)tempo.us_per_quarter;
}

void
partita_midi_pack_meter(PartitaMeter meter, uint8_t contents[4])
{
  contents[0] = meter.numerator;
  contents[1] = (uint8_t)g_bit_nth_lsf(meter.denominator, -1);
  contents[2] = 24; // MIDI clocks a click, which is a quarter
  contents[3] = 8;  // 32nds a quarter
}

void
partita_midi_pack_key(PartitaKey key, uint8_t contents[2])
{
  contents[0] = (uint8_t)key.sharps;
  contents[1] = key.minor ? 1 : 0;
}

void
partita_midi_pack_mark(PartitaMidiMark mark,
                       uint8_t contents[PARTITA_MIDI_MARK_SIZE + 1])
{
  memcpy(contents, PARTITA_MIDI_MARK, PARTITA_MIDI_MARK_SIZE);
  contents[PARTITA_MIDI_MARK_SIZE] = (uint8_t)mark;
}
