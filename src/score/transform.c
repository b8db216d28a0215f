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

/// For each event, the tick at which the pedal next rises, @end if it never
/// does.
static uint32_t *
find_rises(const GArray *pedals, uint32_t end)
{
  const PartitaPedal *events = (const PartitaPedal *)(void *)pedals->data;
  uint32_t *rises = g_new(uint32_t, pedals->len);
  uint32_t rise = end;

  for (guint i = pedals->len; i > 0; --i) {
    if (!events[i - 1].down)
      rise = events[i - 1].tick;
    rises[i - 1] = rise;
  }
  return rises;
}

/// The first of @pedals after @tick; those before @from are not.
static guint
find_after(const GArray *pedals, guint from, uint32_t tick)
{
  const PartitaPedal *events = (const PartitaPedal *)(void *)pedals->data;
  guint high = pedals->len;

  // Mostly it is one of the next few.
  for (guint near = 0; near < 8; ++near) {
    if (from == high || events[from].tick > tick)
      return from;
    ++from;
  }
  while (from < high) {
    const guint middle = from + (high - from) / 2;

    if (events[middle].tick <= tick)
      from = middle + 1;
    else
      high = middle;
  }
  return from;
}

static void
fold_track(PartitaTrack *track, uint32_t end)
{
  const GArray *pedals = track->pedals;
  const PartitaPedal *events = (const PartitaPedal *)(void *)pedals->data;
  PartitaNote *notes = (PartitaNote *)(void *)track->notes->data;
  g_autofree uint32_t *rises = find_rises(pedals, end);
  uint32_t next_onset[128];
  guint after = pedals->len; // the first pedal after the onset
  bool unison = false;

  // From the end, so that it is known where the same pitch is struck again.
  for (guint p = 0; p < 128; ++p)
    next_onset[p] = UINT32_MAX;
  for (guint i = track->notes->len; i > 0; --i) {
    PartitaNote *note = &notes[i - 1];
    const uint32_t off = note->onset_ticks + note->duration_ticks;
    uint32_t until = off;
    guint at = 0;

    while (after > 0 && events[after - 1].tick > note->onset_ticks)
      --after;
    at = find_after(pedals, after, off);
    if (at > 0 && events[at - 1].down)
      until = MIN(rises[at - 1], next_onset[note->pitch]);
    if (until > off)
      note->duration_ticks = MIN(until - note->onset_ticks, PARTITA_TICK_MAX);
    track->end_ticks =
      MAX(track->end_ticks, note->onset_ticks + note->duration_ticks);
    // Equal onsets do not limit each other.
    if (i < 2 || notes[i - 2].onset_ticks != note->onset_ticks ||
        notes[i - 2].pitch != note->pitch)
      next_onset[note->pitch] = note->onset_ticks;
    else
      unison = true;
  }
  g_array_set_size(track->pedals, 0);
  if (unison) { // durations decide
    track->sorted = false;
    partita_track_sort(track);
  }
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

static PartitaTrack *
find_program(PartitaScore *score, const PartitaTrack *like)
{
  for (guint t = 0; t < score->tracks->len; ++t) {
    PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    if (track->program == like->program)
      return track;
  }

  PartitaTrack *track = partita_score_add_track(score, like->program, NULL);

  partita_track_copy_name(track, like);
  return track;
}

/// What MIDI takes for granted where @other does not say it at once.
static void
restore_defaults(PartitaScore *score, const PartitaScore *other, uint32_t from)
{
  if (score->tempos->len > 0 &&
      (other->tempos->len == 0 ||
       g_array_index(other->tempos, PartitaTempo, 0).tick > 0))
    partita_score_add_tempo(score, (PartitaTempo){from, 500000});
  if (score->meters->len > 0 &&
      (other->meters->len == 0 ||
       g_array_index(other->meters, PartitaMeter, 0).tick > 0))
    partita_score_add_meter(score, (PartitaMeter){from, 4, 4});
}

void
partita_score_append(PartitaScore *score, const PartitaScore *other)
{
  const uint32_t from = partita_score_get_end(score);

  g_return_if_fail(score->ppq == other->ppq);
  restore_defaults(score, other, from);
  for (guint i = 0; i < other->tempos->len; ++i) {
    PartitaTempo tempo = g_array_index(other->tempos, PartitaTempo, i);

    tempo.tick += from;
    partita_score_add_tempo(score, tempo);
  }
  for (guint i = 0; i < other->meters->len; ++i) {
    PartitaMeter meter = g_array_index(other->meters, PartitaMeter, i);

    meter.tick += from;
    partita_score_add_meter(score, meter);
  }
  for (guint i = 0; i < other->keys->len; ++i) {
    PartitaKey key = g_array_index(other->keys, PartitaKey, i);

    key.tick += from;
    partita_score_add_key(score, key);
  }
  for (guint t = 0; t < other->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(other->tracks, t);
    PartitaTrack *into = find_program(score, track);

    for (guint i = 0; i < track->notes->len; ++i) {
      PartitaNote note = g_array_index(track->notes, PartitaNote, i);

      note.onset_ticks += from;
      partita_track_add_note(into, note);
    }
    for (guint i = 0; i < track->pedals->len; ++i) {
      PartitaPedal pedal = g_array_index(track->pedals, PartitaPedal, i);

      pedal.tick += from;
      partita_track_add_pedal(into, pedal);
    }
  }
  partita_score_set_end(score, from + partita_score_get_end(other));
  partita_score_sort(score);
}
