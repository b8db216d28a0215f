// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <midi/clean-private.h>

GQuark
partita_midi_error_quark(void)
{
  return g_quark_from_static_string("partita-midi-error-quark");
}

GBytes *
partita_midi_clean(const uint8_t *data,
                   size_t size,
                   unsigned *mends,
                   GError **error)
{
  g_auto(PartitaMidiWalk) walk = {0};
  const size_t at = partita_midi_walk_init(&walk, data, size, false, error);

  if (at == 0 || !partita_midi_walk_chunks(&walk, at, error))
    return NULL;

  const uint32_t limit = partita_midi_walk_settle(&walk);
  GBytes *clean = partita_midi_walk_write(&walk, limit);

  if (mends != NULL)
    *mends = walk.mends;
  return clean;
}
