// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef CORPUS_STYLES_H
#define CORPUS_STYLES_H

#include "chance.h"

#include <partita/score.h>

/// Composes piece number @index of a style, a whole piece.
typedef PartitaScore *
ComposeFunc(Chance *chance, int index);

ComposeFunc compose_chorale;
ComposeFunc compose_invention;
ComposeFunc compose_waltz;
ComposeFunc compose_blues;
ComposeFunc compose_march;

#endif
