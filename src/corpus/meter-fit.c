// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/meter-fit.h>

#include <math.h>

#define BAR_CELLS_MAX 24

typedef struct {
  uint8_t numerator;
  uint8_t denominator;
  uint8_t beat; // cells
  uint8_t bar;  // cells
  double bonus; // for being common, in units of the fit
} Candidate;

/* The bonuses settle what the variance alone does not, such as 2/4 or 4/4;
 * they were chosen on the OpenScore lieder with their metres hidden. */
static const Candidate candidates[] = {
  {4, 4, 4, 16, 0.06},  {3, 4, 4, 12, 0.04},   {2, 4, 4, 8, 0.03},
  {6, 8, 6, 12, -0.02}, {12, 8, 6, 24, -0.05}, {9, 8, 6, 18, -0.05},
  {3, 8, 6, 6, -0.07},
};

/// Sums of the salience by the place in a period.
typedef struct {
  unsigned period;
  double sum[BAR_CELLS_MAX];
  double n[BAR_CELLS_MAX]; // cells at that place, silent ones included
} Profile;

static unsigned
place_in(int64_t index, unsigned period)
{
  const int64_t rest = index % (int64_t)period;

  return (unsigned)(rest < 0 ? rest + (int64_t)period : rest);
}

static void
make_profile(Profile *profile, const PartitaPulse *pulse, unsigned period)
{
  const GArray *cells = pulse->cells;
  const int64_t first = g_array_index(cells, PartitaPulseCell, 0).index;
  const int64_t n =
    g_array_index(cells, PartitaPulseCell, cells->len - 1).index - first + 1;

  *profile = (Profile){.period = period};
  for (unsigned i = 0; i < period; ++i) {
    profile->n[place_in(first + i, period)] =
      (double)(n / period + (i < (uint64_t)n % period));
  }
  for (guint i = 0; i < cells->len; ++i) {
    const PartitaPulseCell *cell = &g_array_index(cells, PartitaPulseCell, i);

    profile->sum[place_in(cell->index, period)] += cell->salience;
  }
}

/// Adjusted share of the variance that the place in the period explains.
static double
explain(const PartitaPulse *pulse, unsigned period)
{
  Profile profile;
  double n = 0.0, sum = 0.0, square = 0.0, between = 0.0;

  make_profile(&profile, pulse, period);
  for (unsigned i = 0; i < period; ++i) {
    n += profile.n[i];
    sum += profile.sum[i];
    if (profile.n[i] > 0.0)
      between += profile.sum[i] * profile.sum[i] / profile.n[i];
  }
  for (guint i = 0; i < pulse->cells->len; ++i) {
    const double s = g_array_index(pulse->cells, PartitaPulseCell, i).salience;

    square += s * s;
  }
  const double total = square - sum * sum / n;

  if (n <= period + 1.0 || total <= 0.0)
    return 0.0;
  const double share = (between - sum * sum / n) / total;

  return 1.0 - (1.0 - share) * (n - 1.0) / (n - period);
}

/// Strength of a place by the metrical tree: bar, half bar, beat, eighth.
static double
tree_weight(const Candidate *candidate, unsigned place)
{
  if (place == 0)
    return 4.0;
  if (place * 2 == candidate->bar && place % candidate->beat == 0)
    return 2.5;
  if (place % candidate->beat == 0)
    return 2.0;
  return place % 2 == 0 ? 1.0 : 0.0;
}

static unsigned
find_bar_line(const PartitaPulse *pulse, const Candidate *candidate)
{
  Profile profile;
  unsigned best = 0;
  double most = -INFINITY;

  make_profile(&profile, pulse, candidate->bar);
  for (unsigned start = 0; start < candidate->bar; ++start) {
    double agree = 0.0;

    for (unsigned i = 0; i < candidate->bar; ++i) {
      const unsigned place = (start + i) % candidate->bar;

      if (profile.n[place] > 0.0)
        agree +=
          tree_weight(candidate, i) * profile.sum[place] / profile.n[place];
    }
    if (agree > most) {
      most = agree;
      best = start;
    }
  }
  return best;
}

static double
measure(const PartitaPulse *pulse, const Candidate *candidate)
{
  if (pulse->cells->len == 0)
    return 0.0;
  return explain(pulse, candidate->beat) + explain(pulse, candidate->bar) +
         candidate->bonus;
}

static void
set_fit(PartitaMeterFit *fit,
        const PartitaPulse *pulse,
        const Candidate *candidate)
{
  fit->fit = measure(pulse, candidate);
  fit->meter = (PartitaMeter){0, candidate->numerator, candidate->denominator};
  fit->first_ticks = 0.0;
  if (pulse->cells->len > 0)
    fit->first_ticks = fmod(
      pulse->origin_ticks + find_bar_line(pulse, candidate) * pulse->cell_ticks,
      candidate->bar * pulse->cell_ticks);
}

bool
partita_meter_fit_one(PartitaMeterFit *fit,
                      const PartitaPulse *pulse,
                      PartitaMeter meter)
{
  for (size_t i = 0; i < G_N_ELEMENTS(candidates); ++i) {
    if (candidates[i].numerator == meter.numerator &&
        candidates[i].denominator == meter.denominator) {
      set_fit(fit, pulse, &candidates[i]);
      return true;
    }
  }
  return false;
}

void
partita_meter_fit_best(PartitaMeterFit *fit, const PartitaPulse *pulse)
{
  const Candidate *best = &candidates[0];
  double most = measure(pulse, best);

  for (size_t i = 1; i < G_N_ELEMENTS(candidates); ++i) {
    const double other = measure(pulse, &candidates[i]);

    if (other > most) {
      most = other;
      best = &candidates[i];
    }
  }
  set_fit(fit, pulse, best);
}
