// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

static bool
can_transpose(const PartitaScore *score, int semitones)
{
  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const int pitch = g_array_index(track->notes, PartitaNote, i).pitch;

      if (pitch + semitones < 0 || pitch + semitones > 127)
        return false;
    }
  }
  return true;
}

bool
partita_score_transpose(PartitaScore *score, int semitones)
{
  if (semitones < -127 || semitones > 127 || !can_transpose(score, semitones))
    return false;

  for (guint t = 0; t < score->tracks->len; ++t) {
    PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      note->pitch = (uint8_t)(note->pitch + semitones);
    }
  }
  // Octaves keep the signature as it is written.
  for (guint i = 0; semitones % 12 != 0 && i < score->keys->len; ++i) {
    PartitaKey *key = &g_array_index(score->keys, PartitaKey, i);
    const int old = partita_key_from_signature(*key);
    const int root = ((old % 12 + semitones) % 12 + 12) % 12;
    const PartitaKey moved = partita_key_to_signature(old / 12 * 12 + root);

    key->sharps = moved.sharps;
  }
  return true;
}

/// Where a search through the pedals stands. Both places only grow, so that a
/// whole track is folded in linear time.
typedef struct {
  guint next; // the first event after the tick
  guint rise; // the first rise at or after it
} PedalCursor;

/// When the pedal that is down at @tick rises, or @tick if it is up.
static uint32_t
pedal_rises(const GArray *pedals, PedalCursor *at, uint32_t tick, uint32_t end)
{
  const PartitaPedal *events = (const PartitaPedal *)(void *)pedals->data;

  // The pedal in force is the last at or before the tick.
  while (at->next < pedals->len && events[at->next].tick <= tick)
    ++at->next;
  if (at->next == 0 || !events[at->next - 1].down)
    return tick;
  at->rise = MAX(at->rise, at->next);
  while (at->rise < pedals->len && events[at->rise].down)
    ++at->rise;
  return at->rise < pedals->len ? events[at->rise].tick : MAX(tick, end);
}

static gint
compare_ends(gconstpointer a, gconstpointer b)
{
  const PartitaNote *x = *(PartitaNote *const *)a;
  const PartitaNote *y = *(PartitaNote *const *)b;
  const uint32_t x_end = x->onset_ticks + x->duration_ticks;
  const uint32_t y_end = y->onset_ticks + y->duration_ticks;

  return x_end < y_end ? -1 : x_end > y_end;
}

static void
fold_track(PartitaTrack *track, uint32_t end)
{
  const guint n = track->notes->len;
  PartitaNote *notes = (PartitaNote *)(void *)track->notes->data;
  g_autofree PartitaNote **by_end = g_new(PartitaNote *, n);
  g_autofree uint32_t *limit = g_new(uint32_t, n);
  uint32_t next_onset[128];
  PedalCursor pedal = {0, 0};

  // Where the same pitch is struck again, seen from the end.
  for (guint p = 0; p < 128; ++p)
    next_onset[p] = UINT32_MAX;
  for (guint i = n; i > 0; --i) {
    const PartitaNote *note = &notes[i - 1];

    limit[i - 1] = next_onset[note->pitch];
    // Equal onsets do not limit each other.
    if (i < 2 || notes[i - 2].onset_ticks != note->onset_ticks ||
        notes[i - 2].pitch != note->pitch)
      next_onset[note->pitch] = note->onset_ticks;
    by_end[i - 1] = &notes[i - 1];
  }
  if (n > 1)
    qsort(by_end, n, sizeof *by_end, compare_ends);
  for (guint i = 0; i < n; ++i) {
    PartitaNote *note = by_end[i];
    const uint32_t off = note->onset_ticks + note->duration_ticks;
    const uint32_t rises = pedal_rises(track->pedals, &pedal, off, end);
    const uint32_t until = MIN(rises, limit[note - notes]);

    if (until > off)
      note->duration_ticks = MIN(until - note->onset_ticks, PARTITA_TICK_MAX);
  }
  g_array_set_size(track->pedals, 0);
  partita_track_sort(track);
}

void
partita_score_fold_pedal(PartitaScore *score)
{
  const uint32_t end = partita_score_get_end(score);

  for (guint i = 0; i < score->tracks->len; ++i) {
    PartitaTrack *track = g_ptr_array_index(score->tracks, i);

    if (track->pedals->len > 0)
      fold_track(track, end);
  }
}
