// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/song-private.h>

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
