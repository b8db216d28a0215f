// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef TINY_MODEL_H
#define TINY_MODEL_H

#include <partita/compose.h>
#include <partita/nn.h>
#include <string.h>

static const char *const tiny_styles[] = {"march", "waltz", NULL};

/// A model that nobody trained, of a scheme with two styles.
static inline PartitaModel *
make_tiny_model(const char *scheme_name, uint64_t seed)
{
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new(scheme_name, tiny_styles, NULL);
  g_autofree char *description = partita_scheme_describe(scheme);
  PartitaModelConfig config = {
    .architecture = "lstm",
    .vocab = partita_scheme_get_vocab_size(scheme),
    .n_fields = partita_scheme_get_n_fields(scheme) + 1,
    .width = 8,
    .hidden = 16,
    .layers = 1,
  };

  config.field_size[0] = config.vocab;
  for (size_t i = 1; i < config.n_fields; ++i)
    config.field_size[i] = partita_scheme_get_field_size(scheme, i - 1);
  g_assert_true(partita_nn_init(NULL));

  PartitaModel *model = partita_model_new(&config, seed);
  partita_model_set_metadata(model, "scheme", description);
  return model;
}

static inline size_t
count_bars(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  return bars->len;
}

#endif
