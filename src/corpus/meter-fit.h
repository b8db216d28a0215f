// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_METER_FIT_H
#define PARTITA_CORPUS_METER_FIT_H

#include <corpus/pulse.h>

typedef struct {
  PartitaMeter meter; ///< its tick is 0
  double first_ticks; ///< of a bar line, at least 0, below a bar's length
  double fit;         ///< share of the salience the metre explains, 0 to 2
} PartitaMeterFit;

/**
 * partita_meter_fit_best:
 *
 * Of the common metres, the one that explains the pulse best, and its bar
 * lines. Each metre has two periods, its beat and its bar; what a period
 * explains is the adjusted share of variance (one-way analysis of variance of
 * the salience by the place in the period), so longer bars, which fit more
 * closely by chance, have no advantage. Fit is the sum over both periods plus
 * a bonus for the commoner metres. The bar line lies where the mean saliences
 * correlate best with the metre's tree of strong and weak places.
 *
 * Cost: O(cells), whatever the length of the piece.
 */
void
partita_meter_fit_best(PartitaMeterFit *fit, const PartitaPulse *pulse);

/**
 * partita_meter_fit_one:
 *
 * The same for one metre; the tick of @meter does not count.
 *
 * Returns: false, and @fit is unchanged, if it is not a metre known here
 */
bool
partita_meter_fit_one(PartitaMeterFit *fit,
                      const PartitaPulse *pulse,
                      PartitaMeter meter);

#endif
