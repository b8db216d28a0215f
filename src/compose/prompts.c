// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <compose/compose-private.h>
#include <json-glib/json-glib.h>

/// Semitones a piece can have been moved by to the common key.
#define SHIFT_MAX 6

static bool
read_integer(JsonArray *array, guint index, gint64 *value)
{
  JsonNode *node = json_array_get_element(array, index);

  if (!JSON_NODE_HOLDS_VALUE(node) ||
      json_node_get_value_type(node) != G_TYPE_INT64)
    return false;
  *value = json_node_get_int(node);
  return true;
}

/// Returns false if @node is no shift and ids below @vocab.
static bool
parse_prompt(JsonNode *node, size_t vocab, PartitaComposePrompt *prompt)
{
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return false;

  JsonArray *array = json_node_get_array(node);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  gint64 value = 0;

  if (json_array_get_length(array) == 0 || !read_integer(array, 0, &value) ||
      value < -SHIFT_MAX || value > SHIFT_MAX)
    return false;
  prompt->shift = (int)value;
  for (guint i = 1; i < json_array_get_length(array); ++i) {
    if (!read_integer(array, i, &value) || value < 0 ||
        (uint64_t)value >= vocab)
      return false;

    const uint16_t id = (uint16_t)value;

    g_array_append_val(ids, id);
  }
  prompt->ids = g_steal_pointer(&ids);
  return true;
}

static void
clear_prompt(void *data)
{
  PartitaComposePrompt *prompt = data;

  g_array_unref(prompt->ids);
}

GArray *
partita_compose_parse_prompts(const char *json, size_t vocab)
{
  GArray *prompts = g_array_new(FALSE, FALSE, sizeof(PartitaComposePrompt));
  g_autoptr(JsonNode) root = json != NULL ? json_from_string(json, NULL) : NULL;

  g_array_set_clear_func(prompts, clear_prompt);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY(root))
    return prompts;

  JsonArray *array = json_node_get_array(root);

  for (guint i = 0; i < json_array_get_length(array); ++i) {
    PartitaComposePrompt prompt;

    if (parse_prompt(json_array_get_element(array, i), vocab, &prompt))
      g_array_append_val(prompts, prompt);
  }
  return prompts;
}

bool
partita_compose_prompt_has_style(const PartitaComposePrompt *prompt, int style)
{
  bool found = style < 0;

  for (guint i = 0; !found && i < prompt->ids->len; ++i)
    found = g_array_index(prompt->ids, uint16_t, i) == style;
  return found;
}

const PartitaComposePrompt *
partita_compose_draw_prompt(const PartitaComposePlan *plan, uint64_t index)
{
  const GArray *prompts = plan->composer->prompts;
  g_autoptr(GPtrArray) fitting = g_ptr_array_new();

  for (guint i = 0; i < prompts->len; ++i) {
    PartitaComposePrompt *prompt =
      &g_array_index(prompts, PartitaComposePrompt, i);

    if (partita_compose_prompt_has_style(prompt, plan->style))
      g_ptr_array_add(fitting, prompt);
  }
  if (fitting->len == 0)
    return NULL;
  return g_ptr_array_index(
    fitting, partita_random_below(plan->options.seed, PARTITA_RANDOM_PROMPT,
                                  index, 0, fitting->len));
}
