// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A file that is written again with some notes taken out and others put in.
 * Its events are those of a whole walk; the notes of its score are matched to
 * the events that make them, and what is new is put between them. A row is a
 * track of the file, to tell it from the tracks of a score. */

#ifndef PARTITA_MIDI_REWRITE_PRIVATE_H
#define PARTITA_MIDI_REWRITE_PRIVATE_H

#include <midi/read-private.h>

#define PARTITA_MIDI_NONE UINT32_MAX

/// What becomes of an event of the file; bits of a set.
enum {
  PARTITA_MIDI_EVENT_DROPPED = 1,
  PARTITA_MIDI_EVENT_CLAIMED = 2 ///< a release that ends a note of the score
};

/// A note of the file's score, and the events that make it.
typedef struct {
  PartitaNote note;
  uint32_t on;  ///< its event, or %PARTITA_MIDI_NONE: it was not found
  uint32_t off; ///< the release that ends it, or %PARTITA_MIDI_NONE: another
                ///< event does, or the end of the row
  uint32_t row;
  uint16_t strip;
  uint8_t channel;
  bool gone; ///< it is not in the score to be written, or elsewhere
} PartitaMidiSound;

/// Where an event goes among those that the file has at its tick.
typedef enum {
  PARTITA_MIDI_ORDER_RELEASE, ///< before them
  PARTITA_MIDI_ORDER_CHANGE,  ///< behind them
  PARTITA_MIDI_ORDER_ONSET,   ///< behind these
  PARTITA_MIDI_ORDER_END
} PartitaMidiOrder;

/// An event that is put into a row.
typedef struct {
  uint32_t tick;
  uint8_t order;
  uint8_t n;
  uint8_t bytes[14];
} PartitaMidiInsert;

/// A row to be written: one of the file, or a new one.
typedef struct {
  GArray *inserts; ///< PartitaMidiInsert
  uint32_t behind; ///< the row that a new one follows, or %PARTITA_MIDI_NONE:
                   ///< the last
  size_t track;    ///< of the score, that a new row belongs to
  uint16_t strip;  ///< of a new row
} PartitaMidiRow;

/// The times at which one key of one channel of a row sounds.
typedef struct {
  GArray *given; ///< Span, in order of onset
  GArray *added; ///< the same
  bool touched;  ///< notes were taken out or put in, or must be released
} PartitaMidiSlot;

typedef struct {
  const PartitaMidiWalk *walk;
  const PartitaMidiScan *scan;
  const PartitaScore *old;   ///< of the file
  const PartitaScore *score; ///< to be written
  uint32_t until;
  GArray *parts;     ///< PartitaMidiPart: of the tracks of @old
  GArray *sounds;    ///< PartitaMidiSound: by part, in the order of its notes
  guint *first;      ///< shape [parts + 1]: the first sound of each
  uint8_t *fates;    ///< shape [events]
  GPtrArray *rows;   ///< PartitaMidiRow: those of the file, then new ones
  GHashTable *slots; ///< by partita_midi_slot_key() to PartitaMidiSlot
  bool *used;        ///< shape [%PARTITA_MIDI_STRIPS]
} PartitaMidiRewriter;

static inline gpointer
partita_midi_slot_key(uint32_t row, unsigned channel, unsigned pitch)
{
  return GUINT_TO_POINTER(1 + (row << 11 | channel << 7 | pitch));
}

/// The group of a row of the file, as of PartitaMidiLabel.
static inline uint32_t
partita_midi_rewrite_group(const PartitaMidiRewriter *rewriter, uint32_t row)
{
  return g_array_index(rewriter->scan->labels, PartitaMidiLabel, row).group;
}

/* rewrite-match.c */

/// Finds the events of each sound.
void
partita_midi_rewrite_match(PartitaMidiRewriter *rewriter);

/* rewrite-place.c */

/// The slot of a key; made if it is not there.
PartitaMidiSlot *
partita_midi_rewrite_slot(PartitaMidiRewriter *rewriter,
                          uint32_t row,
                          unsigned channel,
                          unsigned pitch);

void
partita_midi_slot_free(void *slot);

void
partita_midi_row_free(void *row);

/// A row of the file, without inserts.
PartitaMidiRow *
partita_midi_row_new(void);

void
partita_midi_row_insert(PartitaMidiRow *row,
                        uint32_t tick,
                        PartitaMidiOrder order,
                        const uint8_t *bytes,
                        size_t n);

/// Inserts a meta of at most 11 bytes.
void
partita_midi_row_insert_meta(PartitaMidiRow *row,
                             uint32_t tick,
                             PartitaMidiOrder order,
                             uint8_t type,
                             const void *contents,
                             size_t n);

/// Inserts a mark of our own files.
void
partita_midi_row_insert_mark(PartitaMidiRow *row,
                             uint32_t tick,
                             PartitaMidiOrder order,
                             PartitaMidiMark mark);

/// Notes when the keys of the given sounds that stay are down.
void
partita_midi_rewrite_occupy(PartitaMidiRewriter *rewriter);

/**
 * partita_midi_rewrite_place:
 * @track: of the score that it belongs to
 * @apart: it must not go into the file's own rows
 *
 * Puts a note into a row where its key is free, a new one if need be.
 *
 * Returns: false if no channel is left
 */
bool
partita_midi_rewrite_place(PartitaMidiRewriter *rewriter,
                           size_t track,
                           const PartitaNote *note,
                           bool apart);

/// Whether a given note of @slot that stays begins at @tick.
bool
partita_midi_slot_strikes(const PartitaMidiSlot *slot, uint32_t tick);

/* rewrite-settle.c */

/// After all notes have their places: ends given notes that new events would
/// end otherwise, and drops releases that would end new notes.
void
partita_midi_rewrite_settle(PartitaMidiRewriter *rewriter);

/// Puts in tempos, metres, keys and the mark of our own files.
void
partita_midi_rewrite_conduct(PartitaMidiRewriter *rewriter);

/* rewrite-bytes.c */

/// (transfer full)
GBytes *
partita_midi_rewrite_bytes(const PartitaMidiRewriter *rewriter);

#endif
