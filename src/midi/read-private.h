// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_READ_PRIVATE_H
#define PARTITA_MIDI_READ_PRIVATE_H

#include <midi/walk-private.h>

/* A strip is one channel of one port: port * 16 + channel. */
#define PARTITA_MIDI_STRIPS (128 * 16)
#define PARTITA_MIDI_DRUM_CHANNEL 9

/// A program or the pedal of a strip changes.
typedef struct {
  uint32_t tick;
  uint32_t event; // its number in the walk, which tells the track too
  uint16_t strip;
  uint8_t value;
} PartitaMidiChange;

/// What a track says of itself.
typedef struct {
  char *name; // nullable
  int mark;   // PartitaMidiMark, or -1
} PartitaMidiLabel;

/// All that must be known of every track before notes are read.
typedef struct {
  GArray *programs;     // PartitaMidiChange, by strip, then in order of time
  GArray *pedals;       // the same
  GArray *keys;         // PartitaKey, in order of time
  GArray *labels;       // PartitaMidiLabel, one a track
  uint32_t most_onsets; // at most so many notes in a track
  uint32_t end_ticks;
  bool own; // written by us: ends at own_end_ticks
  uint32_t own_end_ticks;
} PartitaMidiScan;

void
partita_midi_scan(PartitaMidiScan *scan, const PartitaMidiWalk *walk);

void
partita_midi_scan_clear(PartitaMidiScan *scan);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaMidiScan, partita_midi_scan_clear)

/**
 * partita_midi_next_change:
 *
 * Returns: the number of the first change in @changes of @strip at or after
 * event @event at @tick, or of a later strip
 */
guint
partita_midi_next_change(const GArray *changes,
                         uint16_t strip,
                         uint32_t tick,
                         uint32_t event);

/// A track of the score, by where its notes come from.
typedef struct {
  PartitaTrack *track;
  uint32_t group; // the track of the file; of several lanes the first
  uint16_t strip; // of a marked track that of its first lane
  bool marked;    // written by us
} PartitaMidiPart;

/**
 * partita_midi_read_notes:
 * @parts: (element-type PartitaMidiPart): filled in, one a track of @score
 *
 * Adds tracks, notes and pedals to @score; false with @error set past a limit.
 */
bool
partita_midi_read_notes(PartitaScore *score,
                        const PartitaMidiScan *scan,
                        const PartitaMidiWalk *walk,
                        GArray *parts,
                        unsigned *mends,
                        GError **error);

/**
 * partita_midi_read_walk:
 * @parts: as of partita_midi_read_notes()
 *
 * Returns: (transfer full) (nullable): the score of a walk and its scan, as
 * partita_midi_read()
 */
PartitaScore *
partita_midi_read_walk(const PartitaMidiScan *scan,
                       PartitaMidiWalk *walk,
                       GArray *parts,
                       GError **error);

static inline bool
partita_midi_is_meta(const PartitaMidiEvent *event, uint8_t type)
{
  return event->bytes[0] == 0xFF && event->bytes[1] == type;
}

#endif
