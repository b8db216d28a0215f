// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Which release ends which note, by the plainest code. */

#include "second.h"

/// The least onset of the run after that of @note; UINT32_MAX if none is.
static uint32_t
find_later(const Second *s, const Run *run, const Item *note)
{
  uint32_t later = UINT32_MAX;

  for (guint i = 0; i < run->notes->len; ++i) {
    const uint32_t onset =
      second_get(s->notes, g_array_index(run->notes, guint, i))->tick;

    if (onset > note->tick)
      later = MIN(later, onset);
  }
  return later;
}

/// Whether each release is that of the note of its number.
static bool
is_in_order(const Second *s, const Run *run)
{
  const guint n = run->notes->len;
  int64_t together = 0;
  int64_t alone = 0;

  if (run->releases->len < n)
    return false;
  // From each strike and release to the next: how many sound.
  for (guint i = 0; i < 2 * n; ++i) {
    const uint32_t at =
      i < n ? second_get(s->notes, g_array_index(run->notes, guint, i))->tick
            : g_array_index(run->releases, uint32_t, i - n);
    uint32_t next = UINT32_MAX;
    guint sounding = 0;
    bool first = true; // of those at this tick

    for (guint k = 0; k < n; ++k) {
      const uint32_t on =
        second_get(s->notes, g_array_index(run->notes, guint, k))->tick;
      const uint32_t off = g_array_index(run->releases, uint32_t, k);

      sounding += on <= at && off > at;
      next = MIN(next, on > at ? on : UINT32_MAX);
      next = MIN(next, off > at ? off : UINT32_MAX);
      first &= !(k < i && on == at) &&
               !(i >= n && (on == at || (k < i - n && off == at)));
    }
    if (first && sounding == 1)
      alone += next - at;
    if (first && sounding > 1)
      together += next - at;
  }
  return together <= alone;
}

/// The tick at which a note without a release of its own ends.
static uint32_t
cut_drum(const Second *s, const Item *note, uint32_t end, uint32_t sixteenth)
{
  if (second_is_drums(s, note) && end - note->tick > sixteenth)
    return note->tick + sixteenth;
  return end == UINT32_MAX ? 0 : end;
}

static void
settle(Second *s, Run *run, uint32_t end, uint32_t sixteenth)
{
  const bool in_order = is_in_order(s, run);

  for (guint i = 0; i < run->notes->len; ++i) {
    Item *note = second_get(s->notes, g_array_index(run->notes, guint, i));
    const uint32_t most = MIN(end, find_later(s, run, note));
    guint k = in_order ? i : 0;

    while (!in_order && k < run->releases->len &&
           g_array_index(run->releases, uint32_t, k) <= note->tick)
      ++k;

    const uint32_t release =
      k < run->releases->len ? g_array_index(run->releases, uint32_t, k) : 0;

    if (in_order) {
      note->end = MAX(note->tick + 1, MIN(release, most));
    } else if (release > note->tick && release <= most) {
      note->end = release;
      g_array_index(run->releases, uint32_t, k) = 0; // used
    } else {
      note->end = cut_drum(s, note, most, sixteenth);
    }
  }
  g_array_set_size(run->notes, 0);
  g_array_set_size(run->releases, 0);
}

/// Settles a run whose channel falls silent before @until.
static void
hush(Second *s, Run *run, uint32_t until, uint32_t sixteenth)
{
  uint32_t first = UINT32_MAX;

  if (run->notes->len == 0)
    return;

  const Item *last =
    second_get(s->notes, g_array_index(run->notes, guint, run->notes->len - 1));

  for (guint i = 0; i < s->silences->len; ++i) {
    const Item *silence = second_get(s->silences, i);

    if (silence->strip == last->strip && silence->tick > last->tick)
      first = MIN(first, silence->tick);
  }
  if (first < until)
    settle(s, run, first, sixteenth);
}

static void
take_note(Second *s, Run *run, guint index, uint32_t sixteenth)
{
  hush(s, run, second_get(s->notes, index)->tick + 1, sixteenth);
  g_array_append_val(run->notes, index);
}

static void
take_release(Second *s, Run *run, uint32_t tick, uint32_t sixteenth)
{
  hush(s, run, tick, sixteenth);
  if (run->notes->len == 0)
    return;
  g_array_append_val(run->releases, tick);
  if (run->releases->len == run->notes->len)
    settle(s, run, UINT32_MAX, sixteenth);
}

/// Ends the notes of a track, the first of which is @next.
guint
second_end_track(Second *s,
                 const smf_track_t *track,
                 guint next,
                 uint32_t sixteenth)
{
  for (guint i = 0; i < track->events_array->len; ++i) {
    const smf_event_t *event = g_ptr_array_index(track->events_array, i);
    const uint8_t *bytes = event->midi_buffer;
    const unsigned kind = bytes[0] & 0xF0u;

    if (kind != 0x90 && kind != 0x80)
      continue;

    Run *run = &s->runs[(bytes[0] & 0x0Fu) * 128u + bytes[1]];

    if (kind == 0x90 && bytes[2] > 0)
      take_note(s, run, next++, sixteenth);
    else
      take_release(s, run, (uint32_t)event->time_pulses, sixteenth);
  }
  for (unsigned slot = 0; slot < G_N_ELEMENTS(s->runs); ++slot) {
    hush(s, &s->runs[slot], UINT32_MAX, sixteenth);
    settle(s, &s->runs[slot], UINT32_MAX, sixteenth);
  }
  return next;
}
