// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_WALK_PRIVATE_H
#define PARTITA_MIDI_WALK_PRIVATE_H

#include <partita/midi.h>

/// Types of metas.
enum {
  PARTITA_MIDI_META_SEQUENCE = 0x00,
  PARTITA_MIDI_META_TEXT_FIRST = 0x01,
  PARTITA_MIDI_META_NAME = 0x03,
  PARTITA_MIDI_META_TEXT_LAST = 0x0F,
  PARTITA_MIDI_META_CHANNEL = 0x20,
  PARTITA_MIDI_META_PORT = 0x21,
  PARTITA_MIDI_META_END = 0x2F,
  PARTITA_MIDI_META_TEMPO = 0x51,
  PARTITA_MIDI_META_OFFSET = 0x54,
  PARTITA_MIDI_META_METER = 0x58,
  PARTITA_MIDI_META_KEY = 0x59,
  PARTITA_MIDI_META_OWN = 0x7F // a program's own
};

/// One event of the input, already legal.
typedef struct {
  uint32_t tick;    // from the start of the piece; at most TICK_MAX + 1
  uint32_t at;      // where a meta's contents lie in the input, or a SysEx's
  uint8_t bytes[3]; // status and data; of a meta: FF, type, length; of a
                    // SysEx: F0 or F7, a PartitaMidiSysex
} PartitaMidiEvent;

/* Status of a meta that only a whole walk keeps: a tempo, a metre, or one of
 * wrong length or value. Nobody who reads music looks at it. */
#define PARTITA_MIDI_UNREAD 0xF8

/// What stands where the event of a SysEx points to.
typedef enum {
  PARTITA_MIDI_SYSEX_SIZED, ///< its length, then its bytes
  PARTITA_MIDI_SYSEX_CLOSED ///< bytes up to an F7: its length was wrong
} PartitaMidiSysex;

typedef struct {
  uint32_t tick;
  uint8_t bytes[4]; // contents of an FF 58
} PartitaMidiMeter;

/// One track: a run of the events.
typedef struct {
  uint32_t first;
  uint32_t n;
  uint32_t end_ticks;
} PartitaMidiSpan;

/// What a walk through the input has found.
typedef struct {
  const uint8_t *data;
  size_t size;
  unsigned mends;
  bool whole; // events are all there are: also SysEx, tempos and metres
  uint16_t format;
  uint16_t n_declared; // tracks, by the header
  uint16_t ppq;
  uint32_t smpte_us;    // microseconds a quarter of SMPTE time; 0: musical
  uint32_t start_ticks; // of the track being walked
  size_t n_met;         // events of all kinds
  bool broken;          // a track did not end where and as it should
  PartitaMidiEvent *events;
  uint32_t n_events;
  uint32_t room;  // for so many events
  GArray *spans;  // PartitaMidiSpan
  GArray *tempos; // PartitaTempo
  GArray *meters; // PartitaMidiMeter
} PartitaMidiWalk;

/// The place in a track.
typedef struct {
  uint64_t ticks; // from the start of the track
  uint8_t running;
  bool ended; // by an End-Of-Track
} PartitaMidiCursor;

/**
 * partita_midi_walk:
 * @walk: (out caller-allocates): to be cleared even after an error
 * @data: any bytes at all, which must outlive @walk
 *
 * Walks every chunk and event, mends what can be mended, and settles what may
 * stand anywhere in a file: afterwards all events are legal and within the
 * limits, tempos and metres are in order, one a tick, and every track ends
 * where its span says, not before its last event.
 */
bool
partita_midi_walk(PartitaMidiWalk *walk,
                  const uint8_t *data,
                  size_t size,
                  GError **error);

/**
 * partita_midi_walk_whole:
 *
 * The same, and every event of the input that is well formed stands among the
 * events: SysEx too, and tempos, metres and wrong metas
 * (%PARTITA_MIDI_UNREAD).
 */
bool
partita_midi_walk_whole(PartitaMidiWalk *walk,
                        const uint8_t *data,
                        size_t size,
                        GError **error);

void
partita_midi_walk_clear(PartitaMidiWalk *walk);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaMidiWalk, partita_midi_walk_clear)

/**
 * partita_midi_walk_events:
 *
 * Collects the events in [@at, @end) up to the End-Of-Track.
 *
 * Returns: the first byte not understood: after the End-Of-Track, @end, or the
 * beginning of an event that does not fit
 */
size_t
partita_midi_walk_events(PartitaMidiWalk *walk,
                         PartitaMidiCursor *cursor,
                         size_t at,
                         size_t end);

/// Reads a variable-length quantity that the walk found to fit; returns what
/// follows it.
size_t
partita_midi_walk_quantity(const PartitaMidiWalk *walk,
                           size_t at,
                           uint32_t *value);

/**
 * partita_midi_walk_sysex:
 * @event: whose status is F0 or F7
 * @n: (out): how many bytes
 *
 * Returns: (transfer none): what stands in the file behind the status and the
 * length, mostly with an F7 at its end
 */
const uint8_t *
partita_midi_walk_sysex(const PartitaMidiWalk *walk,
                        const PartitaMidiEvent *event,
                        size_t *n);

/// Enters one meta whose contents, @n bytes, lie at @at.
void
partita_midi_walk_meta(
  PartitaMidiWalk *walk, uint32_t tick, uint8_t type, size_t at, size_t n);

/// Room for more events.
void
partita_midi_walk_grow(PartitaMidiWalk *walk);

/// The place of one more event, to be filled in.
static inline PartitaMidiEvent *
partita_midi_walk_add(PartitaMidiWalk *walk)
{
  if (walk->n_events == walk->room)
    partita_midi_walk_grow(walk);
  return &walk->events[walk->n_events++];
}

/// The tick of the piece where @cursor stands.
static inline uint32_t
partita_midi_walk_tick(const PartitaMidiWalk *walk,
                       const PartitaMidiCursor *cursor)
{
  return (uint32_t)MIN(walk->start_ticks + cursor->ticks,
                       (uint64_t)PARTITA_TICK_MAX + 1);
}

/// Puts tempos and metres in order and cuts all at the limits.
void
partita_midi_walk_settle(PartitaMidiWalk *walk);

/// The last tick that is within the limits of time under @tempos (in order).
uint32_t
partita_midi_limit(const PartitaTempo *tempos, size_t n, uint16_t ppq);

/* Our own mark, an FF 7F of the manufacturer "educational use": a file that
 * carries it was written by us and reads back as it was. */
#define PARTITA_MIDI_MARK "\x7dpartita"
#define PARTITA_MIDI_MARK_SIZE 8

/// The byte after the mark.
typedef enum {
  PARTITA_MIDI_MARK_END = 0,   ///< in track 1, where the piece ends
  PARTITA_MIDI_MARK_TRACK = 1, ///< a track of the score
  PARTITA_MIDI_MARK_LANE = 2   ///< more notes of the track before
} PartitaMidiMark;

/* Contents of metas, as they are written. */

void
partita_midi_pack_tempo(PartitaTempo tempo, uint8_t contents[3]);

void
partita_midi_pack_meter(PartitaMeter meter, uint8_t contents[4]);

void
partita_midi_pack_key(PartitaKey key, uint8_t contents[2]);

void
partita_midi_pack_mark(PartitaMidiMark mark,
                       uint8_t contents[PARTITA_MIDI_MARK_SIZE + 1]);

#define PARTITA_MIDI_TEXT_MAX 127

/// Greatest delta time: four bytes of seven bits.
#define PARTITA_MIDI_DELTA_MAX 0x0FFFFFFFu

#endif
