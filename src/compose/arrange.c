// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arrange.h>
#include <compose/compose-private.h>
#include <string.h>

/// The lowest note under which three voices find room, in whatever key a model
/// hears it.
#define LOWEST_LINE 46

void
partita_arrangement_free(PartitaArrangement *arrangement)
{
  if (arrangement == NULL)
    return;
  partita_score_free(arrangement->whole);
  partita_score_free(arrangement->given);
  partita_score_free(arrangement->line);
  g_array_unref(arrangement->spans);
  g_array_unref(arrangement->groups);
  g_free(arrangement->tracks);
  g_free(arrangement);
}

/// (transfer full): anew, with spans and groups that are empty
static PartitaArrangement *
alloc(const PartitaScore *whole)
{
  PartitaArrangement *arrangement = g_new0(PartitaArrangement, 1);

  arrangement->whole = partita_score_copy(whole);
  arrangement->spans = g_array_new(FALSE, FALSE, sizeof(PartitaSpan));
  arrangement->groups = g_array_new(FALSE, FALSE, sizeof(PartitaGroup));
  return arrangement;
}

const PartitaScore *
partita_arrangement_get_given(const PartitaArrangement *arrangement)
{
  return arrangement->given;
}

static bool
check_music(const PartitaScore *score, GError **error)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);

  if (partita_score_get_n_notes(score) == 0)
    return partita_compose_refuse(error, "there are no notes in the file");
  return bars->len <= PARTITA_COMPOSE_BARS_MAX ||
         partita_compose_refuse(error, "%u bars: at most %d can be composed",
                                bars->len, PARTITA_COMPOSE_BARS_MAX);
}

/// Which bars of which tracks are open.
typedef struct {
  const PartitaScore *score;
  GArray *bars;       // PartitaBar
  const bool *tracks; // (nullable): shape [tracks]: those that may be; all
  size_t first;       // bar that may be
  size_t n_bars;
  const bool *chosen; // (nullable): shape [tracks, bars]: those that are; all
} Cells;

static bool
is_open(const Cells *cells, size_t track, size_t bar)
{
  return (cells->tracks == NULL || cells->tracks[track]) &&
         bar >= cells->first && bar - cells->first < cells->n_bars &&
         (cells->chosen == NULL ||
          cells->chosen[track * cells->bars->len + bar]);
}

static void
keep_notes(const Cells *cells, size_t t, PartitaTrack *to)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(cells->score, t), &n);
  const uint16_t ppq = partita_score_get_ppq(cells->score);

  for (size_t i = 0; i < n; ++i) {
    const size_t bar =
      partita_bars_find(cells->bars, ppq, notes[i].onset_ticks);

    if (!is_open(cells, t, bar))
      partita_track_add_note(to, notes[i]);
  }
}

/// (transfer full): the score without the notes that begin in open cells
static PartitaScore *
take_out(const Cells *cells)
{
  PartitaScore *given = partita_score_copy_frame(cells->score);

  for (size_t t = 0; t < partita_score_get_n_tracks(cells->score); ++t) {
    const PartitaTrack *from = partita_score_get_track(cells->score, t);
    PartitaTrack *to =
      partita_score_add_track(given, partita_track_get_program(from), NULL);
    size_t n = 0;
    const PartitaPedal *pedals = partita_track_get_pedals(from, &n);

    partita_track_copy_name(to, from);
    for (size_t i = 0; i < n; ++i)
      partita_track_add_pedal(to, pedals[i]);
    keep_notes(cells, t, to);
  }
  partita_score_sort(given);
  return given;
}

static bool
has_notes(const PartitaTrack *track)
{
  size_t n = 0;

  (void)partita_track_get_notes(track, &n);
  return n > 0;
}

/// Whether any program is open in bar @bar of @span.
static bool
open_programs(const Cells *cells, size_t bar, PartitaSpan *span)
{
  bool any = false;

  for (size_t t = 0; t < partita_score_get_n_tracks(cells->score); ++t) {
    const PartitaTrack *track = partita_score_get_track(cells->score, t);

    if (!has_notes(track) || !is_open(cells, t, bar))
      continue;
    span->programs[partita_track_get_program(track)] = true;
    any = true;
  }
  return any;
}

/// Neighbouring bars in which the same programs are open are one span.
static void
find_spans(const Cells *cells, GArray *spans)
{
  for (size_t bar = 0; bar < cells->bars->len; ++bar) {
    PartitaSpan span = {.first = bar, .n_bars = 1};

    if (!open_programs(cells, bar, &span))
      continue;

    PartitaSpan *last = spans->len > 0
                          ? &g_array_index(spans, PartitaSpan, spans->len - 1)
                          : NULL;

    if (last != NULL && last->first + last->n_bars == bar &&
        memcmp(last->programs, span.programs, sizeof span.programs) == 0)
      ++last->n_bars;
    else
      g_array_append_val(spans, span);
  }
}

static PartitaArrangement *
open_cells(const Cells *cells)
{
  PartitaArrangement *arrangement = alloc(cells->score);

  const size_t n_tracks = partita_score_get_n_tracks(cells->score);

  arrangement->given = take_out(cells);
  arrangement->tracks = g_new0(bool, n_tracks + 1);
  for (size_t t = 0; t < n_tracks; ++t)
    for (size_t i = 0; !arrangement->tracks[t] && i < cells->n_bars; ++i)
      arrangement->tracks[t] = is_open(cells, t, cells->first + i);
  find_spans(cells, arrangement->spans);
  return arrangement;
}

static bool
check_infill(const Cells *cells, GError **error)
{
  bool any = false;

  if (cells->n_bars == 0 || cells->first >= cells->bars->len ||
      cells->n_bars > cells->bars->len - cells->first)
    return partita_compose_refuse(
      error, "bars %zu to %zu: the piece has %u", cells->first + 1,
      cells->first + cells->n_bars, cells->bars->len);
  for (size_t t = 0; t < partita_score_get_n_tracks(cells->score); ++t)
    any |= (cells->tracks == NULL || cells->tracks[t]) &&
           has_notes(partita_score_get_track(cells->score, t));
  return any || partita_compose_refuse(error, "the track to fill has no notes");
}

PartitaArrangement *
partita_arrangement_new_infill(const PartitaScore *score,
                               size_t first,
                               size_t n_bars,
                               const bool *tracks,
                               GError **error)
{
  if (!check_music(score, error))
    return NULL;

  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  const Cells cells = {score, bars, tracks, first, n_bars, NULL};

  return check_infill(&cells, error) ? open_cells(&cells) : NULL;
}

PartitaArrangement *
partita_arrangement_new_variation(const PartitaScore *score,
                                  double strength,
                                  uint64_t seed,
                                  GError **error)
{
  // Written so that NaN is refused too.
  if (!(strength >= 0.0 && strength <= 1.0)) {
    (void)partita_compose_refuse(error,
                                 "the strength of a variation is from 0 to 1");
    return NULL;
  }
  if (!check_music(score, error))
    return NULL;

  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  g_autofree bool *chosen =
    strength < 1.0 ? partita_arrange_choose(score, bars, strength, seed) : NULL;
  const Cells cells = {score, bars, NULL, 0, bars->len, chosen};

  return open_cells(&cells);
}

/// Opens all bars, of programs yet to be chosen.
static void
open_whole(PartitaArrangement *arrangement)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(arrangement->whole);
  const PartitaSpan span = {.n_bars = bars->len};

  g_array_append_val(arrangement->spans, span);
}

static bool
check_group(const PartitaScore *score,
            const PartitaGroup *group,
            GError **error)
{
  PartitaGroup left = *group;
  bool any = false;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    left
      .programs[partita_track_get_program(partita_score_get_track(score, t))] =
      false;
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    any |= left.programs[p];
  if (any)
    return true;
  return partita_compose_refuse(error, "%s plays in the piece already",
                                group->name);
}

PartitaArrangement *
partita_arrangement_new_accompaniment(const PartitaScore *score,
                                      const PartitaGroup *groups,
                                      size_t n_groups,
                                      GError **error)
{
  if (!check_music(score, error))
    return NULL;
  for (size_t g = 0; g < n_groups; ++g)
    if (!check_group(score, &groups[g], error))
      return NULL;

  PartitaArrangement *arrangement = alloc(score);

  arrangement->given = partita_score_copy(score);
  g_array_append_vals(arrangement->groups, groups, (guint)n_groups);
  open_whole(arrangement);
  return arrangement;
}

static bool
check_line(const PartitaScore *line, GError **error)
{
  size_t n = 0;
  const PartitaNote *notes =
    line != NULL ? partita_track_get_notes(partita_score_get_track(line, 0), &n)
                 : NULL;

  if (n == 0)
    return partita_compose_refuse(error,
                                  "there is no melody in the file: no notes");
  for (size_t i = 0; i < n; ++i)
    if (notes[i].pitch < LOWEST_LINE)
      return partita_compose_refuse(
        error, "the melody goes lower than three voices under it "
               "can be heard: at least B flat 2");
  return true;
}

PartitaArrangement *
partita_arrangement_new_harmony(const PartitaScore *score, GError **error)
{
  g_autoptr(PartitaScore) line = partita_melody_take_line(score);

  if (!check_music(score, error) || !check_line(line, error))
    return NULL;

  PartitaArrangement *arrangement = alloc(score);

  arrangement->given = partita_melody_keep_line(score);
  arrangement->line = g_steal_pointer(&line);
  open_whole(arrangement);
  return arrangement;
}

unsigned
partita_arrangement_get_line_program(const PartitaArrangement *arrangement)
{
  return partita_track_get_program(
    partita_score_get_track(arrangement->line, 0));
}
