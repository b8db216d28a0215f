// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <compose/habits.h>

/// A narrower register might lack notes that the controls ask for.
#define OCTAVE 12

/// (nullable) (transfer none)
static JsonArray *
get_array(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node)
                                                     : NULL;
}

/// -1 if it is no whole number from 0 to @most.
static int
get_number(JsonNode *node, int most)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
      json_node_get_value_type(node) != G_TYPE_INT64)
    return -1;

  const gint64 value = json_node_get_int(node);

  return value >= 0 && value <= most ? (int)value : -1;
}

static void
read_meters(PartitaHabits *habits, JsonArray *meters)
{
  for (guint i = 0; meters != NULL && i < json_array_get_length(meters); ++i) {
    JsonNode *node = json_array_get_element(meters, i);
    const char *text = JSON_NODE_HOLDS_VALUE(node) &&
                           json_node_get_value_type(node) == G_TYPE_STRING
                         ? json_node_get_string(node)
                         : NULL;
    g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", "/", 0);
    guint64 numerator = 0, denominator = 0;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, 255, &numerator, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, 255, &denominator, NULL))
      continue;

    const uint16_t meter = (uint16_t)(256 * numerator + denominator);

    g_array_append_val(habits->meters, meter);
  }
}

static void
read_registers(PartitaHabits *habits, JsonArray *registers)
{
  for (unsigned p = 0; registers != NULL && p < PARTITA_PROGRAM_DRUMS; ++p)
    (void)partita_program_get_range(p, &habits->low[p], &habits->high[p]);
  for (guint i = 0; registers != NULL && i < json_array_get_length(registers);
       ++i) {
    JsonNode *node = json_array_get_element(registers, i);
    JsonArray *three =
      JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (three == NULL || json_array_get_length(three) != 3)
      continue;

    const int program =
      get_number(json_array_get_element(three, 0), PARTITA_PROGRAM_DRUMS - 1);
    const int low = get_number(json_array_get_element(three, 1), 127);
    const int high = get_number(json_array_get_element(three, 2), 127);

    if (program < 0 || low < 0 || high < low + OCTAVE)
      continue;
    habits->low[program] = (uint8_t)low;
    habits->high[program] = (uint8_t)high;
  }
}

PartitaHabits *
partita_habits_read(const PartitaModel *model, const char *style)
{
  const char *text = partita_model_get_metadata(model, "styles");
  g_autoptr(JsonNode) root = partita_json_parse(text, NULL);
  JsonNode *node = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                     ? json_object_get_member(json_node_get_object(root),
                                              style != NULL ? style : "")
                     : NULL;
  PartitaHabits *habits = g_new0(PartitaHabits, 1);

  habits->meters = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  for (unsigned p = 0; p < PARTITA_PROGRAM_DRUMS; ++p)
    habits->high[p] = 127;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
    return habits;

  JsonObject *object = json_node_get_object(node);

  JsonArray *quartiles = get_array(object, "tempo");

  if (quartiles != NULL && json_array_get_length(quartiles) == 3)
    habits->tempo =
      (unsigned)MAX(0, get_number(json_array_get_element(quartiles, 1), 1000));
  read_meters(habits, get_array(object, "meters"));
  read_registers(habits, get_array(object, "registers"));
  habits->voices = (unsigned)MAX(
    0, get_number(json_object_get_member(object, "voices"), 1000));
  return habits;
}

void
partita_habits_free(PartitaHabits *habits)
{
  if (habits == NULL)
    return;
  g_array_unref(habits->meters);
  g_free(habits);
}
