// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <string.h>
#include <train/ranks-private.h>
#include <train/train-private.h>

/// How long to look after transfers at least, microseconds. MPI moves bytes
/// only while it is called.
#define LOOK_US 300

/// What a thread of the pool is given.
typedef struct {
  void (*run)(size_t part, void *data);
  size_t part;
  void *data;
} Job;

typedef struct {
  PartitaCrew *crew;
  PartitaModelWorker *worker;
  PartitaReal *gradients; // shape [size of a vector]
  PartitaModelBatch batch;
  bool wants_gradients;
  double nll;
  size_t settled; // gradients from here on are final
} Shard;

struct PartitaCrew {
  PartitaRanks *ranks;
  size_t n_parameters;
  size_t vector_size; // n_parameters, and what the sum over ranks pads
  size_t n_all;       // shards of all ranks
  size_t first;       // of the own among them
  size_t n_shards;    // own
  Shard *shards;
  Job *jobs;               // shape [n_shards]
  PartitaReal **gradients; // shape [n_shards]: of each
  double *nll;             // shape [n_shards or ranks]
  PartitaSum *sum;         // NULL without ranks
  uint64_t seed;
  GThreadPool *pool; // NULL if the shards are run in turn
  GMutex lock;
  GCond changed; // n_running or a shard's settled
  size_t n_running;
};

static void
run_shard(size_t part, void *data)
{
  PartitaCrew *const crew = data;
  Shard *const shard = &crew->shards[part];
  PartitaReal *gradients = shard->wants_gradients ? shard->gradients : NULL;

  if (gradients != NULL)
    memset(gradients, 0, crew->vector_size * sizeof *gradients);
  shard->nll = partita_model_worker_run(shard->worker, &shard->batch, gradients,
                                        NULL, NULL);
  g_mutex_lock(&crew->lock);
  shard->settled = 0;
  g_mutex_unlock(&crew->lock);
}

static void
settle(size_t offset, void *data)
{
  Shard *shard = data;

  g_mutex_lock(&shard->crew->lock);
  shard->settled = offset;
  g_cond_signal(&shard->crew->changed);
  g_mutex_unlock(&shard->crew->lock);
}

static void
run_in_pool(gpointer data, gpointer user_data)
{
  const Job *const job = data;
  PartitaCrew *const crew = user_data;

  job->run(job->part, job->data);
  g_mutex_lock(&crew->lock);
  --crew->n_running;
  g_cond_signal(&crew->changed);
  g_mutex_unlock(&crew->lock);
}

static size_t
find_settled(const PartitaCrew *crew)
{
  size_t settled = 0;

  for (size_t i = 0; i < crew->n_shards; ++i)
    settled = MAX(settled, crew->shards[i].settled);
  return settled;
}

// Sums over the ranks what is settled while the workers go on. The time only
// says how long to sleep, never what comes out.
static void
sum_meanwhile(PartitaCrew *crew)
{
  size_t settled = crew->n_parameters;

  partita_sum_begin(crew->sum);
  while (!partita_sum_advance(crew->sum, settled)) {
    if (settled == 0) {
      g_thread_yield();
      continue;
    }
    g_mutex_lock(&crew->lock);
    if (find_settled(crew) == settled && partita_sum_is_busy(crew->sum))
      (void)g_cond_wait_until(&crew->changed, &crew->lock,
                              g_get_monotonic_time() + LOOK_US);
    else if (find_settled(crew) == settled)
      g_cond_wait(&crew->changed, &crew->lock);
    settled = find_settled(crew);
    g_mutex_unlock(&crew->lock);
  }
}

/// Runs the parts, one a shard, on the threads of the pool; with @summing
/// this thread sums over the ranks meanwhile.
static void
run_parts(PartitaCrew *crew,
          void (*run)(size_t part, void *data),
          void *data,
          bool summing)
{
  if (crew->pool == NULL) {
    for (size_t i = 0; i < crew->n_shards; ++i)
      run(i, data);
    return;
  }
  crew->n_running = crew->n_shards;
  for (size_t i = 0; i < crew->n_shards; ++i) {
    crew->jobs[i] = (Job){run, i, data};
    g_thread_pool_push(crew->pool, &crew->jobs[i], NULL);
  }
  if (summing)
    sum_meanwhile(crew);
  g_mutex_lock(&crew->lock);
  while (crew->n_running > 0)
    g_cond_wait(&crew->changed, &crew->lock);
  g_mutex_unlock(&crew->lock);
}

static bool
make_shards(PartitaCrew *crew,
            const PartitaModel *model,
            const PartitaTrainSettings *settings)
{
  for (size_t i = 0; i < crew->n_shards; ++i) {
    Shard *shard = &crew->shards[i];

    shard->crew = crew;
    shard->worker = partita_model_worker_new(
      model, settings->rows / settings->shards, settings->context);
    shard->gradients = g_try_new(PartitaReal, crew->vector_size);
    if (shard->worker == NULL || shard->gradients == NULL)
      return false;
    crew->gradients[i] = shard->gradients;
  }
  if (crew->ranks == NULL)
    return true;
  crew->sum = partita_sum_new(crew->ranks, crew->gradients, crew->n_shards,
                              crew->n_parameters);
  return crew->sum != NULL;
}

// The own shards must be one node of the tree.
static bool
take_shards(PartitaCrew *crew, size_t n_all, GError **error)
{
  const size_t n_ranks = partita_ranks_get_size(crew->ranks);
  const size_t n = n_all / n_ranks;

  if (n * n_ranks != n_all || (n_ranks > 1 && (n & (n - 1)) != 0)) {
    g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_OPTIONS,
                "%zu shards for %zu processes: there must be 1, 2, 4, 8, ... "
                "shards a process",
                n_all, n_ranks);
    return false;
  }
  crew->n_all = n_all;
  crew->n_shards = n;
  crew->first = partita_ranks_get_rank(crew->ranks) * n;
  crew->shards = g_new0(Shard, n);
  crew->jobs = g_new0(Job, n);
  crew->gradients = g_new0(PartitaReal *, n);
  crew->nll = g_new0(double, MAX(n, n_ranks));
  return true;
}

// With ranks there is always a pool, for this thread sums meanwhile.
static bool
start_pool(PartitaCrew *crew, unsigned threads, GError **error)
{
  const unsigned wanted = threads > 0 ? threads : g_get_num_processors();
  const size_t used = MIN((size_t)wanted, crew->n_shards);

  if (!partita_nn_check_room((unsigned)used, error))
    return false;
  if (used > 1 || crew->ranks != NULL)
    crew->pool = g_thread_pool_new(run_in_pool, crew, (int)used, TRUE, error);
  return crew->pool != NULL || (used == 1 && crew->ranks == NULL);
}

PartitaCrew *
partita_crew_new(const PartitaModel *model,
                 const PartitaTrainSettings *settings,
                 unsigned threads,
                 PartitaRanks *ranks,
                 GError **error)
{
  g_autoptr(PartitaCrew) crew = g_new0(PartitaCrew, 1);

  g_mutex_init(&crew->lock);
  g_cond_init(&crew->changed);
  crew->ranks = ranks;
  crew->n_parameters = partita_model_get_n_parameters(model);
  crew->vector_size = partita_sum_pad(ranks, crew->n_parameters);
  crew->seed = settings->seed;
  if (!take_shards(crew, settings->shards, error))
    return NULL;
  if (!make_shards(crew, model, settings)) {
    g_set_error(error, PARTITA_TRAIN_ERROR, PARTITA_TRAIN_ERROR_MEMORY,
                "no memory for a model of this size");
    return NULL;
  }
  return start_pool(crew, threads, error) ? g_steal_pointer(&crew) : NULL;
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
  partita_sum_free(crew->sum);
  g_free(crew->nll);
  g_free(crew->gradients);
  g_free(crew->shards);
  g_free(crew->jobs);
  g_cond_clear(&crew->changed);
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
    shard->settled = crew->n_parameters;
    shard->batch = (PartitaModelBatch){
      .inputs = chunk->inputs + i * cells * chunk->n_fields,
      .targets = chunk->targets + i * cells,
      .reset = chunk->reset + i * cells,
      .training = training,
      .seed = crew->seed,
      .step = step,
      .shard = (uint32_t)(crew->first + i),
      .scale = 1.0 / (double)MAX(chunk->n_targets, 1u),
      .settled = training && crew->sum != NULL ? settle : NULL,
      .settled_data = shard,
    };
  }
}

static double
sum_nll(PartitaCrew *crew)
{
  const size_t n_ranks = partita_ranks_get_size(crew->ranks);

  for (size_t i = 0; i < crew->n_shards; ++i)
    crew->nll[i] = crew->shards[i].nll;
  partita_sum_numbers(crew->nll, crew->n_shards);
  crew->nll[partita_ranks_get_rank(crew->ranks)] = crew->nll[0];
  partita_ranks_gather(crew->ranks, crew->nll, sizeof *crew->nll, true);
  partita_sum_numbers(crew->nll, n_ranks);
  return crew->nll[0];
}

double
partita_crew_run(PartitaCrew *crew,
                 const PartitaChunk *chunk,
                 uint64_t step,
                 PartitaReal **gradients)
{
  const bool training = gradients != NULL;

  hand_out(crew, chunk, step, training);
  run_parts(crew, run_shard, crew, training && crew->sum != NULL);
  if (training) {
    if (crew->sum == NULL)
      partita_sum_shards(crew->gradients, crew->n_shards, 0,
                         crew->n_parameters);
    *gradients = crew->gradients[0];
  }
  return sum_nll(crew);
}

typedef struct {
  const PartitaCrew *crew;
  size_t n;
  void (*run)(size_t begin, size_t end, void *data);
  void *data;
} Share;

static void
run_share(size_t part, void *data)
{
  const Share *const share = data;
  const size_t parts = share->crew->n_shards;

  share->run(share->n * part / parts, share->n * (part + 1) / parts,
             share->data);
}

void
partita_crew_share(PartitaCrew *crew,
                   size_t n,
                   void (*run)(size_t begin, size_t end, void *data),
                   void *data)
{
  Share share = {crew, n, run, data};

  run_parts(crew, run_share, &share, false);
}

void
partita_crew_limit_stream(const PartitaCrew *crew, PartitaStream *stream)
{
  partita_stream_limit(stream, crew->first, crew->n_shards);
}

static size_t
measure_shard(const PartitaCrew *crew)
{
  return partita_model_worker_get_state_size(crew->shards[0].worker);
}

size_t
partita_crew_get_state_size(const PartitaCrew *crew)
{
  return crew->n_all * measure_shard(crew);
}

static void
get_own_state(const PartitaCrew *crew, PartitaReal *state)
{
  const size_t size = measure_shard(crew);

  for (size_t i = 0; i < crew->n_shards; ++i)
    partita_model_worker_get_state(crew->shards[i].worker,
                                   state + (crew->first + i) * size);
}

void
partita_crew_get_state(const PartitaCrew *crew, PartitaReal *state)
{
  get_own_state(crew, state);
  partita_ranks_gather(crew->ranks, state,
                       crew->n_shards * measure_shard(crew) * sizeof *state,
                       false);
}

void
partita_crew_set_state(PartitaCrew *crew, const PartitaReal *state)
{
  const size_t size = measure_shard(crew);

  for (size_t i = 0; i < crew->n_shards; ++i)
    partita_model_worker_set_state(crew->shards[i].worker,
                                   state + (crew->first + i) * size);
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

  partita_crew_limit_stream(crew, stream);
  get_own_state(crew, state);
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
