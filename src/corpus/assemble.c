// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <corpus/index.h>
#include <corpus/record.h>
#include <corpus/shards.h>
#include <string.h>

#define DEFAULT_VALID_SHARE 0.1

typedef struct {
  PartitaCorpus *corpus;
  PartitaIndex *index;
  guint n_files;
  guint32 *piece_of;  // number of each file's piece
  guint32 *relatives; // pieces in the family that begins with each file
  gsize n_styles;
  gsize n_ids; // of the scheme without styles
} Assembly;

static void
clear_assembly(Assembly *assembly)
{
  partita_corpus_free(assembly->corpus);
  g_free(assembly->piece_of);
  g_free(assembly->relatives);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Assembly, clear_assembly)

static bool
refuse(GError **error, const char *what)
{
  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN, "%s",
              what);
  return false;
}

static bool
are_styles(const Assembly *assembly, const PartitaLedgerEntry *entry)
{
  for (size_t i = 0; i < entry->n_styles; ++i)
    if (entry->styles[i] >= assembly->n_styles)
      return false;
  return true;
}

static bool
is_sequence(const Assembly *assembly, const PartitaRecord *record)
{
  uint16_t highest = 0;

  for (size_t i = 0; i < record->n_ids; ++i)
    highest = MAX(highest, record->ids[i]);
  return record->n_ids >= 2 && record->n_ids <= PARTITA_PIECE_TOKENS_MAX &&
         highest < assembly->n_ids;
}

static bool
take_piece(Assembly *assembly,
           const PartitaLedgerEntry *entry,
           const PartitaIndexPlace *place,
           GVariant *records,
           GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;
  PartitaRecord record;

  if (place->record >= g_variant_n_children(records))
    return refuse(error, "a shard has fewer records than the index says");
  g_autoptr(GVariant) variant =
    g_variant_get_child_value(records, place->record);

  partita_record_view(variant, &record);
  partita_pages_touch(corpus->pages, g_variant_get_size(variant));
  if (!is_sequence(assembly, &record) || !are_styles(assembly, entry) ||
      record.n_ids + (entry->n_styles > 0 ? 1 : 0) != entry->tokens)
    return refuse(error, "a piece has ids that are none");
  const PartitaStored stored = {
    .ids = record.ids,
    .n = record.n_ids,
    .ledger_index = corpus->ledger->len,
    .content = record.content,
    .shift = record.shift,
  };

  g_array_append_val(corpus->pieces, stored);
  return true;
}

static bool
take_files(Assembly *assembly, const GPtrArray *shards, GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;
  g_autoptr(GPtrArray) records =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);

  for (guint s = 0; s < shards->len; ++s)
    g_ptr_array_add(records,
                    g_variant_get_child_value(g_ptr_array_index(shards, s), 2));
  for (guint i = 0; i < assembly->n_files; ++i) {
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;

    partita_index_view(assembly->index, i, &entry, &place);
    assembly->piece_of[i] = corpus->pieces->len;
    if (place.skip == PARTITA_SKIP_NONE) {
      if (place.shard >= records->len || place.family > i)
        return refuse(error, "the index points to nowhere");
      if (!take_piece(assembly, &entry, &place,
                      g_ptr_array_index(records, place.shard), error))
        return false;
      ++assembly->relatives[place.family];
    }
    g_array_append_val(corpus->ledger, entry);
  }
  return true;
}

/// Names the families of more than one, once all paths are in the ledger.
static bool
name_families(Assembly *assembly, GError **error)
{
  const GArray *ledger = assembly->corpus->ledger;

  for (guint i = 0; i < ledger->len; ++i) {
    PartitaLedgerEntry *entry = &g_array_index(ledger, PartitaLedgerEntry, i);
    PartitaLedgerEntry other;
    PartitaIndexPlace place;
    PartitaIndexPlace first;

    if (entry->verdict == PARTITA_VERDICT_SKIPPED)
      continue;
    partita_index_view(assembly->index, i, &other, &place);
    partita_index_view(assembly->index, place.family, &other, &first);
    if (first.skip != PARTITA_SKIP_NONE || first.family != place.family)
      return refuse(error, "a family begins with no piece of it");
    if (assembly->relatives[place.family] > 1)
      entry->family = other.path;
  }
  return true;
}

static void
split_pieces(Assembly *assembly, const PartitaCorpusOptions *options)
{
  const GArray *pieces = assembly->corpus->pieces;
  GArray *ledger = assembly->corpus->ledger;
  g_autofree PartitaSide *sides = g_new0(PartitaSide, pieces->len);

  for (guint i = 0; i < pieces->len; ++i) {
    const size_t number = g_array_index(pieces, PartitaStored, i).ledger_index;
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;

    partita_index_view(assembly->index, (guint)number, &entry, &place);
    sides[i] = (PartitaSide){
      .family = assembly->piece_of[place.family],
      .path = g_array_index(ledger, PartitaLedgerEntry, place.family).path,
      .in_valid = place.side == PARTITA_SIDE_VALID,
      .in_train = place.side == PARTITA_SIDE_TRAIN,
    };
  }
  partita_split(sides, pieces->len,
                options->valid_share == 0.0 ? DEFAULT_VALID_SHARE
                                            : options->valid_share,
                options->seed);
  for (guint i = 0; i < pieces->len; ++i) {
    const size_t number = g_array_index(pieces, PartitaStored, i).ledger_index;

    g_array_index(ledger, PartitaLedgerEntry, number).valid = sides[i].valid;
  }
}

static bool
make_schemes(Assembly *assembly, const char *wanted, GError **error)
{
  const char *name = NULL;
  g_autofree const char **styles = NULL;

  g_variant_get_child(assembly->index->head, 0, "&s", &name);
  g_variant_get_child(assembly->index->head, 1, "^a&s", &styles);
  if (wanted != NULL && strcmp(name, wanted) != 0) {
    g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_BROKEN,
                "prepared as %s, not as %s", name, wanted);
    return false;
  }
  g_autoptr(PartitaScheme) bare = partita_scheme_new(name, NULL, error);

  if (bare == NULL)
    return false;
  assembly->n_styles = g_strv_length((char **)styles);
  assembly->n_ids = partita_scheme_get_vocab_size(bare);
  assembly->corpus->scheme = partita_scheme_new(name, styles, error);
  return assembly->corpus->scheme != NULL;
}

PartitaCorpus *
partita_corpus_assemble(PartitaIndex *index,
                        GPtrArray *shards,
                        bool mapped,
                        const PartitaCorpusOptions *options,
                        GError **error)
{
  const guint n = partita_index_get_n_files(index);
  g_auto(Assembly) assembly = {
    .corpus = g_new0(PartitaCorpus, 1),
    .index = index,
    .n_files = n,
    .piece_of = g_new0(guint32, n),
    .relatives = g_new0(guint32, n),
  };
  PartitaCorpus *corpus = assembly.corpus;

  corpus->index = index;
  corpus->shards = g_ptr_array_ref(shards);
  corpus->pages = mapped ? partita_pages_new(shards) : NULL;
  corpus->common_key = options->common_key;
  corpus->ledger =
    g_array_sized_new(FALSE, FALSE, sizeof(PartitaLedgerEntry), n);
  corpus->pieces = g_array_sized_new(FALSE, FALSE, sizeof(PartitaStored), n);
  if (!make_schemes(&assembly, options->scheme, error) ||
      !take_files(&assembly, shards, error) || !name_families(&assembly, error))
    return NULL;
  if (corpus->pieces->len == 0) {
    refuse(error, "no piece in it");
    return NULL;
  }
  split_pieces(&assembly, options);
  return g_steal_pointer(&assembly.corpus);
}
