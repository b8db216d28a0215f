// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/beats.h>

#include <corpus/pulse.h>
#include <math.h>

#define NOTES_MIN 8
#define SECONDS_MAX 3600.0

#define CELL_MS 20
#define QUARTER_CELLS 25 // half a second, for the cues
#define PERIOD_MIN 12    // cells
#define PERIOD_MAX 60
#define N_PERIODS (PERIOD_MAX - PERIOD_MIN + 1)

/* Chosen on every second file of the scored sets, played with a tempo that
 * wanders (tests/corpus/test-beat-sets.c). */
#define WEIGHT_COUNT 0.4
#define WEIGHT_LENGTH 1.0
#define WEIGHT_BASS 1.5
#define WEIGHT_HARMONY 0.5
#define WEIGHT_STRESS 1.0
#define WEIGHT_DRUM 1.0
#define HALFWAY 0.1
#define DRIFT 150.0
#define UNUSUAL 1.0
#define PERIOD_USUAL 28.0

/// How far a note may be from its beat, and how much it then counts.
static const double nearness[] = {1.0, 0.8, 0.4};

#define REACH ((int)G_N_ELEMENTS(nearness) - 1)

typedef struct {
  double unusual[N_PERIODS];          // cost of a period
  double drift[N_PERIODS][N_PERIODS]; // cost of one after another
  size_t n;                           // cells
  double *salience; // of each cell, its mean is 0 and its variance 1
  float (*best)[N_PERIODS];
  int8_t (*from)[N_PERIODS]; // the period before; -1 at the first beat
} Track;

static void
clear_track(Track *track)
{
  g_free(track->salience);
  g_free(track->best);
  g_free(track->from);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Track, clear_track)

/// The same notes with a tick for a millisecond.
static PartitaScore *
flatten(const PartitaScore *score)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  PartitaScore *flat = partita_score_new(500);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from = partita_score_get_track(score, t);
    PartitaTrack *to =
      partita_score_add_track(flat, partita_track_get_program(from), NULL);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(from, &n);

    for (size_t i = 0; i < n; ++i) {
      const double start = partita_tempo_map_seconds(map, notes[i].onset_ticks);
      const double end = partita_tempo_map_seconds(
        map, notes[i].onset_ticks + notes[i].duration_ticks);
      PartitaNote note = notes[i];

      note.onset_ticks = (uint32_t)lround(1000.0 * start);
      note.duration_ticks = MAX(1u, (uint32_t)lround(1000.0 * (end - start)));
      partita_track_add_note(to, note);
    }
  }
  return flat;
}

static double
weigh(const PartitaPulseCell *cell)
{
  const double *cues = cell->cues;

  return WEIGHT_COUNT * cues[PARTITA_CUE_COUNT] +
         WEIGHT_LENGTH * cues[PARTITA_CUE_LENGTH] +
         WEIGHT_BASS * cues[PARTITA_CUE_BASS] +
         WEIGHT_HARMONY * cues[PARTITA_CUE_HARMONY] +
         WEIGHT_STRESS * cues[PARTITA_CUE_STRESS] +
         WEIGHT_DRUM * MAX(cues[PARTITA_CUE_KICK], cues[PARTITA_CUE_SNARE]);
}

static void
spread(Track *track, size_t at, double salience)
{
  for (size_t i = 0; i < G_N_ELEMENTS(nearness); ++i) {
    if (at + i < track->n)
      track->salience[at + i] += salience * nearness[i];
    if (i > 0 && at >= i)
      track->salience[at - i] += salience * nearness[i];
  }
}

static void
hear(Track *track, const PartitaPulse *pulse)
{
  double sum = 0.0;
  double square = 0.0;

  track->salience = g_new0(double, track->n);
  for (guint i = 0; i < pulse->cells->len; ++i) {
    const PartitaPulseCell *cell =
      &g_array_index(pulse->cells, PartitaPulseCell, i);

    spread(track, (size_t)cell->index, weigh(cell));
  }
  for (size_t i = 0; i < track->n; ++i) {
    sum += track->salience[i];
    square += track->salience[i] * track->salience[i];
  }
  const double mean = sum / (double)track->n;
  const double deviation = sqrt(square / (double)track->n - mean * mean);

  for (size_t i = 0; i < track->n; ++i)
    track->salience[i] =
      deviation > 0.0 ? (track->salience[i] - mean) / deviation : 0.0;
}

static void
weigh_periods(Track *track)
{
  for (int to = 0; to < N_PERIODS; ++to) {
    const double period = to + PERIOD_MIN;
    const double ratio = log(period / PERIOD_USUAL);

    track->unusual[to] = UNUSUAL * period * ratio * ratio;
    for (int from = 0; from < N_PERIODS; ++from) {
      const double change = log(period / (from + PERIOD_MIN));

      track->drift[to][from] = DRIFT * period * change * change;
    }
  }
}

/// The best beat at cell @t, of each distance to the one before.
static void
step(Track *track, size_t t)
{
  for (int index = 0; index < N_PERIODS; ++index) {
    const size_t period = (size_t)index + PERIOD_MIN;
    const int reach = (int)period / 6;
    const double halfway =
      t >= period / 2 ? track->salience[t - period / 2] : 0.0;
    double most = 0.0;
    int from = -1;

    if (t >= period) {
      const float *before = track->best[t - period];

      most = -INFINITY;
      for (int i = MAX(0, index - reach);
           i <= MIN(N_PERIODS - 1, index + reach); ++i) {
        const double sum = (double)before[i] - track->drift[index][i];

        if (sum > most) {
          most = sum;
          from = i;
        }
      }
    }
    track->from[t][index] = (int8_t)from;
    track->best[t][index] =
      (float)(most - track->unusual[index] +
              (double)period * (track->salience[t] - HALFWAY * halfway));
  }
}

/// Backwards from the best of the last beats.
static GArray *
follow(const Track *track)
{
  GArray *beats = g_array_new(FALSE, FALSE, sizeof(double));
  const size_t last = track->n - 1;
  size_t t = last;
  int index = 0;

  for (size_t end = last - MIN(last, PERIOD_MAX); end <= last; ++end) {
    for (int i = 0; i < N_PERIODS; ++i) {
      if (track->best[end][i] > track->best[t][index]) {
        t = end;
        index = i;
      }
    }
  }
  while (index >= 0) {
    const double seconds = (double)t * CELL_MS / 1000.0;
    const int before = track->from[t][index];

    g_array_append_val(beats, seconds);
    t -= before >= 0 ? (size_t)index + PERIOD_MIN : 0;
    index = before;
  }
  for (guint i = 0; i < beats->len / 2; ++i) {
    double *x = &g_array_index(beats, double, i);
    double *y = &g_array_index(beats, double, beats->len - 1 - i);
    const double swap = *x;

    *x = *y;
    *y = swap;
  }
  return beats;
}

GArray *
partita_beats_track(const PartitaScore *score)
{
  g_autoptr(PartitaScore) flat = flatten(score);
  g_auto(PartitaPulse) pulse = {0};
  g_auto(Track) track = {0};

  partita_pulse_listen(&pulse, flat, CELL_MS, QUARTER_CELLS);
  if (pulse.n_onsets < NOTES_MIN)
    return g_array_new(FALSE, FALSE, sizeof(double));

  const int64_t last =
    g_array_index(pulse.cells, PartitaPulseCell, pulse.cells->len - 1).index;

  if ((double)last * CELL_MS > SECONDS_MAX * 1000.0)
    return g_array_new(FALSE, FALSE, sizeof(double));
  track.n = (size_t)last + 1 + (size_t)REACH;
  track.best = g_malloc(track.n * sizeof *track.best);
  track.from = g_malloc(track.n * sizeof *track.from);
  weigh_periods(&track);
  hear(&track, &pulse);
  for (size_t t = 0; t < track.n; ++t)
    step(&track, t);
  return follow(&track);
}
