// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "compose-options.h"

#include "cli.h"
#include "numbers.h"
#include "range.h"

#include <base/file.h>
#include <string.h>

#define N_NUMBERS 3

/// The numbers for which 0 is no sensible wish.
static void
list_numbers(CliComposeOptions *o, CliNumber *numbers)
{
  const CliNumber all[N_NUMBERS] = {
    {.option = "bars", .count = &o->bars},
    {.option = "pieces", .count = &o->pieces},
    {.option = "best", .count = &o->best},
  };

  memcpy(numbers, all, sizeof all);
}

/// What the piece is made of.
static void
add_music_entries(GArray *all, CliComposeOptions *o)
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
add_sampling_entries(GArray *all, CliComposeOptions *o)
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
add_output_entries(GArray *all, CliComposeOptions *o)
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

GOptionEntry *
cli_compose_entries(void *data)
{
  CliComposeOptions *o = data;
  CliNumber numbers[N_NUMBERS];
  GArray *all = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

  cli_sound_init(&o->sound);
  list_numbers(o, numbers);
  cli_numbers_init(numbers, N_NUMBERS);

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

bool
cli_compose_options_fill(CliComposeOptions *o,
                         PartitaComposeOptions *options,
                         GError **error)
{
  CliNumber numbers[N_NUMBERS];

  partita_compose_options_init(options);
  list_numbers(o, numbers);
  if (!cli_numbers_settle(numbers, N_NUMBERS, error) ||
      !cli_range_check("top-k", o->top_k, error) ||
      !cli_range_check("threads", o->threads, error))
    return false;
  options->style = o->style;
  options->bars = (size_t)o->bars;
  options->sampling.top_k = (unsigned)o->top_k;
  return parse_number(o->temperature, "--temperature",
                      &options->sampling.temperature, error) &&
         parse_number(o->top_p, "--top-p", &options->sampling.top_p, error) &&
         parse_number(o->min_p, "--min-p", &options->sampling.min_p, error) &&
         parse_seed(o->seed, &options->seed, error);
}

bool
cli_compose_options_check(const CliComposeOptions *o, GError **error)
{
  if (o->best > MAX(1, o->pieces))
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

size_t
cli_compose_files(void *data, char **arguments, CliFile *files)
{
  CliComposeOptions *o = data;
  const int written = o->best > 0 ? o->best : o->pieces;
  const CliFile all[] = {
    {"-m", CLI_FILE_READ_MODEL, &o->model, 1},
    {"--prime", CLI_FILE_READ_BARS, &o->primer, 1},
    {"--like", CLI_FILE_READ_MIDI, &o->wishes.like, 1},
    {"--harmonise", CLI_FILE_READ_MIDI, &o->existing.melody, 1},
    {"--infill", CLI_FILE_READ_MIDI, &o->existing.infill, 1},
    {"--accompany", CLI_FILE_READ_MIDI, &o->existing.accompany, 1},
    {"--vary", CLI_FILE_READ_MIDI, &o->existing.vary, 1},
    {"--soundfont", CLI_FILE_READ_SOUNDFONT, &o->sound.soundfont, 1},
    {"-o", CLI_FILE_WRITE_MIDI, &o->output, written},
    {"--wav", CLI_FILE_WRITE_WAV, &o->wav, written},
    {"--report", CLI_FILE_WRITE_JSON, &o->wishes.report, 1},
    {"--explain", CLI_FILE_WRITE_JSON, &o->explain, 1},
  };

  (void)arguments;
  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}
