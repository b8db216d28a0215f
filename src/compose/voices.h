// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_VOICES_H
#define PARTITA_COMPOSE_VOICES_H

#include <partita/score.h>

/// The tracks of a score that new notes are written into.
typedef struct {
  PartitaScore *score; ///< borrowed; changed
  GArray *voices;      ///< of one track each
  bool any;            ///< whatever the programs of pitched notes are
} PartitaVoices;

/// @any: notes go into pitched tracks of other programs too.
void
partita_voices_init(PartitaVoices *voices, PartitaScore *score, bool any);

/// Puts the new notes into their tracks, and frees what it took to do so.
void
partita_voices_clear(PartitaVoices *voices);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitaVoices, partita_voices_clear)

/// Opens track @track, which played @like.
void
partita_voices_open(PartitaVoices *voices,
                    size_t track,
                    const PartitaTrack *like);

/// Writes @note into the open track of @program that it fits best, or into a
/// new one; a note of its pitch that was written there before ends with its
/// onset.
void
partita_voices_write(PartitaVoices *voices, unsigned program, PartitaNote note);

#endif
