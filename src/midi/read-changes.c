// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What holds for a note: programs and drums of its channel, which any track
 * may set. */

#include <midi/read-private.h>

static gint
compare_changes(gconstpointer a, gconstpointer b)
{
  const PartitaMidiChange *x = a;
  const PartitaMidiChange *y = b;

  if (x->place != y->place)
    return x->place < y->place ? -1 : 1;
  if (x->tick != y->tick)
    return x->tick < y->tick ? -1 : 1;
  return (x->event > y->event) - (x->event < y->event);
}

void
partita_midi_sort_changes(GArray *changes)
{
  const PartitaMidiChange *all =
    (const PartitaMidiChange *)(const void *)changes->data;

  for (guint i = 1; i < changes->len; ++i) {
    if (compare_changes(&all[i - 1], &all[i]) > 0) {
      g_array_sort(changes, compare_changes);
      return;
    }
  }
}

guint
partita_midi_next_change(const GArray *changes,
                         uint32_t place,
                         uint32_t tick,
                         uint32_t event)
{
  const PartitaMidiChange sought = {tick, event, place, 0};
  guint low = 0;
  guint high = changes->len;

  while (low < high) {
    const guint middle = low + (high - low) / 2;

    if (compare_changes(&g_array_index(changes, PartitaMidiChange, middle),
                        &sought) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// The change before number @next, if it is of @place.
static const PartitaMidiChange *
get_before(const GArray *changes, guint next, uint32_t place)
{
  const PartitaMidiChange *before =
    next > 0 ? &g_array_index(changes, PartitaMidiChange, next - 1) : NULL;

  return before != NULL && before->place == place ? before : NULL;
}

const PartitaMidiChange *
partita_midi_find_change(const GArray *changes,
                         uint32_t place,
                         const PartitaMidiMoment *moment,
                         uint32_t *until)
{
  const guint next =
    partita_midi_next_change(changes, place, moment->tick, moment->event);
  const PartitaMidiChange *after =
    &g_array_index(changes, PartitaMidiChange, next);
  const PartitaMidiChange *last = NULL;

  if (next < changes->len && after->place == place)
    *until = MIN(*until, after->tick);
  last = get_before(
    changes, partita_midi_next_change(changes, place, moment->tick + 1, 0),
    place);
  // What its own track says behind the note, at its tick, is too late for it.
  if (last != NULL && last->tick == moment->tick &&
      last->event > moment->event && last->event < moment->track_end)
    return get_before(changes, next, place);
  return last;
}

bool
partita_midi_plays_drums(const PartitaMidiScan *scan,
                         uint32_t strip,
                         const PartitaMidiMoment *moment,
                         uint32_t *until)
{
  const PartitaMidiChange *mode =
    partita_midi_find_change(scan->modes, strip, moment, until);
  const PartitaMidiChange *reset =
    partita_midi_find_change(scan->resets, strip / 16 * 16, moment, until);

  if (mode != NULL &&
      (reset == NULL || reset->tick < mode->tick ||
       (reset->tick == mode->tick && reset->event < mode->event)))
    return mode->value != 0;
  return strip % 16 == PARTITA_MIDI_DRUM_CHANNEL;
}

uint8_t
partita_midi_find_program(const PartitaMidiScan *scan,
                          uint32_t track,
                          uint32_t strip,
                          const PartitaMidiMoment *moment,
                          uint32_t *until)
{
  const PartitaMidiChange *own = partita_midi_find_change(
    scan->own_programs, track * PARTITA_MIDI_STRIPS + strip, moment, until);
  const PartitaMidiChange *other = partita_midi_find_change(
    own != NULL ? scan->guides : scan->programs, strip, moment, until);

  if (other == NULL || (own != NULL && own->tick >= other->tick))
    other = own;
  return other != NULL ? other->value : 0;
}
