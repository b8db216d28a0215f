// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <analysis/analysis-private.h>

#include <math.h>
#include <partita/nn.h>

typedef struct {
  GArray *pieces;  // size_t: the longest first
  GArray *batches; // PartitaBatch
  size_t n_done;   // pieces
  GMutex lock;
  GCond changed;
} Run;

typedef struct {
  size_t piece;
  size_t n; // tokens
} Length;

// Longest first, so that the rows of a batch come to their end together.
static int
compare_lengths(const void *a, const void *b)
{
  const Length *x = a;
  const Length *y = b;

  if (x->n != y->n)
    return x->n > y->n ? -1 : 1;
  return (x->piece > y->piece) - (x->piece < y->piece);
}

/// (transfer full) (element-type size_t)
static GArray *
list_pieces(const PartitaCorpus *corpus, PartitaSplit split, size_t tokens_max)
{
  size_t left = tokens_max > 0 ? tokens_max : G_MAXSIZE;
  g_autoptr(GArray) lengths = g_array_new(FALSE, FALSE, sizeof(Length));
  GArray *pieces = g_array_new(FALSE, FALSE, sizeof(size_t));

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    const Length length = {.piece = i, .n = piece.n};

    if ((split != PARTITA_SPLIT_ALL &&
         piece.valid != (split == PARTITA_SPLIT_VALID)) ||
        piece.n > left)
      continue;
    left -= piece.n;
    g_array_append_val(lengths, length);
  }
  g_array_sort(lengths, compare_lengths);
  for (guint i = 0; i < lengths->len; ++i)
    g_array_append_val(pieces, g_array_index(lengths, Length, i).piece);
  return pieces;
}

static void
run_init(Run *run,
         const PartitaReading *reading,
         const PartitaEvaluateOptions *options)
{
  g_mutex_init(&run->lock);
  g_cond_init(&run->changed);
  run->pieces =
    list_pieces(reading->corpus, options->split, options->tokens_max);
  run->batches = g_array_new(FALSE, TRUE, sizeof(PartitaBatch));
  for (size_t i = 0; i < run->pieces->len; i += PARTITA_EVALUATE_ROWS) {
    const PartitaBatch batch = {
      .reading = reading,
      .pieces = &g_array_index(run->pieces, size_t, i),
      .n_pieces = MIN(run->pieces->len - i, PARTITA_EVALUATE_ROWS),
      .cancellable = options->cancellable,
    };

    g_array_append_val(run->batches, batch);
  }
}

static void
run_clear(Run *run)
{
  g_clear_pointer(&run->pieces, g_array_unref);
  g_clear_pointer(&run->batches, g_array_unref);
  g_mutex_clear(&run->lock);
  g_cond_clear(&run->changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
run_batch(gpointer data, gpointer user_data)
{
  PartitaBatch *batch = data;
  Run *run = user_data;

  partita_batch_run(batch);
  g_mutex_lock(&run->lock);
  run->n_done += batch->n_pieces;
  g_cond_signal(&run->changed);
  g_mutex_unlock(&run->lock);
}

static void
wait_for_batches(Run *run, const PartitaEvaluateOptions *options)
{
  const size_t total = run->pieces->len;

  for (size_t done = 0; done < total;) {
    g_mutex_lock(&run->lock);
    while (run->n_done == done)
      g_cond_wait(&run->changed, &run->lock);
    done = run->n_done;
    g_mutex_unlock(&run->lock);
    if (options->progress != NULL)
      options->progress(done, total, options->progress_data);
  }
}

static bool
run_batches(Run *run, const PartitaEvaluateOptions *options, GError **error)
{
  const unsigned threads =
    options->threads > 0 ? options->threads : g_get_num_processors();
  GThreadPool *pool =
    g_thread_pool_new(run_batch, run, (gint)threads, FALSE, error);

  if (pool == NULL)
    return false;
  for (guint i = 0; i < run->batches->len; ++i)
    g_thread_pool_push(pool, &g_array_index(run->batches, PartitaBatch, i),
                       NULL);
  wait_for_batches(run, options);
  g_thread_pool_free(pool, FALSE, TRUE);
  return !g_cancellable_set_error_if_cancelled(options->cancellable, error);
}

/// (transfer full): shape [styles of the corpus], with names
static PartitaStyleScore *
name_styles(const PartitaCorpus *corpus, size_t *n)
{
  const char *const *names =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));

  *n = g_strv_length((char **)names);

  PartitaStyleScore *styles = g_new0(PartitaStyleScore, *n + 1);

  for (size_t s = 0; s < *n; ++s)
    styles[s].style = g_strdup(names[s]);
  return styles;
}

static void
add_to_style(const PartitaCorpus *corpus,
             size_t index,
             const PartitaTally *tally,
             PartitaStyleScore *styles)
{
  const PartitaPiece piece = partita_corpus_get_piece(corpus, index);
  const PartitaLedgerEntry entry =
    partita_corpus_get_entry(corpus, piece.ledger_index);

  if (entry.n_styles == 0)
    return;

  PartitaStyleScore *style = &styles[entry.styles[0]];

  ++style->pieces;
  style->notes += piece.notes;
  style->tokens += tally->tokens;
  style->hits += tally->hits;
  style->nll += tally->nll;
}

/// Keeps the styles that occur, in the order of the batches summed.
static void
sum_up_styles(const Run *run,
              const PartitaCorpus *corpus,
              PartitaEvaluation *sum)
{
  size_t n = 0;
  PartitaStyleScore *styles = name_styles(corpus, &n);

  for (guint i = 0; i < run->batches->len; ++i) {
    const PartitaBatch *batch = &g_array_index(run->batches, PartitaBatch, i);

    for (size_t p = 0; p < batch->n_pieces; ++p)
      add_to_style(corpus, batch->pieces[p], &batch->by_piece[p], styles);
  }
  for (size_t s = 0; s < n; ++s) {
    if (styles[s].pieces > 0)
      styles[sum->n_styles++] = styles[s];
    else
      g_free(styles[s].style);
  }
  sum->styles = styles;
}

/// Summed in the order of the batches, which does not depend on the threads.
static PartitaEvaluation *
sum_up(const Run *run, const PartitaReading *reading)
{
  PartitaEvaluation *sum = g_new0(PartitaEvaluation, 1);

  sum->types = g_new0(PartitaTypeScore, reading->n_types);
  for (size_t t = 0; t < reading->n_types; ++t) {
    PartitaTypeScore *type = &sum->types[sum->n_types];

    for (guint i = 0; i < run->batches->len; ++i) {
      const PartitaTally *tally =
        &g_array_index(run->batches, PartitaBatch, i).tallies[t];

      type->tokens += tally->tokens;
      type->hits += tally->hits;
      type->nll += tally->nll;
    }
    sum->tokens += type->tokens;
    sum->hits += type->hits;
    sum->nll += type->nll;
    if (type->tokens == 0)
      continue;
    type->type = g_strdup(reading->types[t]);
    ++sum->n_types;
  }
  sum->pieces = run->pieces->len;
  for (guint i = 0; i < run->pieces->len; ++i)
    sum->notes += partita_corpus_get_piece(
                    reading->corpus, g_array_index(run->pieces, size_t, i))
                    .notes;
  sum_up_styles(run, reading->corpus, sum);
  return sum;
}

static PartitaEvaluation *
evaluate(const PartitaReading *reading,
         const PartitaEvaluateOptions *options,
         GError **error)
{
  g_auto(Run) run = {0};

  run_init(&run, reading, options);
  if (run.pieces->len == 0) {
    g_set_error(error, PARTITA_ANALYSIS_ERROR, PARTITA_ANALYSIS_ERROR_EMPTY,
                "no piece is %s",
                options->split == PARTITA_SPLIT_VALID ? "held out"
                                                      : "there to learn from");
    return NULL;
  }
  return run_batches(&run, options, error) ? sum_up(&run, reading) : NULL;
}

PartitaEvaluation *
partita_evaluate(const PartitaModel *model,
                 const PartitaCorpus *corpus,
                 const PartitaEvaluateOptions *options,
                 GError **error)
{
  g_auto(PartitaReading) reading = {0};

  if (!partita_nn_init(error) ||
      !partita_reading_init(&reading, model, corpus, options->drop_controls,
                            error))
    return NULL;
  return evaluate(&reading, options, error);
}

void
partita_evaluation_free(PartitaEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  for (size_t i = 0; i < evaluation->n_types; ++i)
    g_free(evaluation->types[i].type);
  for (size_t i = 0; i < evaluation->n_styles; ++i)
    g_free(evaluation->styles[i].style);
  g_free(evaluation->styles);
  g_free(evaluation->types);
  g_free(evaluation);
}

double
partita_evaluation_get_nll(const PartitaEvaluation *evaluation)
{
  return evaluation->nll / (double)evaluation->tokens;
}

double
partita_evaluation_get_bits_per_note(const PartitaEvaluation *evaluation)
{
  return evaluation->notes == 0
           ? (double)NAN
           : evaluation->nll / G_LN2 / (double)evaluation->notes;
}

double
partita_evaluation_get_accuracy(const PartitaEvaluation *evaluation)
{
  return (double)evaluation->hits / (double)evaluation->tokens;
}
