// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/meter-fit.h>

#include <corpus/meter-weights.h>
#include <math.h>

typedef struct {
  uint8_t numerator;
  uint8_t denominator;
  uint8_t beat; // cells
  uint8_t bar;  // cells
} Candidate;

static const Candidate candidates[PARTITA_METERS] = {
  {4, 4, 4, 16},  {3, 4, 4, 12}, {2, 4, 4, 8}, {6, 8, 6, 12},
  {12, 8, 6, 24}, {9, 8, 6, 18}, {3, 8, 6, 6},
};

/// The cues by the place in a period.
typedef struct {
  unsigned period;
  double n[PARTITA_METER_CELLS_MAX]; // cells there, silent ones included
  double sum[PARTITA_N_CUES][PARTITA_METER_CELLS_MAX];
} Profile;

/// Of each cue over all cells, silent ones included.
typedef struct {
  double n;
  double sum[PARTITA_N_CUES];
  double square[PARTITA_N_CUES];
} Totals;

static unsigned
place_in(int64_t index, unsigned period)
{
  const int64_t rest = index % (int64_t)period;

  return (unsigned)(rest < 0 ? rest + (int64_t)period : rest);
}

static int64_t
count_cells(const PartitaPulse *pulse)
{
  const GArray *cells = pulse->cells;

  return g_array_index(cells, PartitaPulseCell, cells->len - 1).index -
         g_array_index(cells, PartitaPulseCell, 0).index + 1;
}

static void
make_profile(Profile *profile, const PartitaPulse *pulse, unsigned period)
{
  const GArray *cells = pulse->cells;
  const int64_t first = g_array_index(cells, PartitaPulseCell, 0).index;
  const int64_t n = count_cells(pulse);

  *profile = (Profile){.period = period};
  for (unsigned i = 0; i < period; ++i) {
    profile->n[place_in(first + i, period)] =
      (double)(n / period + (i < (uint64_t)n % period));
  }
  for (guint i = 0; i < cells->len; ++i) {
    const PartitaPulseCell *cell = &g_array_index(cells, PartitaPulseCell, i);
    const unsigned place = place_in(cell->index, period);

    for (int cue = 0; cue < PARTITA_N_CUES; ++cue)
      profile->sum[cue][place] += cell->cues[cue];
  }
}

static void
add_up(Totals *totals, const PartitaPulse *pulse)
{
  *totals = (Totals){.n = (double)count_cells(pulse)};
  for (guint i = 0; i < pulse->cells->len; ++i) {
    const PartitaPulseCell *cell =
      &g_array_index(pulse->cells, PartitaPulseCell, i);

    for (int cue = 0; cue < PARTITA_N_CUES; ++cue) {
      totals->sum[cue] += cell->cues[cue];
      totals->square[cue] += cell->cues[cue] * cell->cues[cue];
    }
  }
}

/// Adjusted share of a cue's variance that the place in the period explains.
static double
explain(const Profile *profile, const Totals *totals, int cue)
{
  const double n = totals->n;
  const double mean_square = totals->sum[cue] * totals->sum[cue] / n;
  const double total = totals->square[cue] - mean_square;
  double between = 0.0;

  for (unsigned i = 0; i < profile->period; ++i) {
    if (profile->n[i] > 0.0)
      between += profile->sum[cue][i] * profile->sum[cue][i] / profile->n[i];
  }
  if (n <= profile->period + 1.0 || total <= 1e-9 * totals->square[cue])
    return 0.0;
  return 1.0 - (1.0 - (between - mean_square) / total) * (n - 1.0) /
                 (n - profile->period);
}

/// The level of a place in the metrical tree: 0 the bar, 1 the half bar, 2 the
/// beat, 3 the eighth; 4 is below all.
static unsigned
level_of(const Candidate *candidate, unsigned place)
{
  if (place == 0)
    return 0;
  if (place * 2 == candidate->bar && place % candidate->beat == 0)
    return 1;
  if (place % candidate->beat == 0)
    return 2;
  return place % 2 == 0 ? 3 : 4;
}

/// Into @features the mean of each cue on each level, if bars begin at @start.
static void
measure_levels(const Profile *profile,
               const Totals *totals,
               const Candidate *candidate,
               unsigned start,
               double *features)
{
  unsigned n[PARTITA_METER_LEVELS + 1] = {0};

  for (unsigned i = 0; i < candidate->bar; ++i)
    ++n[level_of(candidate, i)];
  for (int cue = 0; cue < PARTITA_N_CUES; ++cue) {
    const double mean = totals->sum[cue] / totals->n;
    const double variance = totals->square[cue] / totals->n - mean * mean;

    for (unsigned i = 0; i < candidate->bar && variance > 1e-9; ++i) {
      const unsigned place = (start + i) % candidate->bar;
      const unsigned level = level_of(candidate, i);

      if (level < PARTITA_METER_LEVELS && profile->n[place] > 0.0)
        features[cue * PARTITA_METER_LEVELS + (int)level] +=
          (profile->sum[cue][place] / profile->n[place] - mean) /
          (sqrt(variance) * n[level]);
    }
  }
}

/// How far the music resembles itself @lag cells later, 0 to 1: in the number
/// of notes and in their pitch classes.
static void
measure_parallels(const PartitaPulse *pulse, unsigned lag, double parallels[2])
{
  const GArray *cells = pulse->cells;
  double square[2] = {0.0};
  double both[2] = {0.0};
  guint later = 0;

  for (guint i = 0; i < cells->len; ++i) {
    const PartitaPulseCell *a = &g_array_index(cells, PartitaPulseCell, i);
    const PartitaPulseCell *b = NULL;

    while (later < cells->len &&
           g_array_index(cells, PartitaPulseCell, later).index < a->index + lag)
      ++later;
    if (later < cells->len)
      b = &g_array_index(cells, PartitaPulseCell, later);
    if (b != NULL && b->index != a->index + lag)
      b = NULL;

    const double count = a->cues[PARTITA_CUE_COUNT];

    square[0] += count * count;
    both[0] += b != NULL ? count * b->cues[PARTITA_CUE_COUNT] : 0.0;
    for (int c = 0; c < 12; ++c) {
      square[1] += (double)(a->classes[c] * a->classes[c]);
      both[1] += b != NULL ? (double)(a->classes[c] * b->classes[c]) : 0.0;
    }
  }
  for (int i = 0; i < 2; ++i)
    parallels[i] = square[i] > 0.0 ? both[i] / square[i] : 0.0;
}

unsigned
partita_meter_fit_bar_cells(unsigned index)
{
  return candidates[index].bar;
}

PartitaMeter
partita_meter_fit_get_meter(unsigned index)
{
  return (PartitaMeter){0, candidates[index].numerator,
                        candidates[index].denominator};
}

void
partita_meter_fit_measure(
  const PartitaPulse *pulse,
  unsigned index,
  double features[PARTITA_METER_CELLS_MAX][PARTITA_METER_FEATURES])
{
  const Candidate *candidate = &candidates[index];
  double whole[PARTITA_METER_FEATURES] = {0.0}; // whatever the bar line
  double *next = whole + PARTITA_N_CUES * PARTITA_METER_LEVELS;
  Totals totals;
  Profile bar;
  Profile beat;

  add_up(&totals, pulse);
  make_profile(&bar, pulse, candidate->bar);
  make_profile(&beat, pulse, candidate->beat);
  for (int cue = 0; cue < PARTITA_N_CUES; ++cue) {
    *next++ = explain(&bar, &totals, cue);
    *next++ = explain(&beat, &totals, cue);
  }
  measure_parallels(pulse, candidate->bar, next);
  next[2 + index] = 1.0;
  for (unsigned start = 0; start < candidate->bar; ++start) {
    for (int i = 0; i < PARTITA_METER_FEATURES; ++i)
      features[start][i] = whole[i];
    measure_levels(&bar, &totals, candidate, start, features[start]);
  }
}

/// Of every metre and place of the bar line: log of its probability.
typedef struct {
  double fits[PARTITA_METERS][PARTITA_METER_CELLS_MAX];
} Fits;

static void
fit_all(Fits *fits, const PartitaPulse *pulse)
{
  double features[PARTITA_METER_CELLS_MAX][PARTITA_METER_FEATURES];
  double most = -INFINITY;
  double total = 0.0;

  for (unsigned m = 0; m < PARTITA_METERS; ++m) {
    partita_meter_fit_measure(pulse, m, features);
    for (unsigned start = 0; start < candidates[m].bar; ++start) {
      double sum = 0.0;

      for (int i = 0; i < PARTITA_METER_FEATURES; ++i)
        sum += weights[i] * features[start][i];
      fits->fits[m][start] = sum;
      most = MAX(most, sum);
    }
  }
  for (unsigned m = 0; m < PARTITA_METERS; ++m) {
    for (unsigned start = 0; start < candidates[m].bar; ++start)
      total += exp(fits->fits[m][start] - most);
  }
  for (unsigned m = 0; m < PARTITA_METERS; ++m) {
    for (unsigned start = 0; start < candidates[m].bar; ++start)
      fits->fits[m][start] -= most + log(total);
  }
}

static void
set_fit(PartitaMeterFit *fit,
        const PartitaPulse *pulse,
        const Fits *fits,
        unsigned m,
        unsigned start)
{
  fit->fit = fits->fits[m][start];
  fit->meter = partita_meter_fit_get_meter(m);
  fit->first_ticks = fmod(pulse->origin_ticks + start * pulse->cell_ticks,
                          candidates[m].bar * pulse->cell_ticks);
}

static unsigned
find_start(const Fits *fits, unsigned m)
{
  unsigned best = 0;

  for (unsigned start = 1; start < candidates[m].bar; ++start) {
    if (fits->fits[m][start] > fits->fits[m][best])
      best = start;
  }
  return best;
}

/// The metre of the same bar and beats: 2/2 is as good as 4/4.
static bool
find_meter(PartitaMeter meter, unsigned *m)
{
  const bool compound = meter.denominator == 8 && meter.numerator % 3 == 0;

  for (*m = 0; *m < PARTITA_METERS; ++*m) {
    if (candidates[*m].bar * meter.denominator ==
          4 * PARTITA_PULSE_CELLS * meter.numerator &&
        (candidates[*m].denominator == 8) == compound)
      return true;
  }
  return false;
}

bool
partita_meter_fit_one(PartitaMeterFit *fit,
                      const PartitaPulse *pulse,
                      PartitaMeter meter)
{
  unsigned m = 0;
  Fits fits;

  if (pulse->cells->len == 0 || !find_meter(meter, &m))
    return false;
  fit_all(&fits, pulse);
  set_fit(fit, pulse, &fits, m, find_start(&fits, m));
  fit->meter = (PartitaMeter){0, meter.numerator, meter.denominator};
  return true;
}

bool
partita_meter_fit_line(PartitaMeterFit *fit,
                       const PartitaPulse *pulse,
                       PartitaMeter meter,
                       double line_ticks)
{
  unsigned m = 0;
  Fits fits;

  if (pulse->cells->len == 0 || !find_meter(meter, &m))
    return false;
  const int64_t cell =
    llround((line_ticks - pulse->origin_ticks) / pulse->cell_ticks);

  fit_all(&fits, pulse);
  set_fit(fit, pulse, &fits, m, place_in(cell, candidates[m].bar));
  fit->meter = (PartitaMeter){0, meter.numerator, meter.denominator};
  return true;
}

void
partita_meter_fit_best(PartitaMeterFit *fit, const PartitaPulse *pulse)
{
  unsigned best = 0;
  Fits fits;

  *fit = (PartitaMeterFit){{0, 4, 4}, 0.0, 0.0};
  if (pulse->cells->len == 0)
    return;
  fit_all(&fits, pulse);
  for (unsigned m = 1; m < PARTITA_METERS; ++m) {
    if (fits.fits[m][find_start(&fits, m)] >
        fits.fits[best][find_start(&fits, best)])
      best = m;
  }
  set_fit(fit, pulse, &fits, best, find_start(&fits, best));
}
