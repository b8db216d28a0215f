// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TOKEN_PERFORMANCE_PRIVATE_H
#define PARTITA_TOKEN_PERFORMANCE_PRIVATE_H

#include <token/scheme-private.h>

/* MIDI-like tokens: Oore et al. 2018, arXiv:1808.03715, section 3. Time is
 * counted in steps of 10 ms. */

#define PERFORMANCE_STEPS_A_SECOND 100u
#define PERFORMANCE_SHIFT_MAX 100u
#define PERFORMANCE_STEPS_A_BAR (2 * PERFORMANCE_STEPS_A_SECOND)
#define PERFORMANCE_STEPS_MAX (24u * 3600u * PERFORMANCE_STEPS_A_SECOND)
#define PERFORMANCE_N_VELOCITIES 32u
#define PERFORMANCE_SOUNDING_MAX 15u

typedef enum {
  PERFORMANCE_BOS = PARTITA_CLASS_BOS,
  PERFORMANCE_EOS = PARTITA_CLASS_EOS,
  PERFORMANCE_STYLE = PARTITA_CLASS_STYLE,
  PERFORMANCE_ON,
  PERFORMANCE_OFF,
  PERFORMANCE_SHIFT,
  PERFORMANCE_VELOCITY,
  PERFORMANCE_N_CLASSES
} PerformanceClass;

typedef struct {
  uint8_t last; ///< class of the last token
  bool started;
  bool complete;
  bool struck;       ///< a note has begun at this instant
  bool has_velocity; ///< a Velocity has been
  uint8_t velocity;
  uint8_t shift; ///< the last TimeShift, steps
  uint8_t pitch; ///< of the last NoteOn or NoteOff
  int16_t style;
  uint16_t n_sounding;
  uint32_t time;     ///< steps
  uint32_t demanded; ///< bars of two seconds, 0 if free
  uint32_t onsets[128];
  uint8_t velocities[128];
  bool sounding[128];
} PerformanceState;

uint32_t
partita_performance_follow(const void *state);

bool
partita_performance_may(const void *state, unsigned class_, unsigned value);

void
partita_performance_take(void *state, unsigned class_, unsigned value);

void
partita_performance_demand_bars(void *state, size_t bars);

bool
partita_performance_is_complete(const void *state);

void
partita_performance_get_fields(const void *state, uint16_t *fields);

#endif
