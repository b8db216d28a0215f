// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "inspect.h"

#include <partita/corpus.h>

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
  static const char *const prefixes[] = {"duplicate", "byte "};

  if (g_str_has_prefix(reason, prefixes[0]))
    return g_strdup(prefixes[0]);
  if (g_str_has_prefix(reason, prefixes[1])) {
    const char *colon = strchr(reason, ':');

    return g_strdup(colon != NULL ? colon + 2 : reason);
  }
  return g_strdup(reason);
}

static void
add_sums(JsonObject *object, const PartitaCorpus *corpus)
{
  const char *const *names =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  size_t n = 0;
  const PartitaLedgerEntry *files = partita_corpus_get_ledger(corpus, &n);
  g_autoptr(GHashTable) styles =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) skipped =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gint64 verdicts[3] = {0, 0, 0};
  gint64 notes = 0, bars = 0, tokens = 0;

  for (size_t i = 0; i < n; ++i) {
    ++verdicts[files[i].verdict];
    if (files[i].verdict == PARTITA_VERDICT_SKIPPED) {
      g_autofree char *reason = shorten(files[i].reason);

      count(skipped, reason);
      continue;
    }
    for (size_t s = 0; s < files[i].n_styles; ++s)
      count(styles, names[files[i].styles[s]]);
    notes += files[i].notes;
    bars += files[i].bars;
    tokens += files[i].tokens;
  }
  json_object_set_int_member(object, "files", (gint64)n);
  json_object_set_int_member(object, "used", verdicts[PARTITA_VERDICT_USED]);
  json_object_set_int_member(object, "mended",
                             verdicts[PARTITA_VERDICT_MENDED]);
  json_object_set_int_member(object, "skipped",
                             verdicts[PARTITA_VERDICT_SKIPPED]);
  json_object_set_int_member(object, "notes", notes);
  json_object_set_int_member(object, "bars", bars);
  json_object_set_int_member(object, "tokens", tokens);
  add_counts(object, "styles", styles);
  add_counts(object, "skipped_because", skipped);
}

bool
cli_inspect_folder(const char *path,
                   const char *ledger,
                   JsonObject *object,
                   GError **error)
{
  const PartitaCorpusOptions options = {0};
  g_autoptr(PartitaCorpus) corpus = partita_corpus_read(path, &options, error);

  if (corpus == NULL)
    return false;
  add_sums(object, corpus);
  return ledger == NULL || partita_corpus_write_ledger(corpus, ledger, error);
}
