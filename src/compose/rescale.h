// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_COMPOSE_RESCALE_H
#define PARTITA_COMPOSE_RESCALE_H

#include <partita/score.h>

static inline uint32_t
partita_rescale_ticks(uint32_t ticks, uint32_t from, uint32_t to)
{
  return (uint32_t)(((uint64_t)ticks * to + from / 2) / from);
}

/// @note with @to ticks a quarter instead of @from; both its ends go to the
/// nearest tick, and it lasts for at least one.
static inline PartitaNote
partita_rescale_note(PartitaNote note, uint32_t from, uint32_t to)
{
  const uint32_t end =
    partita_rescale_ticks(note.onset_ticks + note.duration_ticks, from, to);

  note.onset_ticks = partita_rescale_ticks(note.onset_ticks, from, to);
  note.duration_ticks = MAX(end - note.onset_ticks, 1);
  return note;
}

#endif
