// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
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
           const PartitaScheme *scheme,
           const PartitaLedgerEntry *entry)
{
  const char *const *styles = partita_scheme_get_styles(scheme);

  json_builder_set_member_name(builder, "styles");
  json_builder_begin_array(builder);
  for (size_t i = 0; i < entry->n_styles; ++i)
    json_builder_add_string_value(builder, styles[entry->styles[i]]);
  json_builder_end_array(builder);
}

typedef struct {
  const PartitaCorpus *corpus;
  bool with_split;
  const char *path; // the one to name in messages
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
  add_styles(builder, ledger->corpus->scheme, entry);
  if (ledger->with_split)
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

static bool
write_lines(const char *path, void *data, GError **error)
{
  const Ledger *ledger = data;
  const GArray *entries = ledger->corpus->ledger;
  FILE *file = g_fopen(path, "w");
  bool ok = file != NULL;

  for (guint i = 0; ok && i < entries->len; ++i) {
    g_autofree char *line =
      describe(ledger, &g_array_index(entries, PartitaLedgerEntry, i));

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
partita_corpus_save_ledger(const PartitaCorpus *corpus,
                           const char *path,
                           bool with_split,
                           GError **error)
{
  Ledger ledger = {corpus, with_split, path};

  return partita_file_replace(path, write_lines, &ledger, error);
}

bool
partita_corpus_write_ledger(const PartitaCorpus *corpus,
                            const char *path,
                            GError **error)
{
  return partita_corpus_save_ledger(corpus, path, true, error);
}
