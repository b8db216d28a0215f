// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef ARRANGED_H
#define ARRANGED_H

#include "tiny-model.h"

#define PPQ 240
#define BAR (4 * PPQ)
#define N_BARS 12

/// That says it has learnt to fill in.
static inline PartitaModel *
make_learnt_model(uint64_t seed)
{
  PartitaModel *model = make_tiny_model("remi", seed);

  partita_model_set_metadata(model, "settings",
                             "{\"augment\":\"tempo,parts\"}");
  return model;
}

static inline PartitaScore *
compose(const PartitaComposer *composer,
        const PartitaArrangement *arrangement,
        uint64_t seed)
{
  PartitaComposeOptions options;
  g_autoptr(GError) error = NULL;

  partita_compose_options_init(&options);
  options.arrangement = arrangement;
  options.seed = seed;

  PartitaScore *score = partita_compose(composer, &options, &error);

  g_assert_no_error(error);
  return score;
}

/// An onset as bars count it: what comes less than a 64th note early is in
/// time, but for the end of the music.
static inline uint32_t
time_onset(uint32_t onset)
{
  return MIN(onset + PPQ / 16 - 1, N_BARS * BAR - 1);
}

/// How many notes of track @t belong to the bars from @from to @to.
static inline size_t
count_in(const PartitaScore *score, size_t t, uint32_t from, uint32_t to)
{
  size_t n = 0;
  size_t in = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, t), &n);

  for (size_t i = 0; i < n; ++i) {
    const uint32_t onset = time_onset(notes[i].onset_ticks);

    in += onset >= from && onset < to;
  }
  return in;
}

#endif
