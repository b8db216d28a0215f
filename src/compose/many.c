// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Many pieces: each worker takes as many at a time as it has rows, steps the
 * model once for all of them, and gives the row of one that ends to the next.
 */

#include <compose/compose-private.h>
#include <partita/nn.h>

/// Rows of a worker; more gain little.
#define ROWS_MAX 16

typedef struct {
  const PartitaComposePlan *plan;
  size_t n;
  size_t rows;

  GMutex lock; // of all below
  GCond changed;
  size_t begun;
  size_t bars_done;
  size_t bars_told;
  PartitaScore **scores; // shape [n]; NULL until finished
  GError *error;
  bool stopped;
} Many;

typedef struct {
  Many *many;
  GThread *thread;
  PartitaModelState *state;
  size_t left;                    // pieces in the rows
  PartitaPiece *pieces[ROWS_MAX]; // NULL: the row idles
  size_t indexes[ROWS_MAX];
  uint16_t *inputs; // shape [rows, 1 + n_fields]
  float *logits;    // shape [rows, vocab]
} Worker;

static void
stop(Many *many, GError *error)
{
  g_mutex_lock(&many->lock);
  if (many->error == NULL)
    many->error = error;
  else
    g_clear_error(&error);
  many->stopped = true;
  g_cond_signal(&many->changed);
  g_mutex_unlock(&many->lock);
}

/// Puts a piece that nobody has begun into an empty row, if there is one.
static void
begin_piece(Worker *worker, size_t row)
{
  Many *many = worker->many;

  g_mutex_lock(&many->lock);
  const bool any = !many->stopped && many->begun < many->n;
  const size_t index = many->begun;

  many->begun += any;
  g_mutex_unlock(&many->lock);
  partita_model_state_reset_row(worker->state, row);
  if (!any)
    return;
  worker->indexes[row] = index;
  worker->pieces[row] =
    partita_piece_new(many->plan, many->plan->options.index + index);
  ++worker->left;
}

static bool
finish_piece(Worker *worker, size_t row, GError **error)
{
  Many *many = worker->many;
  PartitaScore *score = partita_piece_finish(worker->pieces[row], error);

  g_clear_pointer(&worker->pieces[row], partita_piece_free);
  --worker->left;
  if (score == NULL)
    return false;
  g_mutex_lock(&many->lock);
  many->scores[worker->indexes[row]] = score;
  g_cond_signal(&many->changed);
  g_mutex_unlock(&many->lock);
  return true;
}

static void
add_bars(Many *many, size_t bars)
{
  g_mutex_lock(&many->lock);
  many->bars_done += bars;
  g_cond_signal(&many->changed);
  g_mutex_unlock(&many->lock);
}

/// An id more of the row's piece; in place of one that is then complete the
/// first id of the next.
static bool
advance_row(Worker *worker, size_t row, GError **error)
{
  const PartitaComposer *composer = worker->many->plan->composer;

  while (worker->pieces[row] != NULL) {
    PartitaPiece *piece = worker->pieces[row];
    const size_t before = piece->done;

    if (!partita_piece_advance(piece, worker->logits + row * composer->vocab,
                               error))
      return false;
    if (piece->done != before)
      add_bars(worker->many, piece->done - before);
    if (!partita_grammar_is_complete(piece->grammar)) {
      partita_piece_get_inputs(piece,
                               worker->inputs + row * (composer->n_fields + 1));
      return true;
    }
    if (!finish_piece(worker, row, error))
      return false;
    begin_piece(worker, row);
  }
  return true;
}

static bool
is_stopped(Many *many)
{
  g_mutex_lock(&many->lock);
  const bool stopped = many->stopped;
  g_mutex_unlock(&many->lock);
  return stopped;
}

static bool
compose_rows(Worker *worker, GError **error)
{
  GCancellable *cancellable = worker->many->plan->options.cancellable;
  const size_t rows = worker->many->rows;

  for (size_t r = 0; r < rows; ++r)
    begin_piece(worker, r);
  while (worker->left > 0 && !is_stopped(worker->many)) {
    if (g_cancellable_set_error_if_cancelled(cancellable, error))
      return false;
    for (size_t r = 0; r < rows; ++r)
      if (!advance_row(worker, r, error))
        return false;
    if (worker->left > 0)
      partita_model_step(worker->state, worker->inputs, worker->logits);
  }
  return true;
}

static void *
work(void *data)
{
  Worker *worker = data;
  GError *error = NULL;

  if (!compose_rows(worker, &error))
    stop(worker->many, error);
  for (size_t r = 0; r < worker->many->rows; ++r)
    g_clear_pointer(&worker->pieces[r], partita_piece_free);
  return NULL;
}

/// Waits until piece @at is there; NULL if it will not come.
static PartitaScore *
await_piece(Many *many, size_t at)
{
  const PartitaComposeOptions *options = &many->plan->options;

  g_mutex_lock(&many->lock);
  for (;;) {
    const size_t done = many->bars_done;

    if (options->progress != NULL && done != many->bars_told) {
      many->bars_told = done;
      g_mutex_unlock(&many->lock);
      options->progress(done, many->n * many->plan->bars,
                        options->progress_data);
      g_mutex_lock(&many->lock);
    } else if (many->scores[at] == NULL && !many->stopped) {
      g_cond_wait(&many->changed, &many->lock);
    } else {
      break;
    }
  }
  PartitaScore *score = g_steal_pointer(&many->scores[at]);
  g_mutex_unlock(&many->lock);
  return score;
}

static bool
take_pieces(Many *many, PartitaComposeTaker *take, void *data)
{
  for (size_t i = 0; i < many->n; ++i) {
    g_autoptr(PartitaScore) score = await_piece(many, i);
    GError *error = NULL;

    if (score == NULL)
      return false;
    if (!take(many->plan->options.index + i, score, data, &error)) {
      stop(many, error);
      return false;
    }
  }
  return true;
}

static void
free_worker(void *data)
{
  Worker *worker = data;

  if (worker->thread != NULL)
    (void)g_thread_join(worker->thread);
  partita_model_state_free(worker->state);
  g_free(worker->inputs);
  g_free(worker->logits);
  g_free(worker);
}

static Worker *
new_worker(Many *many, GError **error)
{
  const PartitaComposer *composer = many->plan->composer;
  Worker *worker = g_new0(Worker, 1);

  worker->many = many;
  worker->state = partita_compose_new_state(composer, many->rows, error);
  worker->inputs = g_new0(uint16_t, many->rows * (composer->n_fields + 1));
  worker->logits = g_new0(float, many->rows * composer->vocab);
  return worker;
}

/// The states are made before any work begins, so that what they have in
/// common is made once, and a lack of memory shows at once.
static bool
run_workers(Many *many,
            size_t threads,
            PartitaComposeTaker *take,
            void *data,
            GError **error)
{
  g_autoptr(GPtrArray) workers = g_ptr_array_new_with_free_func(free_worker);
  GError *failed = NULL;

  for (size_t t = 0; t < threads; ++t) {
    Worker *worker = new_worker(many, error);

    g_ptr_array_add(workers, worker);
    if (worker->state == NULL)
      return false;
  }
  for (size_t t = 0; t < threads && failed == NULL; ++t) {
    Worker *worker = workers->pdata[t];

    worker->thread = g_thread_try_new("compose", work, worker, &failed);
  }
  if (failed != NULL)
    stop(many, failed);
  return take_pieces(many, take, data);
}

bool
partita_compose_many(const PartitaComposer *composer,
                     const PartitaComposeOptions *options,
                     size_t n,
                     unsigned threads,
                     PartitaComposeTaker *take,
                     void *data,
                     GError **error)
{
  g_return_val_if_fail(n >= 1 && take != NULL, false);

  const size_t wanted = threads > 0 ? threads : g_get_num_processors();
  const size_t used = MIN(wanted, n);
  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, options, error);
  if (plan == NULL || !partita_nn_check_room((unsigned)used, error))
    return false;

  Many many = {.plan = plan, .n = n, .rows = 1};

  if (partita_model_rows_agree(composer->model))
    many.rows = MIN(ROWS_MAX, (n + used - 1) / used);
  many.scores = g_new0(PartitaScore *, n);
  g_mutex_init(&many.lock);
  g_cond_init(&many.changed);

  const bool ok = run_workers(&many, used, take, data, error);

  if (many.error != NULL)
    g_propagate_error(error, many.error);
  for (size_t i = 0; i < n; ++i)
    partita_score_free(many.scores[i]);
  g_free(many.scores);
  g_cond_clear(&many.changed);
  g_mutex_clear(&many.lock);
  return ok;
}
