// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <corpus/gather.h>
#include <corpus/merge.h>
#include <corpus/prepare.h>
#include <corpus/shards.h>

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
  g_array_unref(corpus->ledger);
  g_array_unref(corpus->pieces);
  g_ptr_array_unref(corpus->shards);
  partita_pages_free(corpus->pages);
  partita_index_free(corpus->index);
  g_free(corpus);
}

static PartitaCorpus *
read_folder(const char *folder,
            const PartitaCorpusOptions *options,
            GError **error)
{
  const char *name = options->scheme != NULL ? options->scheme : DEFAULT_SCHEME;
  g_autoptr(PartitaScheme) scheme = partita_scheme_new(name, NULL, error);
  g_autoptr(GPtrArray) items =
    scheme != NULL ? partita_scan_folder(folder, options->cancellable, error)
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
    .parts = 1,
    .options = options,
  };

  if (!partita_gather(&gather, &gathered, error))
    return NULL;
  PartitaIndex *index =
    partita_merge(folder, items, &deal, &gathered, name, options, error);

  return index != NULL ? partita_corpus_assemble(index, gathered.shards, false,
                                                 options, error)
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

const PartitaLedgerEntry *
partita_corpus_get_ledger(const PartitaCorpus *corpus, size_t *n)
{
  *n = corpus->ledger->len;
  return (const PartitaLedgerEntry *)(const void *)corpus->ledger->data;
}

size_t
partita_corpus_get_n_pieces(const PartitaCorpus *corpus)
{
  return corpus->pieces->len;
}

PartitaPiece
partita_corpus_get_piece(const PartitaCorpus *corpus, size_t index)
{
  g_return_val_if_fail(index < corpus->pieces->len, (PartitaPiece){0});

  const PartitaStored *stored =
    &g_array_index(corpus->pieces, PartitaStored, index);
  const PartitaLedgerEntry *entry =
    &g_array_index(corpus->ledger, PartitaLedgerEntry, stored->ledger_index);

  return (PartitaPiece){
    .n = entry->tokens,
    .valid = entry->valid,
    .ledger_index = stored->ledger_index,
    .notes = entry->notes,
    .n_styles = (uint32_t)entry->n_styles,
    .content = stored->content,
    .shift = corpus->common_key ? stored->shift : (int8_t)0,
  };
}

void
partita_corpus_get_ids(const PartitaCorpus *corpus,
                       size_t index,
                       uint32_t draw,
                       GArray *ids)
{
  g_return_if_fail(index < corpus->pieces->len);

  const PartitaStored *stored =
    &g_array_index(corpus->pieces, PartitaStored, index);
  const PartitaLedgerEntry *entry =
    &g_array_index(corpus->ledger, PartitaLedgerEntry, stored->ledger_index);
  const size_t styled = entry->n_styles > 0 ? 1 : 0;
  const size_t n_styles =
    g_strv_length((char **)partita_scheme_get_styles(corpus->scheme));

  partita_pages_touch(corpus->pages, stored->n * sizeof *stored->ids);
  g_array_set_size(ids, (guint)(stored->n + styled));
  uint16_t *to = (uint16_t *)(void *)ids->data;

  // Stored ids know no styles: Style follows Bos, and all ids past those of
  // styles stand later in a vocabulary with styles.
  to[0] = stored->ids[0];
  if (styled > 0)
    to[1] = (uint16_t)(PARTITA_CORPUS_FIRST_STYLE +
                       entry->styles[draw % entry->n_styles]);
  for (size_t i = 1; i < stored->n; ++i) {
    const uint16_t id = stored->ids[i];

    to[styled + i] =
      id < PARTITA_CORPUS_FIRST_STYLE ? id : (uint16_t)(id + n_styles);
  }
  if (!corpus->common_key)
    (void)partita_scheme_transpose(corpus->scheme, to, ids->len,
                                   -stored->shift);
}
