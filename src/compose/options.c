// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/similar.h>
#include <compose/compose-private.h>
#include <compose/controls-private.h>
#include <math.h>

bool
partita_compose_refuse(GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, PARTITA_COMPOSE_ERROR,
                      PARTITA_COMPOSE_ERROR_OPTIONS, message);
  return false;
}

void
partita_compose_options_init(PartitaComposeOptions *options)
{
  *options = (PartitaComposeOptions){
    .bars = 16,
    .sampling = {.temperature = 1.0, .top_p = 1.0, .min_p = 0.05},
  };
}

const char *
partita_compose_match_style(const PartitaScheme *scheme, const char *name)
{
  const char *const *styles = partita_scheme_get_styles(scheme);
  const int exact = partita_scheme_find_style(scheme, name);

  if (exact >= 0)
    return styles[exact];
  for (; styles != NULL && *styles != NULL; ++styles)
    if (partita_controls_same_name(name, *styles))
      return *styles;
  return NULL;
}

const char *
partita_composer_match_style(const PartitaComposer *composer, const char *name)
{
  return partita_compose_match_style(composer->scheme, name);
}

char *
partita_compose_suggest_style(const PartitaScheme *scheme, const char *name)
{
  PartitaSimilar similar;

  partita_similar_init(&similar, name);
  partita_similar_try_all(&similar, partita_scheme_get_styles(scheme));
  return partita_similar_ask(similar.best);
}

static bool
check_style(const PartitaComposer *composer, const char *style, GError **error)
{
  const char *const *styles = partita_scheme_get_styles(composer->scheme);

  if (style == NULL ||
      partita_compose_match_style(composer->scheme, style) != NULL)
    return true;
  if (styles == NULL || styles[0] == NULL)
    return partita_compose_refuse(
      error, "no style \"%s\": the model knows none", style);

  g_autofree char *known = g_strjoinv(", ", (char **)styles);
  g_autofree char *asked =
    partita_compose_suggest_style(composer->scheme, style);

  return partita_compose_refuse(error, "no style \"%s\": the model knows %s%s",
                                style, known, asked);
}

// Written so that NaN is refused.
static bool
check_sampling(const PartitaSampling *sampling, GError **error)
{
  if (!(sampling->temperature > 0.0) || !isfinite(sampling->temperature))
    return partita_compose_refuse(
      error, "temperature %g: it must be over 0 and finite",
      sampling->temperature);
  if (!(sampling->top_p > 0.0 && sampling->top_p <= 1.0))
    return partita_compose_refuse(
      error, "top-p %g: it must be over 0 and at most 1", sampling->top_p);
  if (!(sampling->min_p >= 0.0 && sampling->min_p <= 1.0))
    return partita_compose_refuse(error, "min-p %g: it must be 0 to 1",
                                  sampling->min_p);
  return true;
}

bool
partita_compose_check_options(const PartitaComposer *composer,
                              const PartitaComposeOptions *options,
                              GError **error)
{
  if (options->bars > PARTITA_COMPOSE_BARS_MAX)
    return partita_compose_refuse(error, "%zu bars: at most %d can be composed",
                                  options->bars, PARTITA_COMPOSE_BARS_MAX);
  return check_sampling(&options->sampling, error) &&
         check_style(composer, options->style, error);
}
