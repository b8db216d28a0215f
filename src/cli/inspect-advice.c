// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <base/text.h>

/// Fewer notes are learnt by heart before they are understood.
#define NOTES_FEW 100000

/// Fewer pieces do not show what is common to a style.
#define STYLE_PIECES_FEW 10

/// Shares of the pieces or files from which a thing is worth a word.
#define SHARE_WORTH_A_WORD 0.05
#define SHARE_LARGE 0.1
#define SHARE_MOST 0.5

/// Styles named in one sentence.
#define NAMES_MAX 5

static bool
reaches(size_t part, size_t whole, double share)
{
  return part > 0 && (double)part >= share * (double)whole;
}

static unsigned
get_percent(size_t part, size_t whole)
{
  return (unsigned)((100.0 * (double)part) / (double)whole + 0.5);
}

static size_t
get_count(GHashTable *counts, const char *name)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));
}

/// Takes @words.
static void
say(JsonArray *advice, char *words)
{
  json_array_add_string_element(advice, words);
  g_free(words);
}

static void
advise_on_size(JsonArray *advice, const CliCorpusSums *sums)
{
  if (sums->notes >= NOTES_FEW)
    return;
  say(advice,
      g_strdup_printf(
        "%zu pieces of %zu bars on average are little music: take a small "
        "model, expect it to copy, and add more of the same kind",
        sums->pieces, sums->bars / sums->pieces));
}

static void
advise_on_copies(JsonArray *advice, const CliCorpusSums *sums)
{
  const size_t left_out = get_count(sums->skipped, "duplicate") +
                          get_count(sums->skipped, "near-duplicate");
  const size_t all = sums->pieces + left_out;
  const size_t copies = sums->in_families + left_out;
  GHashTableIter iter;
  gpointer path = NULL;
  gpointer n = NULL;

  if (reaches(copies, all, SHARE_WORTH_A_WORD))
    say(advice, g_strdup_printf("%u %% of the pieces are duplicates or share "
                                "long passages with another: there is less "
                                "music than there are files",
                                get_percent(copies, all)));
  g_hash_table_iter_init(&iter, sums->families);
  while (g_hash_table_iter_next(&iter, &path, &n))
    if (reaches(GPOINTER_TO_UINT(n), sums->pieces, SHARE_LARGE))
      say(advice,
          g_strdup_printf("%u pieces share passages with %s: they are all "
                          "learnt or all held out, and weigh as much as all "
                          "of them",
                          GPOINTER_TO_UINT(n), (const char *)path));
}

static void
advise_on_files(JsonArray *advice, const CliCorpusSums *sums)
{
  const size_t drums = get_count(sums->skipped, "only drums");
  const size_t fragments = get_count(sums->skipped, "too short");

  if (reaches(drums, sums->files, SHARE_LARGE))
    say(advice, g_strdup_printf("%zu files have only drums, which --scheme "
                                "remi can hold",
                                drums));
  if (reaches(fragments, sums->files, SHARE_LARGE))
    say(advice, g_strdup_printf("%zu files are shorter than a bar or than "
                                "eight notes: sounds, not pieces",
                                fragments));
  if (reaches(sums->mended_bars, sums->pieces, SHARE_MOST))
    say(advice, g_strdup_printf("the metre or the bar lines of %zu pieces "
                                "were found from the notes: expect some in "
                                "the wrong place",
                                sums->mended_bars));
}

static void
advise_on_live(JsonArray *advice, const CliCorpusSums *sums)
{
  const size_t live = sums->counted + sums->without_beats;

  if (reaches(live, sums->pieces, SHARE_WORTH_A_WORD) &&
      !g_str_equal(sums->scheme, "performance"))
    say(advice,
        g_strdup_printf("%zu pieces were played freely: %zu are counted in the "
                        "beats heard, of which expect some in the wrong place, "
                        "and %zu have none: --scheme performance needs neither "
                        "beats nor bars, and keeps their timing",
                        live, sums->counted, sums->without_beats));
}

static void
advise_on_styles(JsonArray *advice, const CliCorpusSums *sums)
{
  g_autoptr(GList) names =
    g_list_sort(g_hash_table_get_keys(sums->styles), (GCompareFunc)g_strcmp0);
  g_autoptr(GString) rare = g_string_new(NULL);
  guint n = 0;

  for (const GList *item = names; item != NULL; item = item->next)
    if (get_count(sums->styles, item->data) < STYLE_PIECES_FEW &&
        n++ < NAMES_MAX)
      g_string_append_printf(rare, "%s%s", n > 1 ? ", " : "",
                             (const char *)item->data);
  if (n > NAMES_MAX)
    g_string_append_printf(rare, " and %u more", n - NAMES_MAX);
  if (n > 0 && names->next != NULL)
    say(advice, g_strdup_printf("fewer than %d pieces are in the style %s: "
                                "too few to tell it from others",
                                STYLE_PIECES_FEW, rare->str));
  if (names != NULL && sums->unlabelled > 0)
    say(advice, g_strdup_printf("%zu pieces have no style: they teach music, "
                                "but come under no name",
                                sums->unlabelled));
}

JsonArray *
cli_advise(const CliCorpusSums *sums)
{
  JsonArray *advice = json_array_new();

  advise_on_size(advice, sums);
  advise_on_copies(advice, sums);
  advise_on_files(advice, sums);
  advise_on_live(advice, sums);
  advise_on_styles(advice, sums);
  return advice;
}

static gint64
get(JsonObject *object, const char *name)
{
  return json_object_get_int_member(object, name);
}

static void
print_count(gint64 count, const char *name)
{
  g_autofree char *shown = partita_text_show(name, G_MAXSIZE);

  g_print("  %6" G_GINT64_FORMAT "  %s\n", count, shown);
}

static void
print_counts(JsonObject *object, const char *name, const char *title)
{
  JsonObject *counts = json_object_get_object_member(object, name);
  g_autoptr(GList) names = json_object_get_members(counts);

  if (names != NULL)
    g_print("%s\n", title);
  for (const GList *item = names; item != NULL; item = item->next)
    print_count(get(counts, item->data), item->data);
}

void
cli_print_folder(JsonObject *object)
{
  JsonArray *advice = json_object_get_array_member(object, "advice");

  g_autofree char *shown_path =
    partita_text_show(json_object_get_string_member(object, "path"), G_MAXSIZE);

  g_print("%s\n", shown_path);
  g_print("  %6" G_GINT64_FORMAT "  files, of which\n", get(object, "files"));
  g_print("  %6" G_GINT64_FORMAT "  can be used as they are\n",
          get(object, "used"));
  g_print("  %6" G_GINT64_FORMAT
          "  can be used after mending, %" G_GINT64_FORMAT
          " of them in metre or bar lines\n",
          get(object, "mended"), get(object, "mended_bars"));
  g_print("  %6" G_GINT64_FORMAT "  were played freely, %" G_GINT64_FORMAT
          " of them counted in the beats heard\n",
          get(object, "counted") + get(object, "without_beats"),
          get(object, "counted"));
  g_print("  %6" G_GINT64_FORMAT "  are left out\n", get(object, "skipped"));
  g_print("music\n  %" G_GINT64_FORMAT " bars, %" G_GINT64_FORMAT
          " notes, %" G_GINT64_FORMAT " tokens of %s\n",
          get(object, "bars"), get(object, "notes"), get(object, "tokens"),
          json_object_get_string_member(object, "scheme"));
  g_print("  %" G_GINT64_FORMAT
          " pieces share long passages with another, in %" G_GINT64_FORMAT
          " families\n",
          get(object, "in_families"), get(object, "families"));
  print_counts(object, "styles", "styles");
  print_counts(object, "skipped_because", "left out");
  if (json_array_get_length(advice) > 0)
    g_print("advice\n");
  for (guint i = 0; i < json_array_get_length(advice); ++i) {
    g_autofree char *shown =
      partita_text_show(json_array_get_string_element(advice, i), G_MAXSIZE);

    g_print("  %s\n", shown);
  }
}
