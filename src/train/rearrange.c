// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <string.h>
#include <train/train-private.h>

/// Which number of a piece's chance decides what.
enum { DRAW_WAY, DRAW_LENGTH, DRAW_FIRST, DRAW_ALL, DRAW_PROGRAMS };

/// Ways to open a piece, each as likely as the other.
typedef enum { WAY_BARS, WAY_PROGRAMS, WAY_BELOW, N_WAYS } Way;

#define SPAN_BARS_MAX 8

/// The chance of a piece; a stream of its own, beside the other augmentations.
typedef struct {
  uint64_t seed;
  uint64_t serial;
} Chance;

static uint32_t
draw(const Chance *chance, uint64_t what, uint32_t n)
{
  return partita_random_below(chance->seed, PARTITA_RANDOM_ARRANGE,
                              chance->serial, what, n);
}

/// Opens at least one of the programs of @score, and not all if @some.
static void
open_programs(const Chance *chance,
              const PartitaScore *score,
              bool some,
              PartitaSpan *span)
{
  const size_t n = partita_score_get_n_tracks(score);
  const size_t surely = draw(chance, DRAW_PROGRAMS, (uint32_t)n);
  const size_t never = (surely + 1) % n;

  for (size_t t = 0; t < n; ++t) {
    const unsigned program =
      partita_track_get_program(partita_score_get_track(score, t));
    const bool likes = draw(chance, DRAW_PROGRAMS + 1 + t, 2) == 0;

    span->programs[program] = t == surely || (likes && !(some && t == never));
  }
}

static void
open_all(const PartitaScore *score, PartitaSpan *span)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    span
      ->programs[partita_track_get_program(partita_score_get_track(score, t))] =
      true;
}

static void
open_bars(const Chance *chance,
          const PartitaScore *score,
          size_t bars,
          PartitaSpan *span)
{
  span->n_bars =
    1 + draw(chance, DRAW_LENGTH, (uint32_t)MIN(SPAN_BARS_MAX, bars));
  span->first = draw(chance, DRAW_FIRST, (uint32_t)(bars - span->n_bars + 1));
  if (draw(chance, DRAW_ALL, 2) == 0)
    open_all(score, span);
  else
    open_programs(chance, score, false, span);
}

/// All but the top line of the program that lies highest, on the mean.
static void
open_below(const PartitaScore *score, PartitaSpan *span)
{
  double highest = -1.0;
  unsigned top = PARTITA_PROGRAM_DRUMS;

  open_all(score, span);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
      sum += notes[i].pitch;
    if (partita_track_is_drums(track) || n == 0 || sum / (double)n <= highest)
      continue;
    highest = sum / (double)n;
    top = partita_track_get_program(track);
  }
  span->topped[top] = true;
}

static PartitaSpan
draw_span(const Chance *chance, const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  PartitaSpan span = {.n_bars = bars->len};
  const Way way = draw(chance, DRAW_WAY, N_WAYS);

  if (way == WAY_BELOW)
    open_below(score, &span);
  else if (way == WAY_PROGRAMS && partita_score_get_n_tracks(score) > 1)
    open_programs(chance, score, true, &span);
  else
    open_bars(chance, score, bars->len, &span);
  return span;
}

void
partita_rearrange_at_random(const PartitaScheme *scheme,
                            GArray *ids,
                            uint64_t seed,
                            uint64_t serial)
{
  const uint16_t *first = (const uint16_t *)(void *)ids->data;
  const Chance chance = {seed, serial};
  g_autoptr(PartitaScore) score =
    partita_scheme_decode(scheme, first, ids->len, NULL, NULL);

  g_return_if_fail(score != NULL);
  if (partita_score_get_n_tracks(score) == 0)
    return;

  const PartitaSpan span = draw_span(&chance, score);
  g_autoptr(GArray) rearranged =
    partita_scheme_rearrange(scheme, first, ids->len, &span, 1, false);

  g_array_set_size(ids, 0);
  g_array_append_vals(ids, rearranged->data, rearranged->len);
}
