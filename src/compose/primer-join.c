// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The primer as it was given, and behind it what was composed. */

#include <compose/compose-private.h>
#include <compose/voices.h>

/// How the time of what was composed becomes that of the primer.
typedef struct {
  const PartitaComposePlan *plan;
  PartitaBarGrid *behind; // (nullable): of new bars; without them time runs on
  uint32_t until;         // tick at which the primer ends
  double rate;            // ticks of the primer a tick of what was composed
} Join;

static uint32_t
map_tick(const Join *join, uint32_t tick)
{
  return join->until +
         (uint32_t)((tick - join->plan->primer_end) * join->rate + 0.5);
}

static PartitaNote
map_note(const Join *join, PartitaNote note)
{
  const uint32_t end = note.onset_ticks + note.duration_ticks;

  if (join->behind != NULL)
    return partita_bar_grid_bend(join->behind, note);
  note.onset_ticks = map_tick(join, note.onset_ticks);
  note.duration_ticks =
    MAX(map_tick(join, end), note.onset_ticks + 1) - note.onset_ticks;
  return note;
}

/// (transfer full): the primer without changes that come with its end or after
/// it, which would act on the new bars
static PartitaScore *
copy_primer(const PartitaScore *primer, uint32_t until)
{
  PartitaScore *copy = partita_score_copy(primer);
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(primer, &n);

  partita_score_clear_tempos(copy);
  for (size_t i = 0; i < n && tempos[i].tick < until; ++i)
    partita_score_add_tempo(copy, tempos[i]);

  const PartitaMeter *meters = partita_score_get_meters(primer, &n);

  partita_score_clear_meters(copy);
  for (size_t i = 0; i < n && meters[i].tick < until; ++i)
    partita_score_add_meter(copy, meters[i]);

  const PartitaKey *keys = partita_score_get_keys(primer, &n);

  partita_score_clear_keys(copy);
  for (size_t i = 0; i < n && keys[i].tick < until; ++i)
    partita_score_add_key(copy, keys[i]);
  return copy;
}

static void
join_notes(const Join *join, const PartitaScore *composed, PartitaScore *joined)
{
  const PartitaScore *primer = join->plan->options.primer;
  g_auto(PartitaVoices) voices = {0};

  partita_voices_init(&voices, joined, !join->plan->composer->has_bars);
  for (size_t t = 0; t < partita_score_get_n_tracks(primer); ++t)
    partita_voices_open(&voices, t, partita_score_get_track(primer, t));
  for (size_t t = 0; t < partita_score_get_n_tracks(composed); ++t) {
    const PartitaTrack *track = partita_score_get_track(composed, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i)
      if (notes[i].onset_ticks >= join->plan->primer_end)
        partita_voices_write(&voices, partita_track_get_program(track),
                             map_note(join, notes[i]));
  }
}

/// Metres of the new bars, where they are not that of the bar before.
static void
join_meters(const Join *join, PartitaScore *joined)
{
  const GArray *given = join->plan->grid->bars;
  const PartitaBar *before = &g_array_index(given, PartitaBar, given->len - 1);

  for (guint b = 0; b < join->behind->bars->len; ++b) {
    const PartitaBar *bar = &g_array_index(join->behind->bars, PartitaBar, b);

    if (bar->numerator != before->numerator ||
        bar->denominator != before->denominator)
      partita_score_add_meter(
        joined, (PartitaMeter){bar->tick, bar->numerator, bar->denominator});
    before = bar;
  }
}

/* The model knows tempos on a coarse scale. So it is how much faster or slower
 * it goes on that counts, from the primer's own tempo. */
static void
join_tempos(const Join *join,
            const PartitaScore *composed,
            PartitaScore *joined)
{
  const uint32_t from = join->plan->primer_end;
  g_autoptr(PartitaTempoMap) given = partita_tempo_map_new(joined);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(composed);
  const double own = partita_tempo_map_tempo_at(given, join->until);
  const double heard = partita_tempo_map_tempo_at(map, from - 1);
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(composed, &n);

  for (size_t i = 0; i < n; ++i) {
    PartitaNote at = {tempos[i].tick, 1, 0, 1};
    const double us = tempos[i].us_per_quarter * own / heard + 0.5;

    if (tempos[i].tick < from)
      continue;
    at = partita_bar_grid_bend(join->behind, at);
    partita_score_add_tempo(
      joined,
      (PartitaTempo){at.onset_ticks, (uint32_t)CLAMP(us, 1.0, 16777215.0)});
  }
}

static void
sign_key(const PartitaComposePlan *plan, PartitaScore *joined)
{
  const PartitaControls *controls = plan->options.controls;
  const int key = controls != NULL ? partita_controls_get_key(controls) : -1;
  size_t n = 0;

  (void)partita_score_get_keys(joined, &n);
  if (key >= 0 && n == 0)
    partita_score_add_key(joined, partita_key_to_signature(key));
}

/// Of a scheme without bars, whose quarters may be no more than half a second.
static double
find_rate(const Join *join, const PartitaScore *composed)
{
  const PartitaScore *primer = join->plan->options.primer;
  g_autoptr(PartitaTempoMap) given = partita_tempo_map_new(primer);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(composed);
  const double ticks =
    (double)partita_score_get_ppq(primer) / partita_score_get_ppq(composed);

  if (join->plan->composer->has_voices)
    return ticks;
  return ticks * partita_tempo_map_tempo_at(map, join->plan->primer_end) /
         partita_tempo_map_tempo_at(given, join->until);
}

static uint32_t
find_end(const PartitaBarGrid *grid)
{
  const PartitaBar *last =
    &g_array_index(grid->bars, PartitaBar, grid->bars->len - 1);

  return last->tick + last->length_ticks;
}

PartitaScore *
partita_primer_join(const PartitaComposePlan *plan,
                    const PartitaScore *composed)
{
  const PartitaComposer *composer = plan->composer;
  const uint32_t end = partita_score_get_end(plan->options.primer);
  Join join = {.plan = plan, .until = find_end(plan->grid)};

  if (composer->has_voices)
    join.until = MIN(join.until, end);
  else if (!composer->has_bars)
    join.until = end;

  PartitaScore *joined = copy_primer(plan->options.primer, join.until);
  g_autoptr(PartitaBarGrid) behind =
    composer->has_bars ? partita_bar_grid_new_behind(plan->grid, composed)
                       : NULL;

  join.behind = behind;
  join.rate = find_rate(&join, composed);
  join_notes(&join, composed, joined);
  if (behind != NULL) {
    join_meters(&join, joined);
    if (plan->options.controls == NULL || plan->options.controls->tempo <= 0.0)
      join_tempos(&join, composed, joined);
  }
  partita_score_set_end(
    joined, behind != NULL ? find_end(behind)
                           : map_tick(&join, partita_score_get_end(composed)));
  sign_key(plan, joined);
  partita_score_sort(joined);
  return joined;
}
