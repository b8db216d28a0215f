// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <token/scheme-private.h>

PartitaScore *
partita_token_fold_pedals(const PartitaScore *score)
{
  bool found = false;

  for (size_t t = 0; t < partita_score_get_n_tracks(score) && !found; ++t) {
    size_t n = 0;

    partita_track_get_pedals(partita_score_get_track(score, t), &n);
    found = n > 0;
  }
  if (!found)
    return NULL;

  PartitaScore *folded = partita_score_copy(score);

  partita_score_sort(folded);
  partita_score_fold_pedal(folded);
  return folded;
}
