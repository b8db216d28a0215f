// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/song-private.h>

#include <string.h>

void
partita_midi_song_put_quantity(GByteArray *bytes, uint32_t value)
{
  uint8_t digits[4];
  size_t n = 0;

  do {
    ++n;
    digits[4 - n] = (uint8_t)((value & 0x7F) | (n > 1 ? 0x80 : 0));
    value >>= 7;
  } while (value > 0 && n < 4);
  g_byte_array_append(bytes, digits + 4 - n, (guint)n);
}

/* smf_save() grows its buffer byte by byte, moves the place of every track each
 * time, reads the file again and ends the program where it finds fault. */
void
partita_midi_song_put_track(GByteArray *bytes, const smf_track_t *track)
{
  static const uint8_t head[8] = {'M', 'T', 'r', 'k'};
  uint32_t length = 0;

  g_byte_array_append(bytes, head, sizeof head);

  const guint body = bytes->len;

  for (guint i = 0; i < track->events_array->len; ++i) {
    const smf_event_t *event = g_ptr_array_index(track->events_array, i);

    partita_midi_song_put_quantity(bytes, (uint32_t)event->delta_time_pulses);
    g_byte_array_append(bytes, event->midi_buffer,
                        (guint)event->midi_buffer_length);
  }
  length = GUINT32_TO_BE(bytes->len - body);
  memcpy(bytes->data + body - sizeof length, &length, sizeof length);
}

/* libsmf takes events one by one out of arrays that it renumbers each time,
 * which is quadratic; so the arrays are emptied first. */
void
partita_midi_song_free(smf_t *smf)
{
  if (smf == NULL)
    return;
  for (guint t = 0; t < smf->tracks_array->len; ++t) {
    smf_track_t *track = g_ptr_array_index(smf->tracks_array, t);

    for (guint i = 0; i < track->events_array->len; ++i) {
      smf_event_t *event = g_ptr_array_index(track->events_array, i);

      event->track = NULL;
      smf_event_delete(event);
    }
    g_ptr_array_set_size(track->events_array, 0);
    track->number_of_events = 0;
  }
  smf_delete(smf);
}
