// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "clean.h"

#include <midi/song-private.h>

#define DRUM_CHANNEL 9

/// A program change, or a note, and where it stands in the file.
typedef struct {
  uint32_t tick;
  guint track;
  guint event;
  unsigned strip; // port * 16 + channel
  uint8_t first;  // program or pitch
  uint8_t second; // velocity
  uint32_t end;   // of a note; 0 while it sounds
} Item;

typedef struct {
  GArray *programs; // Item
  GArray *notes;    // Item
  guint first_note; // of the track that may sound
} Second;

static void
release(Second *s, const smf_event_t *event, uint32_t tick, bool all)
{
  const uint8_t *bytes = event->midi_buffer;

  while (s->first_note < s->notes->len &&
         g_array_index(s->notes, Item, s->first_note).end > 0)
    ++s->first_note;
  for (guint i = s->first_note; i < s->notes->len; ++i) {
    Item *note = &g_array_index(s->notes, Item, i);

    if (note->end == 0 && (all || (note->strip % 16 == (bytes[0] & 0x0Fu) &&
                                   note->first == bytes[1]))) {
      note->end = MAX(tick, note->tick + 1);
      if (!all)
        return;
    }
  }
}

static void
take_meta(PartitaScore *score, const smf_event_t *event, unsigned *port)
{
  const uint8_t *bytes = event->midi_buffer;
  const uint32_t tick = (uint32_t)event->time_pulses;

  if (bytes[1] == 0x21)
    *port = bytes[3];
  else if (bytes[1] == 0x51)
    partita_score_add_tempo(
      score, (PartitaTempo){tick, (uint32_t)bytes[3] << 16 |
                                    (uint32_t)bytes[4] << 8 | bytes[5]});
  else if (bytes[1] == 0x58)
    partita_score_add_meter(
      score, (PartitaMeter){tick, bytes[3], (uint8_t)(1u << bytes[4])});
  else if (bytes[1] == 0x59)
    partita_score_add_key(score,
                          (PartitaKey){tick, (int8_t)bytes[3], bytes[4] == 1});
}

static void
take_track(Second *s, PartitaScore *score, const smf_track_t *track, guint t)
{
  unsigned port = 0;
  const smf_event_t *event = NULL;

  s->first_note = s->notes->len;
  for (guint i = 0; i < track->events_array->len; ++i) {
    event = g_ptr_array_index(track->events_array, i);

    const uint8_t *bytes = event->midi_buffer;
    const Item item = {.tick = (uint32_t)event->time_pulses,
                       .track = t,
                       .event = i,
                       .strip = port * 16 + (bytes[0] & 0x0Fu),
                       .first = bytes[1],
                       .second = event->midi_buffer_length > 2 ? bytes[2] : 0};

    if (bytes[0] == 0xFF)
      take_meta(score, event, &port);
    else if ((bytes[0] & 0xF0) == 0xC0)
      g_array_append_val(s->programs, item);
    else if ((bytes[0] & 0xF0) == 0x90 && bytes[2] > 0)
      g_array_append_val(s->notes, item);
    else if ((bytes[0] & 0xE0) == 0x80)
      release(s, event, item.tick, false);
  }
  release(s, event, (uint32_t)event->time_pulses, true);
}

static bool
is_before(const Item *a, const Item *b)
{
  if (a->tick != b->tick)
    return a->tick < b->tick;
  return a->track != b->track ? a->track < b->track : a->event < b->event;
}

static uint8_t
find_program(const Second *s, const Item *note)
{
  const Item *last = NULL;

  if (note->strip % 16 == DRUM_CHANNEL)
    return PARTITA_PROGRAM_DRUMS;
  for (guint i = 0; i < s->programs->len; ++i) {
    const Item *change = &g_array_index(s->programs, Item, i);

    if (change->strip == note->strip && is_before(change, note) &&
        (last == NULL || is_before(last, change)))
      last = change;
  }
  return last != NULL ? last->first : 0;
}

static void
add_notes(const Second *s, PartitaScore *score)
{
  g_autoptr(GHashTable) parts = g_hash_table_new(NULL, NULL);

  for (guint i = 0; i < s->notes->len; ++i) {
    const Item *note = &g_array_index(s->notes, Item, i);
    const uint8_t program = find_program(s, note);
    const gpointer key =
      GUINT_TO_POINTER(note->track << 20 | note->strip << 8 | program);
    PartitaTrack *part = g_hash_table_lookup(parts, key);

    if (part == NULL) {
      part = partita_score_add_track(score, program, NULL);
      g_hash_table_insert(parts, key, part);
    }
    partita_track_add_note(part,
                           (PartitaNote){note->tick, note->end - note->tick,
                                         note->first, note->second});
  }
}

PartitaScore *
second_read(GBytes *clean)
{
  gsize size = 0;
  const void *bytes = g_bytes_get_data(clean, &size);
  g_autoptr(smf_t) smf = smf_load_from_memory(bytes, (int)size);
  g_autoptr(GArray) programs = g_array_new(FALSE, FALSE, sizeof(Item));
  g_autoptr(GArray) notes = g_array_new(FALSE, FALSE, sizeof(Item));
  Second second = {.programs = programs, .notes = notes};

  g_assert_nonnull(smf);

  PartitaScore *score = partita_score_new((uint16_t)smf->ppqn);

  for (guint t = 0; t < smf->tracks_array->len; ++t)
    take_track(&second, score, g_ptr_array_index(smf->tracks_array, t), t);
  add_notes(&second, score);
  partita_score_sort(score);
  return score;
}

static void
copy_changes(PartitaScore *to, const PartitaScore *from)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_tempo(to, tempos[i]);

  const PartitaMeter *meters = partita_score_get_meters(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_meter(to, meters[i]);

  const PartitaKey *keys = partita_score_get_keys(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_key(to, keys[i]);
}

bool
is_same_reading(const PartitaScore *score, const PartitaScore *second)
{
  g_autoptr(PartitaScore) bare =
    partita_score_new(partita_score_get_ppq(score));

  copy_changes(bare, score);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track =
      partita_score_get_track((PartitaScore *)score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    partita_track_add_notes(
      partita_score_add_track(bare, partita_track_get_program(track), NULL),
      notes, n);
  }
  partita_score_sort(bare);
  return partita_score_equal(bare, second);
}
