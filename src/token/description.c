// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <string.h>
#include <token/scheme-private.h>

#define VERSION 1

static void
add_strings(JsonBuilder *builder, const char *name, char *const *strings)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (; *strings != NULL; ++strings)
    json_builder_add_string_value(builder, *strings);
  json_builder_end_array(builder);
}

char *
partita_scheme_describe(const PartitaScheme *scheme)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "scheme");
  json_builder_add_string_value(builder, scheme->ops->name);
  json_builder_set_member_name(builder, "version");
  json_builder_add_int_value(builder, VERSION);
  add_strings(builder, "styles", scheme->styles);
  add_strings(builder, "vocabulary", scheme->names);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  return json_to_string(root, FALSE);
}

/// (transfer full) (nullable): the strings of an array member
static char **
get_strings(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
    return NULL;

  JsonArray *array = json_node_get_array(node);
  const guint n = json_array_get_length(array);
  g_auto(GStrv) strings = g_new0(char *, (gsize)n + 1);

  for (guint i = 0; i < n; ++i) {
    JsonNode *item = json_array_get_element(array, i);

    if (json_node_get_value_type(item) != G_TYPE_STRING)
      return NULL;
    strings[i] = json_node_dup_string(item);
  }
  return g_steal_pointer(&strings);
}

static void
set_broken(GError **error, const char *what)
{
  g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_VERSION,
              "the description of the vocabulary %s", what);
}

static PartitaScheme *
make_scheme(JsonObject *object, GError **error)
{
  JsonNode *name = json_object_get_member(object, "scheme");
  JsonNode *version = json_object_get_member(object, "version");
  g_auto(GStrv) styles = get_strings(object, "styles");
  g_auto(GStrv) vocabulary = get_strings(object, "vocabulary");

  if (name == NULL || json_node_get_value_type(name) != G_TYPE_STRING ||
      version == NULL || json_node_get_value_type(version) != G_TYPE_INT64 ||
      styles == NULL || vocabulary == NULL) {
    set_broken(error, "lacks a member");
    return NULL;
  }
  if (json_node_get_int(version) != VERSION) {
    g_set_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_VERSION,
                "vocabulary version %" G_GINT64_FORMAT
                "; this program has version %d",
                json_node_get_int(version), VERSION);
    return NULL;
  }

  g_autoptr(PartitaScheme) scheme = partita_scheme_new(
    json_node_get_string(name), (const char *const *)styles, error);

  if (scheme == NULL)
    return NULL;
  if (!g_strv_equal((const char *const *)vocabulary,
                    (const char *const *)scheme->names)) {
    set_broken(error, "differs from this version's vocabulary");
    return NULL;
  }
  return g_steal_pointer(&scheme);
}

PartitaScheme *
partita_scheme_new_from_description(const char *json, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(JsonNode) root = partita_json_parse(json, &local);

  if (local != NULL) {
    g_autofree char *what = g_strdup_printf("is broken: %s", local->message);

    set_broken(error, what);
    return NULL;
  }

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
    set_broken(error, "is no object");
    return NULL;
  }
  return make_scheme(json_node_get_object(root), error);
}
