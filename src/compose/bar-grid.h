// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Music that is given and the grid on which a model writes, bar by bar. A bar
 * of the music may have any length: one may be cut 30 ticks short. On the
 * model's grid bars have whole sixteenths. Each bar is laid on its own, so that
 * an odd one moves nothing behind it. */

#ifndef PARTITA_COMPOSE_BAR_GRID_H
#define PARTITA_COMPOSE_BAR_GRID_H

#include <partita/score.h>

typedef struct {
  GArray *bars;  ///< PartitaBar: of the music, as musicians count them
  GArray *lines; ///< uint32_t: shape [bars + 1]: where they begin on the grid,
                 ///< in its ticks; the last one ends at the last
  uint16_t ppq;  ///< of the music
  uint16_t grid_ppq;
} PartitaBarGrid;

/**
 * partita_bar_grid_new:
 * @grid_ppq: ticks a quarter of the grid, a multiple of 4
 *
 * Returns: (transfer full): of the bars of partita_score_get_played_bars()
 */
PartitaBarGrid *
partita_bar_grid_new(const PartitaScore *score, uint16_t grid_ppq);

/**
 * partita_bar_grid_new_behind:
 * @score: with @grid's ticks
 *
 * Returns: (transfer full): of those bars of @score that begin where @grid ends
 * or later; they follow the music of @grid
 */
PartitaBarGrid *
partita_bar_grid_new_behind(const PartitaBarGrid *grid,
                            const PartitaScore *score);

void
partita_bar_grid_free(PartitaBarGrid *grid);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaBarGrid, partita_bar_grid_free)

/// Where the bars end, in ticks of the grid.
uint32_t
partita_bar_grid_get_end(const PartitaBarGrid *grid);

/// A tick of the music on the grid, at most where its bar ends.
uint32_t
partita_bar_grid_straighten_tick(const PartitaBarGrid *grid, uint32_t tick);

/**
 * partita_bar_grid_straighten:
 * @score: with the bars of @grid
 *
 * Returns: (transfer full): @score with bar lines on the grid; a note that is
 * struck just before its bar begins with it, and none rings past the last bar
 */
PartitaScore *
partita_bar_grid_straighten(const PartitaBarGrid *grid,
                            const PartitaScore *score);

/// A note that was written on the grid, in its own bar of the music.
PartitaNote
partita_bar_grid_bend(const PartitaBarGrid *grid, PartitaNote note);

#endif
