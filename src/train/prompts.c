// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <train/train-private.h>

/// Kept of a larger corpus, evenly spread.
#define PROMPTS_MAX 512

static void
add_prompt(JsonBuilder *builder,
           const PartitaScheme *scheme,
           const PartitaPiece *piece)
{
  g_autofree uint16_t *ids = g_memdup2(piece->ids, piece->n * sizeof *ids);
  const size_t bare =
    partita_scheme_drop_controls(scheme, ids, piece->n, PARTITA_CONTROL_ALL);

  json_builder_begin_array(builder);
  json_builder_add_int_value(builder, piece->shift);
  // The controls stand right after Bos.
  for (size_t i = 1; i <= piece->n - bare; ++i)
    json_builder_add_int_value(builder, piece->ids[i]);
  json_builder_end_array(builder);
}

void
partita_train_write_prompts(PartitaModel *model, const PartitaCorpus *corpus)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  const size_t n_pieces = partita_corpus_get_n_pieces(corpus);
  const size_t stride = (n_pieces + PROMPTS_MAX - 1) / PROMPTS_MAX;
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_array(builder);
  for (size_t i = 0; i < n_pieces; i += stride) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);

    if (!piece.valid)
      add_prompt(builder, scheme, &piece);
  }
  json_builder_end_array(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);

  partita_model_set_metadata(model, "prompts", text);
}
