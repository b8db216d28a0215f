// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_CHECK_H
#define CORPUS_CHECK_H

#include <partita/score.h>

/// A file of the corpus, read back.
typedef struct {
  char *path;
  char *style;
  GBytes *bytes;
  PartitaScore *score;
} CheckedPiece;

/* Each check asserts the rules of a style on one piece. */

void
check_chorale(const CheckedPiece *piece);

void
check_invention(const CheckedPiece *piece);

void
check_waltz(const CheckedPiece *piece);

void
check_blues(const CheckedPiece *piece);

void
check_march(const CheckedPiece *piece);

/// Rules for every piece: bars, ranges, the end.
void
check_any(const CheckedPiece *piece);

/* What the checks share. Times are positions, twelve a quarter. */

/// The track called @name, which must be there.
const PartitaNote *
find_notes(const CheckedPiece *piece, const char *name, size_t *n);

/// The onset of a note.
int
note_at(const PartitaNote *note);

/// The pitch that sounds in a voice at @at, -1 for none.
int
sounding_at(const PartitaNote *notes, size_t n, int at);

/// Pitch class of the tonic that the key signature names.
int
tonic_of(const CheckedPiece *piece);

/// Whether two voices move in parallel fifths or octaves from @from to @to.
bool
are_parallel(const PartitaNote *upper,
             size_t n_upper,
             const PartitaNote *lower,
             size_t n_lower,
             int from,
             int to);

#endif
