// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/pulse.h>

#include <math.h>
#include <string.h>

typedef struct {
  PartitaNote note;
  bool drum;
} Event;

/// What begins in one cell.
typedef struct {
  int64_t index;
  double count;
  double longest; // in sixteenths
  double velocity;
  int lowest;  // pitch, 128 if only drums begin here
  int highest; // pitch, -1 if only drums begin here
  double lowest_length;
  double highest_length;
  bool kick;
  bool snare;
  float classes[12]; // lengths of the pitch classes, in sixteenths
} Group;

#define LENGTH_MAX 16.0 // sixteenths

/// A triplet grid must fit so much better to be taken for the grid.
#define TRIPLET_MARGIN 0.1

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
add_to_group(Group *group, const Event *event, double sixteenth_ticks)
{
  const int pitch = event->note.pitch;
  const double length = event->note.duration_ticks / sixteenth_ticks;
  const double heard = MIN(length, LENGTH_MAX);

  group->count += 1.0;
  group->velocity = MAX(group->velocity, event->note.velocity / 127.0);
  if (event->drum) {
    group->kick |= pitch == 35 || pitch == 36;
    group->snare |= pitch == 38 || pitch == 40;
    return;
  }
  group->longest = MAX(group->longest, heard);
  group->classes[pitch % 12] += (float)heard;
  if (pitch < group->lowest) {
    group->lowest = pitch;
    group->lowest_length = heard;
  }
  if (pitch > group->highest) {
    group->highest = pitch;
    group->highest_length = heard;
  }
}

static GArray *
group_events(const PartitaPulse *pulse, const GArray *events)
{
  GArray *groups = g_array_new(FALSE, TRUE, sizeof(Group));
  const double sixteenth_ticks =
    pulse->cell_ticks * (double)pulse->quarter_cells / 4.0;

  for (guint i = 0; i < events->len; ++i) {
    const Event *event = &g_array_index(events, Event, i);
    const int64_t index = llround(
      (event->note.onset_ticks - pulse->origin_ticks) / pulse->cell_ticks);
    Group *last =
      groups->len > 0 ? &g_array_index(groups, Group, groups->len - 1) : NULL;

    if (last == NULL || last->index != index) {
      const Group fresh = {.index = index, .lowest = 128, .highest = -1};

      g_array_append_val(groups, fresh);
      last = &g_array_index(groups, Group, groups->len - 1);
    }
    add_to_group(last, event, sixteenth_ticks);
  }
  return groups;
}

/// Whether nothing lower begins within a quarter around group @at.
static bool
is_bass(const GArray *groups, guint at, int64_t quarter)
{
  const Group *group = &g_array_index(groups, Group, at);

  if (group->lowest == 128)
    return false;
  for (guint i = at; i > 0; --i) {
    const Group *before = &g_array_index(groups, Group, i - 1);

    if (before->index < group->index - quarter)
      break;
    if (before->lowest <= group->lowest)
      return false;
  }
  for (guint i = at + 1; i < groups->len; ++i) {
    const Group *after = &g_array_index(groups, Group, i);

    if (after->index > group->index + quarter)
      break;
    if (after->lowest < group->lowest)
      return false;
  }
  return true;
}

/// One minus the cosine of the pitch classes @reach cells before and after.
static double
harmony_changes(const GArray *groups, guint at, int64_t reach)
{
  const int64_t here = g_array_index(groups, Group, at).index;
  double before[12] = {0.0};
  double after[12] = {0.0};
  double dot = 0.0, a = 0.0, b = 0.0;

  for (guint i = at; i > 0; --i) {
    const Group *group = &g_array_index(groups, Group, i - 1);

    if (group->index < here - reach)
      break;
    for (int c = 0; c < 12; ++c)
      before[c] += (double)group->classes[c];
  }
  for (guint i = at; i < groups->len; ++i) {
    const Group *group = &g_array_index(groups, Group, i);

    if (group->index >= here + reach)
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

/// @bass: (inout): pitch class of the last bass note, -1 before the first
static PartitaPulseCell
hear(const GArray *groups,
     guint at,
     int64_t quarter,
     double mean_velocity,
     int *bass)
{
  const Group *group = &g_array_index(groups, Group, at);
  const double stress = group->velocity - mean_velocity;
  PartitaPulseCell cell = {.index = group->index};
  double *cues = cell.cues;

  memcpy(cell.classes, group->classes, sizeof cell.classes);
  cues[PARTITA_CUE_COUNT] = log2(1.0 + group->count);
  cues[PARTITA_CUE_LENGTH] = log2(1.0 + group->longest);
  cues[PARTITA_CUE_TOP_LENGTH] = log2(1.0 + group->highest_length);
  cues[PARTITA_CUE_HARMONY] = harmony_changes(groups, at, quarter);
  cues[PARTITA_CUE_WIDE_HARMONY] = harmony_changes(groups, at, 2 * quarter);
  cues[PARTITA_CUE_STRESS] = MAX(0.0, stress);
  cues[PARTITA_CUE_KICK] = group->kick;
  cues[PARTITA_CUE_SNARE] = group->snare;
  if (is_bass(groups, at, quarter)) {
    cues[PARTITA_CUE_BASS] = 1.0;
    cues[PARTITA_CUE_BASS_LENGTH] = log2(1.0 + group->lowest_length);
    cues[PARTITA_CUE_BASS_CHANGES] = *bass != group->lowest % 12;
    *bass = group->lowest % 12;
  }
  return cell;
}

static void
hear_all(PartitaPulse *pulse, const GArray *events)
{
  g_autoptr(GArray) groups = group_events(pulse, events);
  double mean_velocity = 0.0;
  int bass = -1;

  for (guint i = 0; i < groups->len; ++i)
    mean_velocity += g_array_index(groups, Group, i).velocity / groups->len;
  pulse->cells =
    g_array_sized_new(FALSE, FALSE, sizeof(PartitaPulseCell), groups->len);
  for (guint i = 0; i < groups->len; ++i) {
    const PartitaPulseCell cell =
      hear(groups, i, pulse->quarter_cells, mean_velocity, &bass);

    g_array_append_val(pulse->cells, cell);
  }
}

void
partita_pulse_measure(PartitaPulse *pulse, const PartitaScore *score)
{
  g_autoptr(GArray) events = gather(score);

  *pulse = (PartitaPulse){.n_onsets = events->len,
                          .quarter_cells = PARTITA_PULSE_CELLS};
  place_grid(pulse, events, partita_score_get_ppq(score));
  hear_all(pulse, events);
}

void
partita_pulse_listen(PartitaPulse *pulse,
                     const PartitaScore *score,
                     double cell_ticks,
                     unsigned quarter_cells)
{
  g_autoptr(GArray) events = gather(score);

  *pulse = (PartitaPulse){.n_onsets = events->len,
                          .cell_ticks = cell_ticks,
                          .quarter_cells = quarter_cells};
  hear_all(pulse, events);
}

void
partita_pulse_clear(PartitaPulse *pulse)
{
  g_clear_pointer(&pulse->cells, g_array_unref);
}
