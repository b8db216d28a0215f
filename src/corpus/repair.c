// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/corpus.h>

#include <corpus/meter-fit.h>
#include <corpus/shift.h>
#include <math.h>

/* When a declared metre is taken to be wrong.
 *
 * 1. For most of the piece the bar has one beat and is shorter than 3/8 of a
 *    whole note (1/4, 1/8): nobody writes music so, but programs that follow
 *    beats do. Short bars before the first full one are upbeats and stay.
 * 2. No metre is declared, and one fits the notes well.
 * 3. One metre is declared, another whose bars do not nest with its bars fits
 *    better by a wide margin.
 * 4. One metre is declared, and nearly all notes keep to a grid of sixteenths
 *    that its bar lines miss, or its bar lines on another place of that grid
 *    fit better by a wide margin, as when a program leaves out that a piece
 *    begins with an upbeat: the metre stays, its bar lines do not.
 *
 * In each case the piece is moved in time by less than a bar, so that a bar
 * line lies at its start and the notes on the grid; the times between notes
 * stay as they are. Where nothing may move, the first bar is short instead.
 */
#define NOTES_MIN 8
/* Fewer notes do not overrule a metre that somebody has signed, with the lines
 * of its bars: of beginnings of 503 songs and editions, in which every
 * signature is right, 13 notes overruled 17 metres and 12 lines, 128 none
 * and 4. */
#define SIGNED_NOTES_MIN 128
#define SHORT_BAR_SHARE 0.5
/// Log of the least probability of a metre for a piece that declares none.
#define FIT_MIN (-2.0)
/* By how much, in logs of probability, another metre or other bar lines must
 * be likelier than those declared: beyond the most by which wrong ones are on
 * OpenScore lieder and quartets and on Nottingham (doc/benchmarks.md). */
#define METER_MARGIN 8.0
#define LINE_MARGIN 14.0
/* Programs that declare bars of a beat follow recordings of popular songs, in
 * which 4/4 is far commoner than in the music the weights were learnt from. */
#define POPULAR_MARGIN 6.0
#define CONCENTRATION_MIN 0.8
#define REPAIRS_MAX 3

/// Quarters that notes may lie off the grid: half a position of `remi`.
#define OFFSET_MAX (1.0 / 24.0)

static double
bar_quarters(PartitaMeter meter)
{
  return 4.0 * meter.numerator / meter.denominator;
}

static bool
is_fragment(PartitaMeter meter)
{
  return meter.numerator == 1 && bar_quarters(meter) < 1.5;
}

/// The share of the piece in bars that are fragments.
static double
share_of_fragments(const PartitaScore *score)
{
  const uint32_t end = partita_score_get_end(score);
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);
  double ticks = 0.0;

  for (size_t i = 0; i < n && meters[i].tick < end; ++i) {
    const uint32_t until = i + 1 < n ? MIN(meters[i + 1].tick, end) : end;

    if (is_fragment(meters[i]))
      ticks += until - meters[i].tick;
  }
  return end > 0 ? ticks / end : 0.0;
}

/// The metre that is declared once, or again and again; @tick of the last.
static bool
find_only_meter(const PartitaScore *score, PartitaMeter *only)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  if (n == 0)
    return false;
  *only = meters[n - 1];
  for (size_t i = 0; i < n; ++i) {
    if (meters[i].numerator != only->numerator ||
        meters[i].denominator != only->denominator)
      return false;
  }
  return meters[0].tick == 0;
}

/// Whether a whole number of the one's bars make a bar of the other.
static bool
nests(PartitaMeter a, PartitaMeter b)
{
  const double x = bar_quarters(a);
  const double y = bar_quarters(b);
  const double ratio = MAX(x, y) / MIN(x, y);

  return ratio == floor(ratio);
}

static uint32_t
measure_bar(const PartitaScore *score, PartitaMeter meter)
{
  return partita_bars_measure(partita_score_get_ppq(score), meter.numerator,
                              meter.denominator);
}

/// Puts in one metre with its bar lines, and says so.
static char *
read_as(PartitaScore *score, const char *was, const PartitaMeterFit *fit)
{
  const uint32_t bar = measure_bar(score, fit->meter);
  const uint32_t line = (uint32_t)lround(fit->first_ticks) % bar;

  partita_score_clear_meters(score);
  partita_score_add_meter(score, fit->meter);

  const int32_t by = partita_shift_to_bar(score, line, bar);
  g_autofree char *moved =
    by != 0 ? g_strdup_printf(", music moved by %d ticks", by) : g_strdup("");

  return g_strdup_printf("%s read as %u/%u%s", was, fit->meter.numerator,
                         fit->meter.denominator, moved);
}

/// The metre whose bars fill most of a piece in fragments.
static char *
repair_fragments(PartitaScore *score, const PartitaPulse *pulse)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);
  PartitaMeterFit fit;
  PartitaMeterFit common;
  size_t i = 0;

  while (i < n && !is_fragment(meters[i]))
    ++i;
  g_autofree char *was =
    g_strdup_printf("metre %u/%u", meters[i].numerator, meters[i].denominator);

  partita_meter_fit_best(&fit, pulse);
  if (partita_meter_fit_one(&common, pulse, (PartitaMeter){0, 4, 4}) &&
      common.fit + POPULAR_MARGIN > fit.fit)
    fit = common;
  return read_as(score, was, &fit);
}

static char *
repair_undeclared(PartitaScore *score, const PartitaPulse *pulse)
{
  PartitaMeterFit fit;

  partita_meter_fit_best(&fit, pulse);
  if (fit.fit < FIT_MIN || pulse->concentration < CONCENTRATION_MIN)
    return NULL;
  // A score without a metre is in 4/4 from its start.
  if (fit.meter.numerator == 4 && fit.meter.denominator == 4 &&
      fit.first_ticks <= OFFSET_MAX * partita_score_get_ppq(score))
    return NULL;
  return read_as(score, "no metre", &fit);
}

static char *
repair_contradicted(PartitaScore *score,
                    const PartitaPulse *pulse,
                    PartitaMeter declared)
{
  PartitaMeterFit as_declared;
  PartitaMeterFit fit;

  partita_meter_fit_best(&fit, pulse);
  if (!partita_meter_fit_one(&as_declared, pulse, declared) ||
      fit.fit < as_declared.fit + METER_MARGIN || nests(declared, fit.meter))
    return NULL;
  g_autofree char *was =
    g_strdup_printf("metre %u/%u", declared.numerator, declared.denominator);

  return read_as(score, was, &fit);
}

/// The bar line near which the music lies on the grid, if it is off it.
static bool
find_grid_line(const PartitaScore *score,
               const PartitaPulse *pulse,
               PartitaMeter declared,
               double *line)
{
  const uint32_t ppq = partita_score_get_ppq(score);
  const double off =
    remainder(pulse->origin_ticks - declared.tick, pulse->cell_ticks);
  PartitaMeterFit fit;

  if (fabs(off) <= OFFSET_MAX * ppq + 0.5)
    return false;
  *line = partita_meter_fit_one(&fit, pulse, declared) ? fit.first_ticks
                                                       : declared.tick + off;
  return true;
}

/// The bar line on another place of the grid, if it is much the likelier.
static bool
find_better_line(const PartitaPulse *pulse, PartitaMeter declared, double *line)
{
  PartitaMeterFit as_declared;
  PartitaMeterFit fit;

  if (!partita_meter_fit_one(&fit, pulse, declared) ||
      !partita_meter_fit_line(&as_declared, pulse, declared, declared.tick) ||
      fit.fit < as_declared.fit + LINE_MARGIN)
    return false;
  *line = fit.first_ticks;
  return true;
}

static char *
repair_lines(PartitaScore *score,
             const PartitaPulse *pulse,
             PartitaMeter declared)
{
  const uint32_t bar = measure_bar(score, declared);
  double line = 0.0;

  if (pulse->concentration < CONCENTRATION_MIN ||
      (!find_grid_line(score, pulse, declared, &line) &&
       !find_better_line(pulse, declared, &line)))
    return NULL;

  const int32_t by =
    partita_shift_to_bar(score, (uint32_t)lround(line + bar) % bar, bar);

  if (by == 0)
    return NULL;
  declared.tick = 0;
  partita_score_clear_meters(score);
  partita_score_add_meter(score, declared);
  return g_strdup_printf("music moved by %d ticks to its bar lines", by);
}

/// (transfer full) (nullable): what was done
static char *
repair_once(PartitaScore *score)
{
  g_auto(PartitaPulse) pulse = {0};
  const bool in_fragments = share_of_fragments(score) > SHORT_BAR_SHARE;
  PartitaMeter only;
  size_t n = 0;

  (void)partita_score_get_meters(score, &n);
  // Where metres change and make sense, somebody has thought about them.
  if (partita_score_get_n_notes(score) < NOTES_MIN ||
      (n > 0 && !in_fragments && !find_only_meter(score, &only)))
    return NULL;
  partita_pulse_measure(&pulse, score);
  if (in_fragments)
    return repair_fragments(score, &pulse);
  if (n == 0)
    return repair_undeclared(score, &pulse);
  if (partita_score_get_n_notes(score) < SIGNED_NOTES_MIN)
    return NULL;

  char *done = repair_contradicted(score, &pulse, only);

  return done != NULL ? done : repair_lines(score, &pulse, only);
}

/// How many repairs lead to a score that is left as it is; 0 if none is due,
/// or if they would go on: then there is no telling what is right.
static int
count_repairs(const PartitaScore *score)
{
  g_autoptr(PartitaScore) trial = partita_score_copy(score);

  for (int n = 0; n <= REPAIRS_MAX; ++n) {
    g_autofree char *done = repair_once(trial);

    if (done == NULL)
      return n;
  }
  return 0;
}

bool
partita_score_repair_bars(PartitaScore *score, char **reason)
{
  const int n = count_repairs(score);
  g_autoptr(GString) all = g_string_new(NULL);

  for (int i = 0; i < n; ++i) {
    g_autofree char *done = repair_once(score);

    g_string_append_printf(all, "%s%s", i > 0 ? ", then " : "", done);
  }
  if (reason != NULL)
    *reason = n > 0 ? g_strdup(all->str) : NULL;
  return n > 0;
}

static bool
find_first_onset(const PartitaScore *score, uint32_t *first)
{
  bool any = false;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, t), &n);

    if (n > 0 && (!any || notes[0].onset_ticks < *first))
      *first = notes[0].onset_ticks;
    any |= n > 0;
  }
  return any;
}

bool
partita_score_decide_bars(PartitaScore *score, char **reason)
{
  g_autoptr(PartitaScore) moved = partita_score_copy(score);
  uint32_t before = 0;
  uint32_t after = 0;
  size_t n = 0;

  if (reason != NULL)
    *reason = NULL;
  if (!partita_score_repair_bars(moved, NULL) ||
      !find_first_onset(score, &before) || !find_first_onset(moved, &after))
    return false;

  // A repaired score has one metre, whose bars begin at its start.
  PartitaMeter meter = *partita_score_get_meters(moved, &n);
  const uint32_t bar = measure_bar(score, meter);
  const uint32_t line = (before % bar + bar - after % bar) % bar;

  partita_score_clear_meters(score);
  partita_score_add_meter(score, meter);
  meter.tick = line;
  if (line > 0)
    partita_score_add_meter(score, meter);
  if (reason != NULL)
    *reason = g_strdup_printf("bars counted in %u/%u from tick %u",
                              meter.numerator, meter.denominator, line);
  return true;
}
