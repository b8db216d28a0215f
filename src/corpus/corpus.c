// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <corpus/gather.h>
#include <corpus/merge.h>
#include <corpus/prepare.h>
#include <corpus/record.h>

GQuark
partita_corpus_error_quark(void)
{
  return g_quark_from_static_string("partita-corpus-error-quark");
}

#define DEFAULT_SCHEME "remi"

void
partita_corpus_free(PartitaCorpus *corpus)
{
  if (corpus == NULL)
    return;
  partita_scheme_free(corpus->scheme);
  g_free(corpus->marks);
  g_array_unref(corpus->pieces);
  g_ptr_array_unref(corpus->records);
  partita_pages_free(corpus->pages);
  partita_index_free(corpus->index);
  partita_scratch_free(corpus->scratch);
  g_free(corpus);
}

static PartitaCorpus *
read_folder(const char *folder,
            const PartitaCorpusOptions *options,
            GError **error)
{
  const char *name = options->scheme != NULL ? options->scheme : DEFAULT_SCHEME;
  g_autoptr(PartitaScheme) scheme = partita_scheme_new(name, NULL, error);
  g_autoptr(PartitaScratch) scratch = partita_scratch_new();
  g_autoptr(GPtrArray) items =
    scheme != NULL
      ? partita_scan_folder(folder, scratch, options->cancellable, error)
      : NULL;
  g_auto(PartitaDeal) deal = {0};
  g_auto(PartitaGathered) gathered = {0};

  if (items == NULL)
    return NULL;
  partita_deal_init(&deal, items);

  const PartitaGatherOptions gather = {
    .root = folder,
    .items = items,
    .deal = &deal,
    .scheme = scheme,
    .scratch = scratch,
    .parts = 1,
    .options = options,
  };
  PartitaIndex *index = partita_gather(&gather, &gathered, error)
                          ? partita_merge(&gather, &gathered, error)
                          : NULL;

  return index != NULL
           ? partita_corpus_assemble(index, gathered.shards,
                                     g_steal_pointer(&scratch), options, error)
           : NULL;
}

PartitaCorpus *
partita_corpus_read(const char *folder,
                    const PartitaCorpusOptions *options,
                    GError **error)
{
  g_return_val_if_fail(folder != NULL, NULL);
  g_return_val_if_fail(options != NULL, NULL);

  return partita_corpus_is_prepared(folder)
           ? partita_corpus_open(folder, options, error)
           : read_folder(folder, options, error);
}

const PartitaScheme *
partita_corpus_get_scheme(const PartitaCorpus *corpus)
{
  return corpus->scheme;
}

bool
partita_corpus_is_in_common_key(const PartitaCorpus *corpus)
{
  return corpus->common_key;
}

size_t
partita_corpus_get_n_files(const PartitaCorpus *corpus)
{
  return partita_index_get_n_files(corpus->index);
}

PartitaLedgerEntry
partita_corpus_get_entry(const PartitaCorpus *corpus, size_t number)
{
  PartitaLedgerEntry entry;
  PartitaLedgerEntry first;
  PartitaIndexPlace place;

  g_return_val_if_fail(number < partita_corpus_get_n_files(corpus),
                       (PartitaLedgerEntry){0});

  partita_index_view(corpus->index, (guint)number, &entry, &place);
  entry.valid = (corpus->marks[number] & PARTITA_MARK_VALID) != 0;
  if ((corpus->marks[number] & PARTITA_MARK_RELATED) != 0) {
    partita_index_view(corpus->index, place.family, &first, &place);
    entry.family = first.path;
  }
  return entry;
}

size_t
partita_corpus_get_n_pieces(const PartitaCorpus *corpus)
{
  return corpus->pieces->len;
}

/// @place: (out): where the index has the piece
static PartitaLedgerEntry
view_piece(const PartitaCorpus *corpus, size_t index, PartitaIndexPlace *place)
{
  PartitaLedgerEntry entry;

  partita_index_view(corpus->index,
                     g_array_index(corpus->pieces, guint32, index), &entry,
                     place);
  return entry;
}

PartitaPiece
partita_corpus_get_piece(const PartitaCorpus *corpus, size_t index)
{
  g_return_val_if_fail(index < corpus->pieces->len, (PartitaPiece){0});

  PartitaIndexPlace place;
  const PartitaLedgerEntry entry = view_piece(corpus, index, &place);
  const guint32 number = g_array_index(corpus->pieces, guint32, index);

  return (PartitaPiece){
    .n = entry.tokens,
    .valid = (corpus->marks[number] & PARTITA_MARK_VALID) != 0,
    .ledger_index = number,
    .notes = entry.notes,
    .n_styles = (uint32_t)entry.n_styles,
    .content = place.content,
    .shift = corpus->common_key ? place.shift : (int8_t)0,
  };
}

/// @record: (out): its pointers last as long as @corpus
static void
view_record(const PartitaCorpus *corpus,
            const PartitaIndexPlace *place,
            PartitaRecord *record)
{
  g_autoptr(GVariant) variant = g_variant_get_child_value(
    g_ptr_array_index(corpus->records, place->shard), place->record);

  partita_record_view(variant, record);
  partita_pages_touch(corpus->pages, record->n_ids * sizeof *record->ids);
}

void
partita_corpus_get_ids(const PartitaCorpus *corpus,
                       size_t index,
                       uint32_t draw,
                       GArray *ids)
{
  g_return_if_fail(index < corpus->pieces->len);

  PartitaIndexPlace place;
  PartitaRecord record;
  const PartitaLedgerEntry entry = view_piece(corpus, index, &place);
  const size_t styled = entry.n_styles > 0 ? 1 : 0;
  const size_t n_styles =
    g_strv_length((char **)partita_scheme_get_styles(corpus->scheme));

  view_record(corpus, &place, &record);
  g_array_set_size(ids, (guint)(record.n_ids + styled));
  uint16_t *to = (uint16_t *)(void *)ids->data;

  // Stored ids know no styles: Style follows Bos, and all ids past those of
  // styles stand later in a vocabulary with styles.
  to[0] = record.ids[0];
  if (styled > 0)
    to[1] = (uint16_t)(PARTITA_CORPUS_FIRST_STYLE +
                       entry.styles[draw % entry.n_styles]);
  for (size_t i = 1; i < record.n_ids; ++i) {
    const uint16_t id = record.ids[i];

    to[styled + i] =
      id < PARTITA_CORPUS_FIRST_STYLE ? id : (uint16_t)(id + n_styles);
  }
  if (!corpus->common_key)
    (void)partita_scheme_transpose(corpus->scheme, to, ids->len, -place.shift);
}
