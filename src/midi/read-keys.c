// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Which release ends which note, in one track of a file.
 *
 * MIDI says no more than "key 60 of channel 1 is struck" and "is released". A
 * key that is struck again while it sounds ends the note before, as it does on
 * a piano. What the releases mean must be found out: on struck, struck,
 * released, released the first release is that of the first note, which was
 * held a little too long. But where a release was lost, each one that follows
 * is that of the note struck last, and to take it for the one before would
 * shift all of them to the end of the track.
 *
 * So notes of one key are gathered into a run, from silence to silence, and
 * settled when it ends. A run with as many releases as notes is taken in their
 * order, unless two of its notes sound together for more than half of it: such
 * a run has most likely lost one release and has one too many elsewhere. */

#include <midi/read-private.h>

#include <string.h>

#define NONE UINT32_MAX
#define SLOTS (16 * 128)

void
partita_midi_keys_init(PartitaMidiKeys *keys, const PartitaMidiScan *scan)
{
  *keys = (PartitaMidiKeys){
    .notes = g_new(PartitaNote, scan->most_onsets),
    .strikes = g_new(PartitaMidiStrike, scan->most_onsets),
    .silences = scan->silences,
  };
  memset(keys->first, 0xFF, sizeof keys->first); // NONE everywhere
}

void
partita_midi_keys_clear(PartitaMidiKeys *keys)
{
  g_clear_pointer(&keys->notes, g_free);
  g_clear_pointer(&keys->strikes, g_free);
}

/// The first note of the run after @index with a later onset, or NONE.
static uint32_t
find_later(const PartitaMidiKeys *keys, uint32_t index)
{
  const uint32_t onset = keys->notes[index].onset_ticks;

  while (index != NONE && keys->notes[index].onset_ticks == onset)
    index = keys->strikes[index].next;
  return index;
}

static void
end_note(PartitaMidiKeys *keys, uint32_t index, uint32_t tick)
{
  PartitaNote *note = &keys->notes[index];

  // A note without length is heard all the same.
  note->duration_ticks =
    tick > note->onset_ticks ? tick - note->onset_ticks : 1;
}

/// Ends a note that has no release at @tick, or at NONE not at all yet; one
/// of a drum is short.
static void
end_unreleased(PartitaMidiKeys *keys, uint32_t index, uint32_t tick)
{
  const PartitaMidiStrike *strike = &keys->strikes[index];
  PartitaNote *note = &keys->notes[index];
  const bool drum = strike->most_ticks > 0;

  if (drum && tick - note->onset_ticks > strike->most_ticks)
    note->duration_ticks = strike->most_ticks;
  else if (tick == NONE)
    note->duration_ticks = 0;
  else
    end_note(keys, index, tick);
}

/// Whether the releases of a run that has enough of them are those of its
/// notes in order.
static bool
is_in_order(const PartitaMidiKeys *keys, uint32_t first)
{
  uint32_t on = first;  // next note to be struck
  uint32_t off = first; // next note to be released
  uint32_t at = keys->notes[first].onset_ticks;
  uint64_t alone = 0;
  uint64_t together = 0;
  unsigned n = 0;

  while (off != NONE) {
    const uint32_t release = keys->strikes[off].release_ticks;
    const bool strikes = on != NONE && keys->notes[on].onset_ticks <= release;
    const uint32_t next = strikes ? keys->notes[on].onset_ticks : release;

    alone += n == 1 ? next - at : 0;
    together += n > 1 ? next - at : 0;
    at = next;
    if (strikes) {
      ++n;
      on = keys->strikes[on].next;
    } else {
      --n;
      off = keys->strikes[off].next;
    }
  }
  return together <= alone;
}

/// Each note ends at its own release, or where the key is struck again.
static void
settle_in_order(PartitaMidiKeys *keys, uint32_t first)
{
  uint32_t index = first;

  while (index != NONE) {
    const uint32_t later = find_later(keys, index);
    const uint32_t most = later != NONE ? keys->notes[later].onset_ticks : NONE;

    for (; index != later; index = keys->strikes[index].next)
      end_note(keys, index, MIN(keys->strikes[index].release_ticks, most));
  }
}

/* Each note ends at the first release after it, or where the key is struck
 * again; the last ones at @end, which may be NONE. */
static void
settle_by_strikes(PartitaMidiKeys *keys, uint32_t first, uint32_t end)
{
  uint32_t index = first;
  uint32_t off = first; // the note that has the next release

  while (index != NONE) {
    const uint32_t later = find_later(keys, index);
    const uint32_t most = later != NONE ? keys->notes[later].onset_ticks : end;

    while (off != NONE &&
           keys->strikes[off].release_ticks <= keys->notes[index].onset_ticks)
      off = keys->strikes[off].next;
    for (; index != later; index = keys->strikes[index].next) {
      if (off == NONE || keys->strikes[off].release_ticks > most ||
          keys->strikes[off].release_ticks == NONE) {
        end_unreleased(keys, index, most);
      } else {
        end_note(keys, index, keys->strikes[off].release_ticks);
        off = keys->strikes[off].next;
      }
    }
  }
}

static void
close_run(PartitaMidiKeys *keys, unsigned slot)
{
  keys->first[slot] = NONE;
  --keys->n_open;
}

/// Ends the run of @slot if its strip falls silent after its last note, before
/// @until.
static void
hush(PartitaMidiKeys *keys, unsigned slot, uint32_t until)
{
  const uint32_t last = keys->last[slot];

  if (keys->first[slot] == NONE || keys->silences->len == 0)
    return;

  const uint32_t strip = keys->strikes[last].strip;
  const guint next = partita_midi_next_change(
    keys->silences, strip, keys->notes[last].onset_ticks + 1, 0);
  const PartitaMidiChange *silence =
    &g_array_index(keys->silences, PartitaMidiChange, next);

  if (next == keys->silences->len || silence->place != strip ||
      silence->tick >= until)
    return;
  settle_by_strikes(keys, keys->first[slot], silence->tick);
  close_run(keys, slot);
}

void
partita_midi_keys_strike(PartitaMidiKeys *keys,
                         unsigned slot,
                         PartitaMidiStrike strike,
                         PartitaNote note)
{
  const uint32_t index = keys->n_notes++;

  hush(keys, slot, note.onset_ticks + 1);
  strike.next = NONE;
  strike.release_ticks = NONE;
  keys->notes[index] = note;
  keys->strikes[index] = strike;
  if (keys->first[slot] == NONE) {
    keys->first[slot] = index;
    keys->unreleased[slot] = index;
    ++keys->n_open;
  } else {
    keys->strikes[keys->last[slot]].next = index;
  }
  keys->last[slot] = index;
}

bool
partita_midi_keys_release(PartitaMidiKeys *keys, unsigned slot, uint32_t tick)
{
  hush(keys, slot, tick);

  const uint32_t first = keys->first[slot];
  const uint32_t index = keys->unreleased[slot];

  if (first == NONE)
    return false;
  keys->strikes[index].release_ticks = tick;
  keys->unreleased[slot] = keys->strikes[index].next;
  if (keys->unreleased[slot] != NONE)
    return true;
  if (first == index)
    end_note(keys, index, tick);
  else if (is_in_order(keys, first))
    settle_in_order(keys, first);
  else
    settle_by_strikes(keys, first, NONE);
  close_run(keys, slot);
  return true;
}

bool
partita_midi_keys_end(PartitaMidiKeys *keys)
{
  bool all = true;

  for (unsigned slot = 0; slot < SLOTS && keys->n_open > 0; ++slot) {
    hush(keys, slot, NONE);
    if (keys->first[slot] == NONE)
      continue;
    settle_by_strikes(keys, keys->first[slot], NONE);
    close_run(keys, slot);
    all = false;
  }
  return all;
}
