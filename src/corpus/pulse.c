// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/pulse.h>

#include <math.h>

typedef struct {
  PartitaNote note;
  bool drum;
} Event;

/// What begins in one cell.
typedef struct {
  int64_t index;
  double count;
  double longest; // in cells
  double velocity;
  int lowest; // pitch, 128 if only drums begin here
  double kicks;
  float classes[12]; // lengths of the pitch classes, in cells
} Group;

#define LENGTH_MAX (4.0 * PARTITA_PULSE_CELLS)

/// A triplet grid must fit so much better to be taken for the grid.
#define TRIPLET_MARGIN 0.1

/* Weights of the cues: set by hand, so that the cues that single out bars
 * (bass, harmony) outweigh those that single out beats. */
#define WEIGHT_COUNT 0.4
#define WEIGHT_LENGTH 0.5
#define WEIGHT_BASS 1.0
#define WEIGHT_HARMONY 1.5
#define WEIGHT_STRESS 1.0
#define WEIGHT_KICK 1.0

static gint
compare_events(gconstpointer a, gconstpointer b)
{
  const Event *x = a;
  const Event *y = b;

  if (x->note.onset_ticks != y->note.onset_ticks)
    return x->note.onset_ticks < y->note.onset_ticks ? -1 : 1;
  return (int)x->note.pitch - (int)y->note.pitch;
}

static GArray *
gather(const PartitaScore *score)
{
  GArray *events = g_array_new(FALSE, FALSE, sizeof(Event));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const Event event = {notes[i], partita_track_is_drums(track)};

      g_array_append_val(events, event);
    }
  }
  g_array_sort(events, compare_events);
  return events;
}

/// The circular mean of the onsets modulo @period, and their concentration.
static double
find_phase(const GArray *events, double period, double *concentration)
{
  double x = 0.0;
  double y = 0.0;

  for (guint i = 0; i < events->len; ++i) {
    const double periods =
      g_array_index(events, Event, i).note.onset_ticks / period;
    const double turn = 2.0 * G_PI * (periods - floor(periods));

    x += cos(turn);
    y += sin(turn);
  }
  *concentration = events->len > 0 ? hypot(x, y) / events->len : 0.0;
  const double phase = atan2(y, x) / (2.0 * G_PI) * period;

  return phase < 0.0 ? phase + period : phase;
}

/// Of the origins @phase + k @period within a quarter, the one on which most
/// notes fall.
static double
heaviest_origin(const GArray *events, double phase, double period, double ppq)
{
  double best = phase;
  size_t most = 0;

  for (int k = 0; k < 3; ++k) {
    const double origin = phase + k * period;
    size_t n = 0;

    for (guint i = 0; i < events->len; ++i) {
      const double off = remainder(
        g_array_index(events, Event, i).note.onset_ticks - origin, ppq);

      n += fabs(off) < period / 4.0;
    }
    if (n > most) {
      most = n;
      best = origin;
    }
  }
  return best;
}

static void
place_grid(PartitaPulse *pulse, const GArray *events, double ppq)
{
  double triplets = 0.0;

  pulse->cell_ticks = ppq / PARTITA_PULSE_CELLS;
  pulse->origin_ticks =
    find_phase(events, pulse->cell_ticks, &pulse->concentration);
  if (pulse->concentration + TRIPLET_MARGIN >= 1.0)
    return;
  const double phase = find_phase(events, ppq / 3.0, &triplets);

  if (triplets > pulse->concentration + TRIPLET_MARGIN) {
    pulse->concentration = triplets;
    pulse->origin_ticks =
      fmod(heaviest_origin(events, phase, ppq / 3.0, ppq), pulse->cell_ticks);
  }
}

static void
add_to_group(Group *group, const Event *event, double cell_ticks)
{
  const double length = event->note.duration_ticks / cell_ticks;
  const double heard = MIN(length, LENGTH_MAX);

  group->count += 1.0;
  group->velocity = MAX(group->velocity, event->note.velocity / 127.0);
  if (event->drum) {
    group->kicks += event->note.pitch == 35 || event->note.pitch == 36;
    return;
  }
  group->longest = MAX(group->longest, heard);
  group->lowest = MIN(group->lowest, event->note.pitch);
  group->classes[event->note.pitch % 12] += (float)heard;
}

static GArray *
group_events(const PartitaPulse *pulse, const GArray *events)
{
  GArray *groups = g_array_new(FALSE, TRUE, sizeof(Group));

  for (guint i = 0; i < events->len; ++i) {
    const Event *event = &g_array_index(events, Event, i);
    const int64_t index = llround(
      (event->note.onset_ticks - pulse->origin_ticks) / pulse->cell_ticks);
    Group *last =
      groups->len > 0 ? &g_array_index(groups, Group, groups->len - 1) : NULL;

    if (last == NULL || last->index != index) {
      const Group fresh = {.index = index, .lowest = 128};

      g_array_append_val(groups, fresh);
      last = &g_array_index(groups, Group, groups->len - 1);
    }
    add_to_group(last, event, pulse->cell_ticks);
  }
  return groups;
}

/// Whether nothing lower begins within a quarter around group @at.
static bool
is_bass(const GArray *groups, guint at)
{
  const Group *group = &g_array_index(groups, Group, at);

  if (group->lowest == 128)
    return false;
  for (guint i = at; i > 0; --i) {
    const Group *before = &g_array_index(groups, Group, i - 1);

    if (before->index < group->index - PARTITA_PULSE_CELLS)
      break;
    if (before->lowest <= group->lowest)
      return false;
  }
  for (guint i = at + 1; i < groups->len; ++i) {
    const Group *after = &g_array_index(groups, Group, i);

    if (after->index > group->index + PARTITA_PULSE_CELLS)
      break;
    if (after->lowest < group->lowest)
      return false;
  }
  return true;
}

/// One minus the cosine of the pitch classes a quarter before and after.
static double
harmony_changes(const GArray *groups, guint at)
{
  const int64_t here = g_array_index(groups, Group, at).index;
  double before[12] = {0.0};
  double after[12] = {0.0};
  double dot = 0.0, a = 0.0, b = 0.0;

  for (guint i = at; i > 0; --i) {
    const Group *group = &g_array_index(groups, Group, i - 1);

    if (group->index < here - PARTITA_PULSE_CELLS)
      break;
    for (int c = 0; c < 12; ++c)
      before[c] += (double)group->classes[c];
  }
  for (guint i = at; i < groups->len; ++i) {
    const Group *group = &g_array_index(groups, Group, i);

    if (group->index >= here + PARTITA_PULSE_CELLS)
      break;
    for (int c = 0; c < 12; ++c)
      after[c] += (double)group->classes[c];
  }
  for (int c = 0; c < 12; ++c) {
    dot += before[c] * after[c];
    a += before[c] * before[c];
    b += after[c] * after[c];
  }
  return a > 0.0 && b > 0.0 ? 1.0 - dot / sqrt(a * b) : 0.5;
}

static double
weigh(const GArray *groups, guint at, double mean_velocity)
{
  const Group *group = &g_array_index(groups, Group, at);
  const double stress = group->velocity - mean_velocity;

  return WEIGHT_COUNT * log2(1.0 + group->count) +
         WEIGHT_LENGTH * log2(1.0 + group->longest) +
         WEIGHT_BASS * is_bass(groups, at) +
         WEIGHT_HARMONY * harmony_changes(groups, at) +
         WEIGHT_STRESS * MAX(0.0, stress) +
         WEIGHT_KICK * MIN(1.0, group->kicks);
}

void
partita_pulse_measure(PartitaPulse *pulse, const PartitaScore *score)
{
  g_autoptr(GArray) events = gather(score);
  double mean_velocity = 0.0;

  *pulse = (PartitaPulse){0};
  pulse->n_onsets = events->len;
  place_grid(pulse, events, partita_score_get_ppq(score));

  g_autoptr(GArray) groups = group_events(pulse, events);

  for (guint i = 0; i < groups->len; ++i)
    mean_velocity += g_array_index(groups, Group, i).velocity / groups->len;
  pulse->cells =
    g_array_sized_new(FALSE, FALSE, sizeof(PartitaPulseCell), groups->len);
  for (guint i = 0; i < groups->len; ++i) {
    const PartitaPulseCell cell = {g_array_index(groups, Group, i).index,
                                   weigh(groups, i, mean_velocity)};

    g_array_append_val(pulse->cells, cell);
  }
}

void
partita_pulse_clear(PartitaPulse *pulse)
{
  g_clear_pointer(&pulse->cells, g_array_unref);
}
