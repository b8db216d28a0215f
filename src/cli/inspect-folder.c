// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "corpus.h"
#include "inspect.h"

#include <partita/corpus.h>
#include <string.h>

static void
count(GHashTable *counts, const char *name)
{
  const guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));

  g_hash_table_replace(counts, g_strdup(name), GUINT_TO_POINTER(n + 1));
}

static void
add_counts(JsonObject *object, const char *name, GHashTable *counts)
{
  JsonObject *sums = json_object_new();
  g_autoptr(GList) names =
    g_list_sort(g_hash_table_get_keys(counts), (GCompareFunc)g_strcmp0);

  for (const GList *item = names; item != NULL; item = item->next)
    json_object_set_int_member(
      sums, item->data,
      GPOINTER_TO_UINT(g_hash_table_lookup(counts, item->data)));
  json_object_set_object_member(object, name, sums);
}

/* Reasons are summed by what they say before their first detail: "duplicate"
 * of any file, "byte" of any number. */
static char *
shorten(const char *reason)
{
  static const char *const prefixes[] = {"duplicate", "near-duplicate",
                                         "too long", "the list of styles"};
  const char *colon =
    g_str_has_prefix(reason, "byte ") ? strstr(reason, ": ") : NULL;

  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); ++i)
    if (g_str_has_prefix(reason, prefixes[i]))
      return g_strdup(prefixes[i]);
  return g_strdup(colon != NULL ? colon + 2 : reason);
}

static void
sum_piece(CliCorpusSums *sums,
          const PartitaLedgerEntry *entry,
          const char *const *styles)
{
  const bool bars = strstr(entry->reason, "metre") != NULL ||
                    strstr(entry->reason, "moved") != NULL;
  const bool freely = strstr(entry->reason, "played freely") != NULL;
  const bool counted = strstr(entry->reason, "beats heard (") != NULL;

  ++sums->pieces;
  sums->notes += entry->notes;
  sums->bars += entry->bars;
  sums->tokens += entry->tokens;
  sums->mended += entry->verdict == PARTITA_VERDICT_MENDED;
  sums->mended_bars += bars;
  sums->counted += counted;
  sums->without_beats += freely && !counted;
  sums->unlabelled += entry->n_styles == 0;
  if (entry->family != NULL) {
    ++sums->in_families;
    count(sums->families, entry->family);
  }
  for (size_t i = 0; i < entry->n_styles; ++i)
    count(sums->styles, styles[entry->styles[i]]);
}

static void
sum_up(CliCorpusSums *sums, const PartitaCorpus *corpus)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));

  sums->files = partita_corpus_get_n_files(corpus);
  sums->styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sums->skipped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sums->families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (size_t i = 0; i < sums->files; ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);

    if (entry.verdict == PARTITA_VERDICT_SKIPPED) {
      g_autofree char *reason = shorten(entry.reason);

      count(sums->skipped, reason);
    } else {
      sum_piece(sums, &entry, styles);
    }
  }
}

static void
clear_sums(CliCorpusSums *sums)
{
  g_clear_pointer(&sums->styles, g_hash_table_unref);
  g_clear_pointer(&sums->skipped, g_hash_table_unref);
  g_clear_pointer(&sums->families, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliCorpusSums, clear_sums)

static void
add_number(JsonObject *object, const char *name, size_t value)
{
  json_object_set_int_member(object, name, (gint64)value);
}

static void
add_sums(JsonObject *object, const CliCorpusSums *sums)
{
  add_number(object, "files", sums->files);
  add_number(object, "used", sums->pieces - sums->mended);
  add_number(object, "mended", sums->mended);
  add_number(object, "skipped", sums->files - sums->pieces);
  add_number(object, "mended_bars", sums->mended_bars);
  add_number(object, "counted", sums->counted);
  add_number(object, "without_beats", sums->without_beats);
  add_number(object, "notes", sums->notes);
  add_number(object, "bars", sums->bars);
  add_number(object, "tokens", sums->tokens);
  add_number(object, "families", g_hash_table_size(sums->families));
  add_number(object, "in_families", sums->in_families);
  add_number(object, "unlabelled", sums->unlabelled);
  add_counts(object, "styles", sums->styles);
  add_counts(object, "skipped_because", sums->skipped);
  json_object_set_array_member(object, "advice", cli_advise(sums));
}

JsonArray *
cli_corpus_advise(const PartitaCorpus *corpus)
{
  g_auto(CliCorpusSums) sums = {0};

  sums.scheme = partita_scheme_get_name(partita_corpus_get_scheme(corpus));
  sum_up(&sums, corpus);
  return cli_advise(&sums);
}

bool
cli_inspect_folder(const char *path,
                   const char *ledger,
                   JsonObject *object,
                   GError **error)
{
  const PartitaCorpusOptions options = {0};
  g_auto(CliCorpusSums) sums = {0};
  g_autoptr(PartitaCorpus) corpus =
    cli_corpus_read(path, &options, true, error);

  if (corpus == NULL)
    return false;
  sums.scheme = partita_scheme_get_name(partita_corpus_get_scheme(corpus));
  json_object_set_string_member(object, "scheme", sums.scheme);
  sum_up(&sums, corpus);
  add_sums(object, &sums);
  return ledger == NULL || partita_corpus_write_ledger(corpus, ledger, error);
}
