// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <train/train-private.h>

/// Kept of a larger corpus, evenly spread.
#define PROMPTS_MAX 512

// Of several styles each comes in its turn.
static void
add_prompt(JsonBuilder *builder, const PartitaCorpus *corpus, size_t index)
{
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  partita_corpus_get_ids(corpus, index, (uint32_t)index, ids);

  g_autoptr(GArray) whole = g_array_copy(ids);
  const size_t bare = partita_scheme_drop_controls(
    partita_corpus_get_scheme(corpus), (uint16_t *)(void *)ids->data, ids->len,
    PARTITA_CONTROL_ALL);

  json_builder_begin_array(builder);
  json_builder_add_int_value(builder,
                             partita_corpus_get_piece(corpus, index).shift);
  // The controls stand right after Bos.
  for (size_t i = 1; i <= ids->len - bare; ++i)
    json_builder_add_int_value(builder,
                               g_array_index(whole, uint16_t, (guint)i));
  json_builder_end_array(builder);
}

void
partita_train_write_prompts(PartitaModel *model, const PartitaCorpus *corpus)
{
  const size_t n_pieces = partita_corpus_get_n_pieces(corpus);
  const size_t stride = (n_pieces + PROMPTS_MAX - 1) / PROMPTS_MAX;
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_array(builder);
  for (size_t i = 0; i < n_pieces; i += stride) {
    if (!partita_corpus_get_piece(corpus, i).valid)
      add_prompt(builder, corpus, i);
  }
  json_builder_end_array(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);

  partita_model_set_metadata(model, "prompts", text);
}
