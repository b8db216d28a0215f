// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "best.h"
#include "cli.h"
#include "compose-stream.h"
#include "existing.h"
#include "music.h"
#include "progress.h"
#include "sound.h"
#include "wishes.h"

#include <base/file.h>
#include <partita/compose.h>
#include <partita/midi.h>
#include <partita/nn.h>

#define PIECES_MAX 100000
#define THREADS_MAX 1024

typedef struct {
  char *model;
  char *output;
  char *style;
  char *primer;
  char *temperature;
  char *top_p;
  char *min_p;
  char *seed;
  int bars;
  int top_k;
  int pieces;
  int threads;
  gboolean stream;
  char *wav;
  CliSound sound;
  CliWishes wishes;
  CliExisting existing;
  int best;
  char *explain;
} Options;

/// What the piece is made of.
static void
add_music_entries(GArray *all, Options *o)
{
  const GOptionEntry entries[] = {
    {"model", 'm', 0, G_OPTION_ARG_FILENAME, &o->model,
     "The model to compose with (that which ships)", "MODEL"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     "The MIDI file to write", "OUT.mid"},
    {"style", 0, 0, G_OPTION_ARG_STRING, &o->style,
     "A style the model has learnt, or a blend: chorale:0.7,blues:0.3", "NAME"},
    {"prime", 0, 0, G_OPTION_ARG_FILENAME, &o->primer,
     "A MIDI file to continue, or its first bars", "FILE[:BARS]"},
    {"bars", 0, 0, G_OPTION_ARG_INT, &o->bars,
     "Bars of the whole piece (16, after the primer)", "N"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// How it is drawn.
static void
add_sampling_entries(GArray *all, Options *o)
{
  const GOptionEntry entries[] = {
    {"temperature", 0, 0, G_OPTION_ARG_STRING, &o->temperature,
     "Above 1 bolder, below 1 safer (1)", "T"},
    {"top-k", 0, 0, G_OPTION_ARG_INT, &o->top_k,
     "Draw from the K likeliest (all)", "K"},
    {"top-p", 0, 0, G_OPTION_ARG_STRING, &o->top_p,
     "Draw from the fewest that hold this share (1)", "P"},
    {"min-p", 0, 0, G_OPTION_ARG_STRING, &o->min_p,
     "Draw from those at least this share of the likeliest (0.05)", "P"},
    {"seed", 0, 0, G_OPTION_ARG_STRING, &o->seed,
     "The same seed gives the same piece (a new one, printed)", "S"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

/// How many there are, and what is written beside them.
static void
add_output_entries(GArray *all, Options *o)
{
  const GOptionEntry entries[] = {
    {"pieces", 'n', 0, G_OPTION_ARG_INT, &o->pieces,
     "Compose so many, numbered OUT-1.mid and so on", "N"},
    {"best", 0, 0, G_OPTION_ARG_INT, &o->best,
     "Of the pieces of -n, write the K that rate best", "K"},
    {"threads", 0, 0, G_OPTION_ARG_INT, &o->threads,
     "Workers that compose them (one a core)", "N"},
    {"explain", 0, 0, G_OPTION_ARG_FILENAME, &o->explain,
     "Write as JSON why each note is what it is", "FILE"},
    {"stream", 0, 0, G_OPTION_ARG_NONE, &o->stream,
     "Print each note as soon as it is settled; OUT.mid may be left out", NULL},
    {"wav", 0, 0, G_OPTION_ARG_FILENAME, &o->wav, "Render it too", "OUT.wav"},
    {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &o->sound.soundfont,
     "The SoundFont to play with (searched for)", "FILE"},
  };

  g_array_append_vals(all, entries, G_N_ELEMENTS(entries));
}

static GOptionEntry *
compose_entries(void *data)
{
  Options *o = data;
  GArray *all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

  add_music_entries(all, o);
  cli_existing_add_entries(all, &o->existing);
  cli_wishes_add_entries(all, &o->wishes);
  add_sampling_entries(all, o);
  add_output_entries(all, o);
  return (GOptionEntry *)(void *)g_array_free(all, FALSE);
}

/* Numbers whose 0 is a wish of its own come as text, since GOption cannot
 * tell a 0 from an option left out. */
static bool
parse_number(const char *text,
             const char *option,
             double *value,
             GError **error)
{
  char *end = NULL;

  if (text == NULL)
    return true;
  *value = g_ascii_strtod(text, &end);
  if (end != text && *end == '\0')
    return true;
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE, "%s %s: not a number", option,
              text);
  return false;
}

static bool
parse_seed(const char *text, uint64_t *seed, GError **error)
{
  guint64 value = 0;

  if (text == NULL) {
    *seed = g_random_int();
    return true;
  }
  if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &value, NULL)) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--seed %s: not a whole number", text);
    return false;
  }
  *seed = value;
  return true;
}

static bool
fill_options(const Options *o, PartitaComposeOptions *options, GError **error)
{
  partita_compose_options_init(options);
  if (o->bars < 0 || o->top_k < 0 || o->pieces < 0 || o->pieces > PIECES_MAX ||
      o->threads < 0 || o->threads > THREADS_MAX) {
    g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
                "--bars, --top-k, -n and --threads take numbers that are not "
                "negative (-n at most %d, --threads %d)",
                PIECES_MAX, THREADS_MAX);
    return false;
  }
  options->style = o->style;
  options->bars = (size_t)o->bars;
  options->sampling.top_k = (unsigned)o->top_k;
  return parse_number(o->temperature, "--temperature",
                      &options->sampling.temperature, error) &&
         parse_number(o->top_p, "--top-p", &options->sampling.top_p, error) &&
         parse_number(o->min_p, "--min-p", &options->sampling.min_p, error) &&
         parse_seed(o->seed, &options->seed, error);
}

static bool
check(const Options *o, GError **error)
{
  if (o->best < 0 || o->best > MAX(1, o->pieces))
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "--best: at most the pieces of -n");
  if (o->explain != NULL && (o->pieces > 1 || o->stream))
    return cli_refuse(error, CLI_ERROR_USAGE,
                      "--explain tells of one piece, without -n and --stream");
  if (o->stream &&
      (o->pieces > 1 || o->wav != NULL || o->wishes.report != NULL))
    return cli_refuse(
      error, CLI_ERROR_USAGE,
      "--stream prints one piece, without -n, --wav and --report");
  return cli_existing_check(&o->existing, o->primer, o->bars, o->stream,
                            error) &&
         (o->stream || cli_demand(o->output, "-o OUT.mid", error)) &&
         (o->output == NULL || partita_file_check_target(o->output, error)) &&
         (o->explain == NULL || partita_file_check_target(o->explain, error)) &&
         (o->wishes.report == NULL ||
          partita_file_check_target(o->wishes.report, error)) &&
         (o->wav == NULL || cli_sound_check(&o->sound, o->wav, error));
}

/// "out.mid" as it is for one piece, "out-3.mid" for the third of many.
static char *
number_path(const char *path, int index, int pieces)
{
  const char *dot = strrchr(path, '.');

  if (pieces <= 1)
    return g_strdup(path);
  if (dot == NULL || strchr(dot, G_DIR_SEPARATOR) != NULL)
    dot = path + strlen(path);
  return g_strdup_printf("%.*s-%d%s", (int)(dot - path), path, index + 1, dot);
}

static void
show(size_t done, size_t bars, void *data)
{
  CliProgress *progress = data;

  if (!cli_progress_due(progress))
    return;

  g_autofree char *words = g_strdup_printf("bar %zu of %zu", done, bars);

  cli_progress_show(progress, (double)done / (double)bars, words);
}

static void
print_piece(const PartitaScore *score, const char *path)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autoptr(PartitaTempoMap) tempos = partita_tempo_map_new(score);

  g_print("wrote %s: %u bars, %zu notes, %.1f s\n", path, bars->len,
          partita_score_get_n_notes(score),
          partita_tempo_map_seconds(tempos, partita_score_get_end(score)));
}

typedef struct {
  const Options *options;
  GCancellable *cancellable;
  CliProgress progress;
  CliReport report;
  size_t bars; // of each piece
  const PartitaComposer *composer;
  const char *style;   // nullable
  const CliFile *file; // that the piece is made of, if it has bytes
  GArray *candidates;  // CliCandidate; nullable
} Writer;

static bool
write_files(Writer *writer,
            const PartitaScore *score,
            int index,
            int pieces,
            GError **error)
{
  const Options *o = writer->options;
  g_autofree char *path = number_path(o->output, index, pieces);

  cli_progress_end(&writer->progress);
  if (!partita_midi_rewrite_file(writer->file->bytes, writer->file->until,
                                 score, path, error))
    return false;
  print_piece(score, path);
  if (!cli_report_add(&writer->report, path, writer->bars, error))
    return false;
  if (o->wav == NULL)
    return true;

  g_autofree char *wav = number_path(o->wav, index, pieces);

  return cli_sound_write(&o->sound, score, o->existing.loop, wav,
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
    return write_files(writer, score, (int)index, writer->options->pieces,
                       error);
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
    if (!write_files(writer, candidate->score, i, best, error))
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
  if (options->arrangement != NULL) {
    g_autoptr(GArray) bars = partita_score_get_bars(
      partita_arrangement_get_given(options->arrangement));

    return bars->len;
  }
  if (options->melody != NULL ||
      (options->bars == 0 && options->primer != NULL))
    return 0;
  return options->bars > 0 ? options->bars : 16;
}

static bool
compose_all(const PartitaComposer *composer,
            PartitaComposeOptions *options,
            const PartitaControls *controls,
            const CliFile *file,
            const Options *o,
            GError **error)
{
  const size_t n = (size_t)MAX(1, o->pieces);
  g_autoptr(GArray) candidates = o->best > 0 ? cli_candidates_new() : NULL;
  g_autoptr(GArray) reasons =
    g_array_new(FALSE, FALSE, sizeof(PartitaNoteReason));
  g_autofree double *likelihoods = g_new0(double, n);
  Writer writer = {.options = o,
                   .cancellable = options->cancellable,
                   .composer = composer,
                   .style = options->style,
                   .file = file,
                   .bars = count_bars(options),
                   .candidates = candidates};

  cli_progress_init(&writer.progress);
  options->progress = show;
  options->progress_data = &writer.progress;
  g_print("seed %" G_GUINT64_FORMAT "\n", options->seed);

  options->likelihoods = o->best > 0 ? likelihoods : NULL;
  options->reasons = o->explain != NULL ? reasons : NULL;
  cli_report_begin(&writer.report, controls, options->arrangement, n > 1);

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
  return ok;
}

static bool
compose_stream(const PartitaComposer *composer,
               const PartitaComposeOptions *options,
               const CliFile *file,
               const Options *o,
               GError **error)
{
  g_printerr("seed %" G_GUINT64_FORMAT "\n", options->seed);
  g_autoptr(PartitaScore) score = cli_compose_stream(composer, options, error);

  return score != NULL && (o->output == NULL ||
                           partita_midi_rewrite_file(file->bytes, file->until,
                                                     score, o->output, error));
}

/// Brings together what is asked for, and composes.
static bool
compose(const Options *o,
        const char *sentence,
        PartitaModel *model,
        const PartitaComposer *composer,
        PartitaComposeOptions *options,
        PartitaControls *controls,
        const CliFile *file,
        GError **error)
{
  g_autofree char *style = NULL;

  if (!cli_wishes_settle(&o->wishes, sentence, model, composer, controls,
                         options, &style, error) ||
      !cli_existing_check_controls(&o->existing, controls, error))
    return false;
  controls->loop = o->existing.loop;
  if (options->arrangement != NULL)
    controls->fill = false;
  if (o->explain != NULL && options->controls == NULL)
    return cli_refuse(error, CLI_ERROR_FAILED,
                      "--explain: only of a model that writes remi");
  return o->stream ? compose_stream(composer, options, file, o, error)
                   : compose_all(composer, options, controls, file, o, error);
}

static bool
compose_run(void *data, char **arguments, GError **error)
{
  Options *o = data;
  PartitaComposeOptions options;
  PartitaControls controls;
  CliMusic music = {0};

  if (arguments[0] != NULL && arguments[1] != NULL) {
    return cli_refuse(
      error, CLI_ERROR_USAGE,
      "words that ask for something go into one pair of quotes");
  }
  partita_controls_init(&controls);
  if (!fill_options(o, &options, error) ||
      !cli_wishes_read(&o->wishes, &controls, error) || !check(o, error) ||
      !cli_settle_model(&o->model, error) ||
      !partita_nn_init(error)) // before a thread there may be no memory for
    return false;

  g_autoptr(GCancellable) cancellable = cli_watch_interrupts();
  g_autoptr(PartitaModel) model = partita_model_load(o->model, error);
  g_auto(CliFile) primer = {0};

  if (model == NULL || !cli_file_read_bars(o->primer, &primer, error))
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
  .options_size = sizeof(Options),
  .entries = compose_entries,
  .run = compose_run,
};
