// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Which channels play drums. By the standard it is channel 10; the makers'
 * own rules make drums of others, and instruments of channel 10:
 *
 *   GS  F0 41 dev 42 12 40 1x 15 vv: "use for rhythm part", vv 0 for no
 *   XG  bank 127 or 126; F0 43 1n 4C 08 part 07 vv: part mode, vv 0 for no
 *   GM2 bank 120 for drums, 121 for instruments
 *
 * In GS, bank 127 is an older instrument's and holds no drums. Messages that
 * reset the instrument put all back, and say which rules hold. */

#include <midi/read-private.h>

#include <string.h>

/// Whether a message begins with @pattern; 0x100 stands for any byte.
static bool
is_like(const uint8_t *bytes, size_t n, const uint16_t *pattern, size_t length)
{
  if (n < length)
    return false;
  for (size_t i = 0; i < length; ++i) {
    if (pattern[i] < 0x100 && bytes[i] != pattern[i])
      return false;
  }
  return true;
}

#define IS_LIKE(...)                                                           \
  is_like(bytes, n, (const uint16_t[]){__VA_ARGS__},                           \
          G_N_ELEMENTS(((const uint16_t[]){__VA_ARGS__})))

static int
find_reset(const uint8_t *bytes, size_t n)
{
  if (IS_LIKE(0x7E, 0x100, 0x09, 0x01) || IS_LIKE(0x7E, 0x100, 0x09, 0x02))
    return PARTITA_MIDI_SYSTEM_GM;
  if (IS_LIKE(0x7E, 0x100, 0x09, 0x03))
    return PARTITA_MIDI_SYSTEM_GM2;
  if (IS_LIKE(0x41, 0x100, 0x42, 0x12, 0x40, 0x00, 0x7F) ||
      IS_LIKE(0x41, 0x100, 0x42, 0x12, 0x00, 0x00, 0x7F))
    return PARTITA_MIDI_SYSTEM_GS;
  if (IS_LIKE(0x43, 0x100, 0x4C, 0x00, 0x00, 0x7E))
    return PARTITA_MIDI_SYSTEM_XG;
  return -1;
}

/// GS counts its parts from channel 10, then 1 to 9, then 11 to 16.
static unsigned
gs_channel(unsigned part)
{
  return part == 0 ? PARTITA_MIDI_DRUM_CHANNEL : part <= 9 ? part - 1 : part;
}

void
partita_midi_scan_sysex(PartitaMidiScan *scan,
                        const PartitaMidiWalk *walk,
                        uint32_t index,
                        unsigned port)
{
  const PartitaMidiEvent *event = &walk->events[index];
  size_t n = 0;
  const uint8_t *bytes = partita_midi_walk_sysex(walk, event, &n);
  const int system = find_reset(bytes, n);
  PartitaMidiChange change = {
    .tick = event->tick, .event = index, .place = port * 16};

  if (system >= 0) {
    change.value = (uint8_t)system;
    g_array_append_val(scan->resets, change);
    return;
  }
  if (IS_LIKE(0x41, 0x100, 0x42, 0x12, 0x40, 0x100, 0x15, 0x100) &&
      (bytes[5] & 0xF0) == 0x10) {
    change.place += gs_channel(bytes[5] & 0x0Fu);
    change.value = bytes[7] != 0;
    g_array_append_val(scan->modes, change);
  } else if (IS_LIKE(0x43, 0x100, 0x4C, 0x08, 0x100, 0x07, 0x100) &&
             bytes[4] < 16) {
    change.place += bytes[4];
    change.value = bytes[6] != 0;
    g_array_append_val(scan->modes, change);
  }
}

/* Keys that drum parts keep to, where it must be told from the notes. Without a
 * system, bank 127 is that of GS in some files and that of XG in others; and
 * some drum parts of XG files ask for bank 0. */
#define KIT_LOWEST 13
#define KIT_HIGHEST 64

static bool
is_like_kit(const PartitaMidiScan *scan, uint32_t strip)
{
  return scan->lowest[strip] >= KIT_LOWEST &&
         scan->highest[strip] <= KIT_HIGHEST;
}

/// 1: the bank holds drums; 0: instruments; -1: it says nothing of that.
static int
judge_bank(PartitaMidiSystem system, bool tenth, bool like_kit, unsigned bank)
{
  switch (system) {
  case PARTITA_MIDI_SYSTEM_GS:
    return -1;
  case PARTITA_MIDI_SYSTEM_XG:
    return bank == 127 || bank == 126 ? 1 : tenth && like_kit ? -1 : 0;
  case PARTITA_MIDI_SYSTEM_GM2:
    return bank == 120 ? 1 : tenth && bank != 121 ? -1 : 0;
  case PARTITA_MIDI_SYSTEM_NONE:
  case PARTITA_MIDI_SYSTEM_GM:
  default:
    return (bank == 127 && like_kit) || bank == 120 ? 1 : tenth ? -1 : 0;
  }
}

static PartitaMidiSystem
find_system(const PartitaMidiScan *scan, const PartitaMidiChange *change)
{
  const PartitaMidiMoment moment = {change->tick, change->event, change->event};
  uint32_t until = 0;
  const PartitaMidiChange *reset = partita_midi_find_change(
    scan->resets, change->place / 16 * 16, &moment, &until);

  return reset != NULL ? (PartitaMidiSystem)reset->value
                       : PARTITA_MIDI_SYSTEM_NONE;
}

/* A bank of instruments takes back what a bank of drums has done to a channel,
 * not what a sysex has; it is what makes an instrument of channel 10. */
void
partita_midi_settle_banks(PartitaMidiScan *scan, const GArray *banks)
{
  uint32_t place = UINT32_MAX;
  bool drums = false;

  for (guint i = 0; i < banks->len; ++i) {
    PartitaMidiChange change = g_array_index(banks, PartitaMidiChange, i);
    const bool tenth = change.place % 16 == PARTITA_MIDI_DRUM_CHANNEL;
    const int now = judge_bank(find_system(scan, &change), tenth,
                               is_like_kit(scan, change.place), change.value);

    if (change.place != place)
      drums = tenth;
    place = change.place;
    if (now < 0 || (now == 0 && !drums))
      continue;
    drums = now == 1;
    change.value = drums;
    g_array_append_val(scan->modes, change);
  }
}
