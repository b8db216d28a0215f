// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "best.h"
#include "cli.h"
#include "compose-options.h"
#include "compose-stream.h"
#include "music.h"
#include "output.h"
#include "piece.h"
#include "progress.h"

#include <base/file.h>
#include <partita/midi.h>
#include <partita/nn.h>
#include <string.h>

static void
show(size_t done, size_t bars, void *data)
{
  CliProgress *progress = data;

  if (!cli_progress_due(progress))
    return;

  g_autofree char *words = g_strdup_printf("bar %zu of %zu", done, bars);

  cli_progress_show(progress, (double)done / (double)bars, words);
}

typedef struct {
  const CliComposeOptions *options;
  GCancellable *cancellable;
  CliProgress progress;
  CliReport report;
  size_t bars; // of each piece
  const PartitaComposer *composer;
  const char *style;     // that was asked for; nullable
  uint64_t first;        // index of the first piece
  PartitaTaken *taken;   // by each piece, from the first
  const CliGiven *given; // that the piece is made of, if it has bytes
  GArray *candidates;    // CliCandidate; nullable
} Writer;

/// Returns (transfer full): the bytes of the file, which cannot be read again
/// if they went into a pipe.
static GBytes *
write_midi(const CliGiven *given,
           const PartitaScore *score,
           const char *path,
           GError **error)
{
  g_autoptr(PartitaScore) named =
    given->bytes == NULL ? cli_piece_name_tracks(score) : NULL;
  g_autoptr(GBytes) bytes =
    named != NULL
      ? partita_midi_write(named, error)
      : partita_midi_rewrite(given->bytes, given->until, score, error);
  gsize size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

  return bytes != NULL && partita_file_replace_bytes(path, data, size, error)
           ? g_steal_pointer(&bytes)
           : NULL;
}

static bool
write_files(Writer *writer,
            const PartitaScore *score,
            uint64_t piece,
            int index,
            int pieces,
            GError **error)
{
  const CliComposeOptions *o = writer->options;
  const PartitaTaken *taken = &writer->taken[piece - writer->first];
  g_autofree char *path = cli_number_path(o->output, index, pieces);

  cli_progress_end(&writer->progress);

  g_autoptr(GBytes) bytes = write_midi(writer->given, score, path, error);

  if (bytes == NULL)
    return false;
  cli_piece_print(score, path, taken->style);
  if (!cli_report_add(&writer->report, path, bytes, writer->bars, taken->ending,
                      error))
    return false;
  if (o->wav == NULL)
    return true;

  g_autofree char *wav = cli_number_path(o->wav, index, pieces);

  return cli_sound_write(&o->sound, bytes, score, o->existing.loop, wav,
                         writer->cancellable, error);
}

static bool
take_piece(uint64_t index,
           const PartitaScore *score,
           void *data,
           GError **error)
{
  Writer *writer = data;

  if (writer->candidates == NULL)
    return write_files(writer, score, index, (int)(index - writer->first),
                       writer->options->pieces, error);
  cli_candidates_add(writer->candidates, writer->composer, writer->style, score,
                     index);
  return true;
}

static bool
write_best(Writer *writer, const double *likelihoods, GError **error)
{
  const int best = writer->options->best;

  cli_progress_end(&writer->progress);
  cli_candidates_rank(writer->candidates, likelihoods);
  for (int i = 0; i < best; ++i) {
    const CliCandidate *candidate =
      &g_array_index(writer->candidates, CliCandidate, i);

    cli_candidate_print(candidate);
    if (!write_files(writer, candidate->score, candidate->index, i, best,
                     error))
      return false;
  }
  return true;
}

static bool
write_reasons(const GArray *reasons, const char *path, GError **error)
{
  g_autofree char *text = cli_explain(reasons);

  return partita_file_replace_bytes(path, text, strlen(text), error);
}

/// Each piece is composed twice over, so one after another.
static bool
compose_loops(const PartitaComposer *composer,
              const PartitaComposeOptions *options,
              size_t n,
              Writer *writer,
              GError **error)
{
  for (size_t i = 0; i < n; ++i) {
    PartitaComposeOptions one = *options;

    one.index += i;
    one.taken += i;
    if (options->likelihoods != NULL)
      one.likelihoods += i;

    g_autoptr(PartitaScore) score = partita_compose_loop(composer, &one, error);

    if (score == NULL || !take_piece(one.index, score, writer, error))
      return false;
  }
  return true;
}

/// Of each piece; 0 if it is not promised.
static size_t
count_bars(const PartitaComposeOptions *options)
{
  if (options->arrangement != NULL)
    return partita_score_count_bars(
      partita_arrangement_get_given(options->arrangement));
  if (options->melody != NULL ||
      (options->bars == 0 && options->primer != NULL))
    return 0;
  return options->bars > 0 ? options->bars : 16;
}

static bool
compose_all(const PartitaComposer *composer,
            PartitaComposeOptions *options,
            const PartitaControls *controls,
            const CliGiven *given,
            const CliComposeOptions *o,
            GError **error)
{
  const size_t n = (size_t)MAX(1, o->pieces);
  g_autoptr(GArray) candidates = o->best > 0 ? cli_candidates_new() : NULL;
  g_autoptr(GArray) reasons =
    g_array_new(FALSE, FALSE, sizeof(PartitaNoteReason));
  g_autofree double *likelihoods = g_new0(double, n);
  g_autofree PartitaTaken *taken = g_new0(PartitaTaken, n);
  Writer writer = {.options = o,
                   .cancellable = options->cancellable,
                   .composer = composer,
                   .style = options->style,
                   .first = options->index,
                   .taken = taken,
                   .given = given,
                   .bars = count_bars(options),
                   .candidates = candidates};

  cli_progress_init(&writer.progress);
  options->progress = show;
  options->progress_data = &writer.progress;
  g_print("seed %" G_GUINT64_FORMAT "\n", options->seed);

  options->taken = taken;
  options->likelihoods = o->best > 0 ? likelihoods : NULL;
  options->reasons = o->explain != NULL ? reasons : NULL;
  cli_report_begin(&writer.report, controls, options->arrangement,
                   n > 1 && !cli_output_is_verbose());

  const bool ok =
    (o->existing.loop
       ? compose_loops(composer, options, n, &writer, error)
       : partita_compose_many(composer, options, n, (unsigned)o->threads,
                              take_piece, &writer, error)) &&
    (o->best == 0 || write_best(&writer, likelihoods, error)) &&
    (o->explain == NULL || write_reasons(reasons, o->explain, error)) &&
    cli_report_end(&writer.report, o->wishes.report, error);

  cli_progress_end(&writer.progress);
  cli_report_clear(&writer.report);
  if (ok && o->wav == NULL) {
    g_autofree char *path =
      cli_number_path(o->output, 0, o->best > 0 ? o->best : o->pieces);

    cli_piece_print_next(path);
  }
  return ok;
}

static bool
compose_stream(const PartitaComposer *composer,
               const PartitaComposeOptions *options,
               const CliGiven *given,
               const CliComposeOptions *o,
               GError **error)
{
  g_printerr("seed %" G_GUINT64_FORMAT "\n", options->seed);
  g_autoptr(PartitaScore) score = cli_compose_stream(composer, options, error);

  if (score == NULL || o->output == NULL)
    return score != NULL;

  g_autoptr(GBytes) bytes = write_midi(given, score, o->output, error);

  return bytes != NULL;
}

/// Brings together what is asked for, and composes.
static bool
compose(CliComposeOptions *o,
        const char *sentence,
        PartitaModel *model,
        const PartitaComposer *composer,
        PartitaComposeOptions *options,
        PartitaControls *controls,
        const CliGiven *given,
        GError **error)
{
  g_autofree char *style = NULL;

  if (!cli_wishes_settle(&o->wishes, sentence, model, composer, controls,
                         options, &style, error))
    return false;
  o->existing.loop = o->existing.loop || controls->loop;
  if (!cli_existing_check(&o->existing, o->primer, o->bars, o->stream, error) ||
      !cli_existing_check_controls(&o->existing, controls, error))
    return false;
  controls->loop = o->existing.loop;
  if (options->arrangement != NULL)
    controls->fill = false;
  if (o->explain != NULL && options->controls == NULL)
    return cli_refuse(error, CLI_ERROR_FAILED,
                      "--explain: only of a model that writes remi");
  return o->stream ? compose_stream(composer, options, given, o, error)
                   : compose_all(composer, options, controls, given, o, error);
}

static bool
compose_run(void *data, char **arguments, GError **error)
{
  CliComposeOptions *o = data;
  PartitaComposeOptions options;
  PartitaControls controls;
  CliMusic music = {0};

  if (arguments[0] != NULL && arguments[1] != NULL) {
    return cli_refuse(
      error, CLI_ERROR_USAGE,
      "words that ask for something go into one pair of quotes");
  }
  partita_controls_init(&controls);
  if (!cli_compose_options_fill(o, &options, error) ||
      !cli_wishes_read(&o->wishes, &controls, error) ||
      !cli_compose_options_check(o, error) ||
      !cli_settle_model(&o->model, error) ||
      !partita_nn_init(error)) // before a thread there may be no memory for
    return false;

  g_autoptr(GCancellable) cancellable = cli_watch_interrupts(NULL, NULL);
  g_autoptr(PartitaModel) model = partita_model_load(o->model, error);
  g_auto(CliGiven) primer = {0};

  if (model == NULL || !cli_given_read_bars(o->primer, &primer, error))
    return false;

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, error);

  if (composer == NULL)
    return false;

  bool ok =
    cli_existing_read(&o->existing, composer, options.seed, &music, error);

  options.primer = primer.score;
  options.melody = music.melody;
  options.arrangement = music.arrangement;
  options.cancellable = cancellable;
  ok = ok && compose(o, arguments[0], model, composer, &options, &controls,
                     o->primer != NULL ? &primer : &music.file, error);
  cli_music_clear(&music);
  return ok;
}

const CliCommand cli_compose = {
  .name = "compose",
  .arguments = "[-m MODEL] -o OUT.mid [WORDS]",
  .summary = "Compose new pieces with a trained model",
  .options_size = sizeof(CliComposeOptions),
  .entries = cli_compose_entries,
  .files = cli_compose_files,
  .run = compose_run,
};
