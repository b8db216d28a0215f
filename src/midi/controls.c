// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/walk-private.h>

bool
partita_midi_count_controls(const uint8_t *data,
                            size_t size,
                            PartitaMidiControls *controls,
                            GError **error)
{
  g_auto(PartitaMidiWalk) walk = {0};

  *controls = (PartitaMidiControls){0};
  if (!partita_midi_walk(&walk, data, size, error))
    return false;
  for (uint32_t i = 0; i < walk.n_events; ++i) {
    const uint8_t *bytes = walk.events[i].bytes;
    const unsigned kind = bytes[0] & 0xF0u;

    controls->pedals += kind == 0xB0 && bytes[1] == PARTITA_CONTROL_SUSTAIN;
    controls->others += kind == 0xB0 && bytes[1] != PARTITA_CONTROL_SUSTAIN;
    controls->pressures += kind == 0xA0 || kind == 0xD0;
    controls->bends += kind == 0xE0;
  }
  return true;
}
