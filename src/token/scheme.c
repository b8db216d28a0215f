// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <string.h>
#include <token/scheme-private.h>

GQuark
partita_token_error_quark(void)
{
  return g_quark_from_static_string("partita-token-error-quark");
}

static const PartitaSchemeOps *const schemes[] = {
  &partita_remi_ops, &partita_performance_ops, &partita_grid_ops};

const PartitaSchemeOps *
partita_scheme_find_ops(const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    if (strcmp(schemes[i]->name, name) == 0)
      return schemes[i];
  }
  return NULL;
}

static bool
check_styles(const char *const *styles, GError **error)
{
  size_t n = 0;

  for (; styles != NULL && styles[n] != NULL; ++n) {
    if (n >= PARTITA_STYLES_MAX) {
      g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL,
                  "more than %d styles", PARTITA_STYLES_MAX);
      return false;
    }
    if (!g_utf8_validate(styles[n], -1, NULL)) {
      g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL,
                  "the name of style %zu is not UTF-8", n);
      return false;
    }
  }
  return true;
}

static void
lay_out(PartitaScheme *scheme)
{
  const PartitaSchemeOps *ops = scheme->ops;
  uint32_t id = 0;

  for (size_t c = 0; c < ops->n_classes; ++c) {
    scheme->base[c] = id;
    id +=
      c == PARTITA_CLASS_STYLE ? (uint32_t)scheme->n_styles : ops->classes[c].n;
  }
  scheme->base[ops->n_classes] = id;
  scheme->n_ids = id;
}

static char *
make_name(const PartitaScheme *scheme, unsigned class_, unsigned value)
{
  const char *type = scheme->ops->classes[class_].type;

  if (class_ == PARTITA_CLASS_STYLE)
    return g_strconcat(type, "_", scheme->styles[value], NULL);

  g_autofree char *text = scheme->ops->name_value(class_, value);

  return text == NULL ? g_strdup(type) : g_strconcat(type, "_", text, NULL);
}

static void
name_ids(PartitaScheme *scheme)
{
  scheme->names = g_new0(char *, scheme->n_ids + 1);
  scheme->class_of = g_new(uint8_t, scheme->n_ids);
  scheme->ids = g_hash_table_new(g_str_hash, g_str_equal);
  for (unsigned c = 0; c < scheme->ops->n_classes; ++c) {
    for (uint32_t id = scheme->base[c]; id < scheme->base[c + 1]; ++id) {
      scheme->class_of[id] = (uint8_t)c;
      scheme->names[id] = make_name(scheme, c, id - scheme->base[c]);
      // Of styles with one name, the first is found.
      if (!g_hash_table_contains(scheme->ids, scheme->names[id]))
        g_hash_table_insert(scheme->ids, scheme->names[id],
                            GUINT_TO_POINTER(id));
    }
  }
}

PartitaScheme *
partita_scheme_new(const char *name, const char *const *styles, GError **error)
{
  static const char *const no_styles[] = {NULL};
  const PartitaSchemeOps *ops = partita_scheme_find_ops(name);

  if (ops == NULL) {
    g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_UNKNOWN_SCHEME,
                "no token scheme is called \"%s\"", name);
    return NULL;
  }
  if (!check_styles(styles, error))
    return NULL;

  PartitaScheme *scheme = g_new0(PartitaScheme, 1);

  scheme->ops = ops;
  scheme->styles = g_strdupv((char **)(styles == NULL ? no_styles : styles));
  scheme->n_styles = g_strv_length(scheme->styles);
  lay_out(scheme);
  name_ids(scheme);
  return scheme;
}

void
partita_scheme_free(PartitaScheme *scheme)
{
  if (scheme == NULL)
    return;
  g_hash_table_unref(scheme->ids);
  g_strfreev(scheme->names);
  g_free(scheme->class_of);
  g_strfreev(scheme->styles);
  g_free(scheme);
}

const char *
partita_scheme_get_name(const PartitaScheme *scheme)
{
  return scheme->ops->name;
}

const char *const *
partita_scheme_get_styles(const PartitaScheme *scheme)
{
  return (const char *const *)scheme->styles;
}

int
partita_scheme_find_style(const PartitaScheme *scheme, const char *name)
{
  for (size_t i = 0; i < scheme->n_styles; ++i) {
    if (strcmp(scheme->styles[i], name) == 0)
      return (int)i;
  }
  return -1;
}

size_t
partita_scheme_get_vocab_size(const PartitaScheme *scheme)
{
  return scheme->n_ids;
}

const char *
partita_scheme_token_name(const PartitaScheme *scheme, uint16_t id)
{
  return id < scheme->n_ids ? scheme->names[id] : NULL;
}

const char *
partita_scheme_token_type(const PartitaScheme *scheme, uint16_t id)
{
  return id < scheme->n_ids ? scheme->ops->classes[scheme->class_of[id]].type
                            : NULL;
}

int
partita_scheme_find_token(const PartitaScheme *scheme, const char *name)
{
  gpointer id = NULL;

  return g_hash_table_lookup_extended(scheme->ids, name, NULL, &id)
           ? GPOINTER_TO_INT(id)
           : -1;
}

void
partita_prompt_clear(PartitaPrompt *prompt)
{
  *prompt =
    (PartitaPrompt){.style = -1, .key = -1, .tempo_bin = -1, .density = -1};
}

void
partita_scheme_get_prompt(const PartitaScheme *scheme,
                          const PartitaScore *score,
                          int style,
                          PartitaPrompt *prompt)
{
  partita_prompt_clear(prompt);
  prompt->style = style;
  scheme->ops->get_prompt(score, prompt);
}

PartitaScore *
partita_scheme_quantise(const PartitaScheme *scheme,
                        const PartitaScore *score,
                        PartitaQuantiseLoss *loss)
{
  PartitaQuantiseLoss ignored;

  return scheme->ops->quantise(score, loss == NULL ? &ignored : loss);
}

GArray *
partita_scheme_encode(const PartitaScheme *scheme,
                      const PartitaScore *score,
                      const PartitaPrompt *prompt)
{
  PartitaPrompt legal;

  partita_prompt_clear(&legal);
  if (prompt != NULL)
    legal = *prompt;
  if (legal.style >= (int)scheme->n_styles)
    legal.style = -1;
  return scheme->ops->encode(scheme, score, &legal);
}

PartitaScore *
partita_scheme_decode(const PartitaScheme *scheme,
                      const uint16_t *ids,
                      size_t n,
                      PartitaPrompt *prompt,
                      GError **error)
{
  PartitaPrompt ignored;

  return scheme->ops->decode(scheme, ids, n, prompt == NULL ? &ignored : prompt,
                             error);
}

bool
partita_scheme_has_parts(const PartitaScheme *scheme)
{
  return scheme->ops->rearrange != NULL;
}

GArray *
partita_scheme_rearrange(const PartitaScheme *scheme,
                         const uint16_t *ids,
                         size_t n,
                         const PartitaSpan *spans,
                         size_t n_spans,
                         bool given_only)
{
  g_return_val_if_fail(partita_scheme_has_parts(scheme), NULL);

  return scheme->ops->rearrange(scheme, ids, n, spans, n_spans, given_only);
}

PartitaScore *
partita_scheme_decode_part(const PartitaScheme *scheme,
                           const uint16_t *ids,
                           size_t n,
                           bool written,
                           GError **error)
{
  g_return_val_if_fail(partita_scheme_has_parts(scheme), NULL);

  return scheme->ops->decode_part(scheme, ids, n, written, error);
}

bool
partita_scheme_transpose(const PartitaScheme *scheme,
                         uint16_t *ids,
                         size_t n,
                         int semitones)
{
  return semitones >= -127 && semitones <= 127 &&
         scheme->ops->transpose(scheme, ids, n, semitones);
}

size_t
partita_scheme_drop_controls(const PartitaScheme *scheme,
                             uint16_t *ids,
                             size_t n,
                             unsigned controls)
{
  size_t kept = MIN(n, 1); // Bos
  size_t i = kept;

  for (; i < n; ++i) {
    const unsigned control = scheme->ops->control(scheme->class_of[ids[i]]);

    if (control == 0)
      break;
    if ((control & controls) == 0)
      ids[kept++] = ids[i];
  }
  memmove(ids + kept, ids + i, (n - i) * sizeof *ids);
  return kept + (n - i);
}

uint16_t
partita_scheme_get_ppq(const PartitaScheme *scheme)
{
  return scheme->ops->ppq;
}

size_t
partita_scheme_get_n_fields(const PartitaScheme *scheme)
{
  return scheme->ops->n_fields;
}

size_t
partita_scheme_get_field_size(const PartitaScheme *scheme, size_t field)
{
  g_return_val_if_fail(field < scheme->ops->n_fields, 0);

  const size_t size = scheme->ops->fields[field].size;

  return size > 0 ? size : g_strv_length(scheme->styles) + 1;
}

const char *
partita_scheme_get_field_name(const PartitaScheme *scheme, size_t field)
{
  g_return_val_if_fail(field < scheme->ops->n_fields, NULL);

  return scheme->ops->fields[field].name;
}

int
partita_scheme_get_tempo_bin(const PartitaScheme *scheme,
                             uint32_t us_per_quarter)
{
  return scheme->ops->tempo_bin == NULL
           ? -1
           : scheme->ops->tempo_bin(us_per_quarter);
}
