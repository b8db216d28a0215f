// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <analysis/analysis-private.h>

#include <string.h>

GQuark
partita_analysis_error_quark(void)
{
  return g_quark_from_static_string("partita-analysis-error-quark");
}

static PartitaScheme *
read_scheme(const PartitaModel *model, GError **error)
{
  const char *description = partita_model_get_metadata(model, "scheme");

  if (description != NULL)
    return partita_scheme_new_from_description(description, error);
  g_set_error(error, PARTITA_ANALYSIS_ERROR, PARTITA_ANALYSIS_ERROR_MODEL,
              "the model names no token scheme");
  return NULL;
}

static bool
has_shape(const PartitaModelConfig *config, const PartitaScheme *scheme)
{
  const size_t vocab = partita_scheme_get_vocab_size(scheme);
  bool fits = config->vocab == vocab && config->field_size[0] == vocab &&
              config->n_fields == partita_scheme_get_n_fields(scheme) + 1;

  for (size_t i = 1; fits && i < config->n_fields; ++i)
    fits =
      config->field_size[i] == partita_scheme_get_field_size(scheme, i - 1);
  return fits;
}

static bool
check_key(const PartitaReading *reading, GError **error)
{
  const char *transposition =
    partita_model_get_metadata(reading->model, "transposition");
  const bool common = g_strcmp0(transposition, "common") == 0;

  if (common == partita_corpus_is_in_common_key(reading->corpus))
    return true;
  g_set_error(error, PARTITA_ANALYSIS_ERROR, PARTITA_ANALYSIS_ERROR_MODEL,
              "the model knows %s, the corpus is %s",
              common ? "one key" : "all keys",
              common ? "in its own keys" : "in one key");
  return false;
}

static bool
check(const PartitaReading *reading, GError **error)
{
  const char *wanted = partita_scheme_get_name(reading->scheme);
  const char *has =
    partita_scheme_get_name(partita_corpus_get_scheme(reading->corpus));

  if (!has_shape(partita_model_get_config(reading->model), reading->scheme)) {
    g_set_error(error, PARTITA_ANALYSIS_ERROR, PARTITA_ANALYSIS_ERROR_MODEL,
                "the model has not the shape of its token scheme");
    return false;
  }
  if (strcmp(wanted, has) != 0) {
    g_set_error(error, PARTITA_ANALYSIS_ERROR, PARTITA_ANALYSIS_ERROR_MODEL,
                "the model reads %s, the corpus is in %s", wanted, has);
    return false;
  }
  return check_key(reading, error);
}

/// Schemes of one name differ in their styles alone.
static void
rename_ids(PartitaReading *reading)
{
  const PartitaScheme *from = partita_corpus_get_scheme(reading->corpus);
  const size_t n = partita_scheme_get_vocab_size(from);

  reading->renamed = g_new(int32_t, n);
  for (size_t i = 0; i < n; ++i)
    reading->renamed[i] = partita_scheme_find_token(
      reading->scheme, partita_scheme_token_name(from, (uint16_t)i));
}

static void
list_types(PartitaReading *reading)
{
  reading->type_of = g_new(uint8_t, reading->vocab);
  for (size_t i = 0; i < reading->vocab; ++i) {
    const char *type = partita_scheme_token_type(reading->scheme, (uint16_t)i);
    size_t t = 0;

    while (t < reading->n_types && strcmp(reading->types[t], type) != 0)
      ++t;
    g_assert(t < PARTITA_READING_TYPES_MAX);
    if (t == reading->n_types)
      reading->types[reading->n_types++] = type;
    reading->type_of[i] = (uint8_t)t;
  }
}

bool
partita_reading_init(PartitaReading *reading,
                     const PartitaModel *model,
                     const PartitaCorpus *corpus,
                     unsigned drop_controls,
                     GError **error)
{
  reading->model = model;
  reading->corpus = corpus;
  reading->drop_controls = drop_controls;
  reading->scheme = read_scheme(model, error);
  if (reading->scheme == NULL || !check(reading, error))
    return false;
  reading->vocab = partita_scheme_get_vocab_size(reading->scheme);
  reading->n_fields = partita_scheme_get_n_fields(reading->scheme);
  rename_ids(reading);
  list_types(reading);
  return true;
}

void
partita_reading_clear(PartitaReading *reading)
{
  g_clear_pointer(&reading->scheme, partita_scheme_free);
  g_clear_pointer(&reading->renamed, g_free);
  g_clear_pointer(&reading->type_of, g_free);
}

GArray *
partita_reading_get_ids(const PartitaReading *reading, size_t index)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  guint kept = 0;

  partita_corpus_get_ids(reading->corpus, index, 0, ids);
  for (guint i = 0; i < ids->len; ++i) {
    const int32_t id = reading->renamed[g_array_index(ids, uint16_t, i)];

    if (id >= 0)
      g_array_index(ids, uint16_t, kept++) = (uint16_t)id;
  }
  g_array_set_size(ids, kept);
  g_array_set_size(ids, (guint)partita_scheme_drop_controls(
                          reading->scheme, (uint16_t *)(void *)ids->data,
                          ids->len, reading->drop_controls));
  return ids;
}
