// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_VOICE_RULES_H
#define CORPUS_VOICE_RULES_H

#include "voicing.h"

/// A cost above this is a prohibition.
#define FORBIDDEN 1e6

/// Of the doubling and spacing of a chord by itself.
double
voicing_cost(const Slot *slot, const Voicing *voicing);

/// Of moving from one chord to the next.
double
motion_cost(const Slot *from,
            const Voicing *a,
            const Slot *to,
            const Voicing *b);

#endif
