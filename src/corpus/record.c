// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/record.h>

#include <base/file.h>
#include <corpus/hash.h>
#include <corpus/line.h>
#include <partita/midi.h>
#include <string.h>

static GVariant *
pack_numbers(const uint16_t *numbers, size_t n)
{
  return g_variant_new_fixed_array(G_VARIANT_TYPE_UINT16, numbers, n,
                                   sizeof *numbers);
}

static GVariant *
pack(const PartitaRecord *record)
{
  GVariant *fields[] = {
    g_variant_new_bytestring(record->path),
    g_variant_new_uint64(record->size),
    g_variant_new_int64(record->mtime_ns),
    g_variant_new_uint64(record->contents),
    g_variant_new_byte((guint8)record->skip),
    g_variant_new_string(record->reason),
    g_variant_new_byte((guint8)record->mended),
    g_variant_new_uint32(record->notes),
    g_variant_new_uint32(record->bars),
    g_variant_new_byte((guint8)record->shift),
    g_variant_new_uint64(record->content),
    pack_numbers(record->ids, record->n_ids),
    pack_numbers(record->line, record->n_line),
  };
  GVariant *packed = g_variant_new_tuple(fields, G_N_ELEMENTS(fields));

  // Serialised here and now, it is one block and not a tree.
  (void)g_variant_get_data(g_variant_ref_sink(packed));
  return packed;
}

static const uint16_t *
view_numbers(GVariant *variant, gsize index, size_t *n)
{
  g_autoptr(GVariant) numbers = g_variant_get_child_value(variant, index);
  gsize length = 0;
  const uint16_t *first =
    g_variant_get_fixed_array(numbers, &length, sizeof(uint16_t));

  *n = length;
  return first;
}

void
partita_record_view(GVariant *variant, PartitaRecord *record)
{
  guint8 skip = 0;
  guint8 mended = 0;
  guint8 shift = 0;

  *record = (PartitaRecord){0};
  g_variant_get(variant, "(^&aytxty&syuuyt@aq@aq)", &record->path,
                &record->size, &record->mtime_ns, &record->contents, &skip,
                &record->reason, &mended, &record->notes, &record->bars, &shift,
                &record->content, NULL, NULL);
  record->skip = skip < PARTITA_N_SKIPS ? (PartitaSkip)skip : PARTITA_SKIP_NAME;
  record->mended = mended != 0;
  record->shift = (int8_t)shift;
  record->ids = view_numbers(variant, 11, &record->n_ids);
  record->line = view_numbers(variant, 12, &record->n_line);
}

static bool
only_drums(const PartitaScheme *scheme, const PartitaScore *score)
{
  PartitaQuantiseLoss loss = {0};

  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i) {
    const PartitaTrack *track = partita_score_get_track(score, i);
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    if (n > 0 && !partita_track_is_drums(track))
      return false;
  }
  g_autoptr(PartitaScore) kept = partita_scheme_quantise(scheme, score, &loss);

  return partita_score_get_n_notes(kept) == 0;
}

/// Whether any note is left: a scheme may not reach as far as a score does.
static bool
has_notes(const PartitaScheme *scheme, const GArray *ids)
{
  static const char *const types[] = {"Pitch", "Drum", "NoteOn", NULL};

  for (guint i = 0; i < ids->len; ++i) {
    const uint16_t id = g_array_index(ids, uint16_t, i);

    if (g_strv_contains(types, partita_scheme_token_type(scheme, id)))
      return true;
  }
  return false;
}

/// (transfer full) (nullable): NULL if @intake is refused, with its reason
static GArray *
encode(const PartitaScheme *scheme, PartitaIntake *intake)
{
  PartitaPrompt prompt;

  if (only_drums(scheme, intake->score)) {
    partita_intake_skip(intake, PARTITA_SKIP_DRUMS, g_strdup("only drums"));
    return NULL;
  }
  partita_scheme_get_prompt(scheme, intake->score, -1, &prompt);

  g_autoptr(GArray) ids = partita_scheme_encode(scheme, intake->score, &prompt);

  if (!has_notes(scheme, ids)) {
    partita_intake_skip(intake, PARTITA_SKIP_NO_NOTES,
                        g_strdup("no notes where the scheme can hold them"));
    return NULL;
  }
  if (ids->len > PARTITA_PIECE_TOKENS_MAX) {
    partita_intake_skip(intake, PARTITA_SKIP_LONG,
                        g_strdup_printf("too long: %u tokens", ids->len));
    return NULL;
  }
  return g_steal_pointer(&ids);
}

static GVariant *
make(PartitaRecord *record, GBytes *bytes, const PartitaScheme *scheme)
{
  g_auto(PartitaIntake) intake = {0};
  g_autoptr(GArray) ids = NULL;
  g_autoptr(GArray) line = NULL;

  partita_intake_read(&intake, bytes);
  if (intake.skip == PARTITA_SKIP_NONE) {
    record->shift = (int8_t)partita_score_move_to_common_key(intake.score);
    ids = encode(scheme, &intake);
  }
  if (ids != NULL) {
    line = partita_line_get(intake.score);
    record->ids = (const uint16_t *)(const void *)ids->data;
    record->n_ids = ids->len;
    record->content =
      partita_hash_bytes(record->ids, ids->len * sizeof *record->ids);
    record->line = (const uint16_t *)(const void *)line->data;
    record->n_line = line->len;
  }
  record->skip = intake.skip;
  record->reason = intake.reason;
  record->mended = intake.mended;
  record->notes = intake.notes;
  record->bars = intake.bars;
  return pack(record);
}

static GVariant *
make_unreadable(PartitaRecord *record, const char *path, const GError *error)
{
  g_autofree char *shown = partita_file_display(path);
  const size_t length = strlen(shown);

  record->skip = PARTITA_SKIP_UNREADABLE;
  record->reason = error->message;
  // The ledger's line names the path already.
  if (strncmp(error->message, shown, length) == 0 &&
      g_str_has_prefix(error->message + length, ": "))
    record->reason += length + 2;
  return pack(record);
}

GVariant *
partita_record_read(const char *root,
                    const PartitaScanItem *item,
                    const PartitaScheme *scheme,
                    GVariant *before)
{
  g_autofree char *path = g_build_filename(root, item->path, NULL);
  PartitaRecord known = {.skip = PARTITA_SKIP_UNREADABLE};
  PartitaRecord record = {
    .path = item->path, .size = item->size, .mtime_ns = item->mtime_ns};
  g_autoptr(GError) error = NULL;

  if (before != NULL)
    partita_record_view(before, &known);
  const bool same_size =
    known.skip != PARTITA_SKIP_UNREADABLE && known.size == item->size;

  if (same_size && known.mtime_ns == item->mtime_ns)
    return g_variant_ref(before);

  g_autoptr(GBytes) bytes =
    partita_file_read(path, PARTITA_MIDI_BYTES_MAX, &error);

  if (bytes == NULL)
    return make_unreadable(&record, path, error);
  gsize size = 0;
  const void *data = g_bytes_get_data(bytes, &size);

  record.contents = partita_hash_bytes(data, size);
  if (!same_size || known.contents != record.contents)
    return make(&record, bytes, scheme);
  known.mtime_ns = item->mtime_ns;
  return pack(&known);
}
