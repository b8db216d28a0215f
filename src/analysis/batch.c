// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <analysis/analysis-private.h>

#include <math.h>
#include <model/model-private.h>
#include <string.h>

typedef struct {
  GArray *ids; // uint16_t
  PartitaGrammar *grammar;
} Row;

static void
rows_init(const PartitaBatch *batch, Row *rows)
{
  for (size_t i = 0; i < batch->n_pieces; ++i) {
    rows[i].ids = partita_reading_get_ids(batch->reading, batch->pieces[i]);
    rows[i].grammar = partita_grammar_new(batch->reading->scheme);
  }
}

static void
rows_clear(const PartitaBatch *batch, Row *rows)
{
  for (size_t i = 0; i < batch->n_pieces; ++i) {
    g_array_unref(rows[i].ids);
    partita_grammar_free(rows[i].grammar);
  }
}

static size_t
find_longest(const PartitaBatch *batch, const Row *rows)
{
  size_t longest = 0;

  for (size_t i = 0; i < batch->n_pieces; ++i)
    longest = MAX(longest, rows[i].ids->len);
  return longest;
}

/* -log softmax(logits)[target], in double. */
static double
measure(const float *logits, size_t n, uint16_t target, bool *hit)
{
  size_t likeliest = 0;
  double sum = 0.0;

  for (size_t i = 1; i < n; ++i)
    likeliest = logits[i] > logits[likeliest] ? i : likeliest;

  const double top = (double)logits[likeliest];

  for (size_t i = 0; i < n; ++i)
    sum += exp((double)logits[i] - top);
  *hit = likeliest == target;
  return log(sum) + top - (double)logits[target];
}

/// Whether the row still has an id to read and one to predict.
static bool
reads_at(const Row *row, size_t at)
{
  return at + 1 < row->ids->len;
}

/// A row that has come to its end reads anything: it counts no more.
static void
fill(const PartitaBatch *batch, Row *rows, size_t at, uint16_t *inputs)
{
  const size_t width = batch->reading->n_fields + 1;

  memset(inputs, 0, batch->n_pieces * width * sizeof *inputs);
  for (size_t i = 0; i < batch->n_pieces; ++i) {
    uint16_t *input = inputs + i * width;

    if (!reads_at(&rows[i], at))
      continue;
    input[0] = g_array_index(rows[i].ids, uint16_t, at);
    partita_grammar_push(rows[i].grammar, input[0]);
    partita_grammar_get_fields(rows[i].grammar, input + 1);
  }
}

static void
count(PartitaTally *tally, double nll, bool hit)
{
  tally->nll += nll;
  tally->hits += hit;
  ++tally->tokens;
}

static void
score(PartitaBatch *batch, const Row *rows, size_t at, const float *logits)
{
  const size_t vocab = batch->reading->vocab;

  for (size_t i = 0; i < batch->n_pieces; ++i) {
    if (!reads_at(&rows[i], at))
      continue;

    const uint16_t target = g_array_index(rows[i].ids, uint16_t, at + 1);
    bool hit = false;
    const double nll = measure(logits + i * vocab, vocab, target, &hit);

    count(&batch->tallies[batch->reading->type_of[target]], nll, hit);
    count(&batch->by_piece[i], nll, hit);
  }
}

void
partita_batch_run(PartitaBatch *batch)
{
  const PartitaReading *reading = batch->reading;
  const size_t n = batch->n_pieces;
  Row rows[PARTITA_EVALUATE_ROWS];
  g_autofree uint16_t *inputs = g_new(uint16_t, n * (reading->n_fields + 1));
  g_autofree float *logits = g_new(float, n * reading->vocab);
  g_autoptr(PartitaModelState) state =
    partita_model_state_new_learnt(reading->model, n);

  memset(batch->tallies, 0, sizeof batch->tallies);
  memset(batch->by_piece, 0, sizeof batch->by_piece);
  rows_init(batch, rows);

  const size_t longest = find_longest(batch, rows);

  for (size_t at = 0;
       at + 1 < longest && !g_cancellable_is_cancelled(batch->cancellable);
       ++at) {
    fill(batch, rows, at, inputs);
    partita_model_step(state, inputs, logits);
    score(batch, rows, at, logits);
  }
  rows_clear(batch, rows);
}
