// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <base/philox.h>
#include <compose/compose-private.h>
#include <compose/controls-private.h>

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
  g_autoptr(JsonNode) root = partita_json_parse(json, NULL);

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

/// The style's token in @prompt, -1 if there is none.
static int
find_style(const PartitaComposer *composer, const PartitaComposePrompt *prompt)
{
  for (guint i = 0; i < prompt->ids->len; ++i) {
    const uint16_t id = g_array_index(prompt->ids, uint16_t, i);

    if (composer->kinds[id] == PARTITA_KIND_STYLE)
      return id;
  }
  return -1;
}

static bool
fits_mode(const PartitaComposer *composer,
          const PartitaComposePrompt *prompt,
          int key)
{
  for (guint i = 0; key >= 0 && i < prompt->ids->len; ++i) {
    const char *name = partita_scheme_token_name(
      composer->scheme, g_array_index(prompt->ids, uint16_t, i));

    if (g_str_has_prefix(name, "Key_"))
      return g_str_has_suffix(name, key < 12 ? "major" : "minor");
  }
  return true;
}

/// Whether drums alone will do: where instruments or a style are asked for, and
/// no pitches.
static bool
may_be_drums(const PartitaComposePlan *plan)
{
  const PartitaControls *controls = plan->options.controls;

  return controls == NULL || ((controls->n_groups > 0 || plan->style >= 0) &&
                              !partita_controls_ask_for_pitches(controls));
}

/// Whether the instruments of @prompt are some of those that are asked for, and
/// not drums alone where those will not do.
static bool
fits_programs(const PartitaComposePlan *plan,
              const PartitaComposePrompt *prompt)
{
  const PartitaControls *controls = plan->options.controls;
  bool programs[PARTITA_N_PROGRAMS];
  bool asked = controls == NULL || controls->n_groups == 0;
  bool pitched = may_be_drums(plan);
  bool any = false;

  if (!partita_compose_read_programs(plan->composer, prompt->ids, programs))
    return true;
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    if (controls != NULL && partita_controls_is_without(controls, p))
      programs[p] = false;
    any |= programs[p];
    pitched |= programs[p] && p != PARTITA_PROGRAM_DRUMS;
    for (size_t g = 0; !asked && g < controls->n_groups; ++g)
      asked = programs[p] && controls->groups[g].programs[p];
  }
  return asked && pitched && any;
}

/// (transfer container): of the style; and, if @apt, of the mode of @key unless
/// it is -1 and of the instruments asked for
static GPtrArray *
list_fitting(const PartitaComposePlan *plan, int key, bool apt)
{
  const GArray *prompts = plan->composer->prompts;
  GPtrArray *fitting = g_ptr_array_new();

  for (guint i = 0; i < prompts->len; ++i) {
    PartitaComposePrompt *prompt =
      &g_array_index(prompts, PartitaComposePrompt, i);

    if (partita_compose_prompt_has_style(prompt, plan->style) &&
        (!apt || (fits_mode(plan->composer, prompt, key) &&
                  fits_programs(plan, prompt))))
      g_ptr_array_add(fitting, prompt);
  }
  return fitting;
}

static uint32_t
draw(const PartitaComposePlan *plan, uint64_t index, uint64_t what, guint n)
{
  return partita_random_below(plan->options.seed, PARTITA_RANDOM_PROMPT, index,
                              what, n);
}

/// Leaves the prompts of one style, each as likely as the other, however many
/// pieces it has.
static void
keep_one_style(const PartitaComposePlan *plan,
               uint64_t index,
               GPtrArray *fitting)
{
  const PartitaComposer *composer = plan->composer;
  g_autoptr(GArray) styles = g_array_new(FALSE, FALSE, sizeof(int));
  g_autofree bool *known = g_new0(bool, composer->vocab + 1);

  for (guint i = 0; i < fitting->len; ++i) {
    const int style = find_style(composer, g_ptr_array_index(fitting, i));

    if (!known[style + 1])
      g_array_append_val(styles, style);
    known[style + 1] = true;
  }

  const int kept =
    g_array_index(styles, int, draw(plan, index, 1, styles->len));

  for (guint i = fitting->len; i-- > 0;)
    if (find_style(composer, g_ptr_array_index(fitting, i)) != kept)
      g_ptr_array_remove_index(fitting, i);
}

const PartitaComposePrompt *
partita_compose_draw_prompt(const PartitaComposePlan *plan,
                            uint64_t index,
                            int key)
{
  g_autoptr(GPtrArray) apt = list_fitting(plan, key, true);
  g_autoptr(GPtrArray) any = list_fitting(plan, key, false);
  GPtrArray *fitting = apt->len > 0 ? apt : any;

  if (fitting->len == 0)
    return NULL;
  keep_one_style(plan, index, fitting);
  return g_ptr_array_index(fitting, draw(plan, index, 0, fitting->len));
}
