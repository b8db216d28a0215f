// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of an LSTM: training steps beside what their matrix products alone
 * take (the same products, the same threads) and beside sgemm at its best,
 * and generation beside one pass over the weights in memory. */

#include <model/model-private.h>
#include <string.h>
#include <time.h>

#define STEPS 256
#define BATCH 32
#define REPEATS 4
#define GENERATED 2000
#define SQUARE 1024

static const PartitaModelConfig config = {
  .architecture = "lstm",
  .vocab = 512,
  .n_fields = 4,
  .field_size = {512, 64, 16, 16},
  .width = 256,
  .hidden = 512,
  .layers = 2,
  .dropout = 0.1,
};

typedef struct {
  PartitaModel *model;
  PartitaModelWorker *worker;
  size_t rows;
  uint32_t shard;
  uint64_t step;
  PartitaReal *gradients;
  PartitaReal *scratch[3]; ///< of the products alone
} Shard;

static double
read_clock(void)
{
  struct timespec now;

  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t
count_weights(void)
{
  return 4 * config.hidden * (config.width + config.hidden) +
         (config.layers - 1) * 8 * config.hidden * config.hidden +
         config.vocab * config.hidden;
}

static void *
run_square(void *data)
{
  Shard *const shard = data;

  partita_nn_gemm(PARTITA_NN_PLAIN, SQUARE, SQUARE, SQUARE, shard->scratch[0],
                  shard->scratch[1], shard->scratch[2]);
  return NULL;
}

/// A product of all steps at once, forward and its two backward.
static void
run_whole(const Shard *shard, size_t outputs, size_t inputs)
{
  PartitaReal *const *s = shard->scratch;
  const size_t all = STEPS * shard->rows;

  partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, all, outputs, inputs, s[0], s[1],
                  s[2]);
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, outputs,
                  inputs, all, s[2], s[0], s[1]);
  partita_nn_gemm(PARTITA_NN_PLAIN, all, inputs, outputs, s[2], s[1], s[0]);
}

static void
run_recurrent(const Shard *shard)
{
  PartitaReal *const *s = shard->scratch;
  const size_t hidden = config.hidden;
  const size_t n = shard->rows * hidden;

  for (size_t t = 0; t < STEPS; ++t)
    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B | PARTITA_NN_ACCUMULATE, shard->rows,
                    4 * hidden, hidden, s[0] + t * n, s[1], s[2] + t * 4 * n);
  for (size_t t = STEPS; t-- > 1;)
    partita_nn_gemm(PARTITA_NN_PLAIN, shard->rows, hidden, 4 * hidden,
                    s[2] + t * 4 * n, s[1], s[0]);
  partita_nn_gemm(PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, 4 * hidden,
                  hidden, STEPS * shard->rows, s[2], s[0], s[1]);
}

static void *
run_products(void *data)
{
  const Shard *const shard = data;

  for (size_t l = 0; l < config.layers; ++l) {
    run_whole(shard, 4 * config.hidden, l == 0 ? config.width : config.hidden);
    run_recurrent(shard);
  }
  run_whole(shard, config.vocab, config.hidden);
  return NULL;
}

static void *
run_shard(void *data)
{
  Shard *const shard = data;
  const size_t n = STEPS * shard->rows;
  g_autofree uint16_t *inputs = g_new(uint16_t, n * config.n_fields);
  g_autofree int32_t *targets = g_new(int32_t, n);
  g_autofree uint8_t *reset = g_new0(uint8_t, n);
  const PartitaModelBatch batch = {.inputs = inputs,
                                   .targets = targets,
                                   .reset = reset,
                                   .training = true,
                                   .step = shard->step++,
                                   .shard = shard->shard,
                                   .scale = 1.0 / (STEPS * BATCH)};

  for (size_t i = 0; i < n; ++i) {
    targets[i] = (int32_t)(i * 7 % config.vocab);
    for (size_t f = 0; f < config.n_fields; ++f)
      inputs[i * config.n_fields + f] =
        (uint16_t)(i * (f + 3) % config.field_size[f]);
  }
  memset(shard->gradients, 0,
         sizeof(PartitaReal) * partita_model_get_n_parameters(shard->model));
  (void)partita_model_worker_run(shard->worker, &batch, shard->gradients, NULL,
                                 NULL);
  return NULL;
}

/// Seconds for @function on every shard at once, each on its own thread; the
/// best of some runs, for others use the machine too.
static double
time_shards(GThreadFunc function, Shard *shards, size_t n)
{
  double best = G_MAXDOUBLE;

  for (int i = 0; i < REPEATS; ++i) {
    GThread *threads[2] = {NULL};
    const double start = read_clock();

    for (size_t s = 1; s < n; ++s)
      threads[s] = g_thread_new("shard", function, &shards[s]);
    (void)function(&shards[0]);
    for (size_t s = 1; s < n; ++s)
      (void)g_thread_join(threads[s]);
    best = MIN(best, read_clock() - start);
  }
  return best;
}

static double
time_optimizer(PartitaModel *model, Shard *shards, size_t n_shards)
{
  const size_t n = partita_model_get_n_parameters(model);
  const PartitaNnAdamw settings = {.learning_rate = 1e-3,
                                   .beta1 = 0.9,
                                   .beta2 = 0.99,
                                   .epsilon = 1e-8,
                                   .weight_decay = 0.01};
  g_autofree PartitaReal *m = g_new0(PartitaReal, n);
  g_autofree PartitaReal *v = g_new0(PartitaReal, n);
  double start = 0.0;

  for (uint64_t step = 1; step <= 2; ++step) { // the first touches the memory
    start = read_clock();
    for (size_t s = 1; s < n_shards; ++s)
      partita_nn_add(shards[0].gradients, shards[s].gradients, n);
    (void)partita_nn_clip(shards[0].gradients, n, 1.0);
    partita_nn_adamw(partita_model_get_parameters(model), shards[0].gradients,
                     m, v, n, step, &settings);
  }
  return read_clock() - start;
}

static void
set_up(Shard *shard, PartitaModel *model, size_t n_shards, uint32_t number)
{
  const size_t rows = BATCH / n_shards;
  const size_t size = STEPS * rows * 4 * config.hidden;

  *shard = (Shard){.model = model, .rows = rows, .shard = number};
  shard->worker = partita_model_worker_new(model, rows, STEPS);
  shard->gradients = g_new0(PartitaReal, partita_model_get_n_parameters(model));
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i)
    shard->scratch[i] = g_new0(PartitaReal, size);
}

static void
tear_down(Shard *shard)
{
  partita_model_worker_free(shard->worker);
  g_free(shard->gradients);
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i)
    g_free(shard->scratch[i]);
}

static void
bench_training(size_t workers)
{
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);
  const double tokens = STEPS * BATCH;
  const double flops = 6.0 * (double)count_weights();
  Shard shards[2];

  for (uint32_t s = 0; s < workers; ++s)
    set_up(&shards[s], model, workers, s);

  const double square = time_shards(run_square, shards, workers);
  const double products = time_shards(run_products, shards, workers);
  const double shard_time = time_shards(run_shard, shards, workers);
  const double optimizer = time_optimizer(model, shards, workers);
  const double step = shard_time + optimizer;
  const double rate = (double)workers * 2.0 * SQUARE * SQUARE * SQUARE / square;

  g_print("train\tlstm=%zu/%zux%zu\tcontext=%d\tbatch=%d\tworkers=%zu\t"
          "tokens_per_s=%.0f\tproducts_tokens_per_s=%.0f\tshare=%.3f\t"
          "sgemm_gflops=%.0f\tsgemm_tokens_per_s=%.0f\tsgemm_share=%.3f\t"
          "optimizer_ms=%.1f\n",
          config.width, config.layers, config.hidden, STEPS, BATCH, workers,
          tokens / step, tokens / products, products / step, rate * 1e-9,
          rate / flops, tokens / step / (rate / flops), optimizer * 1e3);
  for (size_t s = 0; s < workers; ++s)
    tear_down(&shards[s]);
}

/// Bytes a second of reading a block as large as the weights again and again:
/// one matrix-vector product.
static double
measure_memory(size_t n)
{
  const size_t columns = config.hidden;
  const size_t rows = n / columns;
  g_autofree PartitaReal *block = g_new(PartitaReal, rows * columns);
  g_autofree PartitaReal *x = g_new0(PartitaReal, columns);
  g_autofree PartitaReal *y = g_new0(PartitaReal, rows);
  double best = G_MAXDOUBLE;

  for (size_t i = 0; i < rows * columns; ++i)
    block[i] = 1; // pages never written would all be one
  for (int i = 0; i < GENERATED; ++i) {
    const double start = read_clock();

    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, 1, rows, columns, x, block, y);
    best = MIN(best, read_clock() - start);
  }
  return (double)(rows * columns) * sizeof *block / best;
}

static void
bench_generation(void)
{
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
  g_autofree float *logits = g_new(float, config.vocab);
  const double bytes = (double)count_weights() * sizeof(PartitaReal);
  const double memory = measure_memory(count_weights());
  double best = G_MAXDOUBLE;

  for (int i = 0; i < GENERATED; ++i) {
    const double start = read_clock();
    const uint16_t inputs[] = {(uint16_t)(i % 512), (uint16_t)(i % 64),
                               (uint16_t)(i % 16), 0};

    partita_model_step(state, inputs, logits);
    best = MIN(best, read_clock() - start);
  }

  const double rate = 1.0 / best;

  g_print("generate\tlstm=%zu/%zux%zu\trows=1\ttokens_per_s=%.0f\t"
          "memory_gb_per_s=%.1f\tmemory_tokens_per_s=%.0f\tshare=%.3f\n",
          config.width, config.layers, config.hidden, rate, memory * 1e-9,
          memory / bytes, rate / (memory / bytes));
}

int
main(void)
{
  g_autoptr(GError) error = NULL;

  if (!partita_nn_init(&error)) {
    g_printerr("bench-model: %s\n", error->message);
    return 1;
  }
  bench_training(1);
  bench_training(2);
  bench_generation();
  return 0;
}
