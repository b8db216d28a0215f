// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "inspect.h"
#include "output.h"

#include <base/file.h>
#include <base/kind.h>
#include <base/text.h>
#include <string.h>

typedef struct {
  gboolean json;
  gboolean notes;
  char *ledger;
} Options;

static GOptionEntry *
inspect_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "Print one JSON object",
     NULL},
    {"notes", 0, 0, G_OPTION_ARG_NONE, &o->notes,
     "Of a MIDI file: print its bars and notes", NULL},
    {"ledger", 0, 0, G_OPTION_ARG_FILENAME, &o->ledger,
     "Of a folder or a corpus: write what becomes of each file", "FILE"},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

static void
put_node(GString *text, JsonNode *node);

static void
put_separator(GString *text, size_t from)
{
  if (text->len > from)
    g_string_append(text, ", ");
}

static void
put_array(GString *text, JsonArray *array)
{
  const size_t from = text->len;

  for (guint i = 0; i < json_array_get_length(array); ++i) {
    put_separator(text, from);
    put_node(text, json_array_get_element(array, i));
  }
}

static void
put_object(GString *text, JsonObject *object)
{
  const size_t from = text->len;
  JsonObjectIter members;
  const char *name = NULL;
  JsonNode *member = NULL;

  json_object_iter_init_ordered(&members, object);
  while (json_object_iter_next_ordered(&members, &name, &member)) {
    put_separator(text, from);
    g_string_append_printf(text, "%s ", name);
    put_node(text, member);
  }
}

// As people write it: no quotes or braces, and of numbers six digits.
static void
put_node(GString *text, JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    put_array(text, json_node_get_array(node));
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    put_object(text, json_node_get_object(node));
  } else if (json_node_get_value_type(node) == G_TYPE_STRING) {
    g_string_append(text, json_node_get_string(node));
  } else if (json_node_get_value_type(node) == G_TYPE_DOUBLE) {
    g_string_append_printf(text, "%.6g", json_node_get_double(node));
  } else {
    g_autofree char *value = json_to_string(node, FALSE);

    g_string_append(text, value);
  }
}

static void
print_line(JsonObject *object, const char *name, JsonNode *node, void *data)
{
  g_autoptr(GString) text = g_string_new(NULL);

  (void)object;
  (void)data;
  put_node(text, node);

  g_autofree char *shown =
    partita_text_show(text->len > 0 ? text->str : "-", G_MAXSIZE);

  g_print("%-16s %s\n", name, shown);
}

static void
print_object(JsonObject *object, bool json)
{
  if (json) {
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

    json_node_set_object(node, object);
    cli_output_print_json(node);
  } else {
    json_object_foreach_member(object, print_line, NULL);
  }
}

static bool
inspect_midi(const Options *o,
             const char *path,
             JsonObject *object,
             GError **error)
{
  g_autoptr(PartitaScore) score = NULL;
  const bool ok = cli_inspect_midi(path, object, &score, error);

  if (ok || o->json)
    print_object(object, o->json);
  if (ok && o->notes)
    cli_print_notes(score);
  return ok;
}

static size_t
inspect_files(void *data, char **arguments, CliFile *files)
{
  Options *o = data;
  const CliFile all[] = {
    {"FILE", CLI_FILE_READ, &arguments[0], 1},
    {"--ledger", CLI_FILE_WRITE_JSON, &o->ledger, 1},
  };

  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}

/// What is broken is told by its name, all else by how it begins.
static bool
is_model(const char *path)
{
  const char *what = NULL;
  const PartitaFileKind kind = partita_file_recognise(path, &what);
  g_autofree char *small = g_ascii_strdown(path, -1);

  return kind == PARTITA_FILE_MODEL ||
         (kind == PARTITA_FILE_UNKNOWN &&
          g_str_has_suffix(small, ".safetensors"));
}

static bool
inspect_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;
  g_autofree char *shipped = NULL;

  if (arguments[0] == NULL && !cli_settle_model(&shipped, error))
    return false;

  const char *path =
    shipped != NULL
      ? shipped
      : cli_take_argument(arguments, "FILE|DIR|CORPUS|MODEL", error);

  if (path == NULL)
    return false;

  g_autoptr(JsonObject) object = json_object_new();
  g_autofree char *shown = partita_file_display(path);

  json_object_set_string_member(object, "path", shown);
  if (shipped == NULL && !g_file_test(path, G_FILE_TEST_IS_DIR) &&
      !is_model(path))
    return inspect_midi(o, path, object, error);

  const bool folder = g_file_test(path, G_FILE_TEST_IS_DIR);
  const bool ok = folder ? cli_inspect_folder(path, o->ledger, object, error)
                         : cli_inspect_model(path, object, error);

  if (ok && folder && !o->json)
    cli_print_folder(object);
  else if (ok)
    print_object(object, o->json);
  return ok;
}

const CliCommand cli_inspect = {
  .name = "inspect",
  .arguments = "[FILE|DIR|CORPUS|MODEL]",
  .summary = "Say what a MIDI file, a folder, a corpus or a model holds",
  .options_size = sizeof(Options),
  .entries = inspect_entries,
  .files = inspect_files,
  .run = inspect_run,
};
