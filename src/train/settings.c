// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <train/train-private.h>

/// Held-out tokens taken while training; at the end all are.
#define EVALUATION_TOKENS 100000
/// The rate of SGD with momentum beside AdamW's.
#define SGD_RATE 100.0
/// Steps of a chunk, at most.
#define CONTEXT_MAX ((size_t)16384)
/// Below this many training tokens a model soon knows them by heart.
#define SMALL_CORPUS_TOKENS 1000000

typedef struct {
  const char *architecture;
  const char *name;
  size_t width;
  size_t hidden;
  size_t layers;
  size_t heads;
  size_t context;
  size_t rows;
  double learning_rate;
} Size;

static const Size sizes[] = {
  {"lstm", "tiny", 128, 256, 1, 0, 128, 8, 4e-3},
  {"lstm", "small", 256, 512, 2, 0, 128, 8, 3e-3},
  {"lstm", "base", 512, 1024, 3, 0, 128, 16, 1.5e-3},
  {"transformer", "tiny", 128, 512, 4, 4, 256, 16, 2e-3},
  {"transformer", "small", 256, 1024, 6, 4, 512, 16, 1e-3},
  {"transformer", "base", 512, 2048, 8, 8, 1024, 8, 5e-4},
};

static bool
refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
refuse(GError **error, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_OPTIONS,
                      message);
  return false;
}

/// The size of an architecture, or with @name NULL the first one it has.
static const Size *
find_size(const char *architecture, const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(sizes); ++i)
    if (g_strcmp0(sizes[i].architecture, architecture) == 0 &&
        (name == NULL || g_str_equal(sizes[i].name, name)))
      return &sizes[i];
  return NULL;
}

static const Size *
choose_size(const PartitaTrainOptions *options, GError **error)
{
  const char *const name = options->size == NULL ? "" : options->size;
  const Size *const size = find_size(options->architecture, name);

  if (find_size(options->architecture, NULL) == NULL)
    refuse(error, "no model \"%s\": there are lstm and transformer",
           options->architecture == NULL ? "" : options->architecture);
  else if (size == NULL)
    refuse(error, "no size \"%s\": there are auto, tiny, small and base", name);
  return size;
}

static bool
is_length(double value)
{
  return value >= 0.0 && isfinite(value);
}

static bool
check_length(const PartitaTrainOptions *options, GError **error)
{
  const int given =
    (options->minutes > 0.0) + (options->epochs > 0.0) + (options->steps > 0);

  if (!is_length(options->minutes) || !is_length(options->epochs))
    return refuse(error, "%g minutes, %g epochs: neither may be negative",
                  options->minutes, options->epochs);
  if (given != 1)
    return refuse(error, "give one of minutes, epochs and steps");
  if (options->minutes > 0.0 && options->clock == NULL)
    return refuse(error, "minutes need a clock");
  return true;
}

size_t
partita_train_count_tokens(const PartitaCorpus *corpus, bool valid)
{
  size_t tokens = 0;

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);

    tokens += piece.valid == valid ? piece.n : 0;
  }
  return tokens;
}

static void
shape_config(PartitaModelConfig *config,
             const PartitaScheme *scheme,
             const Size *size)
{
  memset(config, 0, sizeof *config);
  g_strlcpy(config->architecture, size->architecture,
            sizeof config->architecture);
  config->vocab = partita_scheme_get_vocab_size(scheme);
  config->n_fields = partita_scheme_get_n_fields(scheme) + 1;
  config->field_size[0] = config->vocab;
  for (size_t i = 1; i < config->n_fields; ++i)
    config->field_size[i] = partita_scheme_get_field_size(scheme, i - 1);
  config->width = size->width;
  config->hidden = size->hidden;
  config->layers = size->layers;
  config->heads = size->heads;
  config->norm = size->heads == 0; // an LSTM; a Transformer has its own
}

static bool
optimize_as_asked(PartitaTrainSettings *settings,
                  const PartitaTrainOptions *options,
                  GError **error)
{
  const char *const name =
    options->optimizer != NULL ? options->optimizer : "adamw";

  if (!partita_optimizer_find(name, &settings->optimizer))
    return refuse(error, "no optimizer \"%s\": there are adamw, sgd and muon",
                  name);
  if (!is_length(options->learning_rate) || !is_length(options->weight_decay))
    return refuse(error,
                  "a learning rate of %g, a weight decay of %g: neither may be "
                  "negative",
                  options->learning_rate, options->weight_decay);
  if (settings->optimizer == PARTITA_OPTIMIZER_SGD)
    settings->learning_rate *= SGD_RATE;
  if (options->learning_rate > 0.0)
    settings->learning_rate = options->learning_rate;
  if (options->has_weight_decay)
    settings->weight_decay = options->weight_decay;
  return true;
}

static bool
shape_as_asked(PartitaModelConfig *config,
               const PartitaTrainOptions *options,
               GError **error)
{
  size_t n_parameters = 0;

  if (options->layers > 0)
    config->layers = options->layers;
  if (options->has_dropout)
    config->dropout = options->dropout;
  return partita_model_config_check(config, &n_parameters) ||
         refuse(error,
                "%zu layers with a dropout of %g: there is no such model",
                config->layers, config->dropout);
}

// A Transformer remembers as many steps as it learnt with.
static bool
cut_context(PartitaTrainSettings *settings,
            const PartitaTrainOptions *options,
            GError **error)
{
  if (options->context > CONTEXT_MAX)
    return refuse(error, "a context of %zu steps: more than %zu",
                  options->context, CONTEXT_MAX);
  if (options->context > 0)
    settings->context = options->context;
  settings->segment = settings->context;
  if (settings->config.heads > 0)
    settings->config.context = settings->context;
  return true;
}

// Each row is a place in the data and a state of its own.
#define ROWS_MAX ((size_t)1 << 20)

static bool
cut_batch(PartitaTrainSettings *settings,
          const PartitaTrainOptions *options,
          GError **error)
{
  if (options->rows > 0)
    settings->rows = options->rows;
  if (options->shards > 0)
    settings->shards = options->shards;
  if (settings->rows > ROWS_MAX)
    return refuse(error, "a batch of %zu rows: more than %zu", settings->rows,
                  ROWS_MAX);
  if (settings->rows % settings->shards != 0)
    return refuse(error, "%zu shards do not divide a batch of %zu rows evenly",
                  settings->shards, settings->rows);
  return true;
}

bool
partita_train_settings_init(PartitaTrainSettings *settings,
                            const PartitaCorpus *corpus,
                            const PartitaTrainOptions *options,
                            GError **error)
{
  const size_t tokens = partita_train_count_tokens(corpus, false);
  const PartitaNnBackend *backend = NULL;
  const Size *size = NULL;

  if (!check_length(options, error))
    return false;
  if (tokens > 0 && g_strcmp0(options->size, "auto") == 0)
    return (options->resume &&
            partita_train_settings_recall(settings, corpus, options)) ||
           partita_train_settings_choose(settings, corpus, options, error);
  size = choose_size(options, error);
  if (size == NULL)
    return false;
  backend = partita_nn_backend_find(options->backend, error);
  if (backend == NULL)
    return false;
  if (tokens == 0)
    return refuse(error, "all pieces are held out: none is left to train on");

  *settings = (PartitaTrainSettings){
    .context = size->context,
    .rows = size->rows,
    .shards = 2,
    .learning_rate = size->learning_rate,
    .beta1 = 0.9,
    .beta2 = 0.98,
    .weight_decay = 0.01,
    .clip = 1.0,
    .seed = options->seed,
    .evaluation_tokens = EVALUATION_TOKENS,
    .held_out_length = G_MAXSIZE,
    .transposing =
      !options->keep_keys && !partita_corpus_is_in_common_key(corpus),
    .augmentations = options->augmentations,
    .balance = options->balance,
    .backend = backend,
  };
  g_strlcpy(settings->size, size->name, sizeof settings->size);
  shape_config(&settings->config, partita_corpus_get_scheme(corpus), size);
  settings->config.dropout = tokens < SMALL_CORPUS_TOKENS ? 0.3 : 0.2;
  return cut_context(settings, options, error) &&
         shape_as_asked(&settings->config, options, error) &&
         optimize_as_asked(settings, options, error) &&
         cut_batch(settings, options, error);
}

const char *
partita_train_name_transposition(const PartitaTrainSettings *settings,
                                 const PartitaCorpus *corpus)
{
  if (partita_corpus_is_in_common_key(corpus))
    return "common";
  return settings->transposing ? "random" : "none";
}

static void
add_int(JsonBuilder *builder, const char *name, uint64_t value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, (gint64)value);
}

// JSON has no NaN.
static void
add_double(JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name(builder, name);
  if (isfinite(value))
    json_builder_add_double_value(builder, value);
  else
    json_builder_add_null_value(builder);
}

static void
add_string(JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_string_value(builder, value);
}

static char *
end_json(JsonBuilder *builder)
{
  json_builder_end_object(builder);

  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return json_to_string(root, FALSE);
}

char *
partita_train_settings_describe(const PartitaTrainSettings *settings)
{
  const PartitaModelConfig *config = &settings->config;
  g_autoptr(JsonBuilder) builder = json_builder_new();

  json_builder_begin_object(builder);
  add_string(builder, "architecture", config->architecture);
  add_string(builder, "size", settings->size);
  add_int(builder, "width", config->width);
  add_int(builder, "hidden", config->hidden);
  add_int(builder, "layers", config->layers);
  if (config->heads > 0)
    add_int(builder, "heads", config->heads);
  add_double(builder, "dropout", config->dropout);
  add_int(builder, "context", settings->context);
  add_int(builder, "segment", settings->segment);
  add_int(builder, "batch", settings->rows);
  add_int(builder, "shards", settings->shards);
  add_string(builder, "optimizer",
             partita_optimizer_get_name(settings->optimizer));
  add_double(builder, "learning_rate", settings->learning_rate);
  add_double(builder, "beta1", settings->beta1);
  add_double(builder, "beta2", settings->beta2);
  add_double(builder, "weight_decay", settings->weight_decay);
  add_double(builder, "clip", settings->clip);
  if (settings->passes > 0.0)
    add_double(builder, "passes", settings->passes);
  if (settings->reason[0] != '\0')
    add_string(builder, "choice", settings->reason);
  if (settings->augmentations != 0) {
    g_autofree char *list =
      partita_augmentations_describe(settings->augmentations);

    add_string(builder, "augment", list);
  }
  if (settings->balance > 0.0)
    add_double(builder, "balance", settings->balance);
  add_string(builder, "backend",
             partita_nn_backend_get_name(settings->backend));
  // As text: a number of JSON holds only 53 bits everywhere.
  g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, settings->seed);
  add_string(builder, "seed", seed);
  return end_json(builder);
}

static char *
describe_training(const PartitaCorpus *corpus, const PartitaTrainReport *report)
{
  const size_t n_pieces = partita_corpus_get_n_pieces(corpus);
  g_autoptr(JsonBuilder) builder = json_builder_new();
  uint64_t notes = 0;

  for (size_t i = 0; i < n_pieces; ++i)
    notes += partita_corpus_get_piece(corpus, i).notes;
  json_builder_begin_object(builder);
  add_int(builder, "steps", report->steps);
  add_double(builder, "train_loss", report->train_loss);
  add_double(builder, "valid_loss", report->valid_loss);
  add_double(builder, "trigram_loss", report->trigram_loss);
  add_int(builder, "pieces", n_pieces);
  add_int(builder, "notes", notes);
  add_int(builder, "tokens", partita_train_count_tokens(corpus, false));
  add_int(builder, "valid_tokens", report->valid_tokens);
  add_int(builder, "measured_tokens", report->measured_tokens);
  add_string(builder, "version", PARTITA_VERSION);
  return end_json(builder);
}

void
partita_train_write_metadata(PartitaModel *model,
                             const PartitaCorpus *corpus,
                             const PartitaTrainSettings *settings,
                             const PartitaTrainReport *report)
{
  g_autofree char *scheme =
    partita_scheme_describe(partita_corpus_get_scheme(corpus));
  g_autofree char *described = partita_train_settings_describe(settings);
  g_autofree char *training = describe_training(corpus, report);

  partita_model_set_metadata(model, "scheme", scheme);
  partita_model_set_metadata(model, "settings", described);
  partita_model_set_metadata(model, "training", training);
  partita_model_set_metadata(
    model, "transposition", partita_train_name_transposition(settings, corpus));
  partita_train_write_prompts(model, corpus);
  partita_train_write_measures(model, corpus);
  partita_train_write_styles(model, corpus);
}
