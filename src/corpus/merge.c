// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/merge.h>

#include <base/file.h>
#include <corpus/families.h>
#include <corpus/record.h>
#include <corpus/styles.h>

typedef struct {
  const char *reason; // in texts, or of the item
  guint8 skip;
  guint8 side;
  bool mended;
  guint32 family; // number of a file
  guint32 notes;
  guint32 bars;
  guint32 tokens;
  guint32 shard;
  guint32 record;
  int8_t shift;
  uint64_t content;
  guint first_style; // in labels
  guint n_styles;
} File;

typedef struct {
  const char *root;
  const GPtrArray *items;
  PartitaScratch *scratch;
  const PartitaCorpusOptions *options;
  GPtrArray *records; // GVariant: those of each shard
  PartitaPages *pages;
  File *files;         // of each item, in the scratch
  GArray *piece_files; // guint32: the number of each piece's file
  GStringChunk *texts;
  GPtrArray *labels;  // utf8 in texts: the styles of all pieces
  GHashTable *counts; // utf8 in texts -> pieces
  GHashTable *styles; // utf8 -> index in the scheme's styles
  GStrv names;        // of the styles
} Merge;

static void
clear_merge(Merge *merge)
{
  g_clear_pointer(&merge->records, g_ptr_array_unref);
  g_clear_pointer(&merge->piece_files, g_array_unref);
  g_clear_pointer(&merge->labels, g_ptr_array_unref);
  g_clear_pointer(&merge->counts, g_hash_table_unref);
  g_clear_pointer(&merge->styles, g_hash_table_unref);
  g_clear_pointer(&merge->texts, g_string_chunk_free);
  g_strfreev(merge->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Merge, clear_merge)

/// What the scan alone says.
static void
judge_items(Merge *merge)
{
  const bool split_folders = partita_place_has_split(merge->items);

  for (guint i = 0; i < merge->items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(merge->items, i);
    File *file = &merge->files[i];
    g_auto(PartitaPlace) place = {0};

    partita_place_find(&place, item->path, split_folders);
    file->side = place.in_valid   ? PARTITA_SIDE_VALID
                 : place.in_train ? PARTITA_SIDE_TRAIN
                                  : PARTITA_SIDE_NONE;
    file->family = i;
    file->skip =
      item->problem != NULL ? PARTITA_SKIP_IRREGULAR : PARTITA_SKIP_NAME;
    file->reason =
      item->problem != NULL ? item->problem : "not a MIDI file name";
  }
}

/// @record: (out): its pointers last as long as @merge
static void
view_record(const Merge *merge, const File *file, PartitaRecord *record)
{
  g_autoptr(GVariant) variant = g_variant_get_child_value(
    g_ptr_array_index(merge->records, file->shard), file->record);

  partita_record_view(variant, record);
  partita_pages_touch(merge->pages, g_variant_get_size(variant));
}

static void
take_record(Merge *merge, guint number)
{
  File *file = &merge->files[number];
  PartitaRecord record;

  view_record(merge, file, &record);
  file->mended = record.mended;
  file->skip = (guint8)record.skip;
  // Not where the record has it: looked at again, it would bring back pages.
  file->reason = g_string_chunk_insert_const(merge->texts, record.reason);
  file->notes = record.notes;
  file->bars = record.bars;
  file->tokens = (guint32)record.n_ids;
  file->shift = record.shift;
  file->content = record.content;
  if (record.skip == PARTITA_SKIP_NONE)
    g_array_append_val(merge->piece_files, number);
}

/// Pieces are taken by path, though shards hold them in another order.
static void
take_records(Merge *merge,
             const PartitaDeal *deal,
             const PartitaGathered *gathered)
{
  for (guint s = 0; s < deal->n_shards; ++s) {
    g_ptr_array_add(
      merge->records,
      g_variant_get_child_value(g_ptr_array_index(gathered->shards, s), 2));
    for (guint i = deal->first[s]; i < deal->first[s + 1]; ++i) {
      merge->files[deal->order[i]].shard = s;
      merge->files[deal->order[i]].record = i - deal->first[s];
    }
  }
  for (guint i = 0; i < merge->items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(merge->items, i);

    if (item->midi && item->problem == NULL)
      take_record(merge, i);
  }
}

static char *
show_path(const Merge *merge, guint32 piece)
{
  const guint32 number = g_array_index(merge->piece_files, guint32, piece);
  const PartitaScanItem *item = g_ptr_array_index(merge->items, number);

  return partita_file_display(item->path);
}

static void
drop(Merge *merge, File *file, const PartitaKin *kin)
{
  const bool same = kin->same != PARTITA_NO_PIECE;
  g_autofree char *other = show_path(merge, same ? kin->same : kin->near);
  g_autofree char *reason =
    same ? g_strdup_printf("duplicate of %s", other)
         : g_strdup_printf("near-duplicate of %s (longest shared run %u notes)",
                           other, kin->run);

  file->skip = same ? PARTITA_SKIP_DUPLICATE : PARTITA_SKIP_NEAR;
  file->tokens = 0;
  file->reason = g_string_chunk_insert(merge->texts, reason);
}

static void
get_music(size_t index, PartitaMusic *music, void *data)
{
  const Merge *merge = data;
  const guint32 number =
    g_array_index(merge->piece_files, guint32, (guint)index);
  PartitaRecord record;

  view_record(merge, &merge->files[number], &record);
  *music = (PartitaMusic){record.ids,    record.n_ids,   record.line,
                          record.n_line, record.content, record.notes};
}

static bool
report(size_t done, size_t total, void *data)
{
  const PartitaCorpusOptions *options = ((const Merge *)data)->options;

  if (options->progress != NULL)
    options->progress(PARTITA_CORPUS_COMPARING, done, total,
                      options->progress_data);
  return !g_cancellable_is_cancelled(options->cancellable);
}

static bool
find_kin(Merge *merge, GError **error)
{
  const guint n = merge->piece_files->len;
  PartitaKin *kin = partita_scratch_take(merge->scratch, n * sizeof *kin);
  const PartitaMusicSource source = {n, get_music, report, merge};

  if (!partita_families_find(&source, 0, kin))
    return !g_cancellable_set_error_if_cancelled(merge->options->cancellable,
                                                 error);
  for (guint i = 0; i < n; ++i) {
    File *file = &merge->files[g_array_index(merge->piece_files, guint32, i)];

    if (kin[i].same != PARTITA_NO_PIECE || kin[i].near != PARTITA_NO_PIECE)
      drop(merge, file, &kin[i]);
    else
      file->family = g_array_index(merge->piece_files, guint32, kin[i].family);
  }
  return true;
}

static void
take_labels(Merge *merge, File *file, const GPtrArray *names)
{
  file->first_style = merge->labels->len;
  file->n_styles = names->len;
  for (guint i = 0; i < names->len; ++i) {
    char *name =
      g_string_chunk_insert_const(merge->texts, g_ptr_array_index(names, i));
    const gsize n =
      GPOINTER_TO_SIZE(g_hash_table_lookup(merge->counts, name)) + 1;

    g_ptr_array_add(merge->labels, name);
    (void)g_hash_table_replace(merge->counts, name, GSIZE_TO_POINTER(n));
  }
}

static void
note_list(Merge *merge, const PartitaLabels *labels, File *file)
{
  const unsigned n = partita_labels_count_unmet(labels);
  g_autofree char *reason =
    n == 0 ? g_strdup("the list of styles")
           : g_strdup_printf("the list of styles, %u of its paths not here", n);

  file->reason = g_string_chunk_insert(merge->texts, reason);
}

static bool
label_all(Merge *merge, GError **error)
{
  g_autoptr(PartitaLabels) labels = partita_labels_new(
    merge->root, merge->items, partita_place_has_split(merge->items), error);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

  if (labels == NULL)
    return false;
  for (guint i = 0; i < merge->items->len; ++i) {
    const PartitaScanItem *item = g_ptr_array_index(merge->items, i);

    g_ptr_array_set_size(names, 0);
    partita_labels_get(labels, item->path, names);
    if (merge->files[i].skip == PARTITA_SKIP_NONE)
      take_labels(merge, &merge->files[i], names);
  }
  for (guint i = 0; i < merge->items->len; ++i)
    if (partita_labels_is_list(g_ptr_array_index(merge->items, i)))
      note_list(merge, labels, &merge->files[i]);
  merge->names =
    partita_labels_choose(merge->counts, PARTITA_CORPUS_STYLES_MAX);
  for (guint i = 0; merge->names[i] != NULL; ++i)
    (void)g_hash_table_insert(merge->styles, merge->names[i],
                              GUINT_TO_POINTER(i + 1));
  return true;
}

static gint
compare_styles(gconstpointer a, gconstpointer b)
{
  return *(const guint16 *)a - *(const guint16 *)b;
}

static GVariant *
pack_styles(const Merge *merge, const File *file)
{
  g_autoptr(GArray) styles = g_array_new(FALSE, FALSE, sizeof(guint16));

  for (guint i = 0; i < file->n_styles; ++i) {
    const guint style = GPOINTER_TO_UINT(g_hash_table_lookup(
      merge->styles, g_ptr_array_index(merge->labels, file->first_style + i)));
    const guint16 index = (guint16)(style - 1);

    if (style > 0)
      g_array_append_val(styles, index);
  }
  g_array_sort(styles, compare_styles);
  return g_variant_new_fixed_array(G_VARIANT_TYPE_UINT16, styles->data,
                                   styles->len, sizeof(guint16));
}

static GVariant *
pack_file(const Merge *merge, guint number)
{
  const PartitaScanItem *item = g_ptr_array_index(merge->items, number);
  const File *file = &merge->files[number];
  g_autofree char *shown = partita_file_display(item->path);
  GVariant *packed =
    g_variant_new("(ssyyyuuuuuuyt@aq)", shown, file->reason, file->skip,
                  (guint8)file->mended, file->side, file->family, file->notes,
                  file->bars, file->tokens, file->shard, file->record,
                  (guint8)file->shift, file->content, pack_styles(merge, file));

  // Serialised here and now, it is one block and not a tree.
  (void)g_variant_get_data(g_variant_ref_sink(packed));
  return packed;
}

/// In the scratch.
static GVariant *
pack_block(const Merge *merge, guint first, guint n)
{
  GVariant *files[PARTITA_INDEX_BLOCK];

  for (guint i = 0; i < n; ++i)
    files[i] = pack_file(merge, first + i);

  g_autoptr(GVariant) block = g_variant_ref_sink(
    g_variant_new_array(G_VARIANT_TYPE(PARTITA_INDEX_FILE_TYPE), files, n));

  for (guint i = 0; i < n; ++i)
    g_variant_unref(files[i]);
  return partita_scratch_take_variant(merge->scratch, block);
}

static PartitaIndex *
pack_index(const Merge *merge, const GPtrArray *names, const char *scheme)
{
  const guint n = merge->items->len;
  GVariant *fields[] = {
    g_variant_new_string(scheme),
    g_variant_new_strv((const char *const *)merge->names, -1),
    g_variant_new_strv((const char *const *)names->pdata, names->len),
    g_variant_new_uint32(n),
  };
  PartitaIndex *index =
    partita_index_new(g_variant_new_tuple(fields, G_N_ELEMENTS(fields)));

  for (guint i = 0; i < n; i += PARTITA_INDEX_BLOCK)
    g_ptr_array_add(index->blocks,
                    pack_block(merge, i, MIN(PARTITA_INDEX_BLOCK, n - i)));
  return index;
}

/// Names what kept the files out, in the words of the ledger.
static void
set_empty(const Merge *merge, GError **error)
{
  static const char *const words[PARTITA_N_SKIPS] = {
    NULL,         "not MIDI by name", "not regular files", "not readable",
    "not MIDI",   "without notes",    "too short",         "too long",
    "only drums", "duplicates",       "near-duplicates"};
  size_t skips[PARTITA_N_SKIPS] = {0};
  g_autofree char *root = partita_file_display(merge->root);
  g_autoptr(GString) sums = g_string_new(NULL);

  for (guint i = 0; i < merge->items->len; ++i)
    ++skips[merge->files[i].skip];
  for (size_t i = 1; i < PARTITA_N_SKIPS; ++i)
    if (skips[i] > 0)
      g_string_append_printf(sums, "%s%zu %s", sums->len > 0 ? ", " : " (",
                             skips[i], words[i]);
  if (sums->len > 0)
    g_string_append_c(sums, ')');
  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_EMPTY,
              "%s: no usable MIDI file among %u%s", root, merge->items->len,
              sums->str);
}

PartitaIndex *
partita_merge(const PartitaGatherOptions *gather,
              const PartitaGathered *gathered,
              GError **error)
{
  const guint n = gather->items->len;
  g_auto(Merge) merge = {
    .root = gather->root,
    .items = gather->items,
    .scratch = gather->scratch,
    .options = gather->options,
    .records = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref),
    .pages = gathered->pages,
    .files = partita_scratch_take(gather->scratch, n * sizeof(File)),
    .piece_files = g_array_new(FALSE, FALSE, sizeof(guint32)),
    .texts = g_string_chunk_new(4096),
    .labels = g_ptr_array_new(),
    .counts = g_hash_table_new(g_str_hash, g_str_equal),
    .styles = g_hash_table_new(g_str_hash, g_str_equal),
  };

  judge_items(&merge);
  take_records(&merge, gather->deal, gathered);
  if (merge.piece_files->len == 0) {
    set_empty(&merge, error);
    return NULL;
  }
  if (!find_kin(&merge, error) || !label_all(&merge, error))
    return NULL;
  return pack_index(&merge, gathered->names,
                    partita_scheme_get_name(gather->scheme));
}
