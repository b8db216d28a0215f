// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
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
append_line(GString *lines, const PartitaLedgerEntry *entry)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(JsonGenerator) generator = json_generator_new();
  const bool skipped = entry->verdict == PARTITA_VERDICT_SKIPPED;

  json_builder_begin_object(builder);
  add_string(builder, "path", entry->path);
  add_string(builder, "verdict", name_verdict(entry->verdict));
  add_string(builder, "reason", entry->reason);
  add_string(builder, "style", entry->style);
  add_string(builder, "split",
             skipped ? NULL : (entry->valid ? "valid" : "train"));
  add_count(builder, "notes", entry->notes);
  add_count(builder, "bars", entry->bars);
  add_count(builder, "tokens", entry->tokens);
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);

  json_generator_set_root(generator, root);
  json_generator_to_gstring(generator, lines);
  g_string_append_c(lines, '\n');
}

const PartitaLedgerEntry *
partita_corpus_get_ledger(const PartitaCorpus *corpus, size_t *n)
{
  *n = corpus->ledger->len;
  return (const PartitaLedgerEntry *)(const void *)corpus->ledger->data;
}

bool
partita_corpus_write_ledger(const PartitaCorpus *corpus,
                            const char *path,
                            GError **error)
{
  g_autoptr(GString) lines = g_string_new(NULL);

  for (guint i = 0; i < corpus->ledger->len; ++i)
    append_line(lines, &g_array_index(corpus->ledger, PartitaLedgerEntry, i));
  return partita_file_replace_bytes(path, lines->str, lines->len, error);
}
