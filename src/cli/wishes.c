// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "wishes.h"

#include "cli.h"
#include "output.h"

#include <base/file.h>
#include <base/similar.h>
#include <base/text.h>
#include <partita/corpus.h>
#include <partita/midi.h>
#include <string.h>

void
cli_wishes_add_entries(GArray *all, CliWishes *wishes)
{
  const GOptionEntry entries[] = {
    {"like", 0, 0, G_OPTION_ARG_FILENAME, &wishes->like,
     "A MIDI file whose style, key, metre, tempo and instruments to take",
     "FILE"},
    {"key", 0, 0, G_OPTION_ARG_STRING, &wishes->key,
     "The key to be in, such as \"D minor\"", "KEY"},
    {"scale", 0, 0, G_OPTION_ARG_STRING, &wishes->scale,
     "The scale to keep to, or a list of pitch classes", "SCALE"},
    {"chords", 0, 0, G_OPTION_ARG_STRING, &wishes->chords,
     "A grid to follow, such as \"C Am | F G7\"", "GRID"},
    {"programs", 0, 0, G_OPTION_ARG_STRING, &wishes->programs,
     "The instruments that play, separated by commas", "NAMES"},
    {"without", 0, 0, G_OPTION_ARG_STRING, &wishes->without,
     "Instruments that do not play, separated by commas", "NAMES"},
    {"range", 0, 0, G_OPTION_ARG_STRING, &wishes->range,
     "The notes they may play, such as violin:G3-E6", "RANGES"},
    {"meter", 0, 0, G_OPTION_ARG_STRING, &wishes->meter,
     "The metre of every bar, such as 3/4", "N/D"},
    {"tempo", 0, 0, G_OPTION_ARG_STRING, &wishes->tempo, "Quarters a minute",
     "T"},
    {"seconds", 0, 0, G_OPTION_ARG_STRING, &wishes->seconds,
     "About how long the piece lasts, instead of --bars", "S"},
    {"density", 0, 0, G_OPTION_ARG_STRING, &wishes->density, "Notes a quarter",
     "D"},
    {"polyphony", 0, 0, G_OPTION_ARG_STRING, &wishes->polyphony,
     "Notes that may sound at once", "N"},
    {"report", 0, 0, G_OPTION_ARG_FILENAME, &wishes->report,
     "Write as JSON what became of each wish", "FILE"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

typedef struct {
  const char *name;
  const char *text; // nullable
} Wish;

#define N_WISHES 11

static void
list_wishes(const CliWishes *wishes, Wish list[N_WISHES])
{
  const Wish all[N_WISHES] = {
    {"key", wishes->key},           {"scale", wishes->scale},
    {"programs", wishes->programs}, {"range", wishes->range},
    {"meter", wishes->meter},       {"tempo", wishes->tempo},
    {"density", wishes->density},   {"polyphony", wishes->polyphony},
    {"chords", wishes->chords},     {"without", wishes->without},
    {"seconds", wishes->seconds},
  };

  memcpy(list, all, sizeof all);
}

static bool
has_option(const CliWishes *wishes, const char *name)
{
  Wish list[N_WISHES];
  bool found = false;

  list_wishes(wishes, list);
  for (size_t i = 0; i < N_WISHES; ++i)
    found = found || (list[i].text != NULL && strcmp(list[i].name, name) == 0);
  return found;
}

bool
cli_wishes_read(const CliWishes *wishes,
                PartitaControls *controls,
                GError **error)
{
  Wish list[N_WISHES];

  list_wishes(wishes, list);
  for (size_t i = 0; i < N_WISHES; ++i) {
    g_autoptr(GError) bad = NULL;

    if (list[i].text == NULL ||
        partita_controls_set(controls, list[i].name, list[i].text, &bad))
      continue;
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "--%s", bad->message);
    return false;
  }
  return true;
}

/// Says something that others wrote.
static void
tell(const char *what, const char *text)
{
  g_autofree char *shown = partita_text_show(text, PARTITA_TEXT_NAME_MAX);

  cli_say("%s: %s\n", what, shown);
}

/// Whether an option says what the words say too.
static bool
is_settled(const CliWishes *wishes,
           const PartitaComposeOptions *options,
           const char *name)
{
  return has_option(wishes, name) ||
         (strcmp(name, "style") == 0 && options->style != NULL) ||
         (strcmp(name, "bars") == 0 && options->bars > 0);
}

/// Takes one wish, "key" and "D minor".
static bool
take_wish(char **pair,
          bool settled,
          PartitaControls *controls,
          char **style,
          GError **error)
{
  g_autofree char *shown = partita_text_show(pair[1], PARTITA_TEXT_NAME_MAX);

  if (settled) {
    cli_say("left aside: %s %s, for an option says another\n", pair[0], shown);
    return true;
  }
  cli_say("asked for: %s %s\n", pair[0], shown);
  if (strcmp(pair[0], "style") != 0)
    return partita_controls_set(controls, pair[0], pair[1], error);
  g_free(*style);
  *style = g_strdup(pair[1]);
  return true;
}

/// Nothing that was said is dropped without a word.
static void
warn(const GPtrArray *unknown,
     const GPtrArray *partly,
     const char *const *styles)
{
  for (guint i = 0; i < partly->len; ++i) {
    g_autofree char *shown =
      partita_text_show(g_ptr_array_index(partly, i), G_MAXSIZE);

    g_printerr("%s\n", shown);
  }
  for (guint i = 0; i < unknown->len; ++i) {
    const char *word = g_ptr_array_index(unknown, i);
    g_autofree char *meant = partita_controls_suggest_word(word, "en", styles);
    g_autofree char *asked = partita_similar_ask(meant);
    g_autofree char *shown = partita_text_show(word, PARTITA_TEXT_NAME_MAX);
    g_autofree char *shown_asked = partita_text_show(asked, G_MAXSIZE);

    g_printerr("not understood: %s%s\n", shown, shown_asked);
  }
}

static bool
hear(const CliWishes *wishes,
     const char *sentence,
     const char *const *styles,
     const PartitaComposeOptions *options,
     PartitaControls *controls,
     char **style,
     GError **error)
{
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) pairs =
    partita_controls_read_words(sentence, "en", styles, unknown, partly, error);

  if (pairs == NULL)
    return false;
  for (guint i = 0; i < pairs->len; ++i) {
    g_auto(GStrv) pair = g_strsplit(g_ptr_array_index(pairs, i), "=", 2);

    if (!take_wish(pair, is_settled(wishes, options, pair[0]), controls, style,
                   error))
      return false;
  }
  warn(unknown, partly, styles);
  return true;
}

/// Takes what the piece has, then again what the options say.
static bool
take_piece(const CliWishes *wishes,
           const PartitaComposer *composer,
           size_t bars,
           PartitaControls *controls,
           char **style,
           GError **error)
{
  g_autoptr(PartitaScore) score =
    partita_midi_read_file(wishes->like, NULL, error);
  g_autoptr(GError) bad = NULL;

  if (score == NULL)
    return false;
  if (partita_score_get_n_notes(score) == 0) {
    g_autofree char *shown = partita_file_display(wishes->like);

    g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
                "%s: there are no notes in the file", shown);
    return false;
  }
  (void)partita_score_decide_bars(score, NULL);
  partita_controls_init(controls);
  partita_controls_take_piece(controls, score);
  partita_controls_ease(controls, bars, PARTITA_EASE_ALL);
  *style = partita_composer_find_style(composer, score, &bad);
  if (bad != NULL) {
    g_propagate_error(error, g_steal_pointer(&bad));
    return false;
  }

  g_autoptr(GPtrArray) lines = partita_controls_describe(controls);

  if (*style != NULL)
    tell("like it: style", *style);
  for (guint i = 0; i < lines->len; ++i)
    tell("like it", g_ptr_array_index(lines, i));
  if (!cli_wishes_read(wishes, controls, error))
    return false;
  partita_controls_drop_without(controls);
  // Only what nobody asked for by an option may be eased.
  partita_controls_ease(
    controls, bars,
    (has_option(wishes, "density") ? 0 : PARTITA_EASE_DENSITY) |
      (has_option(wishes, "programs") ? 0 : PARTITA_EASE_PROGRAMS) |
      (has_option(wishes, "meter") ? 0 : PARTITA_EASE_METER));
  return true;
}

/// The style that options name, which may be a blend, else that of words or
/// of a piece.
static bool
settle_style(PartitaModel *model,
             const PartitaComposer *composer,
             PartitaComposeOptions *options,
             char **style,
             GError **error)
{
  const char *asked = options->style;

  if (asked == NULL) {
    options->style = *style;
    return true;
  }

  const char *known = partita_composer_match_style(composer, asked);

  if (known != NULL || strpbrk(asked, ":,") == NULL) {
    options->style = known != NULL ? known : asked;
    return true;
  }
  g_free(*style);
  options->style = *style = partita_compose_blend_styles(model, asked, error);
  return *style != NULL;
}

/// Turns the seconds asked for into bars.
static bool
settle_length(const PartitaComposer *composer,
              PartitaControls *controls,
              PartitaComposeOptions *options,
              GError **error)
{
  if (controls->seconds <= 0.0)
    return true;
  if (!partita_composer_settle_length(composer, options->style, controls,
                                      &options->bars, error))
    return false;
  cli_say("%g seconds: %zu bars of %u/%u at tempo %.4g\n", controls->seconds,
          options->bars, controls->numerator, controls->denominator,
          controls->tempo);
  return true;
}

/// Whether every bar has a note.
static bool
is_full(const PartitaScore *score)
{
  PartitaControls controls;

  partita_controls_init(&controls);
  controls.fill = true;

  g_autoptr(GArray) promises = partita_controls_measure(&controls, score, 0);

  return partita_promises_are_kept(promises);
}

bool
cli_wishes_settle(const CliWishes *wishes,
                  const char *sentence,
                  PartitaModel *model,
                  const PartitaComposer *composer,
                  PartitaControls *controls,
                  PartitaComposeOptions *options,
                  char **style,
                  GError **error)
{
  const PartitaScheme *scheme = partita_composer_get_scheme(composer);
  const char *const *styles = partita_scheme_get_styles(scheme);

  *style = NULL;
  if ((wishes->like != NULL &&
       !take_piece(wishes, composer, options->bars > 0 ? options->bars : 16,
                   controls, style, error)) ||
      (sentence != NULL &&
       !hear(wishes, sentence, styles, options, controls, style, error)) ||
      !settle_style(model, composer, options, style, error))
    return false;
  partita_controls_drop_without(controls);
  if (options->bars == 0)
    options->bars = controls->bars;
  if (!settle_length(composer, controls, options, error))
    return false;
  controls->bars = 0; // which the options have
  if (strcmp(partita_scheme_get_name(scheme), "remi") == 0) {
    controls->fill = options->primer == NULL || is_full(options->primer);
    options->controls = controls;
  } else if (partita_controls_has_any(controls)) {
    options->controls = controls; // which are refused
  }
  return true;
}

void
cli_report_begin(CliReport *report,
                 const PartitaControls *controls,
                 const PartitaArrangement *arrangement,
                 bool terse)
{
  *report = (CliReport){.controls = controls,
                        .arrangement = arrangement,
                        .terse = terse,
                        .builder = json_builder_new()};
  json_builder_begin_array(report->builder);
}

void
cli_report_clear(CliReport *report)
{
  g_clear_object(&report->builder);
  g_clear_pointer(&report->broken, g_free);
}

static void
add_member(JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name(builder, name);
  json_builder_add_string_value(builder, value);
}

static void
add_promise(JsonBuilder *builder, const PartitaPromise *promise)
{
  json_builder_begin_object(builder);
  add_member(builder, "name", promise->name);
  add_member(builder, "wish", promise->wish);
  add_member(builder, "detail", promise->detail);
  json_builder_set_member_name(builder, "held");
  json_builder_add_int_value(builder, (gint64)promise->held);
  json_builder_set_member_name(builder, "of");
  json_builder_add_int_value(builder, (gint64)promise->of);
  json_builder_set_member_name(builder, "kept");
  json_builder_add_boolean_value(builder, promise->kept);
  json_builder_end_object(builder);
}

static void
tell_promises(CliReport *report, const GArray *promises, const char *file)
{
  for (guint i = 0; i < promises->len; ++i) {
    const PartitaPromise *promise = &g_array_index(promises, PartitaPromise, i);
    g_autofree char *words = partita_promise_describe(promise);
    g_autofree char *shown = partita_text_show(words, G_MAXSIZE);

    if (!promise->kept || !report->terse)
      g_print("  %s%s\n", shown, promise->kept ? "" : ": broken");
    add_promise(report->builder, promise);
    if (!promise->kept && report->broken == NULL)
      report->broken = g_strdup_printf("%s: %s", file, words);
  }
}

/// Silence that goes on behind the given music, in a file that has events
/// there, is none of its bars.
static void
cut_silence(PartitaScore *score, const PartitaArrangement *arrangement)
{
  const uint32_t end =
    partita_score_get_end(partita_arrangement_get_given(arrangement));

  if (partita_score_get_end(score) > end)
    partita_score_set_end(score, end);
}

bool
cli_report_add(CliReport *report,
               const char *path,
               GBytes *bytes,
               size_t bars,
               int ending,
               GError **error)
{
  PartitaControls controls = *report->controls;
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaScore) score = partita_midi_read(data, size, NULL, error);

  if (score == NULL)
    return false;

  controls.ending = ending;
  if (report->arrangement != NULL)
    cut_silence(score, report->arrangement);

  g_autoptr(GArray) promises = partita_controls_measure(&controls, score, bars);
  g_autofree char *shown = partita_file_display(path);

  json_builder_begin_object(report->builder);
  add_member(report->builder, "file", shown);
  json_builder_set_member_name(report->builder, "promises");
  json_builder_begin_array(report->builder);
  tell_promises(report, promises, shown);
  if (report->arrangement != NULL) {
    g_autoptr(GArray) kept =
      partita_arrangement_measure(report->arrangement, score);

    tell_promises(report, kept, shown);
  }
  json_builder_end_array(report->builder);
  json_builder_end_object(report->builder);
  return true;
}

bool
cli_report_end(CliReport *report, const char *path, GError **error)
{
  json_builder_end_array(report->builder);
  if (path != NULL) {
    g_autoptr(JsonNode) root = json_builder_get_root(report->builder);
    g_autofree char *text = json_to_string(root, TRUE);

    if (!partita_file_replace_bytes(path, text, strlen(text), error))
      return false;
  }
  if (report->broken == NULL)
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED, "a promise is broken: %s",
              report->broken);
  return false;
}
