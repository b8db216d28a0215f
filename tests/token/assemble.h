// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_TESTS_TOKEN_ASSEMBLE_H
#define PARTITA_TESTS_TOKEN_ASSEMBLE_H

#include <partita/token.h>

/* Puts events together to a score, knowing nothing of tokens. */

static inline void
assemble_grid_tracks(PartitaScore *score, PartitaTrack **tracks)
{
  static const char *const names[] = {"Soprano", "Alto", "Tenor", "Bass"};

  for (size_t v = 0; v < G_N_ELEMENTS(names); ++v)
    tracks[v] = partita_score_add_track(score, 52, names[v]);
}

/// One for each program that sounds, in their order.
static inline void
assemble_tracks(PartitaScore *score,
                const PartitaScoreEvent *events,
                size_t n,
                PartitaTrack **tracks)
{
  bool used[PARTITA_N_PROGRAMS] = {false};

  for (size_t i = 0; i < n; ++i)
    if (events[i].type == PARTITA_SCORE_EVENT_NOTE)
      used[events[i].program] = true;
  for (size_t p = 0; p < PARTITA_N_PROGRAMS; ++p)
    if (used[p])
      tracks[p] = partita_score_add_track(score, (uint8_t)p, NULL);
}

/// (transfer full); @events: (element-type PartitaScoreEvent): to the end
static inline PartitaScore *
assemble(const PartitaScheme *scheme, const GArray *events)
{
  const PartitaScoreEvent *e =
    (const PartitaScoreEvent *)(const void *)events->data;
  const bool grid = g_str_equal(partita_scheme_get_name(scheme), "grid");
  PartitaScore *score = partita_score_new(partita_scheme_get_ppq(scheme));
  PartitaTrack *tracks[PARTITA_N_PROGRAMS] = {NULL};

  if (grid)
    assemble_grid_tracks(score, tracks);
  else
    assemble_tracks(score, e, events->len, tracks);
  for (size_t i = 0; i < events->len; ++i) {
    g_assert_true((e[i].type == PARTITA_SCORE_EVENT_END) ==
                  (i + 1 == events->len));
    if (e[i].type == PARTITA_SCORE_EVENT_KEY)
      partita_score_add_key(score, e[i].key);
    else if (e[i].type == PARTITA_SCORE_EVENT_TEMPO)
      partita_score_add_tempo(score, e[i].tempo);
    else if (e[i].type == PARTITA_SCORE_EVENT_METER)
      partita_score_add_meter(score, e[i].meter);
    else if (e[i].type == PARTITA_SCORE_EVENT_NOTE)
      partita_track_add_note(tracks[grid ? e[i].voice : e[i].program],
                             e[i].note);
    else
      partita_score_set_end(score, e[i].end_ticks);
  }
  partita_score_sort(score);
  return score;
}

#endif
