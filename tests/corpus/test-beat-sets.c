// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "data-set.h"

#include <base/philox.h>
#include <corpus/beats.h>
#include <corpus/rebar.h>
#include <math.h>
#include <partita/corpus.h>

/* Scores are played with a tempo that wanders and notes that are not on time;
 * the beats are looked for in what is heard. Files with even numbers served to
 * choose the constants of beats.c; these are the others. */

#define TOLERANCE_S 0.07
#define JITTER_S 0.015
#define N_WAVES 3

typedef struct {
  unsigned n;
  double f;       // sum of F-measures of the declared beats
  double f_level; // ... of the best of these, every second, and twice as many
} Beats;

/// Time as a smooth function of time: waves in the logarithm of the tempo.
typedef struct {
  double period_s[N_WAVES];
  double phase[N_WAVES];
} Wander;

static double
draw(uint64_t serial, uint64_t index)
{
  return partita_random_below(1, PARTITA_RANDOM_AUGMENT, serial, index,
                              1u << 24) /
         (double)(1u << 24);
}

static void
draw_wander(Wander *wander, unsigned number)
{
  for (unsigned i = 0; i < N_WAVES; ++i) {
    wander->period_s[i] = 8.0 * pow(5.0, draw(number, 2 * i));
    wander->phase[i] = draw(number, 2 * i + 1);
  }
}

/// Where the moment @s comes to lie: the tempo changes by a quarter at most.
static double
warp(const Wander *wander, double s)
{
  double warped = s;

  for (unsigned i = 0; i < N_WAVES; ++i) {
    const double turn = 2.0 * G_PI / wander->period_s[i];

    warped += 0.25 / N_WAVES *
              (sin(turn * s + 2.0 * G_PI * wander->phase[i]) -
               sin(2.0 * G_PI * wander->phase[i])) /
              turn;
  }
  return warped;
}

/// A normal deviate, by the sum of twelve uniform ones.
static double
deviate(unsigned number, uint64_t note)
{
  double sum = -6.0;

  for (unsigned i = 0; i < 12; ++i)
    sum += draw(number, 1000 + note * 12 + i);
  return sum;
}

/// A tick is a millisecond; no tempo, no metre.
static PartitaScore *
perform(const PartitaScore *score, const Wander *wander, unsigned number)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  PartitaScore *played = partita_score_new(500);
  uint64_t serial = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from = partita_score_get_track(score, t);
    PartitaTrack *to =
      partita_score_add_track(played, partita_track_get_program(from), NULL);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(from, &n);

    for (size_t i = 0; i < n; ++i) {
      const uint32_t off = notes[i].onset_ticks + notes[i].duration_ticks;
      const double start =
        warp(wander, partita_tempo_map_seconds(map, notes[i].onset_ticks));
      const double end = warp(wander, partita_tempo_map_seconds(map, off));
      const double late = JITTER_S * deviate(number, serial++);
      PartitaNote note = notes[i];

      note.onset_ticks = (uint32_t)lround(1000.0 * MAX(0.0, start + late));
      note.duration_ticks = (uint32_t)lround(1000.0 * (end - start)) + 1;
      partita_track_add_note(to, note);
    }
  }
  partita_score_sort(played);
  return played;
}

/// The beats of a metre: a dotted quarter in 6/8, else its denominator.
static GArray *
list_beats(const PartitaScore *score, const Wander *wander)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  GArray *beats = g_array_new(FALSE, FALSE, sizeof(double));

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);
    const uint32_t unit = 4u * partita_score_get_ppq(score) / bar->denominator;
    const bool compound = bar->denominator == 8 && bar->numerator % 3 == 0;
    const uint32_t beat = MAX(1u, compound ? 3 * unit : unit);

    for (uint32_t at = 0; at < bar->length_ticks; at += beat) {
      const double s =
        warp(wander, partita_tempo_map_seconds(map, bar->tick + at));

      g_array_append_val(beats, s);
    }
  }
  return beats;
}

/// Every second of the beats from @first on (@step 2), or all (1).
static double
f_measure(const GArray *truth, const GArray *found, guint first, guint step)
{
  unsigned hits = 0;
  guint at = first;
  unsigned n_truth = 0;

  for (guint i = first; i < truth->len; i += step)
    ++n_truth;
  for (guint i = 0; i < found->len && at < truth->len; ++i) {
    const double s = g_array_index(found, double, i);

    while (at < truth->len &&
           g_array_index(truth, double, at) < s - TOLERANCE_S)
      at += step;
    if (at < truth->len &&
        g_array_index(truth, double, at) <= s + TOLERANCE_S) {
      ++hits;
      at += step;
    }
  }
  return n_truth + found->len > 0 ? 2.0 * hits / (n_truth + found->len) : 0.0;
}

static GArray *
double_up(const GArray *beats)
{
  GArray *twice = g_array_new(FALSE, FALSE, sizeof(double));

  for (guint i = 0; i < beats->len; ++i) {
    const double s = g_array_index(beats, double, i);

    g_array_append_val(twice, s);
    if (i + 1 < beats->len) {
      const double middle = (s + g_array_index(beats, double, i + 1)) / 2.0;

      g_array_append_val(twice, middle);
    }
  }
  return twice;
}

static void
track_one(PartitaScore *score, unsigned number, void *data)
{
  Beats *sums = data;
  Wander wander;

  if (number % 2 == 0 || partita_score_get_n_notes(score) < 50)
    return;
  draw_wander(&wander, number);

  g_autoptr(PartitaScore) played = perform(score, &wander, number);
  g_autoptr(GArray) truth = list_beats(score, &wander);
  g_autoptr(GArray) twice = double_up(truth);
  g_autoptr(GArray) found = partita_beats_track(played);
  const double f = f_measure(truth, found, 0, 1);
  const double slow =
    MAX(f_measure(truth, found, 0, 2), f_measure(truth, found, 1, 2));

  ++sums->n;
  sums->f += f;
  sums->f_level += MAX(f, MAX(slow, f_measure(twice, found, 0, 1)));
}

static void
test_beats(void)
{
  static const struct {
    const char *name;
    double least; // F-measure
  } sets[] = {{"openscore_quartets", 0.7},
              {"openscore_lieder", 0.75},
              {"mutopia_pd", 0.6},
              {"nottingham", 0.75}};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Beats sums = {0};

    if (!data_set_for_each(sets[i].name, track_one, &sums))
      continue;
    g_test_message("%s: %u files: F-measure at 70 ms %.3f, at the best of "
                   "three levels %.3f",
                   sets[i].name, sums.n, sums.f / sums.n,
                   sums.f_level / sums.n);
    g_assert_cmpfloat(sums.f, >=, sets[i].least * sums.n);
  }
}

typedef struct {
  unsigned n;
  unsigned n_done;
  double grid[2]; // concentration of the onsets before and after, of those done
  double f[2];    // F-measure of the bar lines, as played and as counted
} Rebars;

/// The bar lines that are found in @score, in seconds.
static GArray *
find_lines(const PartitaScore *score)
{
  g_autoptr(PartitaScore) repaired = partita_score_copy(score);
  GArray *lines = g_array_new(FALSE, FALSE, sizeof(double));

  (void)partita_score_repair_bars(repaired, NULL);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(repaired);
  g_autoptr(GArray) bars = partita_score_get_bars(repaired);

  for (guint i = 0; i < bars->len; ++i) {
    const double s =
      partita_tempo_map_seconds(map, g_array_index(bars, PartitaBar, i).tick);

    g_array_append_val(lines, s);
  }
  return lines;
}

static GArray *
list_lines(const PartitaScore *score, const Wander *wander)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  GArray *lines = g_array_new(FALSE, FALSE, sizeof(double));

  for (guint i = 0; i < bars->len; ++i) {
    const double s = warp(
      wander,
      partita_tempo_map_seconds(map, g_array_index(bars, PartitaBar, i).tick));

    g_array_append_val(lines, s);
  }
  return lines;
}

static void
rebar_one(PartitaScore *score, unsigned number, void *data)
{
  Rebars *sums = data;
  double before = 0.0;
  double after = 0.0;
  Wander wander;

  if (number % 8 != 1 || partita_score_get_n_notes(score) < 64)
    return;
  draw_wander(&wander, number);

  g_autoptr(PartitaScore) played = perform(score, &wander, number);
  g_autoptr(GArray) truth = list_lines(score, &wander);
  g_autoptr(GArray) as_played = find_lines(played);

  ++sums->n;
  if (partita_rebar(&played, &before, &after) != PARTITA_REBAR_DONE)
    return;
  g_autoptr(GArray) as_counted = find_lines(played);

  ++sums->n_done;
  sums->grid[0] += before;
  sums->grid[1] += after;
  sums->f[0] += f_measure(truth, as_played, 0, 1);
  sums->f[1] += f_measure(truth, as_counted, 0, 1);
}

/* Counting in beats finds more of the bar lines than were found as played. */
static void
test_rebar(void)
{
  static const char *const sets[] = {"openscore_quartets", "openscore_lieder",
                                     "mutopia_pd", "nottingham"};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    Rebars sums = {0};

    if (!data_set_for_each(sets[i], rebar_one, &sums))
      continue;
    const double n = MAX(1.0, sums.n_done);

    g_test_message("%s: %u files, %u counted in beats: on the grid %.2f, then "
                   "%.2f; F-measure of bar lines %.3f, then %.3f",
                   sets[i], sums.n, sums.n_done, sums.grid[0] / n,
                   sums.grid[1] / n, sums.f[0] / n, sums.f[1] / n);
    if (sums.n_done > 0)
      g_assert_cmpfloat(sums.f[1], >=, 1.5 * sums.f[0]);
  }
}

static void
keep_one(PartitaScore *score, unsigned number, void *data)
{
  unsigned *n = data;
  double before = 0.0;
  double after = 0.0;
  PartitaScore *same = partita_score_copy(score);

  (void)number;
  *n += partita_rebar(&same, &before, &after) != PARTITA_REBAR_KEPT;
  partita_score_free(same);
}

/* What is written down keeps its own bars. */
static void
test_written(void)
{
  static const char *const sets[] = {
    "openscore_quartets", "openscore_lieder", "mutopia_pd", "nottingham", "jsb",
    "piano_midi_de"};

  for (size_t i = 0; i < G_N_ELEMENTS(sets); ++i) {
    unsigned n = 0;

    if (data_set_for_each(sets[i], keep_one, &n))
      g_assert_cmpuint(n, ==, 0);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/beat-sets/beats", test_beats);
  g_test_add_func("/corpus/beat-sets/rebar", test_rebar);
  g_test_add_func("/corpus/beat-sets/written", test_written);
  return g_test_run();
}
