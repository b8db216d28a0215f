// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

#include <string.h>

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
  partita_track_copy_name(copy, track);
  copy->notes = g_array_copy(track->notes);
  copy->end_ticks = track->end_ticks;
  copy->sorted = track->sorted;
  copy->pedals = g_array_copy(track->pedals);
  return copy;
}

void
partita_track_free(PartitaTrack *track)
{
  if (track == NULL)
    return;
  g_free(track->name);
  g_clear_pointer(&track->name_bytes, g_bytes_unref);
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

static bool
same_names(const PartitaTrack *a, const PartitaTrack *b)
{
  size_t n = 0;
  size_t m = 0;
  const void *x = partita_track_get_name_bytes(a, &n);
  const void *y = partita_track_get_name_bytes(b, &m);

  return g_strcmp0(a->name, b->name) == 0 && n == m &&
         (n == 0 || memcmp(x, y, n) == 0);
}

bool
partita_track_equal(const PartitaTrack *a, const PartitaTrack *b)
{
  return a->program == b->program && same_names(a, b) &&
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
partita_track_set_name(PartitaTrack *track,
                       const char *name,
                       const void *bytes,
                       size_t n)
{
  char *copy = g_strdup(name);

  g_free(track->name);
  g_clear_pointer(&track->name_bytes, g_bytes_unref);
  track->name = copy;
  if (name == NULL || bytes == NULL ||
      (n == strlen(copy) && memcmp(copy, bytes, n) == 0))
    return;
  track->name_bytes = g_bytes_new(bytes, n);
}

const void *
partita_track_get_name_bytes(const PartitaTrack *track, size_t *n)
{
  if (track->name_bytes != NULL)
    return g_bytes_get_data(track->name_bytes, n);
  *n = track->name != NULL ? strlen(track->name) : 0;
  return track->name;
}

void
partita_track_copy_name(PartitaTrack *to, const PartitaTrack *from)
{
  size_t n = 0;
  const void *bytes = partita_track_get_name_bytes(from, &n);

  partita_track_set_name(to, from->name, bytes, n);
}

void
partita_track_add_note(PartitaTrack *track, PartitaNote note)
{
  partita_track_add_notes(track, &note, 1);
}

void
partita_track_add_notes(PartitaTrack *track, const PartitaNote *notes, size_t n)
{
  uint32_t end = track->end_ticks;

  for (size_t i = 0; i < n; ++i) {
    g_return_if_fail(notes[i].pitch <= 127);
    g_return_if_fail(notes[i].velocity >= 1 && notes[i].velocity <= 127);
    g_return_if_fail(notes[i].duration_ticks >= 1);
    g_return_if_fail(notes[i].onset_ticks <= PARTITA_TICK_MAX &&
                     notes[i].duration_ticks <= PARTITA_TICK_MAX);
    end = MAX(end, notes[i].onset_ticks + notes[i].duration_ticks);
  }
  track->end_ticks = end;
  track->sorted = false;
  g_array_append_vals(track->notes, notes, (guint)n);
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

/// Whether @x comes before @y in the order of partita_score_sort().
static inline bool
is_before(const PartitaNote *x, const PartitaNote *y)
{
  const uint64_t a = (uint64_t)x->onset_ticks << 8 | x->pitch;
  const uint64_t b = (uint64_t)y->onset_ticks << 8 | y->pitch;

  if (a != b)
    return a < b;
  return ((uint64_t)x->duration_ticks << 8 | x->velocity) <
         ((uint64_t)y->duration_ticks << 8 | y->velocity);
}

static gint
compare_notes(gconstpointer a, gconstpointer b)
{
  return is_before(b, a) - is_before(a, b);
}

/* Most notes come in order but for the order within chords, which insertion
 * mends in linear time. Where it takes more than some moves a note, it gives
 * up. Returns whether all are in order. */
static bool
insert_notes(PartitaNote *notes, size_t n)
{
  size_t moves_left = 8 * n;

  for (size_t i = 1; i < n; ++i) {
    const PartitaNote note = notes[i];
    size_t at = i;

    for (; at > 0 && moves_left > 0 && is_before(&note, &notes[at - 1]); --at) {
      notes[at] = notes[at - 1];
      --moves_left;
    }
    notes[at] = note;
  }
  return n == 0 || moves_left > 0;
}

void
partita_track_sort(PartitaTrack *track)
{
  PartitaNote *notes = (PartitaNote *)(void *)track->notes->data;

  if (!track->sorted && !insert_notes(notes, track->notes->len))
    g_array_sort(track->notes, compare_notes);
  track->sorted = true;
}
