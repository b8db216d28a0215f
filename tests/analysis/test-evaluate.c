// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <math.h>
#include <partita/analysis.h>

/// An untrained model of the corpus's scheme.
static PartitaModel *
make_model(const PartitaCorpus *corpus)
{
  const PartitaTrainSettings settings = make_settings(corpus);
  const PartitaTrainReport report = {0};
  PartitaModel *model = NULL;

  g_assert_true(partita_nn_init(NULL));
  model = partita_model_new(&settings.config, 3);
  partita_train_write_metadata(model, corpus, &settings, &report);
  return model;
}

static PartitaEvaluation *
evaluate(const PartitaModel *model,
         const PartitaCorpus *corpus,
         PartitaSplit split,
         unsigned drop_controls,
         unsigned threads)
{
  g_autoptr(GError) error = NULL;
  const PartitaEvaluateOptions options = {
    .split = split, .drop_controls = drop_controls, .threads = threads};
  PartitaEvaluation *evaluation =
    partita_evaluate(model, corpus, &options, &error);

  g_assert_no_error(error);
  g_assert_nonnull(evaluation);
  return evaluation;
}

static const PartitaTypeScore *
find_type(const PartitaEvaluation *evaluation, const char *type)
{
  for (size_t i = 0; i < evaluation->n_types; ++i)
    if (strcmp(evaluation->types[i].type, type) == 0)
      return &evaluation->types[i];
  return NULL;
}

/* The slow way, one piece and one id at a time: probabilities by the definition
 * of softmax, in double. Adds to @sum, whose types are one a token's type. */
static void
step_through(const PartitaModel *model,
             const PartitaScheme *scheme,
             const uint16_t *ids,
             size_t n,
             GHashTable *tokens_by_type,
             PartitaEvaluation *sum)
{
  const size_t vocab = partita_scheme_get_vocab_size(scheme);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  g_autofree float *logits = g_new(float, vocab);
  uint16_t inputs[PARTITA_MODEL_FIELDS_MAX];

  for (size_t i = 0; i + 1 < n; ++i) {
    const char *type = partita_scheme_token_type(scheme, ids[i + 1]);
    const guint seen =
      GPOINTER_TO_UINT(g_hash_table_lookup(tokens_by_type, type));
    double total = 0.0;
    bool likeliest = true;

    g_assert_true(partita_grammar_push(grammar, ids[i]));
    inputs[0] = ids[i];
    partita_grammar_get_fields(grammar, inputs + 1);
    partita_model_step(state, inputs, logits);
    for (size_t k = 0; k < vocab; ++k) {
      total += exp((double)logits[k]);
      likeliest = likeliest && logits[k] <= logits[ids[i + 1]];
    }
    sum->nll -= log(exp((double)logits[ids[i + 1]]) / total);
    sum->hits += likeliest;
    ++sum->tokens;
    g_hash_table_insert(tokens_by_type, (gpointer)type,
                        GUINT_TO_POINTER(seen + 1));
  }
}

/* Law: batches of pieces, over threads, give what the model gives stepped
 * through each piece alone; the types add up. */
static void
test_reference(gconstpointer data)
{
  const unsigned drop = GPOINTER_TO_UINT(data);
  g_autoptr(PartitaCorpus) corpus = make_corpus(40, 0.2);
  g_autoptr(PartitaModel) model = make_model(corpus);
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autoptr(PartitaEvaluation) fast =
    evaluate(model, corpus, PARTITA_SPLIT_ALL, drop, 2);
  g_autoptr(GHashTable) tokens = g_hash_table_new(g_str_hash, g_str_equal);
  PartitaEvaluation slow = {0}, types = {0};

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    g_autoptr(GArray) whole = get_ids(corpus, i);
    uint16_t *ids = (uint16_t *)(void *)whole->data;
    const size_t n = partita_scheme_drop_controls(scheme, ids, piece.n, drop);

    g_assert_true((n < piece.n) == (drop != 0));
    step_through(model, scheme, ids, n, tokens, &slow);
    slow.notes += piece.notes;
    ++slow.pieces;
  }
  for (size_t i = 0; i < fast->n_types; ++i) {
    types.tokens += fast->types[i].tokens;
    types.hits += fast->types[i].hits;
    types.nll += fast->types[i].nll;
    g_assert_cmpuint(
      fast->types[i].tokens, ==,
      GPOINTER_TO_UINT(g_hash_table_lookup(tokens, fast->types[i].type)));
  }
  g_assert_cmpuint(fast->n_types, ==, g_hash_table_size(tokens));
  g_assert_cmpuint(fast->pieces, ==, slow.pieces);
  g_assert_cmpuint(fast->notes, ==, slow.notes);
  g_assert_cmpuint(fast->tokens, ==, slow.tokens);
  g_assert_cmpuint(fast->tokens, ==, types.tokens);
  g_assert_cmpuint(fast->hits, ==, types.hits);
  // A tie of likelihoods may fall either way in the last bits.
  g_assert_cmpfloat_with_epsilon((double)fast->hits, (double)slow.hits,
                                 0.01 * (double)slow.tokens);
  g_assert_cmpfloat_with_epsilon(fast->nll / slow.nll, 1.0, 1e-6);
  g_assert_cmpfloat_with_epsilon(types.nll / slow.nll, 1.0, 1e-6);
  g_assert_cmpfloat_with_epsilon(partita_evaluation_get_bits_per_note(fast),
                                 slow.nll / log(2.0) / (double)slow.notes,
                                 1e-4);
}

/// Law: the threads do not change a bit.
static void
test_threads(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(70, 0.2);
  g_autoptr(PartitaModel) model = make_model(corpus);
  g_autoptr(PartitaEvaluation) one =
    evaluate(model, corpus, PARTITA_SPLIT_ALL, 0, 1);
  g_autoptr(PartitaEvaluation) three =
    evaluate(model, corpus, PARTITA_SPLIT_ALL, 0, 3);

  g_assert_cmpfloat(one->nll, ==, three->nll);
  g_assert_cmpuint(one->hits, ==, three->hits);
}

/// Law: on the held-out side the loss is the one that training reports.
static void
test_training(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(30, 0.3);
  const PartitaTrainOptions options = make_options(12);
  const PartitaTrainSettings settings = make_settings(corpus);
  g_autoptr(GError) error = NULL;
  PartitaTrainReport report;
  g_autoptr(PartitaModel) model =
    partita_train_with_settings(corpus, &options, &settings, &report, &error);

  g_assert_no_error(error);

  g_autoptr(PartitaEvaluation) valid =
    evaluate(model, corpus, PARTITA_SPLIT_VALID, 0, 0);
  g_autoptr(PartitaEvaluation) train =
    evaluate(model, corpus, PARTITA_SPLIT_TRAIN, 0, 0);
  g_autoptr(PartitaEvaluation) all =
    evaluate(model, corpus, PARTITA_SPLIT_ALL, 0, 0);

  g_assert_cmpfloat_with_epsilon(partita_evaluation_get_nll(valid),
                                 report.valid_loss, 1e-5);
  g_assert_cmpuint(valid->tokens + train->tokens, ==, all->tokens);
  g_assert_cmpuint(valid->pieces + train->pieces, ==, all->pieces);
  g_assert_cmpfloat_with_epsilon((valid->nll + train->nll) / all->nll, 1.0,
                                 1e-6);
}

/// A folder of scales in styles, as paths below it.
static PartitaCorpus *
read_styles(const char *const *paths, const char *scheme, bool common_key)
{
  g_autofree char *folder = g_dir_make_tmp("partita-analysis-XXXXXX", NULL);
  const PartitaCorpusOptions options = {
    .scheme = scheme, .valid_share = -1.0, .common_key = common_key};
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; paths[i] != NULL; ++i) {
    g_autofree char *path = g_build_filename(folder, paths[i], NULL);
    g_autofree char *below = g_path_get_dirname(path);
    g_autoptr(PartitaScore) score = make_scales(i);

    g_assert_cmpint(g_mkdir_with_parents(below, 0700), ==, 0);
    g_assert_true(partita_midi_write_file(score, path, &error));
  }

  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  for (unsigned i = 0; paths[i] != NULL; ++i) {
    g_autofree char *path = g_build_filename(folder, paths[i], NULL);
    g_autofree char *below = g_path_get_dirname(path);

    g_unlink(path);
    g_rmdir(below);
  }
  g_rmdir(folder);
  return corpus;
}

/// Styles are found by name; what the model has not learnt has no style.
static void
test_styles(void)
{
  const char *const learnt[] = {"b/0.mid", "c/1.mid", NULL};
  const char *const others[] = {"a/0.mid", "c/1.mid", NULL};
  g_autoptr(PartitaCorpus) first = read_styles(learnt, "remi", false);
  g_autoptr(PartitaCorpus) second = read_styles(others, "remi", false);
  g_autoptr(PartitaModel) model = make_model(first);
  g_autoptr(PartitaEvaluation) known =
    evaluate(model, first, PARTITA_SPLIT_ALL, 0, 0);
  g_autoptr(PartitaEvaluation) unknown =
    evaluate(model, second, PARTITA_SPLIT_ALL, 0, 0);
  g_autoptr(PartitaEvaluation) bare =
    evaluate(model, first, PARTITA_SPLIT_ALL, PARTITA_CONTROL_STYLE, 0);
  g_autoptr(PartitaEvaluation) bare_too =
    evaluate(model, second, PARTITA_SPLIT_ALL, PARTITA_CONTROL_STYLE, 0);

  g_assert_cmpuint(find_type(known, "Style")->tokens, ==, 2);
  g_assert_cmpuint(find_type(unknown, "Style")->tokens, ==, 1);
  g_assert_cmpuint(unknown->tokens, ==, known->tokens - 1);
  g_assert_null(find_type(bare, "Style"));
  g_assert_cmpfloat(bare->nll, ==, bare_too->nll);

  // Every piece has a style, so the styles add up to the whole.
  g_assert_cmpuint(known->n_styles, ==, 2);
  g_assert_cmpstr(known->styles[0].style, ==, "b");
  g_assert_cmpstr(known->styles[1].style, ==, "c");
  g_assert_cmpuint(known->styles[0].pieces, ==, 1);
  g_assert_cmpuint(known->styles[0].notes + known->styles[1].notes, ==,
                   known->notes);
  g_assert_cmpuint(known->styles[0].tokens + known->styles[1].tokens, ==,
                   known->tokens);
  g_assert_cmpuint(known->styles[0].hits + known->styles[1].hits, ==,
                   known->hits);
  g_assert_cmpfloat_with_epsilon(known->styles[0].nll + known->styles[1].nll,
                                 known->nll, 1e-9 * known->nll);
  g_assert_cmpstr(unknown->styles[0].style, ==, "a");
}

static void
assert_refused(const PartitaModel *model,
               const PartitaCorpus *corpus,
               PartitaSplit split,
               PartitaAnalysisError code)
{
  const PartitaEvaluateOptions options = {.split = split};
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_evaluate(model, corpus, &options, &error));
  g_assert_error(error, PARTITA_ANALYSIS_ERROR, (int)code);
}

static void
test_refused(void)
{
  const char *const paths[] = {"b/0.mid", "b/1.mid", NULL};
  g_autoptr(PartitaCorpus) corpus = read_styles(paths, "remi", false);
  g_autoptr(PartitaCorpus) other = read_styles(paths, "grid", false);
  g_autoptr(PartitaModel) model = make_model(corpus);
  g_autoptr(PartitaCorpus) moved = read_styles(paths, "remi", true);
  g_autoptr(PartitaModel) common = make_model(moved);
  g_autoptr(PartitaModel) other_model = make_model(other);

  assert_refused(model, corpus, PARTITA_SPLIT_VALID,
                 PARTITA_ANALYSIS_ERROR_EMPTY);
  assert_refused(model, other, PARTITA_SPLIT_ALL, PARTITA_ANALYSIS_ERROR_MODEL);
  partita_model_set_metadata(other_model, "scheme",
                             partita_model_get_metadata(model, "scheme"));
  assert_refused(other_model, corpus, PARTITA_SPLIT_ALL,
                 PARTITA_ANALYSIS_ERROR_MODEL);

  const PartitaTrainSettings settings = make_settings(corpus);
  g_autoptr(PartitaModel) nameless = partita_model_new(&settings.config, 1);

  assert_refused(nameless, corpus, PARTITA_SPLIT_ALL,
                 PARTITA_ANALYSIS_ERROR_MODEL);
}

static void
count_calls(size_t done, size_t total, void *data)
{
  size_t *last = data;

  g_assert_cmpuint(done, >, *last);
  g_assert_cmpuint(done, <=, total);
  *last = done;
}

static void
test_cancel(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(40, 0.2);
  g_autoptr(PartitaModel) model = make_model(corpus);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  size_t last = 0;
  const PartitaEvaluateOptions options = {
    .cancellable = cancellable,
    .progress = count_calls,
    .progress_data = &last,
  };
  g_autoptr(PartitaEvaluation) whole =
    partita_evaluate(model, corpus, &options, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(last, ==, whole->pieces);
  g_cancellable_cancel(cancellable);
  last = 0;
  g_assert_null(partita_evaluate(model, corpus, &options, &error));
  g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Law: what is measured fits into the tokens that may be, and more may be
 * measured of more. */
static void
test_few(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(20, 0.2);
  g_autoptr(PartitaModel) model = make_model(corpus);
  size_t before = 0;

  for (size_t tokens = 200; tokens <= 3200; tokens *= 2) {
    const PartitaEvaluateOptions options = {.tokens_max = tokens};
    g_autoptr(PartitaEvaluation) few =
      partita_evaluate(model, corpus, &options, NULL);

    g_assert_cmpuint(few != NULL ? few->tokens : 0, <=, tokens);
    g_assert_cmpuint(few != NULL ? few->pieces : 0, >=, before);
    before = few != NULL ? few->pieces : 0;
  }
  g_assert_cmpuint(before, >, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/analysis/evaluate/reference", NULL, test_reference);
  g_test_add_data_func("/analysis/evaluate/reference-bare",
                       GUINT_TO_POINTER(PARTITA_CONTROL_ALL), test_reference);
  g_test_add_func("/analysis/evaluate/threads", test_threads);
  g_test_add_func("/analysis/evaluate/training", test_training);
  g_test_add_func("/analysis/evaluate/styles", test_styles);
  g_test_add_func("/analysis/evaluate/refused", test_refused);
  g_test_add_func("/analysis/evaluate/cancel", test_cancel);
  g_test_add_func("/analysis/evaluate/few", test_few);
  return g_test_run();
}
