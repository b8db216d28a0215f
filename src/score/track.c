// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

PartitaTrack *
partita_track_new(uint8_t program, const char *name)
{
  PartitaTrack *track = g_new0(PartitaTrack, 1);

  track->program = program;
  track->name = g_strdup(name);
  track->notes = g_array_new(FALSE, FALSE, sizeof(PartitaNote));
  track->pedals = g_array_new(FALSE, FALSE, sizeof(PartitaPedal));
  return track;
}

PartitaTrack *
partita_track_copy(const PartitaTrack *track)
{
  PartitaTrack *copy = g_new0(PartitaTrack, 1);

  copy->program = track->program;
  copy->name = g_strdup(track->name);
  copy->notes = g_array_copy(track->notes);
  copy->pedals = g_array_copy(track->pedals);
  return copy;
}

void
partita_track_free(PartitaTrack *track)
{
  if (track == NULL)
    return;
  g_free(track->name);
  g_array_unref(track->notes);
  g_array_unref(track->pedals);
  g_free(track);
}

static bool
same_notes(const GArray *a, const GArray *b)
{
  if (a->len != b->len)
    return false;
  for (guint i = 0; i < a->len; ++i) {
    const PartitaNote x = g_array_index(a, PartitaNote, i);
    const PartitaNote y = g_array_index(b, PartitaNote, i);

    if (x.onset_ticks != y.onset_ticks ||
        x.duration_ticks != y.duration_ticks || x.pitch != y.pitch ||
        x.velocity != y.velocity)
      return false;
  }
  return true;
}

static bool
same_pedals(const GArray *a, const GArray *b)
{
  if (a->len != b->len)
    return false;
  for (guint i = 0; i < a->len; ++i) {
    const PartitaPedal x = g_array_index(a, PartitaPedal, i);
    const PartitaPedal y = g_array_index(b, PartitaPedal, i);

    if (x.tick != y.tick || x.down != y.down)
      return false;
  }
  return true;
}

bool
partita_track_equal(const PartitaTrack *a, const PartitaTrack *b)
{
  return a->program == b->program && g_strcmp0(a->name, b->name) == 0 &&
         same_notes(a->notes, b->notes) && same_pedals(a->pedals, b->pedals);
}

uint8_t
partita_track_get_program(const PartitaTrack *track)
{
  return track->program;
}

bool
partita_track_is_drums(const PartitaTrack *track)
{
  return track->program == PARTITA_PROGRAM_DRUMS;
}

const char *
partita_track_get_name(const PartitaTrack *track)
{
  return track->name;
}

void
partita_track_add_note(PartitaTrack *track, PartitaNote note)
{
  g_return_if_fail(note.pitch <= 127);
  g_return_if_fail(note.velocity >= 1 && note.velocity <= 127);
  g_return_if_fail(note.duration_ticks >= 1);
  g_return_if_fail(note.onset_ticks <= PARTITA_TICK_MAX &&
                   note.duration_ticks <= PARTITA_TICK_MAX);

  g_array_append_val(track->notes, note);
}

const PartitaNote *
partita_track_get_notes(const PartitaTrack *track, size_t *n)
{
  *n = track->notes->len;
  return (const PartitaNote *)(const void *)track->notes->data;
}

void
partita_track_add_pedal(PartitaTrack *track, PartitaPedal pedal)
{
  g_array_append_val(track->pedals, pedal);
}

const PartitaPedal *
partita_track_get_pedals(const PartitaTrack *track, size_t *n)
{
  *n = track->pedals->len;
  return (const PartitaPedal *)(const void *)track->pedals->data;
}

static gint
compare_notes(gconstpointer a, gconstpointer b)
{
  const PartitaNote *x = a;
  const PartitaNote *y = b;

  if (x->onset_ticks != y->onset_ticks)
    return x->onset_ticks < y->onset_ticks ? -1 : 1;
  if (x->pitch != y->pitch)
    return x->pitch < y->pitch ? -1 : 1;
  if (x->duration_ticks != y->duration_ticks)
    return x->duration_ticks < y->duration_ticks ? -1 : 1;
  return (int)x->velocity - (int)y->velocity;
}

void
partita_track_sort(PartitaTrack *track)
{
  const PartitaNote *notes = (const void *)track->notes->data;

  // Most readers deliver notes in order already.
  for (guint i = 1; i < track->notes->len; ++i) {
    if (compare_notes(&notes[i - 1], &notes[i]) > 0) {
      g_array_sort(track->notes, compare_notes);
      return;
    }
  }
}
