// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Size, batch and dropout from the time and the data. What a candidate is
 * expected to be worth is the loss above the least there can be, in the form
 * of Hoffmann et al. 2022 (arXiv:2203.15556) up to a factor,
 *
 *   (20 N)^-0.35 + D^-0.35
 *
 * for N parameters and D tokens: their optimum, 20 tokens a parameter, is
 * where the two weigh the same. Of U tokens seen several times D is, after
 * Muennighoff et al. 2023 (arXiv:2305.16264), equation 5,
 *
 *   U + U R (1 - exp(-(passes - 1) / R)), R = 15.4.
 *
 * Tokens of a batch of B share a step, and count as 1 / (1 + B / 4096) of what
 * they would in small ones (McCandlish et al. 2018, arXiv:1812.06162, equation
 * 2.11). The 4096, the parameters a token and the steps of dropout are judged
 * from few runs, see doc/design.md. */

#include <base/json.h>
#include <math.h>
#include <string.h>
#include <train/run-private.h>

#define TOKENS_A_PARAMETER 20.0
#define POWER 0.35
#define REPETITIONS 15.4
#define CRITICAL_BATCH 4096.0
/// More parameters than that for each token learn a corpus by heart.
#define PARAMETERS_A_TOKEN 32
/// Passes after which R of them four times over leave 2 % to be learnt.
#define PASSES_MAX 64.0
/// Passes after which much is known by heart.
#define OFTEN 25.0
/// Each transposition is nearly a new piece.
#define TRANSPOSITIONS 12.0
/// Of the minutes, what evaluation and checkpoints leave.
#define TRAINING_SHARE 0.9
/// A guess of a speed is not further from the truth than that.
#define GUESS 2.0
/// Fewer rows of a shard leave the products of a worker too thin.
#define ROWS_OF_SHARD_MIN 4
/// Seconds after which a first step is measure enough.
#define LONG_STEP_S 1.0

static const char *const sizes[] = {"tiny", "small", "base"};
static const size_t batches[] = {8, 16, 32, 64}; // of two shards

typedef struct {
  const PartitaCorpus *corpus;
  const PartitaTrainOptions *options;
  double tokens;    // to train on
  double seconds;   // to train in; 0 if they are not to be measured
  size_t workers;   // that there are, of all ranks
  const char *stop; // why no larger size was taken
} Choice;

typedef struct {
  PartitaTrainSettings settings;
  double n_parameters;
  double tokens_per_s;
  double passes;
  double score;
} Candidate;

static double
count_passes_max(const Candidate *c)
{
  return c->settings.transposing ? TRANSPOSITIONS * PASSES_MAX : PASSES_MAX;
}

static double
count_data(double unique, double passes)
{
  return passes <= 1.0
           ? unique * passes
           : unique *
               (1.0 + REPETITIONS * (1.0 - exp((1.0 - passes) / REPETITIONS)));
}

static void
judge(const Choice *choice, Candidate *c, double tokens)
{
  const double batch = (double)(c->settings.rows * c->settings.context);
  const double unique =
    c->settings.transposing ? TRANSPOSITIONS * choice->tokens : choice->tokens;
  const double useful = tokens / (1.0 + batch / CRITICAL_BATCH);

  c->passes = MIN(tokens / choice->tokens, count_passes_max(c));
  c->score = pow(TOKENS_A_PARAMETER * c->n_parameters, -POWER) +
             pow(count_data(unique, useful / unique), -POWER);
}

/// The fewest shards: as given, or one a rank.
static size_t
count_shards_min(const PartitaTrainOptions *options)
{
  return options->shards > 0 ? options->shards
                             : MAX(partita_ranks_get_size(options->ranks), 2);
}

// As many as there are workers for; without minutes the machine has no say.
static size_t
choose_shards(const Choice *choice, size_t rows)
{
  size_t shards = count_shards_min(choice->options);

  if (choice->options->shards > 0 || choice->seconds <= 0.0)
    return shards;
  while (2 * shards <= choice->workers && rows % (2 * shards) == 0 &&
         rows / (2 * shards) >= ROWS_OF_SHARD_MIN)
    shards *= 2;
  return shards;
}

static bool
candidate_init(const Choice *choice,
               Candidate *c,
               const char *size,
               size_t rows,
               GError **error)
{
  PartitaTrainOptions options = *choice->options;
  PartitaTrainPlan plan;

  options.size = size;
  options.shards = 1; // which divides any batch
  options.rows = 0;
  if (!partita_train_settings_init(&c->settings, choice->corpus, &options,
                                   error))
    return false;

  const double usual = (double)c->settings.rows;

  options.rows = rows;
  options.shards = choose_shards(choice, rows);
  if (!partita_train_settings_init(&c->settings, choice->corpus, &options,
                                   error) ||
      !partita_train_plan_init(&plan, &c->settings,
                               partita_ranks_get_size(options.ranks),
                               options.resume))
    return false;
  // The square root rule of Malladi et al. 2022, arXiv:2205.10287.
  if (options.learning_rate <= 0.0)
    c->settings.learning_rate *= sqrt((double)c->settings.rows / usual);
  c->n_parameters = (double)plan.n_parameters;
  return partita_train_plan_check(&plan, options.memory_bytes, error);
}

static double
time_step(PartitaCrew *crew,
          PartitaStream *stream,
          const PartitaTrainOptions *options)
{
  const PartitaChunk *const chunk = partita_stream_next(stream);
  const double before_s = options->clock(options->clock_data);
  PartitaReal *gradients = NULL;

  (void)partita_crew_run(crew, chunk, 1, &gradients);
  return options->clock(options->clock_data) - before_s;
}

/* By steps as they will be; the first of them meets fresh memory. All ranks
 * hear what the first one measured. */
static bool
measure(const Choice *choice, Candidate *c, GError **error)
{
  const PartitaTrainOptions *const options = choice->options;
  const PartitaTrainSettings *const settings = &c->settings;
  g_autoptr(PartitaModel) model = NULL;
  g_autoptr(PartitaCrew) crew = NULL;
  g_autoptr(GArray) pieces = partita_train_find_training(choice->corpus);

  if (!partita_nn_init(error))
    return false;
  model = partita_model_new(&settings->config, settings->seed);
  if (model == NULL)
    return partita_train_refuse_memory(error);
  partita_model_set_backend(model, settings->backend);
  crew =
    partita_crew_new(model, settings, options->threads, options->ranks, error);
  if (crew == NULL)
    return false;

  g_autoptr(PartitaStream) stream =
    partita_stream_new(choice->corpus, pieces, settings, true);

  partita_crew_limit_stream(crew, stream);

  double step_s = time_step(crew, stream, options);

  if (step_s < LONG_STEP_S)
    step_s =
      MIN(time_step(crew, stream, options), time_step(crew, stream, options));
  c->tokens_per_s =
    (double)(settings->rows * settings->context) / MAX(step_s, 1e-6);
  partita_ranks_broadcast(options->ranks, &c->tokens_per_s,
                          sizeof c->tokens_per_s);
  return true;
}

/* Without minutes every candidate has the time that one of four million
 * parameters would take for the steps or passes; small batches are slower for
 * each token. */
static double
suppose_tokens(const Choice *choice, const Candidate *c)
{
  const PartitaTrainOptions *const options = choice->options;
  const double rows = (double)c->settings.rows;
  const double tokens = options->steps > 0 ? (double)options->steps * 2048.0
                                           : options->epochs * choice->tokens;

  return tokens * 4e6 / c->n_parameters * rows / (rows + 4.0);
}

static bool
weigh(const Choice *choice, Candidate *c, GError **error)
{
  if (choice->seconds <= 0.0) {
    judge(choice, c, suppose_tokens(choice, c));
    return true;
  }
  if (!measure(choice, c, error))
    return false;
  judge(choice, c, c->tokens_per_s * choice->seconds);
  return true;
}

/// The best batch of a size; batches grow as long as it helps.
static bool
weigh_size(const Choice *choice,
           const char *size,
           Candidate *best,
           GError **error)
{
  const size_t given = choice->options->rows;

  best->score = INFINITY;
  for (size_t i = 0; i < (given > 0 ? 1 : G_N_ELEMENTS(batches)); ++i) {
    const size_t rows =
      given > 0 ? given : batches[i] * count_shards_min(choice->options) / 2;
    g_autoptr(GError) unfit = NULL;
    Candidate c = {0};

    if (!candidate_init(choice, &c, size, rows, &unfit)) {
      // A larger batch may not fit where the one before did.
      if (i > 0 && g_error_matches(unfit, PARTITA_TRAIN_ERROR,
                                   PARTITA_TRAIN_ERROR_MEMORY))
        break;
      g_propagate_error(error, g_steal_pointer(&unfit));
      return false;
    }
    if (!weigh(choice, &c, error))
      return false;
    if (c.score >= best->score)
      break;
    *best = c;
  }
  return true;
}

/// Whether a size is not worth a measurement; says why.
static bool
is_too_large(Choice *choice, const Candidate *best, const char *size)
{
  g_autoptr(GError) error = NULL;
  Candidate c = {0};

  if (!candidate_init(choice, &c, size, best->settings.rows, &error))
    choice->stop = "larger does not fit into memory";
  else if (c.n_parameters > PARAMETERS_A_TOKEN * choice->tokens)
    choice->stop = "larger would learn it by heart";
  else if (choice->seconds > 0.0) {
    judge(choice, &c,
          GUESS * best->tokens_per_s * best->n_parameters / c.n_parameters *
            choice->seconds);
    if (c.score >= best->score)
      choice->stop = "larger would see it too seldom";
  }
  return choice->stop != NULL;
}

static bool
find_best(Choice *choice, Candidate *best, GError **error)
{
  if (!weigh_size(choice, sizes[0], best, error))
    return false;
  for (size_t i = 1; i < G_N_ELEMENTS(sizes); ++i) {
    Candidate c;

    if (is_too_large(choice, best, sizes[i]))
      return true;
    if (!weigh_size(choice, sizes[i], &c, error))
      return false;
    if (c.score >= best->score) {
      choice->stop = "larger would see it too seldom";
      return true;
    }
    *best = c;
  }
  choice->stop = "smaller would learn less";
  return true;
}

static void
explain(const Choice *choice, Candidate *best)
{
  PartitaTrainSettings *const settings = &best->settings;
  g_autoptr(GArray) pieces = partita_train_find_training(choice->corpus);
  g_autoptr(GString) text = g_string_new(NULL);

  g_string_append_printf(text, "%u pieces, %.0f tokens", pieces->len,
                         choice->tokens);
  if (choice->seconds > 0.0)
    g_string_append_printf(text, ", %.0f tokens/s", best->tokens_per_s);
  g_string_append_printf(
    text, ": %s %s of %zu %s, %zu x %zu, dropout %g",
    settings->config.architecture, settings->size, settings->config.layers,
    settings->config.layers == 1 ? "layer" : "layers", settings->context,
    settings->rows, settings->config.dropout);
  if (choice->seconds > 0.0)
    g_string_append_printf(text, ", %.3g passes in %.3g minutes", best->passes,
                           MIN(best->passes * choice->tokens /
                                 best->tokens_per_s / TRAINING_SHARE / 60.0,
                               choice->options->minutes));
  g_string_append_printf(text, "; %s", choice->stop);
  g_strlcpy(settings->reason, text->str, sizeof settings->reason);
}

// Little of it where each token is new; 0.5 where a corpus is seen often, as
// Zaremba, Sutskever and Vinyals 2014, arXiv:1409.2329, had it.
static double
choose_dropout(double passes)
{
  return passes < 2.0 ? 0.1 : passes < 8.0 ? 0.2 : passes < OFTEN ? 0.3 : 0.5;
}

// Of two layers of an LSTM one is left where a corpus is seen so often: what
// two learn by heart comes sooner (doc/benchmarks.md).
static void
choose_layers(PartitaModelConfig *config, double passes)
{
  if (passes >= OFTEN && config->heads == 0 && config->layers == 2)
    config->layers = 1;
}

bool
partita_train_settings_choose(PartitaTrainSettings *settings,
                              const PartitaCorpus *corpus,
                              const PartitaTrainOptions *options,
                              GError **error)
{
  const double started_s =
    options->clock != NULL ? options->clock(options->clock_data) : 0.0;
  Choice choice = {
    .corpus = corpus,
    .options = options,
    .tokens = (double)partita_train_count_tokens(corpus, false),
    .seconds = 60.0 * TRAINING_SHARE * options->minutes,
  };
  Candidate best;

  choice.workers =
    partita_ranks_get_size(options->ranks) *
    (options->threads > 0 ? options->threads : g_get_num_processors());
  partita_ranks_broadcast(options->ranks, &choice.workers,
                          sizeof choice.workers);
  if (!find_best(&choice, &best, error))
    return false;

  // Seen in other keys it is new.
  const double passes =
    best.settings.transposing ? best.passes / TRANSPOSITIONS : best.passes;

  if (!options->has_dropout)
    best.settings.config.dropout = choose_dropout(passes);
  if (options->layers == 0)
    choose_layers(&best.settings.config, passes);
  if (options->minutes > 0.0)
    best.settings.passes = count_passes_max(&best);
  explain(&choice, &best);
  *settings = best.settings;
  if (options->minutes > 0.0)
    settings->choosing_s = options->clock(options->clock_data) - started_s;
  return true;
}

// What is given anew stays, for the checkpoint to be held against it.
static void
recall(JsonObject *object, const char *key, size_t *option)
{
  if (*option == 0)
    *option = (size_t)json_object_get_int_member_with_default(object, key, 0);
}

static bool
read_choice(PartitaTrainSettings *settings,
            JsonObject *object,
            const PartitaCorpus *corpus,
            const PartitaTrainOptions *given)
{
  const char *const size =
    json_object_get_string_member_with_default(object, "size", "");
  const char *const reason =
    json_object_get_string_member_with_default(object, "choice", "");
  PartitaTrainOptions options = *given;

  options.size = size;
  recall(object, "layers", &options.layers);
  recall(object, "batch", &options.rows);
  recall(object, "shards", &options.shards);
  if (!partita_train_settings_init(settings, corpus, &options, NULL))
    return false;
  settings->learning_rate = json_object_get_double_member_with_default(
    object, "learning_rate", settings->learning_rate);
  if (!given->has_dropout)
    settings->config.dropout = json_object_get_double_member_with_default(
      object, "dropout", settings->config.dropout);
  settings->passes =
    json_object_get_double_member_with_default(object, "passes", 0.0);
  g_strlcpy(settings->reason, reason, sizeof settings->reason);
  return true;
}

bool
partita_train_settings_recall(PartitaTrainSettings *settings,
                              const PartitaCorpus *corpus,
                              const PartitaTrainOptions *options)
{
  g_autofree char *text = partita_checkpoint_read_settings(options->run_folder);
  g_autoptr(JsonNode) node = partita_json_parse(text, NULL);

  return node != NULL && JSON_NODE_HOLDS_OBJECT(node) &&
         read_choice(settings, json_node_get_object(node), corpus, options);
}
