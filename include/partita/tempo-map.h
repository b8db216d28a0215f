// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A part of partita/score.h, which includes it. */

#ifndef PARTITA_TEMPO_MAP_H
#define PARTITA_TEMPO_MAP_H

#include <partita/score.h>

G_BEGIN_DECLS

/**
 * PartitaTempoMap: ticks to time, exact: no rounding adds up.
 */
typedef struct PartitaTempoMap PartitaTempoMap;

PARTITA_API PartitaTempoMap *
partita_tempo_map_new(const PartitaScore *score);

PARTITA_API void
partita_tempo_map_free(PartitaTempoMap *map);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaTempoMap, partita_tempo_map_free)

/// Seconds from the start. O(log tempo changes).
PARTITA_API double
partita_tempo_map_seconds(const PartitaTempoMap *map, uint32_t tick);

/**
 * partita_tempo_map_us_ppq:
 *
 * Returns: the time of @tick in units of 1 / (1,000,000 ppq) seconds: the sum
 * of ticks times microseconds a quarter, an exact integer.
 */
PARTITA_API uint64_t
partita_tempo_map_us_ppq(const PartitaTempoMap *map, uint32_t tick);

/// Microseconds a quarter in force at @tick.
PARTITA_API uint32_t
partita_tempo_map_tempo_at(const PartitaTempoMap *map, uint32_t tick);

G_END_DECLS

#endif
