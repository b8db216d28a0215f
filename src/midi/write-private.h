// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_WRITE_PRIVATE_H
#define PARTITA_MIDI_WRITE_PRIVATE_H

#include <midi/walk-private.h>
#include <smf.h>

typedef struct {
  GByteArray *bytes; // of the tracks that are whole
  unsigned n_tracks;
  size_t n_events;
  unsigned n_melodic; // lanes that have a channel
  unsigned n_drums;
} PartitaMidiWriter;

smf_track_t *
partita_midi_begin_track(PartitaMidiWriter *writer);

void
partita_midi_end_track(PartitaMidiWriter *writer, smf_track_t *track);

/// Appends an event of @n bytes; @tick is not before the last one's.
void
partita_midi_put(PartitaMidiWriter *writer,
                 smf_track_t *track,
                 uint32_t tick,
                 const uint8_t *bytes,
                 size_t n);

void
partita_midi_put_meta(PartitaMidiWriter *writer,
                      smf_track_t *track,
                      uint32_t tick,
                      uint8_t type,
                      const void *contents,
                      size_t n);

void
partita_midi_put_mark(PartitaMidiWriter *writer,
                      smf_track_t *track,
                      uint32_t tick,
                      PartitaMidiMark mark);

/// Sets @error: more than @most of @what; returns false.
bool
partita_midi_refuse(GError **error, const char *what, unsigned most);

/// Writes one track of a score, in as many lanes as it needs.
bool
partita_midi_put_track(PartitaMidiWriter *writer,
                       const PartitaTrack *track,
                       GError **error);

#endif
