// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MIDI_SONG_PRIVATE_H
#define PARTITA_MIDI_SONG_PRIVATE_H

#include <glib.h>
#include <smf.h>

/// smf_delete() in linear time; accepts NULL.
void
partita_midi_song_free(smf_t *smf);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(smf_t, partita_midi_song_free)

#endif
