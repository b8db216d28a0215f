// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_SONG_PRIVATE_H
#define PARTITA_MIDI_SONG_PRIVATE_H

#include <glib.h>
#include <smf.h>
#include <stdint.h>

/* What libsmf does in quadratic time, here in linear. */

/// Appends @value as a variable-length quantity of at most four bytes.
void
partita_midi_song_put_quantity(GByteArray *bytes, uint32_t value);

/// Appends @track, which must end with an End-Of-Track, to the bytes of a file.
void
partita_midi_song_put_track(GByteArray *bytes, const smf_track_t *track);

/// smf_delete(); accepts NULL.
void
partita_midi_song_free(smf_t *smf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(smf_t, partita_midi_song_free)

#endif
