// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_RENDER_SCHEDULE_PRIVATE_H
#define PARTITA_RENDER_SCHEDULE_PRIVATE_H

/* What schedules of scores and of messages are both made with. */

#include <render/render-private.h>

#define PARTITA_CONTROL_SUSTAIN 64

/// A schedule that is being made.
typedef struct {
  PartitaSchedule *schedule;
  PartitaTempoMap *map;
  GByteArray *programs; // that each channel begins with
  double blocks_per_second;
} PartitaPlan;

/// @score: as often as it is played
void
partita_plan_init(PartitaPlan *plan, const PartitaScore *score, unsigned rate);

/// Returns the schedule; all else is freed.
PartitaSchedule *
partita_plan_finish(PartitaPlan *plan, unsigned laps);

uint32_t
partita_plan_block_at(const PartitaPlan *plan, uint32_t tick);

/// Appends @event, all but its serial.
void
partita_plan_add(const PartitaPlan *plan, PartitaEvent event);

/// A channel for @program; if @shared, one that has it already is taken.
uint8_t
partita_plan_channel(PartitaPlan *plan, uint8_t program, bool shared);

/// Returns @score, @laps times one after the other.
PartitaScore *
partita_plan_repeat(const PartitaScore *score, unsigned laps);

#endif
