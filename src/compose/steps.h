// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_STEPS_H
#define PARTITA_COMPOSE_STEPS_H

#include <partita/token.h>

/// What composing under rules must know of a token of `remi`.
typedef enum {
  PARTITA_STEP_OTHER,
  PARTITA_STEP_EOS,
  PARTITA_STEP_TEMPO,
  PARTITA_STEP_PROGRAM,
  PARTITA_STEP_BAR,
  PARTITA_STEP_METER,
  PARTITA_STEP_POSITION,
  PARTITA_STEP_PITCH,
  PARTITA_STEP_DRUM,
  PARTITA_STEP_DURATION,
  PARTITA_STEP_HOLD,
  PARTITA_STEP_PART
} PartitaStep;

#define PARTITA_STEP_LONGEST_BAR 96 ///< positions
#define PARTITA_STEP_HOLD_LENGTH 48 ///< positions that a Hold adds
#define PARTITA_STEP_BEAT 12        ///< positions a quarter

/// Values of %PARTITA_STEP_PART.
#define PARTITA_STEP_PART_AHEAD 0
#define PARTITA_STEP_PART_WRITTEN 2

/**
 * partita_steps_read:
 * @steps: (out caller-allocates): shape [vocab]: PartitaStep
 * @values: (out caller-allocates): shape [vocab]: the place of each token among
 * those of its kind, which is what it says
 */
void
partita_steps_read(const PartitaScheme *scheme,
                   uint8_t *steps,
                   uint8_t *values);

#endif
