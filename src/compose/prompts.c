// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <compose/compose-private.h>
#include <json-glib/json-glib.h>

/// NULL if @node is no array of ids below @vocab.
static GArray *
parse_prompt(JsonNode *node, size_t vocab)
{
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return NULL;

  JsonArray *array = json_node_get_array(node);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (guint i = 0; i < json_array_get_length(array); ++i) {
    JsonNode *element = json_array_get_element(array, i);
    const gint64 value = JSON_NODE_HOLDS_VALUE(element) &&
                             json_node_get_value_type(element) == G_TYPE_INT64
                           ? json_node_get_int(element)
                           : -1;

    if (value < 0 || (uint64_t)value >= vocab)
      return NULL;

    const uint16_t id = (uint16_t)value;

    g_array_append_val(ids, id);
  }
  return g_steal_pointer(&ids);
}

GPtrArray *
partita_compose_parse_prompts(const char *json, size_t vocab)
{
  GPtrArray *prompts =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  g_autoptr(JsonNode) root = json != NULL ? json_from_string(json, NULL) : NULL;

  if (root == NULL || !JSON_NODE_HOLDS_ARRAY(root))
    return prompts;

  JsonArray *array = json_node_get_array(root);

  for (guint i = 0; i < json_array_get_length(array); ++i) {
    GArray *ids = parse_prompt(json_array_get_element(array, i), vocab);

    if (ids != NULL)
      g_ptr_array_add(prompts, ids);
  }
  return prompts;
}

static bool
has_style(const GArray *ids, int style)
{
  bool found = style < 0;

  for (guint i = 0; !found && i < ids->len; ++i)
    found = g_array_index(ids, uint16_t, i) == style;
  return found;
}

const GArray *
partita_compose_draw_prompt(const PartitaComposer *composer,
                            int style,
                            const PartitaComposeOptions *options)
{
  g_autoptr(GPtrArray) fitting = g_ptr_array_new();

  for (guint i = 0; i < composer->prompts->len; ++i) {
    GArray *ids = g_ptr_array_index(composer->prompts, i);

    if (has_style(ids, style))
      g_ptr_array_add(fitting, ids);
  }
  if (fitting->len == 0)
    return NULL;
  return g_ptr_array_index(
    fitting, partita_random_below(options->seed, PARTITA_RANDOM_PROMPT,
                                  options->index, 0, fitting->len));
}
