// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/corpus-private.h>

#include <base/file.h>
#include <string.h>

GQuark
partita_corpus_error_quark(void)
{
  return g_quark_from_static_string("partita-corpus-error-quark");
}

#define DEFAULT_VALID_SHARE 0.1

/// Files between two reports of progress.
#define PROGRESS_STEP 16

typedef struct {
  const char *root;
  PartitaCorpus *corpus;
  GPtrArray *items;     // PartitaScanItem, by path; the ledger's order
  bool split_folders;   // whether `train` and `valid` are sides, not styles
  PartitaScheme *wide;  // with the styles of all folders, used or not
  bool *is_style;       // by wide id
  GHashTable *contents; // digest of a piece -> ledger index + 1
  size_t skips[PARTITA_N_SKIPS];
} Build;

void
partita_corpus_free(PartitaCorpus *corpus)
{
  if (corpus == NULL)
    return;
  partita_scheme_free(corpus->scheme);
  g_string_chunk_free(corpus->strings);
  g_array_unref(corpus->ledger);
  g_array_unref(corpus->pieces);
  g_free(corpus->ids);
  g_free(corpus);
}

static PartitaCorpus *
new_corpus(void)
{
  PartitaCorpus *corpus = g_new0(PartitaCorpus, 1);

  corpus->strings = g_string_chunk_new(4096);
  corpus->ledger = g_array_new(FALSE, TRUE, sizeof(PartitaLedgerEntry));
  corpus->pieces = g_array_new(FALSE, TRUE, sizeof(PartitaStored));
  return corpus;
}

static void
clear_build(Build *build)
{
  partita_corpus_free(build->corpus);
  g_clear_pointer(&build->items, g_ptr_array_unref);
  partita_scheme_free(build->wide);
  g_free(build->is_style);
  g_clear_pointer(&build->contents, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Build, clear_build)

/// The same music in two folders is a duplicate, so the style does not count.
static char *
digest_ids(const Build *build, const GArray *ids)
{
  const uint16_t *all = (const uint16_t *)(const void *)ids->data;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  guint start = 0; // of what is not yet in the sum

  for (guint i = 0; i <= ids->len; ++i) {
    if (i < ids->len && !build->is_style[all[i]])
      continue;
    g_checksum_update(sum, (const guchar *)(all + start),
                      (gssize)((i - start) * sizeof *all));
    start = i + 1;
  }
  return g_strdup(g_checksum_get_string(sum));
}

static void
store_ids(PartitaCorpus *corpus, const GArray *ids, int shift)
{
  const PartitaStored stored = {corpus->n_ids, ids->len, corpus->ledger->len,
                                (int8_t)shift};

  while (corpus->room - corpus->n_ids < ids->len) {
    corpus->room = MAX(65536, 2 * corpus->room);
    corpus->ids = g_renew(uint16_t, corpus->ids, corpus->room);
  }
  memcpy(corpus->ids + corpus->n_ids, ids->data, ids->len * sizeof(uint16_t));
  corpus->n_ids += ids->len;
  g_array_append_val(corpus->pieces, stored);
}

static bool
only_drums(const Build *build, const PartitaScore *score)
{
  PartitaQuantiseLoss loss = {0};

  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i) {
    const PartitaTrack *track = partita_score_get_track(score, i);
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    if (n > 0 && !partita_track_is_drums(track))
      return false;
  }
  g_autoptr(PartitaScore) kept =
    partita_scheme_quantise(build->wide, score, &loss);

  return partita_score_get_n_notes(kept) == 0;
}

/// Whether any note is left: a scheme may not reach as far as a score does.
static bool
has_notes(const Build *build, const GArray *ids)
{
  static const char *const types[] = {"Pitch", "Drum", "NoteOn", NULL};

  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (g_strv_contains(types, partita_scheme_token_type(build->wide, id)))
      return true;
  }
  return false;
}

/// Turns the intake into a skipped one; takes @reason.
static void
refuse(PartitaIntake *intake, PartitaSkip why, char *reason)
{
  intake->skip = why;
  g_free(intake->reason);
  intake->reason = reason;
}

/// Encodes and keeps the piece unless it is there already.
static uint32_t
take_piece(Build *build, PartitaIntake *intake, const char *style)
{
  PartitaCorpus *corpus = build->corpus;
  PartitaPrompt prompt;

  if (only_drums(build, intake->score)) {
    refuse(intake, PARTITA_SKIP_DRUMS, g_strdup("only drums"));
    return 0;
  }
  const int shift = build->corpus->common_key
                      ? partita_score_move_to_common_key(intake->score)
                      : 0;

  partita_scheme_get_prompt(
    build->wide, intake->score,
    style != NULL ? partita_scheme_find_style(build->wide, style) : -1,
    &prompt);
  g_autoptr(GArray) ids =
    partita_scheme_encode(build->wide, intake->score, &prompt);

  if (!has_notes(build, ids)) {
    refuse(intake, PARTITA_SKIP_NO_NOTES,
           g_strdup("no notes where the scheme can hold them"));
    return 0;
  }

  g_autofree char *digest = digest_ids(build, ids);
  const gsize before =
    GPOINTER_TO_SIZE(g_hash_table_lookup(build->contents, digest));

  if (before > 0) {
    const char *path =
      g_array_index(corpus->ledger, PartitaLedgerEntry, before - 1).path;

    refuse(intake, PARTITA_SKIP_DUPLICATE,
           g_strdup_printf("duplicate of %s", path));
    return 0;
  }
  store_ids(corpus, ids, shift);
  (void)g_hash_table_insert(build->contents, g_steal_pointer(&digest),
                            GSIZE_TO_POINTER((gsize)corpus->ledger->len + 1));
  return ids->len;
}

static void
take_item(Build *build, const PartitaScanItem *item)
{
  GStringChunk *strings = build->corpus->strings;
  g_auto(PartitaIntake) intake = {0};
  g_auto(PartitaPlace) place = {0};
  g_autofree char *shown = partita_file_display(item->path);
  PartitaLedgerEntry entry = {0};

  partita_place_find(&place, item->path, build->split_folders);
  partita_intake_read(&intake, build->root, item);
  if (intake.skip == PARTITA_SKIP_NONE)
    entry.tokens = take_piece(build, &intake, place.style);

  entry.path = g_string_chunk_insert(strings, shown);
  entry.reason = g_string_chunk_insert_const(strings, intake.reason);
  if (place.style != NULL)
    entry.style = g_string_chunk_insert_const(strings, place.style);
  entry.notes = intake.notes;
  entry.bars = intake.bars;
  if (intake.skip != PARTITA_SKIP_NONE)
    entry.verdict = PARTITA_VERDICT_SKIPPED;
  else if (*intake.reason != '\0')
    entry.verdict = PARTITA_VERDICT_MENDED;
  ++build->skips[intake.skip];
  g_array_append_val(build->corpus->ledger, entry);
}

static bool
take_items(Build *build, const PartitaCorpusOptions *options, GError **error)
{
  const size_t n = build->items->len;

  for (size_t i = 0; i < n; ++i) {
    if (g_cancellable_set_error_if_cancelled(options->cancellable, error))
      return false;
    take_item(build, g_ptr_array_index(build->items, i));
    if (options->progress != NULL && (i % PROGRESS_STEP == 0 || i + 1 == n))
      options->progress(i + 1, n, options->progress_data);
  }
  return true;
}

/// Names what kept the files out, the most frequent words of the ledger.
static void
set_empty(const Build *build, GError **error)
{
  static const char *const words[PARTITA_N_SKIPS] = {
    NULL,           "not MIDI by name", "not regular files",
    "not readable", "not MIDI",         "without notes",
    "too short",    "only drums",       "duplicates"};
  g_autofree char *root = partita_file_display(build->root);
  g_autoptr(GString) sums = g_string_new(NULL);

  for (size_t i = 1; i < PARTITA_N_SKIPS; ++i) {
    if (build->skips[i] > 0)
      g_string_append_printf(sums, "%s%zu %s", sums->len > 0 ? ", " : " (",
                             build->skips[i], words[i]);
  }
  if (sums->len > 0)
    g_string_append_c(sums, ')');
  g_set_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_EMPTY,
              "%s: no usable MIDI file among %u%s", root, build->items->len,
              sums->str);
}

static GStrv
used_styles(const Build *build)
{
  const char *const *wide = partita_scheme_get_styles(build->wide);
  const GArray *ledger = build->corpus->ledger;
  g_autoptr(GHashTable) used = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) styles = g_strv_builder_new();

  for (guint i = 0; i < ledger->len; ++i) {
    const PartitaLedgerEntry *entry =
      &g_array_index(ledger, PartitaLedgerEntry, i);

    if (entry->verdict != PARTITA_VERDICT_SKIPPED && entry->style != NULL)
      (void)g_hash_table_add(used, (gpointer)entry->style);
  }
  for (size_t i = 0; wide[i] != NULL; ++i) {
    if (g_hash_table_contains(used, wide[i]))
      g_strv_builder_add(styles, wide[i]);
  }
  return g_strv_builder_end(styles);
}

/// Which folders are styles is known only when all files are read: the ids,
/// written with a token for every folder, are renamed to the narrower scheme.
static bool
narrow_scheme(Build *build, GError **error)
{
  PartitaCorpus *corpus = build->corpus;
  g_auto(GStrv) styles = used_styles(build);
  const size_t n = partita_scheme_get_vocab_size(build->wide);
  g_autofree uint16_t *renamed = g_new0(uint16_t, n);

  corpus->scheme = partita_scheme_new(partita_scheme_get_name(build->wide),
                                      (const char *const *)styles, error);
  if (corpus->scheme == NULL)
    return false;
  for (size_t i = 0; i < n; ++i) {
    const int id = partita_scheme_find_token(
      corpus->scheme, partita_scheme_token_name(build->wide, (uint16_t)i));

    renamed[i] = id >= 0 ? (uint16_t)id : 0; // of a style that no piece has
  }
  for (size_t i = 0; i < corpus->n_ids; ++i)
    corpus->ids[i] = renamed[corpus->ids[i]];
  return true;
}

static void
split_pieces(Build *build, const PartitaCorpusOptions *options)
{
  PartitaCorpus *corpus = build->corpus;
  const size_t n = corpus->pieces->len;
  g_autofree PartitaSide *sides = g_new0(PartitaSide, n);
  const double share =
    options->valid_share == 0.0 ? DEFAULT_VALID_SHARE : options->valid_share;

  for (size_t i = 0; i < n; ++i) {
    const size_t index =
      g_array_index(corpus->pieces, PartitaStored, i).ledger_index;
    const PartitaScanItem *item = g_ptr_array_index(build->items, index);
    g_auto(PartitaPlace) place = {0};

    partita_place_find(&place, item->path, build->split_folders);
    sides[i] = (PartitaSide){item->path, place.in_valid, place.in_train, false};
  }
  partita_split(sides, n, share, options->seed);
  for (size_t i = 0; i < n; ++i) {
    const size_t index =
      g_array_index(corpus->pieces, PartitaStored, i).ledger_index;

    g_array_index(corpus->ledger, PartitaLedgerEntry, index).valid =
      sides[i].valid;
  }
}

static bool
begin_build(Build *build, const PartitaCorpusOptions *options, GError **error)
{
  build->items = partita_scan_folder(build->root, options->cancellable, error);
  if (build->items == NULL)
    return false;
  build->corpus = new_corpus();
  build->split_folders = partita_place_has_split(build->items);
  build->contents =
    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  g_auto(GStrv) styles =
    partita_styles_find(build->items, build->split_folders);

  build->wide =
    partita_scheme_new(options->scheme, (const char *const *)styles, error);
  if (build->wide == NULL)
    return false;

  const size_t n = partita_scheme_get_vocab_size(build->wide);

  build->is_style = g_new0(bool, n);
  for (size_t i = 0; i < n; ++i)
    build->is_style[i] =
      g_strcmp0(partita_scheme_token_type(build->wide, (uint16_t)i), "Style") ==
      0;
  return true;
}

PartitaCorpus *
partita_corpus_read(const char *folder,
                    const PartitaCorpusOptions *options,
                    GError **error)
{
  g_return_val_if_fail(folder != NULL, NULL);
  g_return_val_if_fail(options != NULL && options->scheme != NULL, NULL);

  g_auto(Build) build = {.root = folder};

  if (!begin_build(&build, options, error))
    return NULL;
  build.corpus->common_key = options->common_key;
  if (!take_items(&build, options, error))
    return NULL;
  if (build.corpus->pieces->len == 0) {
    set_empty(&build, error);
    return NULL;
  }
  if (!narrow_scheme(&build, error))
    return NULL;
  split_pieces(&build, options);
  return g_steal_pointer(&build.corpus);
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
partita_corpus_get_n_pieces(const PartitaCorpus *corpus)
{
  return corpus->pieces->len;
}

PartitaPiece
partita_corpus_get_piece(const PartitaCorpus *corpus, size_t index)
{
  PartitaPiece piece = {0};

  g_return_val_if_fail(index < corpus->pieces->len, piece);

  const PartitaStored *stored =
    &g_array_index(corpus->pieces, PartitaStored, index);
  const PartitaLedgerEntry *entry =
    &g_array_index(corpus->ledger, PartitaLedgerEntry, stored->ledger_index);

  piece.ids = corpus->ids + stored->start;
  piece.n = stored->n;
  piece.valid = entry->valid;
  piece.ledger_index = stored->ledger_index;
  piece.shift = stored->shift;
  piece.notes = entry->notes;
  return piece;
}
