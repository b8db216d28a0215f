// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The second pass: notes. */

#include <midi/read-private.h>

#include <midi/text.h>

#include <string.h>

/* A pedal acts on every track that plays on its channel. That many tracks
 * get it, so that memory stays linear in the size of the file. */
#define PEDAL_SHARES_MAX 8

/// A drum that nobody releases sounds for a sixteenth at most.
#define DRUMS_A_QUARTER 4

/// The part of a channel's last note, and the tick up to which it holds.
typedef struct {
  guint part;
  uint32_t until; // 0: there is none
  uint32_t strip;
} Recent;

/// A note that nobody ends.
typedef struct {
  PartitaNote note;
  guint part;
  uint32_t end_ticks; // of its track
} Hanging;

typedef struct {
  PartitaScore *score;
  const PartitaMidiScan *scan;
  const PartitaMidiWalk *walk;
  GArray *parts;        // PartitaMidiPart
  GHashTable *by_key;   // to the index in parts plus 1
  GArray *hanging;      // Hanging
  PartitaMidiKeys keys; // of the track being read
  Recent recent[16];
  guint track;        // being read
  uint32_t track_end; // number of the first event behind it
  uint32_t group;     // as of PartitaMidiLabel
  bool marked;
  unsigned mends;
} Reader;

static gpointer
make_key(const Reader *reader, uint32_t strip, uint8_t program)
{
  // The lanes of a marked track have channels of their own.
  const unsigned place = reader->marked ? PARTITA_MIDI_STRIPS : strip;

  return GUINT_TO_POINTER(reader->group << 20 | place << 8 | program);
}

static void
set_name(PartitaTrack *track, const uint8_t *bytes, size_t n)
{
  g_autofree char *name = partita_midi_decode_text(bytes, n);

  partita_track_set_name(track, name, bytes, n);
}

static guint
add_part(Reader *reader, gpointer key, uint32_t strip, uint8_t program)
{
  const PartitaMidiEvent *name =
    g_array_index(reader->scan->labels, PartitaMidiLabel, reader->group).name;
  const PartitaMidiPart part = {
    .track = partita_score_add_track(reader->score, program, NULL),
    .group = reader->group,
    .strip = strip,
    .marked = reader->marked,
  };

  if (name != NULL)
    set_name(part.track, reader->walk->data + name->at, name->bytes[2]);
  g_array_append_val(reader->parts, part);
  g_hash_table_insert(reader->by_key, key,
                      GUINT_TO_POINTER(reader->parts->len));
  return reader->parts->len - 1;
}

static guint
look_up_part(Reader *reader, uint32_t strip, uint32_t tick, uint32_t event)
{
  const PartitaMidiMoment moment = {tick, event, reader->track_end};
  uint32_t until = UINT32_MAX;
  uint8_t program = PARTITA_PROGRAM_DRUMS;
  gpointer key = NULL;
  guint part = 0;

  if (!partita_midi_plays_drums(reader->scan, strip, &moment, &until))
    program = partita_midi_find_program(reader->scan, reader->track, strip,
                                        &moment, &until);
  key = make_key(reader, strip, program);
  part = GPOINTER_TO_UINT(g_hash_table_lookup(reader->by_key, key));
  part = part > 0 ? part - 1 : add_part(reader, key, strip, program);
  reader->recent[strip % 16] = (Recent){part, until, strip};
  return part;
}

static inline guint
find_part(Reader *reader, uint32_t strip, uint32_t tick, uint32_t event)
{
  const Recent *recent = &reader->recent[strip % 16];

  return recent->strip == strip && tick < recent->until
           ? recent->part
           : look_up_part(reader, strip, tick, event);
}

static unsigned
find_slot(const PartitaMidiEvent *event)
{
  return (event->bytes[0] & 0x0Fu) * 128u + event->bytes[1];
}

static inline void
note_on(Reader *reader,
        uint32_t strip,
        const PartitaMidiEvent *event,
        uint32_t index)
{
  const guint part = find_part(reader, strip, event->tick, index);
  const PartitaTrack *track =
    g_array_index(reader->parts, PartitaMidiPart, part).track;
  const uint32_t short_ticks =
    MAX(1u, partita_score_get_ppq(reader->score) / DRUMS_A_QUARTER);

  partita_midi_keys_strike(
    &reader->keys, find_slot(event),
    (PartitaMidiStrike){
      .part = part,
      .strip = strip,
      .most_ticks = partita_track_is_drums(track) ? short_ticks : 0,
    },
    (PartitaNote){event->tick, 0, event->bytes[1], event->bytes[2]});
}

static inline void
note_off(Reader *reader, const PartitaMidiEvent *event)
{
  if (!partita_midi_keys_release(&reader->keys, find_slot(event), event->tick))
    reader->mends |= PARTITA_MEND_ORPHAN_OFF;
}

/// Hands the notes of a track on to their parts, a run at a time.
static void
end_track(Reader *reader, uint32_t end_ticks)
{
  const PartitaMidiKeys *keys = &reader->keys;

  if (!partita_midi_keys_end(&reader->keys))
    reader->mends |= PARTITA_MEND_HANGING_NOTE;
  for (uint32_t i = 0, n = 0; i < keys->n_notes; i += n) {
    const guint part = keys->strikes[i].part;

    n = 0;
    while (i + n < keys->n_notes && keys->strikes[i + n].part == part &&
           keys->notes[i + n].duration_ticks > 0)
      ++n;
    partita_track_add_notes(
      g_array_index(reader->parts, PartitaMidiPart, part).track,
      keys->notes + i, n);
    if (n == 0) {
      const Hanging hanging = {keys->notes[i], part, end_ticks};

      g_array_append_val(reader->hanging, hanging);
      n = 1;
    }
  }
  reader->keys.n_notes = 0;
}

/* Notes that nobody ends are taken to last as long as there is music, to the
 * end of its last bar; and no longer than their track, which may end far behind
 * the music. */
static void
end_hanging(const Reader *reader)
{
  const GArray *hanging = reader->hanging;
  uint32_t end = partita_score_get_end(reader->score);

  for (guint i = 0; i < hanging->len; ++i)
    end = MAX(end, g_array_index(hanging, Hanging, i).note.onset_ticks + 1);
  if (hanging->len == 0)
    return;
  partita_score_set_end(reader->score, end);

  g_autoptr(GArray) bars = partita_score_get_bars(reader->score);
  const PartitaBar *last = &g_array_index(bars, PartitaBar, bars->len - 1);

  end = MAX(end, last->tick + last->length_ticks);
  for (guint i = 0; i < hanging->len; ++i) {
    const Hanging *at = &g_array_index(hanging, Hanging, i);
    const uint32_t until = MIN(end, at->end_ticks);
    PartitaNote note = at->note;

    note.duration_ticks =
      until > note.onset_ticks ? until - note.onset_ticks : 1;
    partita_track_add_note(
      g_array_index(reader->parts, PartitaMidiPart, at->part).track, note);
  }
}

static void
begin_track(Reader *reader, uint32_t index)
{
  const PartitaMidiLabel *label =
    &g_array_index(reader->scan->labels, PartitaMidiLabel, index);
  const PartitaMidiSpan *span =
    &g_array_index(reader->walk->spans, PartitaMidiSpan, index);

  memset(reader->recent, 0, sizeof reader->recent);
  reader->track = index;
  reader->track_end = span->first + span->n;
  reader->group = label->group;
  reader->marked = reader->scan->own && label->mark >= 0;
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
    const uint32_t strip = port * 16 + (bytes[0] & 0x0Fu);

    if (kind == 0x90 && bytes[2] > 0)
      note_on(reader, strip, event, i);
    else if (kind <= 0x90)
      note_off(reader, event);
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

    if (change->place != part->strip)
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
  g_autoptr(GArray) hanging = g_array_new(FALSE, FALSE, sizeof(Hanging));
  g_autoptr(GHashTable) by_key = g_hash_table_new(NULL, NULL);
  Reader reader = {
    .score = score,
    .scan = scan,
    .walk = walk,
    .parts = parts,
    .by_key = by_key,
    .hanging = hanging,
  };

  partita_midi_keys_init(&reader.keys, scan);
  const bool ok = read_tracks(&reader, error);

  partita_midi_keys_clear(&reader.keys);
  if (!ok)
    return false;
  end_hanging(&reader);
  read_pedals(&reader);
  *mends |= reader.mends;
  return true;
}
