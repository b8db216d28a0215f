// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <base/json.h>
#include <partita/model.h>
#include <partita/token.h>

static void
add_scheme(JsonObject *object, const PartitaScheme *scheme)
{
  JsonArray *styles = json_array_new();
  const char *const *names = partita_scheme_get_styles(scheme);

  for (size_t i = 0; names[i] != NULL; ++i)
    json_array_add_string_element(styles, names[i]);
  json_object_set_string_member(object, "scheme",
                                partita_scheme_get_name(scheme));
  json_object_set_array_member(object, "styles", styles);
}

/// Puts the JSON object that the metadata holds under @key into @object.
static void
add_metadata(JsonObject *object, const PartitaModel *model, const char *key)
{
  const char *text = partita_model_get_metadata(model, key);
  g_autoptr(JsonNode) node = partita_json_parse(text, NULL);

  if (node != NULL && JSON_NODE_HOLDS_OBJECT(node))
    json_object_set_object_member(object, key, json_node_dup_object(node));
}

static void
add_config(JsonObject *object, const PartitaModelConfig *config)
{
  json_object_set_string_member(object, "model", config->architecture);
  json_object_set_int_member(object, "vocabulary", (gint64)config->vocab);
  json_object_set_int_member(object, "width", (gint64)config->width);
  json_object_set_int_member(object, "hidden", (gint64)config->hidden);
  json_object_set_int_member(object, "layers", (gint64)config->layers);
  if (config->heads > 0) {
    json_object_set_int_member(object, "heads", (gint64)config->heads);
    json_object_set_int_member(object, "context", (gint64)config->context);
  }
}

bool
cli_inspect_model(const char *path, JsonObject *object, GError **error)
{
  g_autoptr(PartitaModel) model = partita_model_load(path, error);

  if (model == NULL)
    return false;

  const char *description = partita_model_get_metadata(model, "scheme");
  g_autoptr(PartitaScheme) scheme =
    description != NULL ? partita_scheme_new_from_description(description, NULL)
                        : NULL;

  add_config(object, partita_model_get_config(model));
  json_object_set_int_member(object, "parameters",
                             (gint64)partita_model_get_n_parameters(model));
  if (scheme != NULL)
    add_scheme(object, scheme);
  add_metadata(object, model, "settings");
  add_metadata(object, model, "training");
  return true;
}
