// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "output.h"

#include <base/file.h>
#include <base/json.h>
#include <base/text.h>
#include <partita/compose.h>

/// Metres or instruments in a line; JSON has all.
#define NAMED_MAX 5u

typedef struct {
  char *model;
  gboolean json;
} Options;

static GOptionEntry *
styles_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model,
     "The model (that which ships)", "MODEL"},
    {"json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "Print one JSON object",
     NULL},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

/// (nullable) (transfer none): what training wrote of @style ("" for all)
static JsonObject *
find_habits(JsonNode *root, const char *style)
{
  JsonNode *node = root != NULL && JSON_NODE_HOLDS_OBJECT(root)
                     ? json_object_get_member(json_node_get_object(root), style)
                     : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT(node)
           ? json_node_get_object(node)
           : NULL;
}

static bool
is_value(JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) &&
         json_node_get_value_type(node) == type;
}

/// (nullable) (transfer none): only if each element is a value of @type
static JsonArray *
get_array(JsonObject *object, const char *name, GType type)
{
  JsonNode *node = json_object_get_member(object, name);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
    return NULL;

  JsonArray *array = json_node_get_array(node);

  for (guint i = 0; i < json_array_get_length(array); ++i)
    if (!is_value(json_array_get_element(array, i), type))
      return NULL;
  return array;
}

static void
copy_number(JsonObject *to, JsonObject *from, const char *name)
{
  if (is_value(json_object_get_member(from, name), G_TYPE_INT64))
    json_object_set_int_member(to, name,
                               json_object_get_int_member(from, name));
}

static void
copy_array(JsonObject *to, JsonObject *from, const char *name, GType type)
{
  JsonArray *array = get_array(from, name, type);

  if (array != NULL)
    json_object_set_array_member(to, name, json_array_ref(array));
}

static void
name_instruments(JsonObject *object, JsonObject *habits)
{
  JsonArray *programs = get_array(habits, "programs", G_TYPE_INT64);
  JsonArray *names = json_array_new();

  for (guint i = 0; programs != NULL && i < json_array_get_length(programs);
       ++i) {
    const gint64 program = json_array_get_int_element(programs, i);

    if (program >= 0 && program < PARTITA_N_PROGRAMS)
      json_array_add_string_element(names,
                                    partita_program_name((unsigned)program));
  }
  json_object_set_array_member(object, "instruments", names);
}

/// What is known of a style, with instruments by their names.
static JsonObject *
describe(const char *style, JsonObject *habits)
{
  JsonObject *object = json_object_new();

  json_object_set_string_member(object, "name", style);
  if (habits == NULL)
    return object;
  copy_number(object, habits, "pieces");
  copy_number(object, habits, "voices");
  copy_array(object, habits, "tempo", G_TYPE_INT64);
  copy_array(object, habits, "meters", G_TYPE_STRING);
  name_instruments(object, habits);
  return object;
}

/// Each style of the model; if it has none, all that it learnt.
static JsonArray *
describe_styles(const PartitaModel *model, const PartitaScheme *scheme)
{
  const char *const *names = partita_scheme_get_styles(scheme);
  const char *text = partita_model_get_metadata(model, "styles");
  g_autoptr(JsonNode) root = partita_json_parse(text, NULL);
  JsonArray *styles = json_array_new();

  for (size_t i = 0; names[i] != NULL; ++i)
    json_array_add_object_element(
      styles, describe(names[i], find_habits(root, names[i])));
  if (names[0] == NULL)
    json_array_add_object_element(styles, describe("", find_habits(root, "")));
  return styles;
}

/// The first words of an array, with how many more there are.
static char *
join(JsonArray *words)
{
  g_autoptr(GString) text = g_string_new(NULL);
  const guint n = words != NULL ? json_array_get_length(words) : 0;

  for (guint i = 0; i < MIN(n, NAMED_MAX); ++i) {
    g_autofree char *shown = partita_text_show(
      json_array_get_string_element(words, i), PARTITA_TEXT_NAME_MAX);

    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", shown);
  }
  if (n > NAMED_MAX)
    g_string_append_printf(text, " and %u more", n - NAMED_MAX);
  if (n == 0)
    g_string_append_c(text, '-');
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
describe_tempo(JsonArray *quartiles)
{
  if (quartiles == NULL || json_array_get_length(quartiles) != 3)
    return g_strdup("-");
  return g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                         json_array_get_int_element(quartiles, 0),
                         json_array_get_int_element(quartiles, 2));
}

static void
print_style(JsonArray *array, guint index, JsonNode *node, void *data)
{
  JsonObject *style = json_node_get_object(node);
  const char *name = json_object_get_string_member(style, "name");
  g_autofree char *pieces =
    json_object_has_member(style, "pieces")
      ? g_strdup_printf("%" G_GINT64_FORMAT,
                        json_object_get_int_member(style, "pieces"))
      : g_strdup("-");
  g_autofree char *tempo =
    describe_tempo(get_array(style, "tempo", G_TYPE_INT64));
  g_autofree char *shown_meters =
    join(get_array(style, "meters", G_TYPE_STRING));
  g_autofree char *instruments =
    join(get_array(style, "instruments", G_TYPE_STRING));
  g_autofree char *shown =
    partita_text_show(*name != '\0' ? name : "-", PARTITA_TEXT_NAME_MAX);

  (void)array;
  (void)index;
  (void)data;
  g_print("%-16s %6s %9s  %-18s %s\n", shown, pieces, tempo, shown_meters,
          instruments);
}

static void
print_json(const char *path, const char *scheme, JsonArray *styles)
{
  g_autoptr(JsonObject) object = json_object_new();
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  g_autofree char *shown = partita_file_display(path);

  json_object_set_string_member(object, "path", shown);
  json_object_set_string_member(object, "scheme", scheme);
  json_object_set_array_member(object, "styles", json_array_ref(styles));
  json_node_set_object(node, object);
  cli_output_print_json(node);
}

static size_t
styles_files(void *data, char **arguments, CliFile *files)
{
  Options *o = data;

  (void)arguments;
  files[0] = (CliFile){"-m", CLI_FILE_READ_MODEL, &o->model, 1};
  return 1;
}

static bool
styles_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;

  if (arguments[0] != NULL) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "'%s': a model is named with -m", arguments[0]);
    return false;
  }

  g_autofree char *path = partita_model_find(o->model, error);
  g_autoptr(PartitaModel) model =
    path != NULL ? partita_model_load(path, error) : NULL;
  g_autoptr(PartitaComposer) composer =
    model != NULL ? partita_composer_new(model, error) : NULL;

  if (composer == NULL)
    return false;

  const PartitaScheme *scheme = partita_composer_get_scheme(composer);
  g_autoptr(JsonArray) styles = describe_styles(model, scheme);

  if (o->json) {
    print_json(path, partita_scheme_get_name(scheme), styles);
    return true;
  }
  g_print("%-16s %6s %9s  %-18s %s\n", "style", "pieces", "tempo", "metres",
          "instruments");
  json_array_foreach_element(styles, print_style, NULL);
  return true;
}

const CliCommand cli_styles = {
  .name = "styles",
  .arguments = "[-m MODEL]",
  .summary = "List the styles that a model knows",
  .options_size = sizeof(Options),
  .entries = styles_entries,
  .files = styles_files,
  .run = styles_run,
};
