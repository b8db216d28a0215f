// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>
#include <string.h>

GQuark
partita_compose_error_quark(void)
{
  return g_quark_from_static_string("partita-compose-error-quark");
}

static bool
refuse_model(GError **error, const char *what, size_t has, size_t wants)
{
  g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
              "the model has %zu %s, its token scheme %zu", has, what, wants);
  return false;
}

static bool
check_shape(const PartitaModelConfig *config,
            const PartitaScheme *scheme,
            GError **error)
{
  const size_t vocab = partita_scheme_get_vocab_size(scheme);
  const size_t n_fields = partita_scheme_get_n_fields(scheme);

  if (config->vocab != vocab)
    return refuse_model(error, "outputs", config->vocab, vocab);
  if (config->n_fields != n_fields + 1)
    return refuse_model(error, "fields", config->n_fields, n_fields + 1);
  if (config->field_size[0] != vocab)
    return refuse_model(error, "tokens", config->field_size[0], vocab);
  for (size_t i = 0; i < n_fields; ++i) {
    const size_t wanted = partita_scheme_get_field_size(scheme, i);

    if (config->field_size[i + 1] != wanted)
      return refuse_model(error, partita_scheme_get_field_name(scheme, i),
                          config->field_size[i + 1], wanted);
  }
  return true;
}

static PartitaTokenKind
find_kind(const PartitaComposer *composer, uint16_t id)
{
  static const struct {
    const char *type;
    PartitaTokenKind kind;
  } kinds[] = {
    {"Bos", PARTITA_KIND_OTHER}, {"Style", PARTITA_KIND_STYLE},
    {"Bars", PARTITA_KIND_BARS}, {"Velocity", PARTITA_KIND_VELOCITY},
    {"Bar", PARTITA_KIND_BAR},   {"TimeShift", PARTITA_KIND_SHIFT},
    {"Eos", PARTITA_KIND_EOS},
  };
  const char *type = partita_scheme_token_type(composer->scheme, id);

  for (size_t i = 0; i < G_N_ELEMENTS(kinds); ++i)
    if (strcmp(type, kinds[i].type) == 0)
      return kinds[i].kind;
  return composer->has_voices ? PARTITA_KIND_SHIFT : PARTITA_KIND_OTHER;
}

/// -1 if the token does not make a pitch sound.
static int16_t
find_pitch(const PartitaScheme *scheme, uint16_t id)
{
  const char *type = partita_scheme_token_type(scheme, id);
  const char *name = partita_scheme_token_name(scheme, id);

  if (strcmp(type, "Pitch") != 0 && strcmp(type, "NoteOn") != 0)
    return -1;
  return (int16_t)g_ascii_strtoll(name + strlen(type) + 1, NULL, 10);
}

static void
find_kinds(PartitaComposer *composer)
{
  uint16_t shift = 0;

  composer->has_voices =
    partita_scheme_find_token(composer->scheme, "Rest") >= 0;
  composer->kinds = g_new(uint8_t, composer->vocab);
  composer->spans = g_new0(uint16_t, composer->vocab);
  composer->pitches = g_new(int16_t, composer->vocab);
  for (size_t i = 0; i < composer->vocab; ++i) {
    const PartitaTokenKind kind = find_kind(composer, (uint16_t)i);

    composer->kinds[i] = (uint8_t)kind;
    composer->pitches[i] = find_pitch(composer->scheme, (uint16_t)i);
    if (kind == PARTITA_KIND_BAR)
      composer->spans[i] = PARTITA_COMPOSE_SPAN_BAR;
    if (kind == PARTITA_KIND_SHIFT)
      composer->spans[i] = composer->has_voices
                             ? PARTITA_COMPOSE_SPAN_VOICE
                             : (shift += PARTITA_COMPOSE_SPAN_10_MS);
    composer->has_bars = composer->has_bars || kind == PARTITA_KIND_BAR;
  }
}

PartitaComposer *
partita_composer_new(const PartitaModel *model, GError **error)
{
  const char *description = partita_model_get_metadata(model, "scheme");

  if (description == NULL) {
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
                "the model names no token scheme");
    return NULL;
  }
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new_from_description(description, error);
  if (scheme == NULL ||
      !check_shape(partita_model_get_config(model), scheme, error))
    return NULL;

  PartitaComposer *composer = g_new0(PartitaComposer, 1);
  composer->model = model;
  composer->vocab = partita_scheme_get_vocab_size(scheme);
  composer->n_fields = partita_scheme_get_n_fields(scheme);
  composer->scheme = g_steal_pointer(&scheme);
  composer->prompts = partita_compose_parse_prompts(
    partita_model_get_metadata(model, "prompts"), composer->vocab);
  composer->common_key =
    g_strcmp0(partita_model_get_metadata(model, "transposition"), "common") ==
    0;
  find_kinds(composer);
  return composer;
}

void
partita_composer_free(PartitaComposer *composer)
{
  if (composer == NULL)
    return;
  partita_scheme_free(composer->scheme);
  g_array_unref(composer->prompts);
  g_free(composer->pitches);
  g_free(composer->kinds);
  g_free(composer->spans);
  g_free(composer);
}

const PartitaScheme *
partita_composer_get_scheme(const PartitaComposer *composer)
{
  return composer->scheme;
}
