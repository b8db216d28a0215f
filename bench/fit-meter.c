// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Learns the weights of src/corpus/meter-weights.h from sets whose metres are
 * known, and prints that file: PARTITA_DATA=DATA bench/fit-meter. Only every
 * second file is read; tests/corpus/test-meter-sets.c judges on the others. */

#include <corpus/data-set.h>
#include <corpus/meter-fit.h>
#include <math.h>

#define FEATURES PARTITA_METER_FEATURES
#define ROWS 96 // metres times places of the bar line
#define STEPS 1500
#define PENALTY 1e-4 // times the sum of squares
#define RATE 0.05

typedef struct {
  float features[ROWS][FEATURES];
  bool right[ROWS];
  double weight;
} Piece;

typedef struct {
  GPtrArray *pieces;
  bool lines_known;
  guint first; // of the set
} Gathering;

/// Marks the rows that agree with the declared metre; false if none does.
static bool
mark(Piece *piece,
     const PartitaPulse *pulse,
     PartitaMeter declared,
     bool lines_known)
{
  const double quarters = 4.0 * declared.numerator / declared.denominator;
  const bool compound =
    declared.denominator == 8 && declared.numerator % 3 == 0;
  const int64_t line =
    llround((declared.tick - pulse->origin_ticks) / pulse->cell_ticks);
  unsigned row = 0;
  bool any = false;

  for (unsigned m = 0; m < PARTITA_METERS; ++m) {
    const unsigned bar = partita_meter_fit_bar_cells(m);
    const bool same =
      bar == quarters * PARTITA_PULSE_CELLS &&
      compound == (partita_meter_fit_get_meter(m).denominator == 8);

    for (unsigned start = 0; start < bar; ++start, ++row) {
      piece->right[row] =
        same && (!lines_known || (line - (int64_t)start) % bar == 0);
      any |= piece->right[row];
    }
  }
  return any;
}

static void
gather(PartitaScore *score, unsigned number, void *data)
{
  Gathering *gathering = data;
  g_autoptr(PartitaScore) part = NULL;
  g_auto(PartitaPulse) pulse = {0};
  g_autofree Piece *piece = g_new0(Piece, 1);
  double features[PARTITA_METER_CELLS_MAX][FEATURES];
  PartitaMeter declared;
  unsigned row = 0;

  if (number % 2 != 0 || !data_set_find_meter(score, &declared, &part))
    return;
  partita_pulse_measure(&pulse, part != NULL ? part : score);
  if (!mark(piece, &pulse, declared, gathering->lines_known))
    return;
  for (unsigned m = 0; m < PARTITA_METERS; ++m) {
    partita_meter_fit_measure(&pulse, m, features);
    for (unsigned i = 0; i < partita_meter_fit_bar_cells(m); ++i, ++row) {
      for (int f = 0; f < FEATURES; ++f)
        piece->features[row][f] = (float)features[i][f];
    }
  }
  g_ptr_array_add(gathering->pieces, g_steal_pointer(&piece));
}

/// Adds the gradient of the negative log of the probability of the right rows.
static double
add_gradient(const Piece *piece, const double *weights, double *gradient)
{
  double p[ROWS];
  double all = 0.0;
  double right = 0.0;
  double most = -INFINITY;

  for (int row = 0; row < ROWS; ++row) {
    p[row] = 0.0;
    for (int f = 0; f < FEATURES; ++f)
      p[row] += weights[f] * (double)piece->features[row][f];
    most = MAX(most, p[row]);
  }
  for (int row = 0; row < ROWS; ++row) {
    p[row] = exp(p[row] - most);
    all += p[row];
    right += piece->right[row] ? p[row] : 0.0;
  }
  for (int row = 0; row < ROWS; ++row) {
    const double slope =
      p[row] / all - (piece->right[row] ? p[row] / right : 0.0);

    for (int f = 0; f < FEATURES; ++f)
      gradient[f] += piece->weight * slope * (double)piece->features[row][f];
  }
  return -piece->weight * log(right / all);
}

/// Whether a feature is of a cue that only drums give.
static bool
is_of_drums(int feature)
{
  const int levels = PARTITA_N_CUES * PARTITA_METER_LEVELS;
  const int cue =
    feature < levels ? feature / PARTITA_METER_LEVELS : (feature - levels) / 2;

  return cue == PARTITA_CUE_KICK || cue == PARTITA_CUE_SNARE;
}

/// Learns the features of drums, or all others.
/// Adam (Kingma and Ba 2014), all pieces a step, the rate falling to 0.
static double
learn(const GPtrArray *pieces, bool drums, double *weights)
{
  double mean[FEATURES] = {0.0};
  double square[FEATURES] = {0.0};
  double loss = 0.0;

  for (int step = 1; step <= STEPS; ++step) {
    const double rate = RATE * (1.0 - (step - 1.0) / STEPS);
    double gradient[FEATURES] = {0.0};

    loss = 0.0;
    for (guint i = 0; i < pieces->len; ++i)
      loss += add_gradient(pieces->pdata[i], weights, gradient);
    for (int f = 0; f < FEATURES; ++f) {
      if (is_of_drums(f) != drums)
        continue;
      const double slope = gradient[f] + 2.0 * PENALTY * weights[f];

      mean[f] += 0.1 * (slope - mean[f]);
      square[f] += 0.01 * (slope * slope - square[f]);
      weights[f] -= rate * (mean[f] / (1.0 - pow(0.9, step))) /
                    (sqrt(square[f] / (1.0 - pow(0.99, step))) + 1e-8);
    }
  }
  return loss;
}

static void
print_weights(const double *weights, size_t n, double loss)
{
  g_print(
    "// Copyright 2026 The Partita developers\n"
    "// SPDX-License-Identifier: MIT\n\n"
    "/* Made by bench/fit-meter from %zu pieces; mean loss %.3f nats. */\n"
    "\n#ifndef PARTITA_CORPUS_METER_WEIGHTS_H\n"
    "#define PARTITA_CORPUS_METER_WEIGHTS_H\n\n"
    "static const double weights[PARTITA_METER_FEATURES] = {\n",
    n, loss);
  for (int f = 0; f < FEATURES; ++f)
    g_print("%s%.3f,%s", f % 8 == 0 ? "  " : " ", weights[f],
            f % 8 == 7 || f + 1 == FEATURES ? "\n" : "");
  g_print("};\n\n#endif\n");
}

typedef struct {
  const char *name;
  bool lines_known; // LilyPond writes no upbeats to MIDI
} Set;

/// The weights sum to 1. A large set counts for more than a small one, but not
/// in proportion.
static GPtrArray *
gather_sets(const Set *sets, size_t n)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func(g_free);
  double total = 0.0;

  for (size_t i = 0; i < n; ++i) {
    Gathering gathering = {pieces, sets[i].lines_known, pieces->len};

    (void)data_set_for_each(sets[i].name, gather, &gathering);
    for (guint p = gathering.first; p < pieces->len; ++p)
      total += ((Piece *)pieces->pdata[p])->weight =
        1.0 / sqrt(pieces->len - gathering.first);
  }
  for (guint p = 0; p < pieces->len; ++p)
    ((Piece *)pieces->pdata[p])->weight /= total;
  return pieces;
}

int
main(void)
{
  static const Set scores[] = {{"openscore_lieder", true},
                               {"nottingham", true},
                               {"mutopia_pd", false},
                               {"openscore_quartets", true}};
  static const Set kits[] = {{"groove", true}};
  g_autoptr(GPtrArray) music = gather_sets(scores, G_N_ELEMENTS(scores));
  g_autoptr(GPtrArray) drums = gather_sets(kits, G_N_ELEMENTS(kits));
  double weights[FEATURES] = {0.0};
  const double loss = learn(music, false, weights);

  (void)learn(drums, true, weights);
  print_weights(weights, music->len + drums->len, loss);
  return 0;
}
