// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef TINY_MODEL_H
#define TINY_MODEL_H

#include <partita/compose.h>
#include <partita/nn.h>
#include <string.h>

static const char *const tiny_styles[] = {"march", "waltz", NULL};

/// A model that nobody trained, of a scheme with two styles; what @shape has
/// to do with the scheme is filled in.
static inline PartitaModel *
make_model(const char *scheme_name,
           const PartitaModelConfig *shape,
           uint64_t seed)
{
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new(scheme_name, tiny_styles, NULL);
  g_autofree char *description = partita_scheme_describe(scheme);
  PartitaModelConfig config = *shape;

  config.vocab = partita_scheme_get_vocab_size(scheme);
  config.n_fields = partita_scheme_get_n_fields(scheme) + 1;
  config.field_size[0] = config.vocab;
  for (size_t i = 1; i < config.n_fields; ++i)
    config.field_size[i] = partita_scheme_get_field_size(scheme, i - 1);
  g_assert_true(partita_nn_init(NULL));

  PartitaModel *model = partita_model_new(&config, seed);
  partita_model_set_metadata(model, "scheme", description);
  return model;
}

static inline PartitaModel *
make_tiny_model(const char *scheme_name, uint64_t seed)
{
  const PartitaModelConfig shape = {
    .architecture = "lstm", .width = 8, .hidden = 16, .layers = 1};

  return make_model(scheme_name, &shape, seed);
}

/// A Transformer that sees @context tokens.
static inline PartitaModel *
make_tiny_transformer(const char *scheme_name, size_t context, uint64_t seed)
{
  const PartitaModelConfig shape = {
    .architecture = "transformer",
    .width = 8,
    .hidden = 16,
    .layers = 2,
    .heads = 2,
    .context = context,
  };

  return make_model(scheme_name, &shape, seed);
}

static inline size_t
count_bars(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  return bars->len;
}

#endif
