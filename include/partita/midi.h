// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_H
#define PARTITA_MIDI_H

#include <partita/message.h>
#include <partita/score.h>

G_BEGIN_DECLS

#define PARTITA_MIDI_ERROR (partita_midi_error_quark())

typedef enum {
  PARTITA_MIDI_ERROR_NOT_MIDI, ///< no MThd chunk where one must be
  PARTITA_MIDI_ERROR_TOO_BIG,  ///< past a limit below
  PARTITA_MIDI_ERROR_BROKEN,   ///< nothing left to read after mending
  PARTITA_MIDI_ERROR_READ,     ///< the file cannot be opened or read
  PARTITA_MIDI_ERROR_WRITE     ///< the file cannot be written
} PartitaMidiError;

PARTITA_API GQuark
partita_midi_error_quark(void);

/* Limits: work and memory are linear in the size of the file. A file past one
 * of the first four is refused, larger ones from their size alone; time beyond
 * the last is cut off. Instruments are tracks of a score. */
#define PARTITA_MIDI_BYTES_MAX (16u << 20)
#define PARTITA_MIDI_EVENTS_MAX 1000000u
#define PARTITA_MIDI_TRACKS_MAX 512u
#define PARTITA_MIDI_INSTRUMENTS_MAX 32768u
#define PARTITA_MIDI_SECONDS_MAX (24u * 3600u)

/// What was wrong with a file and is mended; bits of a set.
typedef enum {
  PARTITA_MEND_NONE = 0,
  PARTITA_MEND_RIFF = 1 << 0,            ///< a RIFF wrapper taken off
  PARTITA_MEND_LEADING = 1 << 1,         ///< bytes before MThd skipped
  PARTITA_MEND_HEADER = 1 << 2,          ///< header of odd length or contents
  PARTITA_MEND_TRACK_COUNT = 1 << 3,     ///< other than declared
  PARTITA_MEND_ALIEN_CHUNK = 1 << 4,     ///< chunks of other types skipped
  PARTITA_MEND_TRUNCATED = 1 << 5,       ///< the file ends within a chunk
  PARTITA_MEND_TRAILING = 1 << 6,        ///< bytes after the last chunk
  PARTITA_MEND_NO_END_OF_TRACK = 1 << 7, ///< End-Of-Track added
  PARTITA_MEND_BAD_EVENT = 1 << 8,       ///< events that make no sense dropped
  PARTITA_MEND_BAD_DATA = 1 << 9,        ///< data bytes of 128 and more
  PARTITA_MEND_META = 1 << 10,           ///< metas of wrong length or value
  PARTITA_MEND_SMPTE = 1 << 11,          ///< SMPTE time made musical time
  PARTITA_MEND_FORMAT = 1 << 12,         ///< format contradicts the tracks
  PARTITA_MEND_HANGING_NOTE = 1 << 13,   ///< notes never released are ended
  PARTITA_MEND_ORPHAN_OFF = 1 << 14,     ///< releases of silent keys dropped
  PARTITA_MEND_LONG_TIME = 1 << 15       ///< times beyond the limit cut
} PartitaMend;

/**
 * partita_mend_describe:
 * @mends: a set of #PartitaMend
 *
 * Returns: (transfer full): short names with commas between, such as
 * "truncated,no-end-of-track"; "" for none. Free with g_free().
 */
PARTITA_API char *
partita_mend_describe(unsigned mends);

/**
 * partita_midi_read:
 * @data: any bytes at all
 * @mends: (out) (optional): what was mended
 *
 * Walks every chunk and event of a Standard MIDI File (formats 0, 1, 2, RMID,
 * SMPTE division), mends what can be mended and leaves out what cannot. The
 * tracks of a format 2 file are played one after another. As many tracks as the
 * header declares are read, if they are there and whole; else all that are
 * found. What lies beyond the limit of time or %PARTITA_TICK_MAX is left out; a
 * file past one of the other limits is refused.
 *
 * A key of a track and channel that is struck again ends the note that sounds.
 * Releases end notes in their order; where one was lost, each ends the note
 * struck last. A note never released ends where all notes of its channel are
 * told to (controllers 120 and 123 to 127), else with its track, but not behind
 * the last bar with music; one of a drum lasts a sixteenth at most. Each lasts
 * a tick at least.
 *
 * Programs, drums and the sustain pedal act on their channel and port in all
 * tracks, before the notes of their tick in other tracks; but a track keeps to
 * its own program whatever other tracks with notes say. Channel 10 plays drums,
 * unless the rules of GM2, GS or XG say otherwise, by which other channels do
 * too: banks 127, 126 and 120 as far as they hold for the system that was set,
 * GS' "use for rhythm part", XG's part mode. Where no system was set, bank 127
 * holds drums if all notes of the channel are of keys 13 to 64, as drums are. A
 * tempo said again is none.
 *
 * A name is kept as it stands, up to 127 bytes, and shown as what it most
 * likely is: UTF-8, UTF-16, Shift-JIS, CP1251 or Latin-1.
 *
 * The score ends with the last End-Of-Track or note, but with the bar in which
 * the last note ends if that is more than a bar before: many files go on in
 * silence. A file that partita_midi_write() wrote says where it ends, and that
 * holds.
 *
 * Cost: linear in @size, but for the sorting of tempos, metres, and what acts
 * on channels, where they come out of order.
 *
 * Returns: (transfer full) (nullable): the score, sorted, one track for each
 * (track, port, channel, program) that has notes, in order of appearance; NULL
 * with @error set, whose message begins "byte N: ".
 */
PARTITA_API PartitaScore *
partita_midi_read(const uint8_t *data,
                  size_t size,
                  unsigned *mends,
                  GError **error);

/// Events of a file that are no notes, by kind.
typedef struct {
  size_t pedals;    ///< of the sustain pedal
  size_t others;    ///< of all other controllers
  size_t pressures; ///< of a key or a channel
  size_t bends;     ///< of pitch
} PartitaMidiControls;

/**
 * partita_midi_count_controls:
 * @data: any bytes at all
 * @controls: (out): what partita_midi_read() meets; a score holds only pedals
 *
 * Returns: false with @error set as by partita_midi_read()
 */
PARTITA_API bool
partita_midi_count_controls(const uint8_t *data,
                            size_t size,
                            PartitaMidiControls *controls,
                            GError **error);

/**
 * partita_midi_read_messages:
 * @data: any bytes at all
 *
 * Reads what a synthesiser is to be sent to play the file: every channel
 * message, and what resets it or makes a channel play drums, by the rules of
 * partita_midi_read().
 *
 * Messages of one tick stand in the order of the tracks, but those that only
 * say how notes sound (programs, controllers, bends) before the notes that
 * other tracks begin at that tick. In a file of ours the pedal comes first,
 * then what ends, then what begins, as in a score.
 *
 * Returns: (transfer full) (nullable): #PartitaMessage, in order of time; NULL
 * with @error set as by partita_midi_read()
 */
PARTITA_API GArray *
partita_midi_read_messages(const uint8_t *data, size_t size, GError **error);

/**
 * partita_midi_read_file:
 * @path: of a regular file; FIFOs, devices and folders are refused without
 * being waited for
 *
 * Returns: as partita_midi_read(); the message of @error begins with the path.
 */
PARTITA_API PartitaScore *
partita_midi_read_file(const char *path, unsigned *mends, GError **error);

/**
 * partita_midi_read_file_bytes:
 * @bytes: (out) (transfer full) (nullable): all that stands in the file; NULL
 * on failure
 *
 * The same, and the file itself, for partita_midi_rewrite().
 */
PARTITA_API PartitaScore *
partita_midi_read_file_bytes(const char *path,
                             GBytes **bytes,
                             unsigned *mends,
                             GError **error);

/**
 * partita_midi_rewrite:
 * @given: bytes of a MIDI file
 * @until_ticks: events of the file from this tick on are left out;
 *   %PARTITA_TICK_MAX keeps them all
 * @score: sorted, with as many ticks a quarter as partita_midi_read() gives the
 *   file; its first tracks are those that it gives, in its order, and more may
 *   follow
 *
 * Writes the file again, event for event, and changes in it what differs
 * between its own score and @score: notes that @score has not are taken out,
 * those it has besides are put into the track they belong to, on its channel;
 * tempos, metres and keys it has besides are added. Tracks that follow become
 * tracks of their own on channels that nobody uses, and so does a new note that
 * on its channel would touch a given one of its pitch, or meet another program;
 * and a given one that, among the changed events, would be read otherwise.
 * Given notes without a release get one where they would end elsewhere now.
 * The pedal and a bend that are still on where a track of the file is at its
 * end are taken back before new notes follow.
 *
 * What partita_midi_read() must mend is written as it was understood.
 *
 * Cost: about that of reading the file three times, and twice more for each of
 * the at most eight times that notes must be moved to channels of their own.
 *
 * Returns: (transfer full) (nullable): the bytes; NULL with @error set, also if
 * there would be too much in them to be read again
 */
PARTITA_API GBytes *
partita_midi_rewrite(GBytes *given,
                     uint32_t until_ticks,
                     const PartitaScore *score,
                     GError **error);

/**
 * partita_midi_write:
 *
 * Writes a format 1 file: track 1 holds tempo, metre, keys and the end of the
 * piece, then one track for each track of @score. Notes of one pitch that
 * overlap go to tracks of their own, and instruments beyond the sixteen
 * channels to further ports, so that reading the file gives the same score,
 * tracks without notes, repeated pedals and tempos, the bytes of names and the
 * end included; only names are cut to 127 bytes. To that end each track carries
 * a mark of ours (FF 7F, 7D "partita" and a byte: 0 where the piece ends, 1 a
 * track, 2 more notes of the track before it).
 *
 * A score past the limits above (of MIDI tracks, events, time)
 * is refused with %PARTITA_MIDI_ERROR_TOO_BIG. @score must be sorted.
 *
 * Cost: linear in the number of notes.
 *
 * Returns: (transfer full) (nullable): the bytes; NULL with @error set
 */
PARTITA_API GBytes *
partita_midi_write(const PartitaScore *score, GError **error);

/**
 * partita_midi_write_file:
 *
 * The same to a file, which appears whole or not at all.
 *
 * Returns: false with @error set if it cannot be written; its message begins
 * with the path
 */
PARTITA_API bool
partita_midi_write_file(const PartitaScore *score,
                        const char *path,
                        GError **error);

/**
 * partita_midi_rewrite_file:
 * @given: (nullable): as of partita_midi_rewrite(); NULL writes @score anew
 *
 * Either to a file, as partita_midi_write_file().
 */
PARTITA_API bool
partita_midi_rewrite_file(GBytes *given,
                          uint32_t until_ticks,
                          const PartitaScore *score,
                          const char *path,
                          GError **error);

G_END_DECLS

#endif
