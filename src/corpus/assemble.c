// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <corpus/merge.h>
#include <corpus/record.h>
#include <string.h>

#define DEFAULT_VALID_SHARE 0.1

/// A file as the index has it; pointers last as long as the index.
typedef struct {
  PartitaLedgerEntry entry;
  guint8 skip;
  guint8 side;
  guint32 family;
  guint32 shard;
  guint32 record;
} File;

typedef struct {
  PartitaCorpus *corpus;
  GArray *files;      // File
  guint32 *piece_of;  // number of each file's piece
  guint32 *relatives; // pieces in the family that begins with each file
  gsize n_styles;
  gsize n_ids; // of the scheme without styles
} Assembly;

static void
clear_assembly(Assembly *assembly)
{
  partita_corpus_free(assembly->corpus);
  g_clear_pointer(&assembly->files, g_array_unref);
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

static void
view_file(GVariant *variant, File *file)
{
  PartitaLedgerEntry *entry = &file->entry;
  gsize n = 0;

  g_variant_get(variant, "(&s&syyuuuuu@aq)", &entry->path, &entry->reason,
                &file->skip, &file->side, &file->family, &entry->notes,
                &entry->bars, &file->shard, &file->record, NULL);
  g_autoptr(GVariant) styles = g_variant_get_child_value(variant, 9);

  entry->styles = g_variant_get_fixed_array(styles, &n, sizeof(uint16_t));
  entry->n_styles = n;
  if (file->skip != PARTITA_SKIP_NONE)
    entry->verdict = PARTITA_VERDICT_SKIPPED;
  else if (*entry->reason != '\0')
    entry->verdict = PARTITA_VERDICT_MENDED;
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
take_piece(Assembly *assembly, File *file, GVariant *records, GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;
  PartitaRecord record;

  if (file->record >= g_variant_n_children(records))
    return refuse(error, "a shard has fewer records than the index says");
  g_autoptr(GVariant) variant =
    g_variant_get_child_value(records, file->record);

  partita_record_view(variant, &record);
  if (!is_sequence(assembly, &record) || !are_styles(assembly, &file->entry))
    return refuse(error, "a piece has ids that are none");
  const PartitaStored stored = {
    .ids = record.ids,
    .n = record.n_ids,
    .ledger_index = corpus->ledger->len,
    .content = record.content,
    .shift = record.shift,
  };

  file->entry.tokens =
    (uint32_t)(record.n_ids + (file->entry.n_styles > 0 ? 1 : 0));
  g_array_append_val(corpus->pieces, stored);
  return true;
}

static bool
take_files(Assembly *assembly, GError **error)
{
  PartitaCorpus *corpus = assembly->corpus;
  g_autoptr(GPtrArray) records =
    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);

  for (guint s = 0; s < corpus->shards->len; ++s)
    g_ptr_array_add(records, g_variant_get_child_value(
                               g_ptr_array_index(corpus->shards, s), 2));
  for (guint i = 0; i < assembly->files->len; ++i) {
    File *file = &g_array_index(assembly->files, File, i);

    assembly->piece_of[i] = corpus->pieces->len;
    if (file->skip == PARTITA_SKIP_NONE) {
      if (file->shard >= records->len || file->family > i)
        return refuse(error, "the index points to nowhere");
      if (!take_piece(assembly, file, g_ptr_array_index(records, file->shard),
                      error))
        return false;
      ++assembly->relatives[file->family];
    }
    g_array_append_val(corpus->ledger, file->entry);
  }
  return true;
}

/// Names the families of more than one, once all paths are in the ledger.
static bool
name_families(Assembly *assembly, GError **error)
{
  GArray *ledger = assembly->corpus->ledger;

  for (guint i = 0; i < ledger->len; ++i) {
    const File *file = &g_array_index(assembly->files, File, i);

    if (file->skip != PARTITA_SKIP_NONE)
      continue;
    const File *first = &g_array_index(assembly->files, File, file->family);

    if (first->skip != PARTITA_SKIP_NONE || first->family != file->family)
      return refuse(error, "a family begins with no piece of it");
    if (assembly->relatives[file->family] > 1)
      g_array_index(ledger, PartitaLedgerEntry, i).family = first->entry.path;
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
    const File *file = &g_array_index(assembly->files, File, number);

    sides[i] = (PartitaSide){
      .family = assembly->piece_of[file->family],
      .path = g_array_index(assembly->files, File, file->family).entry.path,
      .in_valid = file->side == PARTITA_SIDE_VALID,
      .in_train = file->side == PARTITA_SIDE_TRAIN,
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

  g_variant_get_child(assembly->corpus->index, 0, "&s", &name);
  g_variant_get_child(assembly->corpus->index, 1, "^a&s", &styles);
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
partita_corpus_assemble(GVariant *index,
                        GPtrArray *shards,
                        const PartitaCorpusOptions *options,
                        GError **error)
{
  g_auto(Assembly) assembly = {.corpus = g_new0(PartitaCorpus, 1)};
  PartitaCorpus *corpus = assembly.corpus;
  g_autoptr(GVariant) files = g_variant_get_child_value(index, 3);
  const gsize n = g_variant_n_children(files);

  corpus->index = g_variant_ref(index);
  corpus->shards = g_ptr_array_ref(shards);
  corpus->common_key = options->common_key;
  corpus->ledger =
    g_array_sized_new(FALSE, FALSE, sizeof(PartitaLedgerEntry), (guint)n);
  corpus->pieces = g_array_new(FALSE, FALSE, sizeof(PartitaStored));
  assembly.files = g_array_sized_new(FALSE, TRUE, sizeof(File), (guint)n);
  assembly.piece_of = g_new0(guint32, n);
  assembly.relatives = g_new0(guint32, n);
  g_array_set_size(assembly.files, (guint)n);
  for (gsize i = 0; i < n; ++i) {
    g_autoptr(GVariant) file = g_variant_get_child_value(files, i);

    view_file(file, &g_array_index(assembly.files, File, i));
  }
  if (!make_schemes(&assembly, options->scheme, error) ||
      !take_files(&assembly, error) || !name_families(&assembly, error))
    return NULL;
  if (corpus->pieces->len == 0) {
    refuse(error, "no piece in it");
    return NULL;
  }
  split_pieces(&assembly, options);
  return g_steal_pointer(&assembly.corpus);
}
