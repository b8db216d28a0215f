// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_READ_PRIVATE_H
#define PARTITA_MIDI_READ_PRIVATE_H

#include <midi/walk-private.h>

/* A strip is one channel of one port: port * 16 + channel. */
#define PARTITA_MIDI_STRIPS (128 * 16)
#define PARTITA_MIDI_DRUM_CHANNEL 9

/// Something that holds for a strip from here on, such as its program.
typedef struct {
  uint32_t tick;
  uint32_t event; // its number in the walk, which tells the track too
  uint32_t place; // the strip; of a list by track: track * STRIPS + strip
  uint8_t value;
} PartitaMidiChange;

/// Where a note stands, to tell what holds for it.
typedef struct {
  uint32_t tick;
  uint32_t event;
  uint32_t track_end; // number of the first event behind the note's track
} PartitaMidiMoment;

/// What a track says of itself.
typedef struct {
  const PartitaMidiEvent *name; // its first, or NULL
  int mark;                     // PartitaMidiMark, or -1
  uint32_t group;               // the track whose lane this one is, or itself
} PartitaMidiLabel;

/// All that must be known of every track before notes are read. The lists of
/// changes are by place, then in order of time.
typedef struct {
  GArray *programs;     // PartitaMidiChange, of all tracks
  GArray *own_programs; // the same ones by track
  GArray *guides;       // those of tracks that have no notes on their strip
  GArray *pedals;       // PartitaMidiChange; 1: down
  GArray *silences;     // PartitaMidiChange: all notes of a strip are to end
  GArray *resets;       // PartitaMidiChange; a PartitaMidiSystem, by port * 16
  GArray *modes;        // PartitaMidiChange; 1: a strip plays drums
  GArray *keys;         // PartitaKey, in order of time
  GArray *labels;       // PartitaMidiLabel, one a track
  uint8_t lowest[PARTITA_MIDI_STRIPS]; // key struck, 127 if there is none
  uint8_t highest[PARTITA_MIDI_STRIPS];
  uint32_t most_onsets; // at most so many notes in a track
  uint32_t end_ticks;
  bool own; // written by us: ends at own_end_ticks
  uint32_t own_end_ticks;
} PartitaMidiScan;

/// Which maker's rules hold, by the last message that resets the instrument.
typedef enum {
  PARTITA_MIDI_SYSTEM_NONE,
  PARTITA_MIDI_SYSTEM_GM,
  PARTITA_MIDI_SYSTEM_GM2,
  PARTITA_MIDI_SYSTEM_GS,
  PARTITA_MIDI_SYSTEM_XG
} PartitaMidiSystem;

/// The PartitaMidiMark that @event is, or -1.
int
partita_midi_take_mark(const PartitaMidiWalk *walk,
                       const PartitaMidiEvent *event);

void
partita_midi_scan(PartitaMidiScan *scan, const PartitaMidiWalk *walk);

void
partita_midi_scan_clear(PartitaMidiScan *scan);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaMidiScan, partita_midi_scan_clear)

/// Enters what a sysex says of a reset or of drums on a strip of @port.
void
partita_midi_scan_sysex(PartitaMidiScan *scan,
                        const PartitaMidiWalk *walk,
                        uint32_t index,
                        unsigned port);

/**
 * partita_midi_settle_banks:
 * @banks: PartitaMidiChange, the values of controller 0
 *
 * Adds to the modes of @scan, whose resets are sorted, what @banks make of
 * strips. Some banks hold drums; which ones depends on the system.
 */
void
partita_midi_settle_banks(PartitaMidiScan *scan, const GArray *banks);

/// Whether @strip plays drums at @moment; @until is set to a tick before
/// which that does not change, if it is the less.
bool
partita_midi_plays_drums(const PartitaMidiScan *scan,
                         uint32_t strip,
                         const PartitaMidiMoment *moment,
                         uint32_t *until);

/**
 * partita_midi_find_program:
 *
 * The program of a note on @strip in @track. A track that has said its own
 * keeps to it, whatever another track with notes says of the same strip: many
 * programs write all their tracks to channel 1. Else the last one of any track
 * holds, one at the tick of the note included.
 */
uint8_t
partita_midi_find_program(const PartitaMidiScan *scan,
                          uint32_t track,
                          uint32_t strip,
                          const PartitaMidiMoment *moment,
                          uint32_t *until);

/// Puts PartitaMidiChange into their order; mostly they come in it.
void
partita_midi_sort_changes(GArray *changes);

/**
 * partita_midi_next_change:
 *
 * Returns: the number of the first change in @changes of @place at or after
 * event @event at @tick, or of a later place
 */
guint
partita_midi_next_change(const GArray *changes,
                         uint32_t place,
                         uint32_t tick,
                         uint32_t event);

/**
 * partita_midi_find_change:
 * @until: (inout): lowered to the tick of the next change
 *
 * Returns: (transfer none) (nullable): the last change of @place that holds at
 * @moment: those before it in its own track, and those of other tracks up to
 * its tick
 */
const PartitaMidiChange *
partita_midi_find_change(const GArray *changes,
                         uint32_t place,
                         const PartitaMidiMoment *moment,
                         uint32_t *until);

/// What must be known of a note beside itself.
typedef struct {
  uint32_t part;          // for the caller
  uint32_t strip;         // that it sounds on
  uint32_t most_ticks;    // its length if nobody ends it; 0: it rings on
  uint32_t next;          // note of its run, or UINT32_MAX
  uint32_t release_ticks; // the release of its number in the run, or UINT32_MAX
} PartitaMidiStrike;

/// The notes of a track, in the order of onsets, and those that sound; a slot
/// is channel * 128 + pitch.
typedef struct {
  PartitaNote *notes; // without length: nobody ends it
  PartitaMidiStrike *strikes;
  uint32_t n_notes;
  uint32_t n_open;               // runs
  const GArray *silences;        // PartitaMidiScan's
  uint32_t first[16 * 128];      // note of the run that sounds, or UINT32_MAX
  uint32_t last[16 * 128];       // note of it
  uint32_t unreleased[16 * 128]; // the first of it without a release
} PartitaMidiKeys;

void
partita_midi_keys_init(PartitaMidiKeys *keys, const PartitaMidiScan *scan);

void
partita_midi_keys_clear(PartitaMidiKeys *keys);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaMidiKeys, partita_midi_keys_clear)

/// Begins a note; of @strike, part, strip and most_ticks count.
void
partita_midi_keys_strike(PartitaMidiKeys *keys,
                         unsigned slot,
                         PartitaMidiStrike strike,
                         PartitaNote note);

/// Returns whether the key of @slot sounded.
bool
partita_midi_keys_release(PartitaMidiKeys *keys, unsigned slot, uint32_t tick);

/// Ends what can be ended at the end of a track. Returns whether every note
/// had a release of its own.
bool
partita_midi_keys_end(PartitaMidiKeys *keys);

/// A track of the score, by where its notes come from.
typedef struct {
  PartitaTrack *track;
  uint32_t group; // the track of the file; of several lanes the first
  uint32_t strip; // of a marked track that of its first lane
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
