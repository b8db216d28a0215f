// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The second pass: notes. */

#include <midi/read-private.h>

/* A pedal acts on every track that plays on its channel. That many tracks
 * get it, so that memory stays linear in the size of the file. */
#define PEDAL_SHARES_MAX 8

#define NONE UINT32_MAX

/// A track of the score, by where its notes come from.
typedef struct {
  uint64_t key;
  PartitaTrack *track;
  uint16_t strip;
  bool marked;
} Part;

/// A note in the order of onsets.
typedef struct {
  PartitaNote note;
  guint part;
  uint32_t next; // sounding note of the same channel and pitch, or NONE
} Sounding;

typedef struct {
  PartitaScore *score;
  const PartitaMidiScan *scan;
  GArray *parts;        // Part
  GHashTable *by_key;   // to the index in parts plus 1
  GArray *notes;        // Sounding, of the track being read
  guint recent[16];     // index in parts plus 1 of each channel's last note
  uint32_t first[2048]; // sounding, by channel * 128 + pitch, or NONE
  uint32_t last[2048];
  uint32_t track;
  uint32_t group; // the track whose lane this one is, or itself
  bool marked;
  unsigned mends;
} Reader;

static uint64_t
make_key(const Reader *reader, uint16_t strip, uint8_t program)
{
  // The lanes of a marked track have channels of their own.
  const uint64_t place = reader->marked ? PARTITA_MIDI_STRIPS : strip;

  return (uint64_t)reader->group << 32 | place << 8 | program;
}

static guint
add_part(Reader *reader, uint64_t key, uint16_t strip, uint8_t program)
{
  const char *name =
    g_array_index(reader->scan->labels, PartitaMidiLabel, reader->group).name;
  const Part part = {
    .key = key,
    .track = partita_score_add_track(reader->score, program, name),
    .strip = strip,
    .marked = reader->marked,
  };
  uint64_t *copy = g_new(uint64_t, 1);

  *copy = key;
  g_array_append_val(reader->parts, part);
  g_hash_table_insert(reader->by_key, copy,
                      GUINT_TO_POINTER(reader->parts->len));
  return reader->parts->len - 1;
}

static guint
find_part(Reader *reader, uint16_t strip, uint32_t tick, uint32_t event)
{
  const unsigned channel = strip % 16;
  const uint8_t program = channel == PARTITA_MIDI_DRUM_CHANNEL
                            ? PARTITA_PROGRAM_DRUMS
                            : partita_midi_program_at(reader->scan, strip, tick,
                                                      reader->track, event);
  const uint64_t key = make_key(reader, strip, program);
  guint *recent = &reader->recent[channel];

  if (*recent > 0 && g_array_index(reader->parts, Part, *recent - 1).key == key)
    return *recent - 1;
  *recent = GPOINTER_TO_UINT(g_hash_table_lookup(reader->by_key, &key));
  if (*recent == 0)
    *recent = add_part(reader, key, strip, program) + 1;
  return *recent - 1;
}

static void
note_on(Reader *reader, guint part, uint32_t tick, const uint8_t *bytes)
{
  const unsigned slot = (bytes[0] & 0x0Fu) * 128u + bytes[1];
  const uint32_t index = reader->notes->len;
  const Sounding sounding = {
    .note = {.onset_ticks = tick, .pitch = bytes[1], .velocity = bytes[2]},
    .part = part,
    .next = NONE,
  };

  g_array_append_val(reader->notes, sounding);
  if (reader->first[slot] == NONE)
    reader->first[slot] = index;
  else
    g_array_index(reader->notes, Sounding, reader->last[slot]).next = index;
  reader->last[slot] = index;
}

/// Ends the note of @slot that has sounded longest.
static void
end_first(Reader *reader, unsigned slot, uint32_t tick)
{
  Sounding *sounding =
    &g_array_index(reader->notes, Sounding, reader->first[slot]);

  // A note without length is heard all the same.
  sounding->note.duration_ticks =
    tick > sounding->note.onset_ticks ? tick - sounding->note.onset_ticks : 1;
  reader->first[slot] = sounding->next;
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

static gint
compare_sounding(gconstpointer a, gconstpointer b)
{
  const PartitaNote *x = &((const Sounding *)a)->note;
  const PartitaNote *y = &((const Sounding *)b)->note;

  if (x->onset_ticks != y->onset_ticks)
    return x->onset_ticks < y->onset_ticks ? -1 : 1;
  if (x->pitch != y->pitch)
    return x->pitch < y->pitch ? -1 : 1;
  if (x->duration_ticks != y->duration_ticks)
    return x->duration_ticks < y->duration_ticks ? -1 : 1;
  return (int)x->velocity - (int)y->velocity;
}

static bool
are_sorted(const Sounding *notes, guint n)
{
  for (guint i = 1; i < n; ++i) {
    if (compare_sounding(&notes[i - 1], &notes[i]) > 0)
      return false;
  }
  return true;
}

/* Onsets are in order of time already, so only chords need sorting, which is
 * cheaper than to leave it all to partita_score_sort(). */
static void
sort_chords(GArray *notes)
{
  Sounding *const all = (Sounding *)(void *)notes->data;

  for (guint i = 0; i < notes->len;) {
    guint n = 1;

    while (i + n < notes->len &&
           all[i + n].note.onset_ticks == all[i].note.onset_ticks)
      ++n;
    if (!are_sorted(all + i, n))
      qsort(all + i, n, sizeof *all, compare_sounding);
    i += n;
  }
}

static void
end_track(Reader *reader, uint32_t end_ticks)
{
  for (unsigned slot = 0; slot < G_N_ELEMENTS(reader->first); ++slot) {
    while (reader->first[slot] != NONE) {
      reader->mends |= PARTITA_MEND_HANGING_NOTE;
      end_first(reader, slot, end_ticks);
    }
  }
  sort_chords(reader->notes);
  for (guint i = 0; i < reader->notes->len; ++i) {
    const Sounding *sounding = &g_array_index(reader->notes, Sounding, i);
    const Part *part = &g_array_index(reader->parts, Part, sounding->part);

    partita_track_add_note(part->track, sounding->note);
  }
  g_array_set_size(reader->notes, 0);
}

static void
begin_track(Reader *reader, uint32_t index)
{
  const int mark =
    g_array_index(reader->scan->labels, PartitaMidiLabel, index).mark;

  reader->track = index;
  reader->marked = reader->scan->own && mark >= 0;
  if (!reader->marked || mark == PARTITA_MIDI_MARK_TRACK)
    reader->group = index;
}

static void
read_track(Reader *reader, uint32_t index, const smf_track_t *track)
{
  unsigned port = 0;
  uint32_t tick = 0;

  begin_track(reader, index);
  for (guint i = 0; i < track->events_array->len; ++i) {
    const smf_event_t *event = g_ptr_array_index(track->events_array, i);
    const uint8_t *bytes = event->midi_buffer;
    const uint8_t kind = bytes[0] & 0xF0;
    const uint16_t strip = (uint16_t)(port * 16 + (bytes[0] & 0x0Fu));

    tick = (uint32_t)event->time_pulses;
    if (kind == 0x90 && bytes[2] > 0)
      note_on(reader, find_part(reader, strip, tick, i), tick, bytes);
    else if (kind == 0x80 || kind == 0x90)
      note_off(reader, tick, bytes);
    else if (kind == 0xC0 && reader->marked)
      (void)find_part(reader, strip, tick, i + 1); // it may have no notes
    else if (partita_midi_event_port(event) >= 0)
      port = (unsigned)partita_midi_event_port(event);
  }
  end_track(reader, tick);
}

static void
add_pedals(const Reader *reader, const Part *part)
{
  const GArray *pedals = reader->scan->pedals;
  bool down = false;

  for (guint i = partita_midi_strip_begin(pedals, part->strip); i < pedals->len;
       ++i) {
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
    const Part *part = &g_array_index(reader->parts, Part, i);

    if (shares[part->strip] == PEDAL_SHARES_MAX)
      continue;
    ++shares[part->strip];
    add_pedals(reader, part);
  }
}

unsigned
partita_midi_read_notes(PartitaScore *score,
                        const PartitaMidiScan *scan,
                        const smf_t *smf)
{
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(Part));
  g_autoptr(GArray) notes = g_array_new(FALSE, FALSE, sizeof(Sounding));
  g_autoptr(GHashTable) by_key =
    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  Reader reader = {
    .score = score,
    .scan = scan,
    .parts = parts,
    .by_key = by_key,
    .notes = notes,
  };

  for (size_t i = 0; i < G_N_ELEMENTS(reader.first); ++i)
    reader.first[i] = NONE;
  for (guint t = 0; t < smf->tracks_array->len; ++t)
    read_track(&reader, t, g_ptr_array_index(smf->tracks_array, t));
  read_pedals(&reader);
  return reader.mends;
}
