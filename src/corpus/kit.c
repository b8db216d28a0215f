// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Electronic drums tell where a cymbal or a drum was hit by keys of their own,
 * some of which are outside the General MIDI kit: there no SoundFont sounds,
 * and each is a word that other drummers do not use. They are taken for the
 * neighbour that the same part of the kit has in General MIDI, by the table of
 * Gillick et al. 2019, "Learning to Groove with Inverse Sequence
 * Transformations", appendix, for the Roland TD-11. */

#include <corpus/kit.h>

#include <score/score-private.h>

#define CLOSED_HI_HAT_EDGE 22
#define OPEN_HI_HAT_EDGE 26
#define LOW_TOM_RIM 58 // General MIDI's vibraslap

/// Whether the keys of an electronic kit that nothing else has are struck.
static bool
is_electronic(const PartitaScore *score)
{
  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const uint8_t pitch = g_array_index(track->notes, PartitaNote, i).pitch;

      if (pitch == CLOSED_HI_HAT_EDGE || pitch == OPEN_HI_HAT_EDGE)
        return true;
    }
  }
  return false;
}

static uint8_t
find_neighbour(uint8_t pitch)
{
  switch (pitch) {
  case CLOSED_HI_HAT_EDGE:
    return 42;
  case OPEN_HI_HAT_EDGE:
    return 46;
  case LOW_TOM_RIM:
    return 43;
  default:
    return pitch;
  }
}

void
partita_kit_settle(PartitaScore *score)
{
  if (!is_electronic(score))
    return;
  for (guint t = 0; t < score->tracks->len; ++t) {
    PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      note->pitch = find_neighbour(note->pitch);
    }
    track->sorted = false;
  }
  partita_score_sort(score);
}
