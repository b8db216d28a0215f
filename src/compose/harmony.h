// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_HARMONY_H
#define PARTITA_COMPOSE_HARMONY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Three voices under a line: never more, all of them where a note of the line
 * begins, none at or over it, none doubling another. What is let through can
 * always be finished so. */

#define PARTITA_HARMONY_VOICES 3

typedef struct {
  const GArray *line; ///< PartitaLineNote
  GArray *rings;      ///< PartitaHarmonyRing: of the voices
} PartitaHarmony;

void
partita_harmony_init(PartitaHarmony *harmony, const GArray *line);

void
partita_harmony_clear(PartitaHarmony *harmony);

/// Takes a note of a voice. Times are positions from the start of the piece.
void
partita_harmony_add(PartitaHarmony *harmony,
                    uint32_t onset,
                    uint32_t end,
                    unsigned pitch);

/// Whether the voices may go on from @at to @to, the next place where one of
/// them begins, or the end of a bar.
bool
partita_harmony_may_pass(const PartitaHarmony *harmony,
                         uint32_t at,
                         uint32_t to);

/// Whether some voice may begin at @at.
bool
partita_harmony_may_stand(const PartitaHarmony *harmony, uint32_t at);

/// Whether a voice may begin with @pitch at @at, the last of those that begin
/// there, in ascending order, having been @below, or -1.
bool
partita_harmony_may_strike(const PartitaHarmony *harmony,
                           uint32_t at,
                           int below,
                           unsigned pitch);

/// Where a voice on @pitch that begins at @at must end at the latest.
uint32_t
partita_harmony_latest_end(const PartitaHarmony *harmony,
                           uint32_t at,
                           unsigned pitch);

#endif
