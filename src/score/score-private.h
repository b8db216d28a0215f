// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_SCORE_PRIVATE_H
#define PARTITA_SCORE_PRIVATE_H

#include <partita/score.h>

struct PartitaTrack {
  uint8_t program;
  char *name;         // nullable
  GBytes *name_bytes; // as a file has it; NULL: as name has it
  GArray *notes;      // PartitaNote
  uint32_t end_ticks; // of the note that ends last; 0 if there is none
  bool sorted;        // known to be
  GArray *pedals;     // PartitaPedal
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

/**
 * partita_key_correlate:
 * @weights: of the pitch classes
 * @fits: (out): the correlation with each key's profile, -1 to 1
 *
 * Returns: whether there is any weight
 */
bool
partita_key_correlate(const double weights[12], double fits[PARTITA_N_KEYS]);

/// The lowest of the first notes, as a pitch class; 0 if there are none.
int
partita_key_find_bass(const PartitaScore *score);

/**
 * partita_key_find_best:
 * @bass: as partita_key_find_bass() gives it
 *
 * Few notes may fit several keys to the bit. The one nearest above @bass is
 * taken, so that a score and its transposed copy have the same one.
 */
int
partita_key_find_best(const double fits[PARTITA_N_KEYS], int bass);

/// How much a note says of the key: its length in quarters, at most 1.
double
partita_key_weigh_note(const PartitaScore *score, const PartitaNote *note);

#endif
