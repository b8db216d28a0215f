// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <math.h>
#include <train/train-private.h>

/// Measured of a larger corpus, evenly spread.
#define MEASURED_MAX 512

typedef struct {
  double n;
  double sum[PARTITA_N_MEASURES];
  double squares[PARTITA_N_MEASURES];
} Moments;

static void
add_piece(const PartitaCorpus *corpus, size_t index, Moments *moments)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  double measures[PARTITA_N_MEASURES];
  PartitaPrompt prompt;

  partita_corpus_get_ids(corpus, index, (uint32_t)index, ids);

  g_autoptr(PartitaScore) score = partita_scheme_decode(
    scheme, (const uint16_t *)(const void *)ids->data, ids->len, &prompt, NULL);
  if (score == NULL || !partita_score_measure(score, measures))
    return;
  // Of all pieces, and of those of the style.
  for (int of = 0; of < (prompt.style >= 0 ? 2 : 1); ++of) {
    Moments *m = &moments[of == 0 ? 0 : 1 + prompt.style];

    m->n += 1.0;
    for (size_t i = 0; i < PARTITA_N_MEASURES; ++i) {
      m->sum[i] += measures[i];
      m->squares[i] += measures[i] * measures[i];
    }
  }
}

static void
write_moments(JsonBuilder *builder, const char *name, const Moments *m)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (size_t i = 0; i < PARTITA_N_MEASURES; ++i) {
    const double mean = m->sum[i] / m->n;

    json_builder_add_double_value(builder, mean);
    json_builder_add_double_value(
      builder, sqrt(fmax(0.0, m->squares[i] / m->n - mean * mean)));
  }
  json_builder_end_array(builder);
}

void
partita_train_write_measures(PartitaModel *model, const PartitaCorpus *corpus)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  const size_t n_styles = g_strv_length((char **)styles);
  const size_t n_pieces = partita_corpus_get_n_pieces(corpus);
  const size_t stride = (n_pieces + MEASURED_MAX - 1) / MEASURED_MAX;
  g_autofree Moments *moments = g_new0(Moments, n_styles + 1);
  g_autoptr(JsonBuilder) builder = json_builder_new();

  for (size_t i = 0; i < n_pieces; i += stride)
    if (!partita_corpus_get_piece(corpus, i).valid)
      add_piece(corpus, i, moments);
  json_builder_begin_object(builder);
  for (size_t i = 0; i <= n_styles; ++i)
    if (moments[i].n > 0.0)
      write_moments(builder, i == 0 ? "" : styles[i - 1], &moments[i]);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);

  partita_model_set_metadata(model, "measures", text);
}
