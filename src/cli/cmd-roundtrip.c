// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "loss.h"
#include "output.h"
#include "progress.h"

#include <base/file.h>
#include <base/text.h>
#include <json-glib/json-glib.h>

typedef struct {
  gboolean json;
} Options;

static GOptionEntry *
roundtrip_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"json", 'j', 0, G_OPTION_ARG_NONE, &o->json, "Print one JSON object",
     NULL},
    {0},
  };

  return g_memdup2(entries, sizeof entries);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
  return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static bool
is_midi_name(const char *name)
{
  static const char *const endings[] = {".mid", ".midi", ".kar", ".rmi",
                                        ".smf"};
  g_autofree char *low = g_ascii_strdown(name, -1);

  for (size_t i = 0; i < G_N_ELEMENTS(endings); ++i) {
    if (g_str_has_suffix(low, endings[i]))
      return true;
  }
  return false;
}

/// Adds the MIDI files below @folder, but not below links to folders.
static bool
list_folder(const char *folder, GPtrArray *paths, GError **error)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  const char *name = NULL;

  if (dir == NULL)
    return false;
  while ((name = g_dir_read_name(dir)) != NULL)
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; ++i) {
    g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);

    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
      if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) &&
          !list_folder(path, paths, error))
        return false;
    } else if (is_midi_name(names->pdata[i])) {
      g_ptr_array_add(paths, g_steal_pointer(&path));
    }
  }
  return true;
}

static void
add_controls(JsonObject *object, const PartitaMidiControls *controls)
{
  JsonObject *sums = json_object_new();

  json_object_set_int_member(sums, "pitch_bend", (gint64)controls->bends);
  json_object_set_int_member(sums, "pressure", (gint64)controls->pressures);
  json_object_set_int_member(sums, "other_controllers",
                             (gint64)controls->others);
  json_object_set_object_member(object, "controls_dropped", sums);
  json_object_set_int_member(object, "pedals_folded", (gint64)controls->pedals);
}

static void
add_scheme(JsonObject *schemes, const CliLoss *loss)
{
  JsonObject *object = json_object_new();

  json_object_set_int_member(object, "tokens", (gint64)loss->tokens);
  json_object_set_int_member(object, "notes_kept",
                             (gint64)(loss->notes - loss->lost));
  json_object_set_int_member(object, "notes_lost", (gint64)loss->lost);
  json_object_set_double_member(object, "worst_onset_ms", loss->onset_ms);
  json_object_set_double_member(object, "worst_duration_ms", loss->duration_ms);
  json_object_set_double_member(object, "worst_length_change_s",
                                loss->length_s);
  if (loss->worst != NULL)
    json_object_set_string_member(object, "worst_onset_in", loss->worst);
  json_object_set_object_member(schemes, loss->scheme, object);
}

static void
print_words(const CliLosses *losses)
{
  const PartitaMidiControls *controls = &losses->controls;

  g_print("%zu files, %zu refused, %zu notes\n", losses->files, losses->refused,
          losses->losses[0].notes);
  g_print("dropped: %zu pitch bends, %zu pressures, %zu other controllers; "
          "%zu pedal changes folded into lengths\n\n",
          controls->bends, controls->pressures, controls->others,
          controls->pedals);
  g_print("%-12s %10s %10s %10s %12s %12s\n", "scheme", "tokens", "notes",
          "lost", "onset, ms", "length, ms");
  for (size_t i = 0; i < CLI_N_SCHEMES; ++i) {
    const CliLoss *loss = &losses->losses[i];

    g_print("%-12s %10zu %10zu %10zu %12.1f %12.1f\n", loss->scheme,
            loss->tokens, loss->notes - loss->lost, loss->lost, loss->onset_ms,
            loss->duration_ms);
  }
}

static void
print_json(const CliLosses *losses, const char *shown)
{
  g_autoptr(JsonObject) object = json_object_new();
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  JsonObject *schemes = json_object_new();

  json_object_set_string_member(object, "path", shown);
  json_object_set_int_member(object, "files", (gint64)losses->files);
  json_object_set_int_member(object, "refused", (gint64)losses->refused);
  json_object_set_int_member(object, "notes", (gint64)losses->losses[0].notes);
  add_controls(object, &losses->controls);
  for (size_t i = 0; i < CLI_N_SCHEMES; ++i)
    add_scheme(schemes, &losses->losses[i]);
  json_object_set_object_member(object, "schemes", schemes);
  json_node_set_object(node, object);
  cli_output_print_json(node);
}

static void
show_measuring(CliProgress *progress, guint done, guint total)
{
  if (!cli_progress_due(progress))
    return;

  g_autofree char *words = g_strdup_printf("%u of %u files", done, total);

  cli_progress_show(progress, (double)done / total, words);
}

/// Counts a file that cannot be read.
static void
note_refusal(CliLosses *losses, CliProgress *progress, const GError *why)
{
  ++losses->refused;
  if (!cli_output_is_verbose())
    return;

  g_autofree char *shown = partita_text_show(why->message, G_MAXSIZE);

  cli_progress_end(progress);
  cli_say("refused %s\n", shown);
}

static bool
measure_folder(CliLosses *losses, const char *path, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  CliProgress progress;

  if (!list_folder(path, paths, error))
    return false;
  cli_progress_init(&progress);
  for (guint i = 0; i < paths->len; ++i) {
    g_autoptr(GError) refused = NULL;

    if (!cli_losses_add(losses, paths->pdata[i], &refused))
      note_refusal(losses, &progress, refused);
    show_measuring(&progress, i + 1, paths->len);
  }
  cli_progress_end(&progress);
  if (losses->files > 0)
    return true;

  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "no MIDI file in %s can be read", shown);
  return false;
}

static size_t
roundtrip_files(void *data, char **arguments, CliFile *files)
{
  (void)data;
  files[0] = (CliFile){"FILE|DIR", CLI_FILE_READ_MUSIC, &arguments[0], 1};
  return 1;
}

static bool
roundtrip_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;
  const char *path = cli_take_argument(arguments, "FILE|DIR", error);
  g_auto(CliLosses) losses = {0};

  if (path == NULL || !cli_losses_init(&losses, error))
    return false;
  if (!(g_file_test(path, G_FILE_TEST_IS_DIR)
          ? measure_folder(&losses, path, error)
          : cli_losses_add(&losses, path, error)))
    return false;
  g_autofree char *shown = partita_file_display(path);

  if (o->json)
    print_json(&losses, shown);
  else
    print_words(&losses);
  return true;
}

const CliCommand cli_roundtrip = {
  .name = "roundtrip",
  .arguments = "FILE|DIR",
  .summary = "Say what each token scheme loses of MIDI files",
  .options_size = sizeof(Options),
  .entries = roundtrip_entries,
  .files = roundtrip_files,
  .run = roundtrip_run,
};
