// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_KIT_H
#define PARTITA_CORPUS_KIT_H

#include <partita/score.h>

/// Brings the keys of electronic drums that are outside the General MIDI kit to
/// their neighbours in it.
void
partita_kit_settle(PartitaScore *score);

#endif
