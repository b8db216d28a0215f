// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <string.h>
#include <train/train-private.h>

typedef struct {
  PartitaModelWorker *worker;
  PartitaReal *gradients; // shape [n_parameters]
  PartitaModelBatch batch;
  bool wants_gradients;
  double nll;
} Shard;

struct PartitaCrew {
  size_t n_parameters;
  size_t n_shards;
  Shard *shards;
  uint64_t seed;
  GThreadPool *pool; // NULL if the shards are run in turn
  GMutex lock;
  GCond finished;
  size_t n_running;
};

static void
run_shard(const PartitaCrew *crew, Shard *shard)
{
  PartitaReal *gradients = shard->wants_gradients ? shard->gradients : NULL;

  if (gradients != NULL)
    memset(gradients, 0, crew->n_parameters * sizeof *gradients);
  shard->nll = partita_model_worker_run(shard->worker, &shard->batch, gradients,
                                        NULL, NULL);
}

static void
run_in_pool(gpointer data, gpointer user_data)
{
  PartitaCrew *crew = user_data;

  run_shard(crew, data);
  g_mutex_lock(&crew->lock);
  if (--crew->n_running == 0)
    g_cond_signal(&crew->finished);
  g_mutex_unlock(&crew->lock);
}

static void
run_shards(PartitaCrew *crew)
{
  if (crew->pool == NULL) {
    for (size_t i = 0; i < crew->n_shards; ++i)
      run_shard(crew, &crew->shards[i]);
    return;
  }
  crew->n_running = crew->n_shards;
  for (size_t i = 0; i < crew->n_shards; ++i)
    g_thread_pool_push(crew->pool, &crew->shards[i], NULL);
  g_mutex_lock(&crew->lock);
  while (crew->n_running > 0)
    g_cond_wait(&crew->finished, &crew->lock);
  g_mutex_unlock(&crew->lock);
}

static bool
make_shards(PartitaCrew *crew,
            const PartitaModel *model,
            const PartitaTrainSettings *settings)
{
  for (size_t i = 0; i < crew->n_shards; ++i) {
    Shard *shard = &crew->shards[i];

    shard->worker = partita_model_worker_new(
      model, settings->rows / settings->shards, settings->context);
    shard->gradients = g_try_new(PartitaReal, crew->n_parameters);
    if (shard->worker == NULL || shard->gradients == NULL)
      return false;
  }
  return true;
}

PartitaCrew *
partita_crew_new(const PartitaModel *model,
                 const PartitaTrainSettings *settings,
                 unsigned threads,
                 GError **error)
{
  g_autoptr(PartitaCrew) crew = g_new0(PartitaCrew, 1);
  const unsigned wanted = threads > 0 ? threads : g_get_num_processors();
  const size_t used = MIN((size_t)wanted, settings->shards);

  g_mutex_init(&crew->lock);
  g_cond_init(&crew->finished);
  crew->n_parameters = partita_model_get_n_parameters(model);
  crew->n_shards = settings->shards;
  crew->seed = settings->seed;
  crew->shards = g_new0(Shard, crew->n_shards);
  if (!make_shards(crew, model, settings)) {
    g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_OPTIONS,
                "no memory for a model of this size");
    return NULL;
  }
  if (!partita_nn_check_room((unsigned)used, error))
    return NULL;
  if (used > 1) {
    crew->pool = g_thread_pool_new(run_in_pool, crew, (int)used, TRUE, error);
    if (crew->pool == NULL)
      return NULL;
  }
  return g_steal_pointer(&crew);
}

void
partita_crew_free(PartitaCrew *crew)
{
  if (crew == NULL)
    return;
  if (crew->pool != NULL)
    g_thread_pool_free(crew->pool, FALSE, TRUE);
  for (size_t i = 0; i < crew->n_shards; ++i) {
    partita_model_worker_free(crew->shards[i].worker);
    g_free(crew->shards[i].gradients);
  }
  g_free(crew->shards);
  g_cond_clear(&crew->finished);
  g_mutex_clear(&crew->lock);
  g_free(crew);
}

static void
hand_out(PartitaCrew *crew,
         const PartitaChunk *chunk,
         uint64_t step,
         bool training)
{
  const size_t cells = chunk->steps * chunk->rows;

  for (size_t i = 0; i < crew->n_shards; ++i) {
    Shard *shard = &crew->shards[i];

    shard->wants_gradients = training;
    shard->batch = (PartitaModelBatch){
      .inputs = chunk->inputs + i * cells * chunk->n_fields,
      .targets = chunk->targets + i * cells,
      .reset = chunk->reset + i * cells,
      .training = training,
      .seed = crew->seed,
      .step = step,
      .shard = (uint32_t)i,
      .scale = 1.0 / (double)MAX(chunk->n_targets, 1u),
    };
  }
}

// Neighbours first, then pairs of pairs: the order is a matter of the shards
// alone.
static double
sum_shards(PartitaCrew *crew, bool gradients)
{
  for (size_t stride = 1; stride < crew->n_shards; stride *= 2)
    for (size_t i = 0; i + stride < crew->n_shards; i += 2 * stride) {
      crew->shards[i].nll += crew->shards[i + stride].nll;
      if (gradients)
        partita_nn_add(crew->shards[i].gradients,
                       crew->shards[i + stride].gradients, crew->n_parameters);
    }
  return crew->shards[0].nll;
}

double
partita_crew_run(PartitaCrew *crew,
                 const PartitaChunk *chunk,
                 uint64_t step,
                 PartitaReal **gradients)
{
  hand_out(crew, chunk, step, gradients != NULL);
  run_shards(crew);
  if (gradients != NULL)
    *gradients = crew->shards[0].gradients;
  return sum_shards(crew, gradients != NULL);
}

size_t
partita_crew_get_state_size(const PartitaCrew *crew)
{
  return crew->n_shards *
         partita_model_worker_get_state_size(crew->shards[0].worker);
}

void
partita_crew_get_state(const PartitaCrew *crew, PartitaReal *state)
{
  const size_t size =
    partita_model_worker_get_state_size(crew->shards[0].worker);

  for (size_t i = 0; i < crew->n_shards; ++i)
    partita_model_worker_get_state(crew->shards[i].worker, state + i * size);
}

void
partita_crew_set_state(PartitaCrew *crew, const PartitaReal *state)
{
  const size_t size =
    partita_model_worker_get_state_size(crew->shards[0].worker);

  for (size_t i = 0; i < crew->n_shards; ++i)
    partita_model_worker_set_state(crew->shards[i].worker, state + i * size);
}

double
partita_crew_evaluate(PartitaCrew *crew,
                      const PartitaCorpus *corpus,
                      const GArray *pieces,
                      const PartitaTrainSettings *settings)
{
  g_autoptr(PartitaStream) stream =
    partita_stream_new(corpus, pieces, settings, false);
  g_autofree PartitaReal *state =
    g_new(PartitaReal, partita_crew_get_state_size(crew));
  double nll = 0.0, n = 0.0;

  partita_crew_get_state(crew, state);
  for (;;) {
    const PartitaChunk *chunk = partita_stream_next(stream);

    if (chunk->n_targets == 0)
      break;
    nll += partita_crew_run(crew, chunk, 0, NULL);
    n += (double)chunk->n_targets;
  }
  partita_crew_set_state(crew, state);
  return n > 0.0 ? nll / n : (double)NAN;
}
