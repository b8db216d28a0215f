// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_GRID_PRIVATE_H
#define PARTITA_TOKEN_GRID_PRIVATE_H

#include <token/scheme-private.h>

/* Four voices on a grid of sixteenths, voice by voice within a step, as Huang
 * et al. 2018, arXiv:1809.04281, section 4.1, have chorales: a sounding pitch
 * is said again at every step, so that a held and a repeated note are one. */

#define GRID_N_VOICES 4u
#define GRID_STEPS_A_QUARTER 4u
#define GRID_STEPS_A_BAR 16u
#define GRID_BARS_MAX 4096u
#define GRID_STEPS_MAX (GRID_BARS_MAX * GRID_STEPS_A_BAR)
#define GRID_EXACT_BARS 64u
#define GRID_N_COUNTS (GRID_EXACT_BARS + 1) ///< numbers of bars; last: more
#define GRID_BARS_LEFT_MAX 8u
#define GRID_N_PLACES (GRID_STEPS_A_BAR * GRID_N_VOICES)
#define GRID_HELD_MAX 16u ///< steps

#define GRID_REST 128u ///< in place of a pitch: silence
#define GRID_NONE 129u ///< nothing yet

typedef enum {
  GRID_BOS = PARTITA_CLASS_BOS,
  GRID_EOS = PARTITA_CLASS_EOS,
  GRID_STYLE = PARTITA_CLASS_STYLE,
  GRID_BARS,
  GRID_PITCH,
  GRID_SILENCE,
  GRID_N_CLASSES
} GridClass;

typedef enum {
  GRID_FIELD_PLACE, ///< of what is to come: position in the bar, and voice
  GRID_FIELD_BARS_LEFT,
  GRID_FIELD_HELD, ///< steps the voice to come has been what it is
  GRID_FIELD_STYLE,
  GRID_FIELD_SOPRANO, ///< and the other voices after it
  GRID_N_FIELDS = GRID_FIELD_SOPRANO + GRID_N_VOICES
} GridField;

/// Which of the %GRID_N_COUNTS values stands for @bars, at least 1.
static inline unsigned
grid_count_of_bars(size_t bars)
{
  return (unsigned)MIN(bars, GRID_N_COUNTS) - 1;
}

/// Bars in which @steps lie, the last perhaps in part.
static inline uint32_t
grid_bars_of_steps(uint32_t steps)
{
  return (steps + GRID_STEPS_A_BAR - 1) / GRID_STEPS_A_BAR;
}

/* grid-voices.c: music on the grid, the middle between scores and ids. */

typedef struct {
  uint32_t steps;
  uint8_t *cells; ///< shape [steps, GRID_N_VOICES]: a pitch or %GRID_REST
} GridPiece;

static inline void
partita_grid_piece_clear(GridPiece *piece)
{
  g_clear_pointer(&piece->cells, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GridPiece, partita_grid_piece_clear)

/**
 * partita_grid_piece_quantise:
 * @piece: (out caller-allocates): all zero before
 *
 * Makes a piece of @score, whose pedals are folded.
 */
void
partita_grid_piece_quantise(GridPiece *piece,
                            const PartitaScore *score,
                            PartitaQuantiseLoss *loss);

/* grid-grammar.c */

typedef struct {
  uint8_t last; ///< class of the last token
  bool started;
  bool complete;
  uint8_t voice;       ///< to come
  int8_t bars_given;   ///< a count, -1 if not given
  int16_t style;       ///< -1 if not given
  uint32_t steps;      ///< that are whole
  uint32_t demanded;   ///< bars, 0 if free
  uint8_t sounding[4]; ///< by voice: the last pitch, %GRID_REST, %GRID_NONE
  uint8_t held[4];     ///< by voice: steps it has been that
  uint32_t onsets[4];  ///< by voice: the step at which that began
  uint8_t ended;       ///< what the last token put an end to, as @sounding
  uint32_t ended_onset;
} GridState;

uint32_t
partita_grid_follow(const void *state);

bool
partita_grid_may(const void *state, unsigned class_, unsigned value);

void
partita_grid_take(void *state, unsigned class_, unsigned value);

void
partita_grid_demand_bars(void *state, size_t bars);

bool
partita_grid_is_complete(const void *state);

void
partita_grid_get_fields(const void *state, uint16_t *fields);

#endif
