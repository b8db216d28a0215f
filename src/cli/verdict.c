// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "verdict.h"

#include "cli.h"
#include "inspect.h"
#include "output.h"
#include "progress.h"

#include <base/file.h>
#include <base/text.h>
#include <math.h>
#include <partita/analysis.h>

/// Of the pieces held out, by which two models are compared.
#define COMPARED_TOKENS 50000
/// The time for that: so long, and such a share of the training's.
#define COMPARING_S 5.0
#define COMPARING_SHARE 0.1
/// Losses that differ by less of themselves are about the same.
#define ABOUT_SAME 0.01

/// What ends a comparison that takes too long.
typedef struct {
  GCancellable *cancellable;
  double end_s;
  CliProgress progress;
} Comparing;

static const char *
compare(double ours, double other)
{
  return ours < other * (1.0 - ABOUT_SAME)   ? "better than"
         : ours > other * (1.0 + ABOUT_SAME) ? "worse than"
                                             : "about as good as";
}

static void
print_trigram(const PartitaTrainReport *report)
{
  if (isnan(report->valid_loss)) {
    g_print("nothing was held out: how good the model is cannot be said\n");
    return;
  }
  if (isnan(report->trigram_loss))
    return;

  const char *shown = compare(report->valid_loss, report->trigram_loss);
  const bool better = report->valid_loss < report->trigram_loss;

  g_print("%s a trigram model%s\n", shown,
          better ? "" : ": it has learnt little; more --minutes or music help");
}

static void
note_progress(size_t done, size_t total, void *data)
{
  Comparing *comparing = data;

  if (cli_clock(NULL) > comparing->end_s)
    g_cancellable_cancel(comparing->cancellable);
  if (cli_progress_due(&comparing->progress))
    cli_progress_show(&comparing->progress,
                      (double)done / (double)MAX(total, 1),
                      "compared with the model that ships");
}

/// Of @model on pieces held out, in bits a note; NaN if they cannot be
/// measured.
static double
measure(const PartitaModel *model,
        const PartitaCorpus *corpus,
        Comparing *comparing)
{
  const PartitaEvaluateOptions options = {
    .split = PARTITA_SPLIT_VALID,
    .tokens_max = COMPARED_TOKENS,
    .cancellable = comparing->cancellable,
    .progress = note_progress,
    .progress_data = comparing,
  };
  g_autoptr(PartitaEvaluation) evaluation =
    partita_evaluate(model, corpus, &options, NULL);

  return evaluation != NULL ? partita_evaluation_get_bits_per_note(evaluation)
                            : (double)NAN;
}

/// (transfer full) (nullable): another model than that at @output
static PartitaModel *
find_shipped(const char *output)
{
  g_autofree char *path = partita_model_find(NULL, NULL);
  g_autofree char *own = partita_file_find_target(output);
  g_autofree char *target =
    path != NULL ? partita_file_find_target(path) : NULL;

  return target != NULL && !g_str_equal(target, own)
           ? partita_model_load(path, NULL)
           : NULL;
}

static void
print_shipped(const PartitaTrainReport *report,
              const PartitaModel *model,
              const PartitaCorpus *corpus,
              const char *output)
{
  g_autoptr(PartitaModel) shipped = find_shipped(output);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Comparing comparing = {
    .cancellable = cancellable,
    .end_s = cli_clock(NULL) + COMPARING_S + COMPARING_SHARE * report->seconds,
  };

  if (shipped == NULL || report->cancelled || isnan(report->valid_loss))
    return;
  cli_progress_init(&comparing.progress);

  const double other = measure(shipped, corpus, &comparing);
  const double ours = isnan(other) ? other : measure(model, corpus, &comparing);

  cli_progress_end(&comparing.progress);
  const char *shown = compare(ours, other);

  if (!isnan(ours))
    g_print("%s the model that ships: %.2f bits a note, that %.2f, on the same "
            "pieces held out\n",
            shown, ours, other);
  else if (g_cancellable_is_cancelled(cancellable))
    cli_say("not compared with the model that ships: that takes long; "
            "partita evaluate does it\n");
}

static void
print_advice(const PartitaCorpus *corpus)
{
  g_autoptr(JsonArray) advice = cli_corpus_advise(corpus);

  for (guint i = 0; i < json_array_get_length(advice); ++i) {
    g_autofree char *shown =
      partita_text_show(json_array_get_string_element(advice, i), G_MAXSIZE);

    g_print("advice: %s\n", shown);
  }
}

static void
print_next(const PartitaCorpus *corpus, const char *output)
{
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  g_autofree char *path = cli_quote(output);
  g_autofree char *style = styles[0] != NULL ? cli_quote(styles[0]) : NULL;
  g_autofree char *shown = partita_file_display(path);
  g_autofree char *shown_style =
    partita_text_show(style != NULL ? style : "", G_MAXSIZE);

  g_print("next: partita compose -m %s -o piece.mid%s%s\n", shown,
          style != NULL ? " --style " : "", shown_style);
}

void
cli_verdict_print(const PartitaTrainReport *report,
                  const PartitaModel *model,
                  const PartitaCorpus *corpus,
                  const char *output)
{
  print_trigram(report);
  print_shipped(report, model, corpus, output);
  print_advice(corpus);
  print_next(corpus, output);
}
