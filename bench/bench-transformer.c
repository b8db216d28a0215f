// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of a Transformer of size small: training steps beside what their
 * matrix products alone take (the same products, the same threads) and beside
 * sgemm at its best, and generation beside one pass over the weights in
 * memory. */

#include <model/model-private.h>
#include <partita/attention.h>
#include <string.h>
#include <time.h>

#define STEPS 512
#define BATCH 16
#define REPEATS 4
#define READS 2000
#define SQUARE 1024

static const PartitaModelConfig config = {
  .architecture = "transformer",
  .vocab = 512,
  .n_fields = 4,
  .field_size = {512, 64, 16, 16},
  .width = 256,
  .hidden = 1024,
  .layers = 6,
  .heads = 4,
  .context = STEPS,
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

/// Weights of all products but for those of attention.
static size_t
count_weights(void)
{
  return config.layers * (4 * config.width * config.width +
                          2 * config.width * config.hidden) +
         config.vocab * config.width;
}

/// Multiplications and additions of a training step for each token; attention
/// takes 2 products forward and 5 back over the half of the square it sees.
static double
count_flops(void)
{
  return 6.0 * (double)count_weights() +
         7.0 * 2.0 * (double)(config.layers * config.width) * STEPS / 2.0;
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

/// The products of attention, block by block.
static void
run_attention(const Shard *shard)
{
  enum { BLOCK = PARTITA_NN_ATTENTION_BLOCK };
  const size_t dim = config.width / config.heads;
  PartitaReal *const block = shard->scratch[2];

  for (size_t i = 0; i < shard->rows * config.heads; ++i) {
    PartitaReal *const a = shard->scratch[0] + i * STEPS * dim;
    PartitaReal *const b = shard->scratch[1] + i * STEPS * dim;

    for (size_t q = 0; q < STEPS; q += BLOCK)
      for (size_t k = 0; k <= q; k += BLOCK)
        for (int j = 0; j < 7; ++j)
          if (j < 3) // scores, twice, and the gradients of shares
            partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, BLOCK, BLOCK, dim,
                            a + q * dim, b + k * dim, block);
          else
            partita_nn_gemm((j < 5 ? PARTITA_NN_TRANSPOSE_A : 0u) |
                              PARTITA_NN_ACCUMULATE,
                            BLOCK, dim, BLOCK, block, a + q * dim, b + k * dim);
  }
}

static void *
run_products(void *data)
{
  const Shard *const shard = data;
  const size_t width = config.width;
  const size_t hidden = config.hidden;

  for (size_t l = 0; l < config.layers; ++l) {
    run_whole(shard, 3 * width, width);
    run_attention(shard);
    run_whole(shard, width, width);
    run_whole(shard, hidden, width);
    run_whole(shard, width, hidden);
  }
  run_whole(shard, config.vocab, width);
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
  const double tokens = (STEPS * BATCH);
  const double flops = count_flops();
  Shard shards[2];

  for (uint32_t s = 0; s < workers; ++s)
    set_up(&shards[s], model, workers, s);

  const double square = time_shards(run_square, shards, workers);
  const double products = time_shards(run_products, shards, workers);
  const double shard_time = time_shards(run_shard, shards, workers);
  const double optimizer = time_optimizer(model, shards, workers);
  const double step = shard_time + optimizer;
  const double rate = (double)workers * 2.0 * SQUARE * SQUARE * SQUARE / square;

  g_print("train\ttransformer=%zu/%zux%zu\tcontext=%d\tbatch=%d\tworkers=%zu\t"
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
  const size_t columns = config.width;
  const size_t rows = n / columns;
  g_autofree PartitaReal *block = g_new(PartitaReal, rows * columns);
  g_autofree PartitaReal *x = g_new0(PartitaReal, columns);
  g_autofree PartitaReal *y = g_new0(PartitaReal, rows);
  double best = G_MAXDOUBLE;

  for (size_t i = 0; i < rows * columns; ++i)
    block[i] = 1; // pages never written would all be one
  for (int i = 0; i < READS; ++i) {
    const double start = read_clock();

    partita_nn_gemm(PARTITA_NN_TRANSPOSE_B, 1, rows, columns, x, block, y);
    best = MIN(best, read_clock() - start);
  }
  return (double)(rows * columns) * sizeof *block / best;
}

/// Seconds for a piece of @steps tokens.
static double
time_piece(PartitaModelState *state, size_t steps, float *logits)
{
  const double start = read_clock();

  partita_model_state_reset(state);
  for (size_t i = 0; i < steps; ++i) {
    const uint16_t inputs[] = {(uint16_t)(i % 512), (uint16_t)(i % 64),
                               (uint16_t)(i % 16), 0};

    partita_model_step(state, inputs, logits);
  }
  return read_clock() - start;
}

static void
bench_generation(void)
{
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
  g_autofree float *logits = g_new(float, config.vocab);
  const size_t n = count_weights();
  const double bytes = (double)n * sizeof(PartitaReal);
  const double memory = measure_memory(n);
  const size_t lengths[] = {STEPS, 4 * STEPS};
  double rates[] = {0.0, 0.0};

  // The second piece is longer than what a Transformer sees at once.
  for (size_t i = 0; i < G_N_ELEMENTS(lengths); ++i)
    for (int j = 0; j < REPEATS; ++j) {
      const double s = time_piece(state, lengths[i], logits);

      rates[i] = MAX(rates[i], (double)lengths[i] / s);
    }
  g_print("generate\ttransformer=%zu/%zux%zu\trows=1\ttokens_per_s=%.0f\t"
          "memory_gb_per_s=%.1f\tmemory_tokens_per_s=%.0f\tshare=%.3f\t"
          "long_tokens_per_s=%.0f\n",
          config.width, config.layers, config.hidden, rates[0], memory * 1e-9,
          memory / bytes, rates[0] / (memory / bytes), rates[1]);
}

int
main(void)
{
  g_autoptr(GError) error = NULL;

  if (!partita_nn_init(&error)) {
    g_printerr("bench-transformer: %s\n", error->message);
    return 1;
  }
  bench_training(1);
  bench_training(2);
  bench_generation();
  return 0;
}
