// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_SCORE_PRIVATE_H
#define PARTITA_SCORE_PRIVATE_H

#include <partita/score.h>

struct PartitaTrack {
  uint8_t program;
  char *name;     // nullable
  GArray *notes;  // PartitaNote
  GArray *pedals; // PartitaPedal
};

struct PartitaScore {
  uint16_t ppq;
  uint32_t end_ticks; // as set; the last note may ring longer
  GArray *tempos;     // PartitaTempo, by tick
  GArray *meters;     // PartitaMeter, by tick
  GArray *keys;       // PartitaKey, by tick
  GPtrArray *tracks;  // PartitaTrack
};

PartitaTrack *
partita_track_new(uint8_t program, const char *name);

PartitaTrack *
partita_track_copy(const PartitaTrack *track);

void
partita_track_free(PartitaTrack *track);

bool
partita_track_equal(const PartitaTrack *a, const PartitaTrack *b);

void
partita_track_sort(PartitaTrack *track);

#endif
