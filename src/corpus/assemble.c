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
check_piece(const Assembly *assembly,
            const PartitaLedgerEntry *entry,
            const PartitaIndexPlace *place,
            GError **error)
{
  const PartitaCorpus *corpus = assembly->corpus;
  PartitaRecord record;

  if (place->shard >= corpus->records->len)
    return refuse(error, "the index points to nowhere");
  GVariant *records = g_ptr_array_index(corpus->records, place->shard);

  if (place->record >= g_variant_n_children(records))
    return refuse(error, "a shard has fewer records than the index says");
  g_autoptr(GVariant) variant =
    g_variant_get_child_value(records, place->record);

  partita_record_view(variant, &record);
  partita_pages_touch(corpus->pages, g_variant_get_size(variant));
  if (!is_sequence(assembly, &record) ||
      record.n_ids + (entry->n_styles > 0 ? 1 : 0) != entry->tokens)
    return refuse(error, "a piece has ids that are none");
  return true;
}

static bool
take_files(Assembly *assembly, GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;

  for (guint32 i = 0; i < assembly->n_files; ++i) {
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;

    partita_index_view(corpus->index, i, &entry, &place);
    assembly->piece_of[i] = corpus->pieces->len;
    if (!are_styles(assembly, &entry)) // of skipped files too: the ledger names
      return refuse(error, "a file has styles that are none");
    if (place.skip != PARTITA_SKIP_NONE)
      continue;
    if (place.family > i)
      return refuse(error, "the index points to nowhere");
    if (!check_piece(assembly, &entry, &place, error))
      return false;
    ++assembly->relatives[place.family];
    g_array_append_val(corpus->pieces, i);
  }
  return true;
}

/// Marks the pieces of families of more than one.
static bool
mark_families(Assembly *assembly, GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;

  for (guint i = 0; i < corpus->pieces->len; ++i) {
    const guint32 number = g_array_index(corpus->pieces, guint32, i);
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;
    PartitaIndexPlace first;

    partita_index_view(corpus->index, number, &entry, &place);
    partita_index_view(corpus->index, place.family, &entry, &first);
    if (first.skip != PARTITA_SKIP_NONE || first.family != place.family)
      return refuse(error, "a family begins with no piece of it");
    if (assembly->relatives[place.family] > 1)
      corpus->marks[number] |= PARTITA_MARK_RELATED;
  }
  return true;
}

static void
split_pieces(Assembly *assembly, const PartitaCorpusOptions *options)
{
  PartitaCorpus *corpus = assembly->corpus;
  const guint n = corpus->pieces->len;
  g_autofree PartitaSide *sides = g_new0(PartitaSide, n);

  for (guint32 i = 0; i < n; ++i) {
    PartitaLedgerEntry entry;
    PartitaIndexPlace place;

    partita_index_view(corpus->index, g_array_index(corpus->pieces, guint32, i),
                       &entry, &place);
    const guint32 family = assembly->piece_of[place.family];

    sides[i] = (PartitaSide){
      .draw = family == i ? partita_split_draw(entry.path, options->seed)
                          : sides[family].draw,
      .family = family,
      .in_valid = place.side == PARTITA_SIDE_VALID,
      .in_train = place.side == PARTITA_SIDE_TRAIN,
    };
  }
  partita_split(sides, n,
                options->valid_share == 0.0 ? DEFAULT_VALID_SHARE
                                            : options->valid_share);
  for (guint i = 0; i < n; ++i)
    if (sides[i].valid)
      corpus->marks[g_array_index(corpus->pieces, guint32, i)] |=
        PARTITA_MARK_VALID;
}

static bool
make_schemes(Assembly *assembly, const char *wanted, GError **error)
{
  const char *name = NULL;
  g_autofree const char **styles = NULL;

  g_variant_get_child(assembly->corpus->index->head, 0, "&s", &name);
  g_variant_get_child(assembly->corpus->index->head, 1, "^a&s", &styles);
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

static GPtrArray *
get_records(const GPtrArray *shards)
{
  GPtrArray *records =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);

  for (guint s = 0; s < shards->len; ++s)
    g_ptr_array_add(records,
                    g_variant_get_child_value(g_ptr_array_index(shards, s), 2));
  return records;
}

PartitaCorpus *
partita_corpus_assemble(PartitaIndex *index,
                        GPtrArray *shards,
                        PartitaScratch *scratch,
                        const PartitaCorpusOptions *options,
                        GError **error)
{
  const guint n = partita_index_get_n_files(index);
  g_auto(Assembly) assembly = {
    .corpus = g_new0(PartitaCorpus, 1),
    .n_files = n,
    .piece_of = g_new0(guint32, n),
    .relatives = g_new0(guint32, n),
  };
  PartitaCorpus *corpus = assembly.corpus;

  corpus->index = index;
  corpus->records = get_records(shards);
  corpus->scratch = scratch;
  corpus->pages = partita_pages_new(scratch == NULL ? shards : NULL, scratch);
  corpus->common_key = options->common_key;
  corpus->marks = g_new0(uint8_t, n);
  corpus->pieces = g_array_sized_new(FALSE, FALSE, sizeof(guint32), n);
  if (!make_schemes(&assembly, options->scheme, error) ||
      !take_files(&assembly, error) || !mark_families(&assembly, error))
    return NULL;
  if (corpus->pieces->len == 0) {
    refuse(error, "no piece in it");
    return NULL;
  }
  split_pieces(&assembly, options);
  return g_steal_pointer(&assembly.corpus);
}
