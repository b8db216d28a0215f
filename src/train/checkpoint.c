// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/file.h>
#include <model/safetensors.h>
#include <string.h>
#include <train/run-private.h>

#define FORMAT "partita-checkpoint"
#define VERSION "3"
/// The version before, whose header has no seal.
#define VERSION_WITHOUT_SEAL "2"
#define FILE_MAX ((size_t)17 << 30) // four vectors of 4 GiB and the rest
#define N_TENSORS 8
#define N_MEASURES (sizeof(PartitaTrainMeasures) / sizeof(double))
/// The longest value of the identity that messages show.
#define SHOWN_MAX 80

G_STATIC_ASSERT(sizeof(PartitaReal) == 4);

static void
add_to_sum(GChecksum *sum, const void *bytes, size_t size)
{
  g_checksum_update(sum, bytes, (gssize)size);
}

static void
add_size_to_sum(GChecksum *sum, size_t size)
{
  const uint64_t value = GUINT64_TO_LE((uint64_t)size);

  add_to_sum(sum, &value, sizeof value);
}

static void
add_piece_to_sum(GChecksum *sum,
                 const PartitaPiece *piece,
                 const PartitaLedgerEntry *entry)
{
  const uint8_t valid = piece->valid;

  add_size_to_sum(sum, strlen(entry->path));
  add_to_sum(sum, entry->path, strlen(entry->path));
  add_to_sum(sum, &valid, sizeof valid);
  add_to_sum(sum, &piece->shift, sizeof piece->shift);
  add_size_to_sum(sum, piece->n);
  add_size_to_sum(sum, piece->content);
  for (size_t i = 0; i < entry->n_styles; ++i)
    add_size_to_sum(sum, entry->styles[i]);
}

// SHA-256 over the vocabulary and, of every piece, path, side, styles and the
// hash of its tokens, which are not read for it.
static char *
digest_corpus(const PartitaCorpus *corpus)
{
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_autofree char *scheme =
    partita_scheme_describe(partita_corpus_get_scheme(corpus));

  add_to_sum(sum, scheme, strlen(scheme));
  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    const PartitaLedgerEntry entry =
      partita_corpus_get_entry(corpus, piece.ledger_index);

    add_piece_to_sum(sum, &piece, &entry);
  }
  return g_strdup(g_checksum_get_string(sum));
}

static void
add_pair(GPtrArray *pairs, const char *key, char *value)
{
  g_ptr_array_add(pairs, g_strdup(key));
  g_ptr_array_add(pairs, value);
}

// In the order in which they are checked: the split, and so the corpus, follows
// from the seed, and the settings from all of them.
GStrv
partita_train_identify(const PartitaCorpus *corpus,
                       const PartitaTrainSettings *settings)
{
  const PartitaModelConfig *config = &settings->config;
  GPtrArray *pairs = g_ptr_array_new();

  add_pair(
    pairs, "scheme",
    g_strdup(partita_scheme_get_name(partita_corpus_get_scheme(corpus))));
  add_pair(pairs, "model", g_strdup(config->architecture));
  add_pair(pairs, "size",
           g_strdup_printf("%zu layers of %zu on %zu", config->layers,
                           config->hidden, config->width));
  add_pair(pairs, "seed",
           g_strdup_printf("%" G_GUINT64_FORMAT, settings->seed));
  add_pair(pairs, "batch", g_strdup_printf("%zu", settings->rows));
  add_pair(pairs, "shards", g_strdup_printf("%zu", settings->shards));
  add_pair(pairs, "transposition",
           g_strdup(partita_train_name_transposition(settings, corpus)));
  add_pair(pairs, "corpus", digest_corpus(corpus));
  add_pair(pairs, "settings", partita_train_settings_describe(settings));
  g_ptr_array_add(pairs, NULL);
  return (GStrv)g_ptr_array_free(pairs, FALSE);
}

static PartitaSafetensorNumbers
describe(const char *name, const char *dtype, size_t n, void *numbers)
{
  return (PartitaSafetensorNumbers){
    .name = name,
    .dtype = dtype,
    .n_dims = 1,
    .shape = {n},
    .numbers = numbers,
  };
}

static void
lay_out(PartitaCheckpoint *c, PartitaSafetensorNumbers tensors[N_TENSORS])
{
  const size_t n = c->n_parameters;

  tensors[0] = describe("step", "U64", 1, &c->step);
  tensors[1] = describe("measures", "F64", N_MEASURES, &c->measures);
  tensors[2] = describe("stream", "U64", c->n_stream, c->stream);
  tensors[3] = describe("state", "F32", c->n_state, c->state);
  tensors[4] = describe("weights", "F32", n, c->weights);
  tensors[5] = describe("best_weights", "F32", n, c->best);
  tensors[6] = describe("adamw.first", "F32", n, c->first);
  tensors[7] = describe("adamw.second", "F32", n, c->second);
}

bool
partita_checkpoint_write(const char *path,
                         PartitaCheckpoint *checkpoint,
                         const char *const *identity,
                         GError **error)
{
  g_autoptr(GPtrArray) metadata = g_ptr_array_new();
  PartitaSafetensorNumbers tensors[N_TENSORS];
  char text[3][G_ASCII_DTOSTR_BUF_SIZE];
  const PartitaTrainTimes *times = &checkpoint->times;
  const char *const own[] = {
    "format",
    FORMAT,
    "version",
    VERSION,
    "core",
    checkpoint->core,
    "elapsed_s",
    g_ascii_dtostr(text[0], sizeof text[0], times->elapsed_s),
    "evaluated_s",
    g_ascii_dtostr(text[1], sizeof text[1], times->evaluated_s),
    "evaluating_s",
    g_ascii_dtostr(text[2], sizeof text[2], times->evaluating_s),
  };

  for (size_t i = 0; i < G_N_ELEMENTS(own); ++i)
    g_ptr_array_add(metadata, (void *)own[i]);
  for (const char *const *at = identity; *at != NULL; ++at)
    g_ptr_array_add(metadata, (void *)*at);
  g_ptr_array_add(metadata, NULL);
  lay_out(checkpoint, tensors);
  return partita_safetensors_save(path, (const char *const *)metadata->pdata,
                                  tensors, N_TENSORS, error);
}

G_GNUC_PRINTF(2, 3)
static bool
refuse(GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_propagate_error(error, g_error_new_valist(PARTITA_TRAIN_ERROR,
                                              PARTITA_TRAIN_ERROR_RESUME,
                                              format, arguments));
  va_end(arguments);
  return false;
}

static bool
check_format(const PartitaSafetensors *file, GError **error)
{
  const char *const version = g_hash_table_lookup(file->metadata, "version");

  if (g_strcmp0(g_hash_table_lookup(file->metadata, "format"), FORMAT) != 0 ||
      version == NULL)
    return refuse(error, "a safetensors file, but no checkpoint");

  const bool current = g_str_equal(version, VERSION);
  g_autoptr(GError) cause = NULL;

  if (!current && !g_str_equal(version, VERSION_WITHOUT_SEAL)) {
    g_autofree char *shown = g_strescape(version, NULL);

    return refuse(error,
                  "a checkpoint of version \"%s\"; this program reads "
                  "versions " VERSION_WITHOUT_SEAL " and " VERSION,
                  shown);
  }
  return partita_safetensors_check_seal(file, current, &cause) ||
         refuse(error, "%s", cause->message);
}

static bool
check_identity(const PartitaSafetensors *file,
               const char *const *identity,
               GError **error)
{
  for (const char *const *pair = identity; *pair != NULL; pair += 2) {
    const char *const found = g_hash_table_lookup(file->metadata, pair[0]);

    if (g_strcmp0(found, pair[1]) == 0)
      continue;
    if (found == NULL || strlen(pair[1]) > SHOWN_MAX ||
        strlen(found) > SHOWN_MAX || g_str_equal(pair[0], "corpus"))
      return refuse(error, "its %s is not that of this run", pair[0]);

    g_autofree char *shown = g_strescape(found, NULL);

    return refuse(error, "its %s is \"%s\", that of this run \"%s\"", pair[0],
                  shown, pair[1]);
  }
  return true;
}

static bool
read_seconds(const PartitaSafetensors *file, const char *key, double *seconds)
{
  const char *const text = g_hash_table_lookup(file->metadata, key);
  char *end = NULL;

  if (text == NULL || !g_ascii_isdigit(text[0]))
    return false;
  *seconds = g_ascii_strtod(text, &end);
  return *end == '\0' && *seconds < 1e12;
}

static bool
read_metadata(const PartitaSafetensors *file,
              PartitaCheckpoint *checkpoint,
              GError **error)
{
  const char *const core = g_hash_table_lookup(file->metadata, "core");
  PartitaTrainTimes *times = &checkpoint->times;

  if (core == NULL ||
      g_strlcpy(checkpoint->core, core, sizeof checkpoint->core) >=
        sizeof checkpoint->core ||
      !read_seconds(file, "elapsed_s", &times->elapsed_s) ||
      !read_seconds(file, "evaluated_s", &times->evaluated_s) ||
      !read_seconds(file, "evaluating_s", &times->evaluating_s))
    return refuse(error, "metadata of no checkpoint");
  return true;
}

/// Whether the numbers count what they are said to.
static bool
check_measures(const PartitaTrainMeasures *measures)
{
  return measures->best_step >= 0.0 && measures->best_step <= 0x1p53 &&
         measures->n_worse >= 0.0 && measures->n_worse <= 0x1p31 &&
         measures->tokens >= 0.0 && measures->tokens <= 0x1p63 &&
         measures->evaluated_share >= 0.0 && measures->evaluated_share <= 1.0;
}

bool
partita_checkpoint_parse(GBytes *bytes,
                         PartitaCheckpoint *checkpoint,
                         const char *const *identity,
                         GError **error)
{
  PartitaSafetensorNumbers tensors[N_TENSORS];
  g_autoptr(GError) cause = NULL;
  gsize size = 0;
  const uint8_t *const data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, &cause);

  if (file == NULL)
    return refuse(error, "%s", cause->message);
  if (!check_format(file, error) || !check_identity(file, identity, error) ||
      !read_metadata(file, checkpoint, error))
    return false;
  lay_out(checkpoint, tensors);
  if (!partita_safetensors_take(file, tensors, N_TENSORS, &cause))
    return refuse(error, "%s", cause->message);
  return check_measures(&checkpoint->measures) ||
         refuse(error, "measures of no checkpoint");
}

bool
partita_checkpoint_read(const char *path,
                        PartitaCheckpoint *checkpoint,
                        const char *const *identity,
                        GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(GBytes) bytes = partita_file_read(path, FILE_MAX, &cause);

  if (bytes == NULL)
    return refuse(error, "nothing to resume: %s", cause->message);
  if (partita_checkpoint_parse(bytes, checkpoint, identity, error))
    return true;

  g_autofree char *shown = partita_file_display(path);

  g_prefix_error(error, "%s: ", shown);
  return false;
}

char *
partita_checkpoint_read_settings(const char *folder)
{
  g_autofree char *path =
    folder != NULL ? g_build_filename(folder, PARTITA_CHECKPOINT_NAME, NULL)
                   : NULL;
  g_autoptr(GBytes) bytes =
    path != NULL ? partita_file_read(path, FILE_MAX, NULL) : NULL;
  gsize size = 0;

  if (bytes == NULL)
    return NULL;

  const uint8_t *const data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaSafetensors) file =
    partita_safetensors_parse(data, size, NULL);

  return file != NULL
           ? g_strdup(g_hash_table_lookup(file->metadata, "settings"))
           : NULL;
}
