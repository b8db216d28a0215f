// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Events into a song of libsmf, always in their final order and by ticks: it
 * sorts again, slowly and not stably, after an event out of order. */

#include <midi/song-private.h>
#include <midi/write-private.h>

#include <stdlib.h>
#include <string.h>

/* libsmf keeps all tempos of a song, and goes through them for the seconds of
 * each event, which no file holds: one of them is enough for that. */
static void
forget_tempos(const smf_t *song)
{
  GPtrArray *tempos = song->tempo_array;

  while (tempos->len > 1) {
    free(g_ptr_array_index(tempos, tempos->len - 1));
    g_ptr_array_set_size(tempos, (gint)tempos->len - 1);
  }
}

static void
append(PartitaMidiWriter *writer,
       smf_track_t *track,
       uint32_t tick,
       const uint8_t *bytes,
       size_t n)
{
  // smf.h takes what it copies as not const.
  uint8_t copy[3 + PARTITA_MIDI_TEXT_MAX];

  memcpy(copy, bytes, n);
  smf_track_add_event_pulses(track, smf_event_new_from_pointer(copy, (int)n),
                             (int)tick);
  forget_tempos(track->smf);
  ++writer->n_events;
}

/* Appends an event in order of time. Gaps longer than a delta time can tell
 * are bridged by empty texts. */
void
partita_midi_put(PartitaMidiWriter *writer,
                 smf_track_t *track,
                 uint32_t tick,
                 const uint8_t *bytes,
                 size_t n)
{
  static const uint8_t bridge[] = {0xFF, 0x01, 0x00};
  const smf_event_t *last = smf_track_get_last_event(track);
  uint32_t at = last != NULL ? (uint32_t)last->time_pulses : 0;

  for (; tick - at > PARTITA_MIDI_DELTA_MAX; at += PARTITA_MIDI_DELTA_MAX)
    append(writer, track, at + PARTITA_MIDI_DELTA_MAX, bridge, sizeof bridge);
  append(writer, track, tick, bytes, n);
}

void
partita_midi_put_meta(PartitaMidiWriter *writer,
                      smf_track_t *track,
                      uint32_t tick,
                      uint8_t type,
                      const void *contents,
                      size_t n)
{
  uint8_t bytes[3 + PARTITA_MIDI_TEXT_MAX] = {0xFF, type, (uint8_t)n};

  memcpy(bytes + 3, contents, n);
  partita_midi_put(writer, track, tick, bytes, 3 + n);
}

void
partita_midi_put_mark(PartitaMidiWriter *writer,
                      smf_track_t *track,
                      uint32_t tick,
                      PartitaMidiMark mark)
{
  uint8_t contents[PARTITA_MIDI_MARK_SIZE + 1];

  partita_midi_pack_mark(mark, contents);
  partita_midi_put_meta(writer, track, tick, PARTITA_MIDI_META_OWN, contents,
                        sizeof contents);
}

/// Each track is a song of its own.
smf_track_t *
partita_midi_begin_track(PartitaMidiWriter *writer)
{
  smf_track_t *track = smf_track_new();

  smf_add_track(smf_new(), track);
  ++writer->n_tracks;
  return track;
}

void
partita_midi_end_track(PartitaMidiWriter *writer, smf_track_t *track)
{
  static const uint8_t end[] = {0xFF, 0x2F, 0x00};
  const smf_event_t *last = smf_track_get_last_event(track);

  append(writer, track, last != NULL ? (uint32_t)last->time_pulses : 0, end,
         sizeof end);
  partita_midi_song_put_track(writer->bytes, track);
  partita_midi_song_free(track->smf);
}

bool
partita_midi_refuse(GError **error, const char *what, unsigned most)
{
  g_set_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG,
              "the score has more than %u %s", most, what);
  return false;
}
