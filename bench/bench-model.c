// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of an LSTM: training steps by each backend beside what their matrix
 * products alone take by it (the same products, the same threads), and beside
 * what they would at the backend's speed in one large product; generation
 * beside one pass over the weights in memory. */

#include <model/lstm-products.h>
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
  PartitaLstmProducts products;
  PartitaNnProduct *square;
  PartitaNnOperand scratch[3]; ///< of the products alone
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
  const Shard *const shard = data;

  partita_nn_product_run(shard->square, &shard->scratch[0], NULL,
                         shard->scratch[2].real);
  return NULL;
}

/// A product of all steps at once, forward and its two backward.
static void
run_whole(const Shard *shard, const PartitaModelLinear *linear)
{
  const PartitaNnOperand *const s = shard->scratch;

  partita_nn_product_run(linear->forward, &s[0], NULL, s[2].real);
  partita_nn_product_run(linear->gradient, &s[2], &s[0], s[1].real);
  partita_nn_product_run(linear->back, &s[2], NULL, s[0].real);
}

static void
run_recurrent(const Shard *shard, const PartitaModelLinear *linear)
{
  const PartitaNnOperand *const s = shard->scratch;
  const size_t n = shard->rows * config.hidden;

  for (size_t t = 0; t < STEPS; ++t) {
    const PartitaNnOperand h = partita_nn_operand_at(s[0], t * n);

    partita_nn_product_run(linear->forward, &h, NULL, s[2].real + t * 4 * n);
  }
  for (size_t t = STEPS; t-- > 1;) {
    const PartitaNnOperand gates = partita_nn_operand_at(s[2], t * 4 * n);

    partita_nn_product_run(linear->back, &gates, NULL, s[0].real);
  }
  partita_nn_product_run(linear->gradient, &s[2], &s[0], s[1].real);
}

static void *
run_products(void *data)
{
  const Shard *const shard = data;

  for (size_t l = 0; l < config.layers; ++l) {
    run_whole(shard, &shard->products.layer[l].input);
    run_recurrent(shard, &shard->products.layer[l].recurrent);
  }
  run_whole(shard, &shard->products.head);
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
  const size_t size = MAX(STEPS * rows * 4 * config.hidden, SQUARE * SQUARE);
  PartitaModelPlan plan = {.backend = model->backend, .training = true};
  PartitaLstmView view;

  *shard = (Shard){.model = model, .rows = rows, .shard = number};
  shard->worker = partita_model_worker_new(model, rows, STEPS);
  shard->gradients = g_new0(PartitaReal, partita_model_get_n_parameters(model));
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i)
    shard->scratch[i] = (PartitaNnOperand){.real = g_new0(PartitaReal, size),
                                           .half = g_new0(uint16_t, size)};
  partita_lstm_view(model, model->parameters, &view);
  partita_lstm_products_plan(&shard->products, &plan, &config, rows, STEPS);
  partita_lstm_products_set_weights(&shard->products, &view, true);
  shard->square = partita_nn_product_new(model->backend, PARTITA_NN_PLAIN, true,
                                         SQUARE, SQUARE, SQUARE);
  partita_nn_product_set_weights(shard->square, shard->scratch[1].real);
}

static void
tear_down(Shard *shard)
{
  partita_model_worker_free(shard->worker);
  partita_lstm_products_clear(&shard->products);
  partita_nn_product_free(shard->square);
  g_free(shard->gradients);
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i) {
    g_free(shard->scratch[i].real);
    g_free(shard->scratch[i].half);
  }
}

static void
bench_training(const PartitaNnBackend *backend, size_t workers)
{
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);
  const double tokens = STEPS * BATCH;
  const double flops = 6.0 * (double)count_weights();
  Shard shards[2];

  partita_model_set_backend(model, backend);
  for (uint32_t s = 0; s < workers; ++s)
    set_up(&shards[s], model, workers, s);

  const double square = time_shards(run_square, shards, workers);
  const double products = time_shards(run_products, shards, workers);
  const double shard_time = time_shards(run_shard, shards, workers);
  const double optimizer = time_optimizer(model, shards, workers);
  const double step = shard_time + optimizer;
  const double rate = (double)workers * 2.0 * SQUARE * SQUARE * SQUARE / square;

  g_print("train\tlstm=%zu/%zux%zu\tcontext=%d\tbatch=%d\tworkers=%zu\t"
          "backend=%s\ttokens_per_s=%.0f\tproducts_tokens_per_s=%.0f\t"
          "share=%.3f\tsquare_gflops=%.0f\tsquare_tokens_per_s=%.0f\t"
          "square_share=%.3f\toptimizer_ms=%.1f\n",
          config.width, config.layers, config.hidden, STEPS, BATCH, workers,
          partita_nn_backend_get_name(backend), tokens / step,
          tokens / products, products / step, rate * 1e-9, rate / flops,
          tokens / step / (rate / flops), optimizer * 1e3);
  for (size_t s = 0; s < workers; ++s)
    tear_down(&shards[s]);
}

static double
count_bytes(const PartitaNnBackend *backend, size_t n)
{
  return (double)n * (double)(partita_nn_backend_is_half(backend)
                                ? sizeof(uint16_t)
                                : sizeof(PartitaReal));
}

/// Bytes a second of reading a block as large as the weights again and again:
/// one matrix-vector product.
static double
measure_memory(const PartitaNnBackend *backend, size_t n)
{
  const size_t columns = config.hidden;
  const size_t rows = n / columns;
  g_autoptr(PartitaNnProduct) product = partita_nn_product_new(
    backend, PARTITA_NN_TRANSPOSE_B, true, 1, rows, columns);
  g_autofree PartitaReal *block = g_new(PartitaReal, rows * columns);
  g_autofree PartitaReal *x = g_new0(PartitaReal, columns);
  g_autofree uint16_t *x_half = g_new0(uint16_t, columns);
  g_autofree PartitaReal *y = g_new0(PartitaReal, rows);
  const PartitaNnOperand operand = {x, x_half};
  double best = G_MAXDOUBLE;

  for (size_t i = 0; i < rows * columns; ++i)
    block[i] = 1; // pages never written would all be one
  partita_nn_product_set_weights(product, block);
  for (int i = 0; i < GENERATED; ++i) {
    const double start = read_clock();

    partita_nn_product_run(product, &operand, NULL, y);
    best = MIN(best, read_clock() - start);
  }
  return count_bytes(backend, rows * columns) / best;
}

static void
bench_generation(const PartitaNnBackend *backend, size_t rows)
{
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);
  g_autofree float *logits = g_new(float, rows *config.vocab);
  g_autofree uint16_t *inputs = g_new(uint16_t, rows * config.n_fields);
  const double memory = measure_memory(backend, count_weights()) /
                        count_bytes(backend, count_weights());
  double best = G_MAXDOUBLE;

  partita_model_set_backend(model, backend);

  g_autoptr(PartitaModelState) state = partita_model_state_new(model, rows);

  for (size_t i = 0; i < GENERATED / rows; ++i) {
    for (size_t j = 0; j < rows * config.n_fields; ++j)
      inputs[j] = (uint16_t)((i + j) % 16);

    const double start = read_clock();

    partita_model_step(state, inputs, logits);
    best = MIN(best, read_clock() - start);
  }

  const double rate = (double)rows / best;

  g_print("generate\tlstm=%zu/%zux%zu\trows=%zu\tbackend=%s\t"
          "tokens_per_s=%.0f\tmemory_gb_per_s=%.1f\t"
          "memory_tokens_per_s=%.0f\tshare=%.3f\n",
          config.width, config.layers, config.hidden, rows,
          partita_nn_backend_get_name(backend), rate,
          memory * count_bytes(backend, count_weights()) * 1e-9,
          memory * (double)rows, rate / (memory * (double)rows));
}

int
main(void)
{
  g_autoptr(GError) error = NULL;

  if (!partita_nn_init(&error)) {
    g_printerr("bench-model: %s\n", error->message);
    return 1;
  }

  const char *const names[] = {"openblas", "onednn"};

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    const PartitaNnBackend *const backend =
      partita_nn_backend_find(names[i], NULL);

    for (size_t workers = 1; backend != NULL && workers <= 2; ++workers)
      bench_training(backend, workers);
    for (size_t rows = 1; backend != NULL && rows <= 16; rows *= 16)
      bench_generation(backend, rows);
  }
  return 0;
}
