// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Speed of generation by each backend: one piece beside one pass over the
 * weights in memory, and many pieces, which share the weights, by one thread
 * and by two, beside what the sums of the products alone allow. */

#include "bench.h"

#define TOKENS 512 // of a piece
#define READS 1000
#define ROWS 16

typedef struct {
  PartitaModelState *state;
  size_t rows;
  size_t tokens;
  float *logits;
  uint16_t *inputs;
} Piece;

static Piece *
new_piece(const PartitaModel *model, size_t rows, size_t tokens)
{
  Piece *const piece = g_new0(Piece, 1);

  piece->state = partita_model_state_new(model, rows);
  piece->rows = rows;
  piece->tokens = tokens;
  piece->logits = g_new(float, rows * model->config.vocab);
  piece->inputs = g_new(uint16_t, rows * model->config.n_fields);
  return piece;
}

static void
free_piece(Piece *piece)
{
  partita_model_state_free(piece->state);
  g_free(piece->logits);
  g_free(piece->inputs);
  g_free(piece);
}

static void
run_piece(void *data)
{
  Piece *const piece = data;
  const size_t n = piece->rows * piece->state->model->config.n_fields;

  partita_model_state_reset(piece->state);
  for (size_t t = 0; t < piece->tokens; ++t) {
    for (size_t i = 0; i < n; ++i)
      piece->inputs[i] = (uint16_t)((t + i) % 16);
    partita_model_step(piece->state, piece->inputs, piece->logits);
  }
}

/// Tokens a second of @threads states of @rows rows each.
static double
measure_rate(const PartitaModel *model,
             size_t threads,
             size_t rows,
             size_t tokens)
{
  void *pieces[BENCH_THREADS_MAX];

  for (size_t i = 0; i < threads; ++i)
    pieces[i] = new_piece(model, rows, tokens);

  const double taken = bench_time(run_piece, pieces, threads).cpu_s;

  for (size_t i = 0; i < threads; ++i)
    free_piece(pieces[i]);
  return (double)(threads * rows * tokens) / taken;
}

static double
count_bytes(const PartitaNnBackend *backend, size_t n)
{
  if (backend == partita_nn_backend_find_int8())
    return (double)n;
  return (double)n * (double)(partita_nn_backend_is_half(backend)
                                ? sizeof(uint16_t)
                                : sizeof(PartitaReal));
}

/// Seconds of one product of a block as large as the weights with @m rows, the
/// best of many: of one row the time of reading it.
static double
measure_product(const PartitaNnBackend *backend, size_t n, size_t m)
{
  const size_t columns = 512;
  const size_t rows = n / columns;
  g_autoptr(PartitaNnProduct) product = partita_nn_product_new(
    backend, PARTITA_NN_TRANSPOSE_B, true, m, rows, columns);
  g_autofree PartitaReal *block = g_new(PartitaReal, rows * columns);
  g_autofree PartitaReal *x = g_new0(PartitaReal, m * columns);
  g_autofree uint16_t *x_half = g_new0(uint16_t, m * columns);
  g_autofree PartitaReal *y = g_new0(PartitaReal, m * rows);
  const PartitaNnOperand operand = {x, x_half};
  double best = G_MAXDOUBLE;

  for (size_t i = 0; i < rows * columns; ++i)
    block[i] = 1; // pages never written would all be one
  partita_nn_product_set_weights(product, block);
  for (int i = 0; i < READS; ++i) {
    const double start = bench_read_clock();

    partita_nn_product_run(product, &operand, NULL, y);
    best = MIN(best, bench_read_clock() - start);
  }
  return best * (double)n / (double)(rows * columns);
}

static void
bench_generation(const BenchCase *bench, const PartitaNnBackend *backend)
{
  g_autoptr(PartitaModel) model = partita_model_new(&bench->config, 1);
  const size_t n = bench_count_weights(&bench->config);
  const double bound = 1.0 / measure_product(backend, n, 1);
  const double sums = ROWS / measure_product(backend, n, ROWS / 2);

  partita_model_set_backend(model, backend);

  const double one = measure_rate(model, 1, 1, TOKENS);
  const double many = measure_rate(model, 1, ROWS, TOKENS);
  const double shared = measure_rate(model, 2, ROWS / 2, TOKENS);

  g_print("generate\tmodel=%s\tbackend=%s\ttokens_per_s=%.0f\t"
          "memory_gb_per_s=%.1f\tmemory_tokens_per_s=%.0f\tshare=%.3f\t"
          "long_tokens_per_s=%.0f\trows_16_tokens_per_s=%.0f\ttimes=%.1f\t"
          "rows_2x8_tokens_per_s=%.0f\ttimes=%.1f\tsums_tokens_per_s=%.0f\t"
          "share=%.3f\n",
          bench->name, partita_nn_backend_get_name(backend), one,
          bound * count_bytes(backend, n) * 1e-9, bound, one / bound,
          measure_rate(model, 1, 1, 4 * TOKENS), many, many / one, shared,
          shared / one, sums, shared / sums);
}

int
main(void)
{
  const PartitaNnBackend *const backends[] = {
    partita_nn_backend_find("openblas", NULL),
    partita_nn_backend_find("onednn", NULL),
    partita_nn_backend_find_int8(),
  };
  g_autoptr(GError) error = NULL;

  if (!partita_nn_init(&error)) {
    g_printerr("bench-generate: %s\n", error->message);
    return 1;
  }
  for (size_t i = 0; i < BENCH_CASES * G_N_ELEMENTS(backends); ++i)
    if (backends[i % G_N_ELEMENTS(backends)] != NULL)
      bench_generation(&bench_cases[i / G_N_ELEMENTS(backends)],
                       backends[i % G_N_ELEMENTS(backends)]);
  return 0;
}
