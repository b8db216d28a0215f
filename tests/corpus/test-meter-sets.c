// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <corpus/meter-fit.h>
#include <math.h>

/* The metre is hidden and guessed from the notes alone. The weights were
 * learnt from the files with even numbers; these are the others. */

typedef struct {
  unsigned n;
  unsigned n_same;  // bars of the same length
  unsigned n_nests; // or of a multiple
  unsigned n_lines; // of the latter: bar lines as declared
  unsigned n_known; // whose metre is one that can be guessed
  unsigned n_phase; // of the latter, the metre told: bar lines as declared
} Guesses;

static double
quarters(PartitaMeter meter)
{
  return 4.0 * meter.numerator / meter.denominator;
}

static bool
nests(PartitaMeter a, PartitaMeter b)
{
  const double ratio =
    MAX(quarters(a), quarters(b)) / MIN(quarters(a), quarters(b));

  return ratio == floor(ratio);
}

/// Whether bar lines at @first and at @line are the same, to an eighth of a
/// quarter.
static bool
agree(double first, double line, double bar_quarters, uint16_t ppq)
{
  return fabs(remainder(first - line, bar_quarters * ppq)) < ppq / 8.0;
}

static void
guess_one(PartitaScore *score, unsigned number, void *data)
{
  Guesses *sums = data;
  g_autoptr(PartitaScore) part = NULL;
  g_auto(PartitaPulse) pulse = {0};
  PartitaMeter declared;
  PartitaMeterFit fit;

  if (number % 2 == 0 || !data_set_find_meter(score, &declared, &part))
    return;

  const PartitaScore *music = part != NULL ? part : score;
  const uint16_t ppq = partita_score_get_ppq(music);

  partita_pulse_measure(&pulse, music);
  partita_meter_fit_best(&fit, &pulse);
  ++sums->n;
  sums->n_same += quarters(fit.meter) == quarters(declared);
  if (nests(fit.meter, declared)) {
    ++sums->n_nests;
    sums->n_lines += agree(fit.first_ticks, declared.tick,
                           MIN(quarters(fit.meter), quarters(declared)), ppq);
  }
  if (partita_meter_fit_one(&fit, &pulse, declared)) {
    ++sums->n_known;
    sums->n_phase +=
      agree(fit.first_ticks, declared.tick, quarters(declared), ppq);
  }
}

static void
test_hidden(void)
{
  static const struct {
    const char *name;
    double same;
    double lines;
  } sets[] = {{"openscore_quartets", 0.75, 0.9},
              {"openscore_lieder", 0.75, 0.95},
              {"mutopia_pd", 0.65, 0.5},
              {"nottingham", 0.9, 0.95},
              {"groove", 0.0, 0.0}};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Guesses sums = {0};

    if (!data_set_for_each(sets[i].name, guess_one, &sums))
      continue;
    g_test_message("%s: %u files: bar length right %.1f %%, it or a multiple "
                   "%.1f %%, of these bar lines right %.1f %%; bar lines right "
                   "if the metre is told %.1f %%",
                   sets[i].name, sums.n, 100.0 * sums.n_same / sums.n,
                   100.0 * sums.n_nests / sums.n,
                   100.0 * sums.n_lines / sums.n_nests,
                   100.0 * sums.n_phase / sums.n_known);
    g_assert_cmpfloat(sums.n_same, >=, sets[i].same * sums.n);
    g_assert_cmpfloat(sums.n_lines, >=, sets[i].lines * sums.n_nests);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/meter-sets/hidden", test_hidden);
  return g_test_run();
}
