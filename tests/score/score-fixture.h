// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_SCORE_FIXTURE_H
#define PARTITA_TESTS_SCORE_FIXTURE_H

#include <partita/score.h>

/// A random whole number at least @low and below @high.
uint32_t
fixture_draw(uint32_t low, uint32_t high);

PartitaNote
fixture_note(void);

/// A random score with everything in it: changes, drums, pedals, a set end.
/// Pitches are 24 to 100; keys are spelled with the fewest accidentals.
PartitaScore *
fixture_score(void);

bool
fixture_same_note(PartitaNote a, PartitaNote b);

#endif
