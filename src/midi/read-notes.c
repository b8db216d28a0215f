// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The second pass: notes. */

#include <midi/read-private.h>

#include <string.h>

/* A pedal acts on every track that plays on its channel. That many tracks
 * get it, so that memory stays linear in the size of the file. */
#define PEDAL_SHARES_MAX 8

#define NONE UINT32_MAX

/// What must be known of a note beside itself.
typedef struct {
  guint part;
  uint32_t next; // sounding note of the same channel and pitch, or NONE
} Place;

/// The part of a channel's last note, and the tick up to which it holds.
typedef struct {
  guint part;
  uint32_t until; // 0: there is none
  uint16_t strip;
} Recent;

typedef struct {
  PartitaScore *score;
  const PartitaMidiScan *scan;
  const PartitaMidiWalk *walk;
  GArray *parts;      // PartitaMidiPart
  GHashTable *by_key; // to the index in parts plus 1
  PartitaNote *notes; // of the track being read, in the order of onsets
  Place *places;      // of each of them
  uint32_t n_notes;
  uint32_t n_sounding;
  uint32_t first[2048]; // sounding, by channel * 128 + pitch, or NONE
  uint32_t last[2048];
  Recent recent[16];
  uint32_t group; // the track whose lane this one is, or itself
  bool marked;
  unsigned mends;
} Reader;

static gpointer
make_key(const Reader *reader, uint16_t strip, uint8_t program)
{
  // The lanes of a marked track have channels of their own.
  const unsigned place = reader->marked ? PARTITA_MIDI_STRIPS : strip;

  return GUINT_TO_POINTER(reader->group << 20 | place << 8 | program);
}

static guint
add_part(Reader *reader, gpointer key, uint16_t strip, uint8_t program)
{
  const char *name =
    g_array_index(reader->scan->labels, PartitaMidiLabel, reader->group).name;
  const PartitaMidiPart part = {
    .track = partita_score_add_track(reader->score, program, name),
    .group = reader->group,
    .strip = strip,
    .marked = reader->marked,
  };

  g_array_append_val(reader->parts, part);
  g_hash_table_insert(reader->by_key, key,
                      GUINT_TO_POINTER(reader->parts->len));
  return reader->parts->len - 1;
}

/* The program in force at an event, and the tick at which that may change. */
static uint8_t
find_program(const Reader *reader,
             uint16_t strip,
             uint32_t tick,
             uint32_t event,
             uint32_t *until)
{
  const GArray *programs = reader->scan->programs;
  const PartitaMidiChange *changes =
    (const PartitaMidiChange *)(const void *)programs->data;
  const guint next = partita_midi_next_change(programs, strip, tick, event);

  *until = next < programs->len && changes[next].strip == strip
             ? changes[next].tick
             : UINT32_MAX;
  return next > 0 && changes[next - 1].strip == strip ? changes[next - 1].value
                                                      : 0;
}

static guint
look_up_part(Reader *reader, uint16_t strip, uint32_t tick, uint32_t event)
{
  Recent *recent = &reader->recent[strip % 16];
  uint8_t program = PARTITA_PROGRAM_DRUMS;
  uint32_t until = UINT32_MAX;
  guint part = 0;

  if (strip % 16 != PARTITA_MIDI_DRUM_CHANNEL)
    program = find_program(reader, strip, tick, event, &until);

  const gpointer key = make_key(reader, strip, program);

  part = GPOINTER_TO_UINT(g_hash_table_lookup(reader->by_key, key));
  part = part > 0 ? part - 1 : add_part(reader, key, strip, program);
  *recent = (Recent){part, until, strip};
  return part;
}

static inline guint
find_part(Reader *reader, uint16_t strip, uint32_t tick, uint32_t event)
{
  const Recent *recent = &reader->recent[strip % 16];

  return recent->strip == strip && tick < recent->until
           ? recent->part
           : look_up_part(reader, strip, tick, event);
}

static void
note_on(Reader *reader, guint part, uint32_t tick, const uint8_t *bytes)
{
  const unsigned slot = (bytes[0] & 0x0Fu) * 128u + bytes[1];
  const uint32_t index = reader->n_notes++;

  reader->notes[index] = (PartitaNote){tick, 0, bytes[1], bytes[2]};
  reader->places[index] = (Place){part, NONE};
  if (reader->first[slot] == NONE)
    reader->first[slot] = index;
  else
    reader->places[reader->last[slot]].next = index;
  reader->last[slot] = index;
  ++reader->n_sounding;
}

/// Ends the note of @slot that has sounded longest.
static void
end_first(Reader *reader, unsigned slot, uint32_t tick)
{
  const uint32_t index = reader->first[slot];
  PartitaNote *note = &reader->notes[index];

  // A note without length is heard all the same.
  note->duration_ticks =
    tick > note->onset_ticks ? tick - note->onset_ticks : 1;
  reader->first[slot] = reader->places[index].next;
  --reader->n_sounding;
}

static void
note_off(Reader *reader, uint32_t tick, const uint8_t *bytes)
{
  const unsigned slot = (bytes[0] & 0x0Fu) * 128u + bytes[1];

  if (reader->first[slot] == NONE)
    reader->mends |= PARTITA_MEND_ORPHAN_OFF;
  else
    end_first(reader, slot, tick);
}

static void
end_track(Reader *reader, uint32_t end_ticks)
{
  if (reader->n_sounding > 0)
    reader->mends |= PARTITA_MEND_HANGING_NOTE;
  for (unsigned slot = 0; reader->n_sounding > 0; ++slot) {
    while (reader->first[slot] != NONE)
      end_first(reader, slot, end_ticks);
  }
  for (uint32_t i = 0, n = 0; i < reader->n_notes; i += n) {
    const guint part = reader->places[i].part;

    for (n = 1; i + n < reader->n_notes; ++n) {
      if (reader->places[i + n].part != part)
        break;
    }
    partita_track_add_notes(
      g_array_index(reader->parts, PartitaMidiPart, part).track,
      reader->notes + i, n);
  }
  reader->n_notes = 0;
}

static void
begin_track(Reader *reader, uint32_t index)
{
  const int mark =
    g_array_index(reader->scan->labels, PartitaMidiLabel, index).mark;

  memset(reader->recent, 0, sizeof reader->recent);
  reader->marked = reader->scan->own && mark >= 0;
  if (!reader->marked || mark == PARTITA_MIDI_MARK_TRACK)
    reader->group = index;
}

static void
read_track(Reader *reader, const PartitaMidiSpan *span)
{
  const PartitaMidiEvent *events = reader->walk->events;
  const uint32_t end = span->first + span->n;
  unsigned port = 0;

  for (uint32_t i = span->first; i < end; ++i) {
    const PartitaMidiEvent *event = &events[i];
    const uint8_t *bytes = event->bytes;
    const uint8_t kind = bytes[0] & 0xF0;
    const uint16_t strip = (uint16_t)(port * 16 + (bytes[0] & 0x0Fu));

    if (kind == 0x90 && bytes[2] > 0)
      note_on(reader, find_part(reader, strip, event->tick, i), event->tick,
              bytes);
    else if (kind <= 0x90)
      note_off(reader, event->tick, bytes);
    else if (kind == 0xC0 && reader->marked) // it may have no notes
      (void)look_up_part(reader, strip, event->tick, i + 1);
    else if (partita_midi_is_meta(event, PARTITA_MIDI_META_PORT))
      port = reader->walk->data[event->at];
  }
  end_track(reader, span->end_ticks);
}

static void
add_pedals(const Reader *reader, const PartitaMidiPart *part)
{
  const GArray *pedals = reader->scan->pedals;
  bool down = false;

  for (guint i = partita_midi_next_change(pedals, part->strip, 0, 0);
       i < pedals->len; ++i) {
    const PartitaMidiChange *change =
      &g_array_index(pedals, PartitaMidiChange, i);

    if (change->strip != part->strip)
      break;
    // A score of ours is read back as it was, repetitions and all.
    if (part->marked || (change->value != 0) != down)
      partita_track_add_pedal(part->track,
                              (PartitaPedal){change->tick, change->value != 0});
    down = change->value != 0;
  }
}

static void
read_pedals(const Reader *reader)
{
  g_autofree uint8_t *shares = g_new0(uint8_t, PARTITA_MIDI_STRIPS);

  for (guint i = 0; i < reader->parts->len; ++i) {
    const PartitaMidiPart *part =
      &g_array_index(reader->parts, PartitaMidiPart, i);

    if (shares[part->strip] == PEDAL_SHARES_MAX)
      continue;
    ++shares[part->strip];
    add_pedals(reader, part);
  }
}

static bool
read_tracks(Reader *reader, GError **error)
{
  const GArray *spans = reader->walk->spans;

  memset(reader->first, 0xFF, sizeof reader->first); // NONE everywhere
  for (guint t = 0; t < spans->len; ++t) {
    begin_track(reader, t);
    read_track(reader, &g_array_index(spans, PartitaMidiSpan, t));
    if (reader->parts->len > PARTITA_MIDI_INSTRUMENTS_MAX) {
      g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG,
                  "byte %zu: more than %u instruments", reader->walk->size,
                  PARTITA_MIDI_INSTRUMENTS_MAX);
      return false;
    }
  }
  return true;
}

bool
partita_midi_read_notes(PartitaScore *score,
                        const PartitaMidiScan *scan,
                        const PartitaMidiWalk *walk,
                        GArray *parts,
                        unsigned *mends,
                        GError **error)
{
  g_autoptr(GHashTable) by_key = g_hash_table_new(NULL, NULL);
  g_autofree PartitaNote *notes = g_new(PartitaNote, scan->most_onsets);
  g_autofree Place *places = g_new(Place, scan->most_onsets);
  Reader reader = {
    .score = score,
    .scan = scan,
    .walk = walk,
    .parts = parts,
    .by_key = by_key,
    .notes = notes,
    .places = places,
  };

  if (!read_tracks(&reader, error))
    return false;
  read_pedals(&reader);
  *mends |= reader.mends;
  return true;
}
