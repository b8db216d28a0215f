// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
#include <corpus/index.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

static const char *
name_verdict(PartitaVerdict verdict)
{
  switch (verdict) {
  case PARTITA_VERDICT_USED:
    return "used";
  case PARTITA_VERDICT_MENDED:
    return "mended";
  case PARTITA_VERDICT_SKIPPED:
    return "skipped";
  }
  g_return_val_if_reached(NULL);
}

static void
add_string(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  if (value != NULL)
    json_builder_add_string_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

static void
add_count(JsonBuilder *builder, const char *name, uint32_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

static void
add_styles(JsonBuilder *builder,
           const char *const *styles,
           const PartitaLedgerEntry *entry)
{
  json_builder_set_member_name(builder, "styles");
  json_builder_begin_array(builder);
  for (size_t i = 0; i < entry->n_styles; ++i)
    json_builder_add_string_value(builder, styles[entry->styles[i]]);
  json_builder_end_array(builder);
}

typedef struct {
  const PartitaCorpus *corpus; // NULL if there is only the index
  const PartitaIndex *index;
  const char *const *styles;
  guint32 *relatives; // pieces in the family that begins with each file
  const char *path;   // the one to name in messages
} Ledger;

/// (transfer full): one JSON object and a newline
static char *
describe(const Ledger *ledger, const PartitaLedgerEntry *entry)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  const bool skipped = entry->verdict == PARTITA_VERDICT_SKIPPED;

  json_builder_begin_object(builder);
  add_string(builder, "path", entry->path);
  add_string(builder, "verdict", name_verdict(entry->verdict));
  add_string(builder, "reason", entry->reason);
  add_string(builder, "family", entry->family);
  add_styles(builder, ledger->styles, entry);
  if (ledger->corpus != NULL)
    add_string(builder, "split",
               skipped ? NULL : (entry->valid ? "valid" : "train"));
  add_count(builder, "notes", entry->notes);
  add_count(builder, "bars", entry->bars);
  add_count(builder, "tokens", entry->tokens);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, FALSE);

  return g_strconcat(text, "\n", NULL);
}

static void
get_entry(const Ledger *ledger, guint number, PartitaLedgerEntry *entry)
{
  PartitaIndexPlace place;
  PartitaLedgerEntry first;

  if (ledger->corpus != NULL) {
    *entry = partita_corpus_get_entry(ledger->corpus, number);
    return;
  }
  partita_index_view(ledger->index, number, entry, &place);
  if (place.skip == PARTITA_SKIP_NONE && ledger->relatives[place.family] > 1) {
    partita_index_view(ledger->index, place.family, &first, &place);
    entry->family = first.path;
  }
}

static bool
write_lines(const char *path, void *data, GError **error)
{
  const Ledger *ledger = data;
  const guint n = partita_index_get_n_files(ledger->index);
  FILE *file = g_fopen(path, "w");
  bool ok = file != NULL;

  for (guint i = 0; ok && i < n; ++i) {
    PartitaLedgerEntry entry;

    get_entry(ledger, i, &entry);
    g_autofree char *line = describe(ledger, &entry);

    ok = fputs(line, file) >= 0;
  }
  if (file != NULL)
    ok = fclose(file) == 0 && ok;
  if (!ok) {
    const int code = errno;
    g_autofree char *shown = partita_file_display(ledger->path);

    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code),
                "%s: cannot write: %s", shown, g_strerror(code));
  }
  return ok;
}

bool
partita_ledger_save(const PartitaIndex *index, const char *path, GError **error)
{
  const guint n = partita_index_get_n_files(index);
  g_autofree guint32 *relatives = g_new0(guint32, n);
  g_autofree const char **styles = NULL;

  g_variant_get_child(index->head, 1, "^a&s", &styles);
  for (guint i = 0; i < n; ++i) {
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;

    partita_index_view(index, i, &entry, &place);
    relatives[place.family] += place.skip == PARTITA_SKIP_NONE;
  }
  Ledger ledger = {NULL, index, styles, relatives, path};

  return partita_file_replace(path, write_lines, &ledger, error);
}

bool
partita_corpus_write_ledger(const PartitaCorpus *corpus,
                            const char *path,
                            GError **error)
{
  Ledger ledger = {corpus, corpus->index,
                   partita_scheme_get_styles(corpus->scheme), NULL, path};

  return partita_file_replace(path, write_lines, &ledger, error);
}
