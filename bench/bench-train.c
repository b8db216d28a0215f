// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of learning: steps by each backend beside what their matrix products
 * alone take by it on as many threads, and beside what these would take at
 * the speed of one large product. And the memory of a large model. */

#include "bench.h"

#include <partita/attention.h>
#include <string.h>

#define SQUARE 1024
#define PRODUCTS_MAX 128

/// A product and how often a step runs it.
typedef struct {
  PartitaNnProduct *product;
  size_t times;
} Part;

typedef struct {
  const BenchCase *bench;
  PartitaModel *model;
  PartitaModelWorker *worker;
  PartitaModelBatch batch;
  size_t rows;
  PartitaReal *gradients;
  Part parts[PRODUCTS_MAX];
  size_t n_parts;
  double flops; ///< of all parts
  PartitaNnProduct *square;
  PartitaNnOperand scratch[3]; ///< of the products alone
  size_t scratch_size;         ///< in numbers
} Shard;

static void
add_part(Shard *shard,
         unsigned flags,
         bool weights,
         size_t m,
         size_t n,
         size_t k,
         size_t times)
{
  PartitaNnProduct *const product =
    partita_nn_product_new(shard->model->backend, flags, weights, m, n, k);

  g_assert_cmpuint(shard->n_parts, <, PRODUCTS_MAX);
  g_assert_cmpuint(MAX(MAX(m * k, k * n), m * n), <=, shard->scratch_size);
  if (weights)
    partita_nn_product_set_weights(product, shard->scratch[1].real);
  shard->parts[shard->n_parts++] = (Part){product, times};
  shard->flops += 2.0 * (double)(m * n * k * times);
}

/// Forward and back of @rows rows, @forward and @back times, and the gradient
/// of the weights once for all.
static void
add_linear(Shard *shard,
           size_t rows,
           size_t outputs,
           size_t inputs,
           size_t forward,
           size_t back)
{
  const size_t all = rows * forward;

  add_part(shard, PARTITA_NN_TRANSPOSE_B, true, rows, outputs, inputs, forward);
  add_part(shard, PARTITA_NN_PLAIN, true, rows, inputs, outputs, back);
  add_part(shard, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false,
           outputs, inputs, all, 1);
}

static void
add_lstm(Shard *shard)
{
  const PartitaModelConfig *const config = &shard->bench->config;
  const size_t steps = shard->bench->steps;
  const size_t all = steps * shard->rows;

  for (size_t l = 0; l < config->layers; ++l) {
    add_linear(shard, all, 4 * config->hidden,
               l == 0 ? config->width : config->hidden, 1, 1);
    add_linear(shard, shard->rows, 4 * config->hidden, config->hidden, steps,
               steps - 1);
  }
  add_linear(shard, all, config->vocab, config->hidden, 1, 1);
}

static void
add_transformer(Shard *shard)
{
  enum { BLOCK = PARTITA_NN_ATTENTION_BLOCK };
  const PartitaModelConfig *const config = &shard->bench->config;
  const size_t steps = shard->bench->steps;
  const size_t width = config->width;
  const size_t dim = width / config->heads;
  const size_t n = (steps / BLOCK) * (steps / BLOCK + 1) / 2 * config->heads;
  const size_t first = shard->n_parts;

  for (size_t l = 0; l < config->layers; ++l) {
    add_linear(shard, steps, 3 * width, width, 1, 1);
    add_linear(shard, steps, width, width, 1, 1);
    add_linear(shard, steps, config->hidden, width, 1, 1);
    add_linear(shard, steps, width, config->hidden, 1, 1);
    // Of each block scores, twice, and the gradient of shares; what follows
    // from them forward and back.
    add_part(shard, PARTITA_NN_TRANSPOSE_B, false, BLOCK, BLOCK, dim, 3 * n);
    add_part(shard, PARTITA_NN_ACCUMULATE, false, BLOCK, dim, BLOCK, 2 * n);
    add_part(shard, PARTITA_NN_TRANSPOSE_A | PARTITA_NN_ACCUMULATE, false,
             BLOCK, dim, BLOCK, 2 * n);
  }
  add_linear(shard, steps, config->vocab, width, 1, 1);
  for (size_t i = first; i < shard->n_parts; ++i)
    shard->parts[i].times *= shard->rows; // one row after the other
  shard->flops *= (double)shard->rows;
}

static void
run_square(void *data)
{
  Shard *const shard = data;

  partita_nn_product_run(shard->square, &shard->scratch[0], NULL,
                         shard->scratch[2].real);
}

static void
run_products(void *data)
{
  Shard *const shard = data;
  const PartitaNnOperand *const s = shard->scratch;

  for (size_t i = 0; i < shard->n_parts; ++i)
    for (size_t j = 0; j < shard->parts[i].times; ++j)
      partita_nn_product_run(shard->parts[i].product, &s[0], &s[1], s[2].real);
}

static void
run_worker(void *data)
{
  Shard *const shard = data;

  memset(shard->gradients, 0,
         sizeof(PartitaReal) * partita_model_get_n_parameters(shard->model));
  (void)partita_model_worker_run(shard->worker, &shard->batch, shard->gradients,
                                 NULL, NULL);
  ++shard->batch.step;
}

static void
make_batch(Shard *shard, uint32_t number)
{
  const PartitaModelConfig *const config = &shard->bench->config;
  const size_t n = shard->bench->steps * shard->rows;
  uint16_t *const inputs = g_new(uint16_t, n * config->n_fields);
  int32_t *const targets = g_new(int32_t, n);

  for (size_t i = 0; i < n; ++i) {
    targets[i] = (int32_t)(i * 7 % config->vocab);
    for (size_t f = 0; f < config->n_fields; ++f)
      inputs[i * config->n_fields + f] =
        (uint16_t)(i * (f + 3) % config->field_size[f]);
  }
  shard->batch = (PartitaModelBatch){
    .inputs = inputs,
    .targets = targets,
    .reset = g_new0(uint8_t, n),
    .training = true,
    .shard = number,
    .scale = 1.0 / (double)(shard->bench->steps * shard->bench->rows),
  };
}

static Shard *
new_shard(const BenchCase *bench,
          PartitaModel *model,
          size_t rows,
          uint32_t number)
{
  const PartitaModelConfig *const config = &bench->config;
  Shard *const shard = g_new0(Shard, 1);

  shard->bench = bench;
  shard->model = model;
  shard->rows = rows;
  shard->worker = partita_model_worker_new(model, rows, bench->steps);
  shard->gradients = g_new0(PartitaReal, partita_model_get_n_parameters(model));
  shard->scratch_size =
    MAX(bench->steps * rows * 4 * config->hidden, SQUARE * SQUARE);
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i)
    shard->scratch[i] =
      (PartitaNnOperand){.real = g_new0(PartitaReal, shard->scratch_size),
                         .half = g_new0(uint16_t, shard->scratch_size)};
  make_batch(shard, number);
  if (config->heads > 0)
    add_transformer(shard);
  else
    add_lstm(shard);
  shard->square = partita_nn_product_new(model->backend, PARTITA_NN_PLAIN, true,
                                         SQUARE, SQUARE, SQUARE);
  partita_nn_product_set_weights(shard->square, shard->scratch[1].real);
  return shard;
}

static void
free_shard(Shard *shard)
{
  partita_model_worker_free(shard->worker);
  partita_nn_product_free(shard->square);
  for (size_t i = 0; i < shard->n_parts; ++i)
    partita_nn_product_free(shard->parts[i].product);
  for (size_t i = 0; i < G_N_ELEMENTS(shard->scratch); ++i) {
    g_free(shard->scratch[i].real);
    g_free(shard->scratch[i].half);
  }
  g_free((void *)shard->batch.inputs);
  g_free((void *)shard->batch.targets);
  g_free((void *)shard->batch.reset);
  g_free(shard->gradients);
  g_free(shard);
}

/// Seconds for the sum of the shards' gradients, the clip and AdamW.
static double
time_optimizer(PartitaModel *model, void *const *shards, size_t n_shards)
{
  const size_t n = partita_model_get_n_parameters(model);
  const PartitaNnAdamw settings = {.learning_rate = 1e-3,
                                   .beta1 = 0.9,
                                   .beta2 = 0.99,
                                   .epsilon = 1e-8,
                                   .weight_decay = 0.01};
  PartitaReal *const sum = ((const Shard *)shards[0])->gradients;
  g_autofree PartitaReal *m = g_new0(PartitaReal, n);
  g_autofree PartitaReal *v = g_new0(PartitaReal, n);
  double best = G_MAXDOUBLE;

  for (uint64_t step = 1; step <= 4; ++step) {
    const double start = bench_read_clock();

    for (size_t s = 1; s < n_shards; ++s)
      partita_nn_add(sum, ((const Shard *)shards[s])->gradients, n);
    (void)partita_nn_clip(sum, n, 1.0);
    partita_nn_adamw(partita_model_get_parameters(model), sum, m, v, n, step,
                     &settings);
    best = MIN(best, bench_read_clock() - start);
  }
  return best;
}

static void
bench_training(const BenchCase *bench,
               const PartitaNnBackend *backend,
               size_t threads)
{
  g_autoptr(PartitaModel) model = partita_model_new(&bench->config, 1);
  const double tokens = (double)(bench->steps * bench->rows);
  void *shards[BENCH_THREADS_MAX];

  partita_model_set_backend(model, backend);
  for (uint32_t s = 0; s < threads; ++s)
    shards[s] = new_shard(bench, model, bench->rows / threads, s);

  const BenchTime worker = bench_time(run_worker, shards, threads);
  const double products = bench_time(run_products, shards, threads).cpu_s;
  const double square = bench_time(run_square, shards, threads).cpu_s;
  const double optimizer = time_optimizer(model, shards, threads);
  const double step = worker.cpu_s + optimizer;
  const double flops_per_s = 2.0 * SQUARE * SQUARE * SQUARE / square;
  const double peak = ((const Shard *)shards[0])->flops / flops_per_s;

  g_print("train\tmodel=%s\tbackend=%s\tthreads=%zu\ttokens_per_s=%.0f\t"
          "wall_tokens_per_s=%.0f\tproducts_tokens_per_s=%.0f\tshare=%.3f\t"
          "gflops_per_thread=%.0f\tpeak_tokens_per_s=%.0f\tpeak_share=%.3f\t"
          "optimizer_ms=%.1f\n",
          bench->name, partita_nn_backend_get_name(backend), threads,
          tokens / step, tokens / (worker.wall_s + optimizer),
          tokens / products, products / step, flops_per_s * 1e-9, tokens / peak,
          peak / step, optimizer * 1e3);
  for (size_t s = 0; s < threads; ++s)
    free_shard(shards[s]);
}

/// Of one worker that takes the whole batch, and of the run around it:
/// weights, gradients and AdamW's two moments.
static void
bench_memory(const BenchCase *bench, const PartitaNnBackend *backend)
{
  const double mib = 1.0 / (1 << 20);
  const size_t worker = partita_model_worker_measure(&bench->config, backend,
                                                     bench->rows, bench->steps);
  size_t n = 0;

  g_assert_true(partita_model_config_check(&bench->config, &n));
  g_print("memory\tmodel=%s\tbackend=%s\tcontext=%zu\tbatch=%zu\t"
          "worker_mib=%.0f\tparameters_mib=%.0f\n",
          bench->name, partita_nn_backend_get_name(backend), bench->steps,
          bench->rows, (double)worker * mib,
          4.0 * (double)(n * sizeof(PartitaReal)) * mib);
}

int
main(int argc, char **argv)
{
  static const char *const names[] = {"openblas", "onednn"};
  g_autoptr(GError) error = NULL;

  if (!partita_nn_init(&error)) {
    g_printerr("bench-train: %s\n", error->message);
    return 1;
  }
  for (size_t i = 0; i < BENCH_CASES * G_N_ELEMENTS(names); ++i) {
    const BenchCase *const bench = &bench_cases[i / G_N_ELEMENTS(names)];
    const PartitaNnBackend *const backend =
      partita_nn_backend_find(names[i % G_N_ELEMENTS(names)], NULL);

    if (argc > 1 && strstr(bench->name, argv[1]) == NULL)
      continue;
    for (size_t threads = 1; backend != NULL && threads <= 2; ++threads)
      bench_training(bench, backend, threads);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    const PartitaNnBackend *const backend =
      partita_nn_backend_find(names[i], NULL);

    if (backend != NULL)
      bench_memory(&bench_base, backend);
  }
  return 0;
}
