// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "cli.h"
#include "sound.h"

#include <partita/midi.h>
#include <partita/nn.h>
#include <string.h>

typedef struct {
  char *output;
  CliSound sound;
  gboolean loop;
} Options;

static GOptionEntry *
render_entries(void *data)
{
  Options *o = data;
  const GOptionEntry entries[] = {
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
     "The WAV file to write", "OUT.wav"},
    {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &o->sound.soundfont,
     "The SoundFont to play with (searched for)", "FILE"},
    {"rate", 0, 0, G_OPTION_ARG_INT, &o->sound.rate, "Frames a second (44100)",
     "HZ"},
    {"format", 0, 0, G_OPTION_ARG_STRING, &o->sound.format, "Samples (s16)",
     "s16|s24|float"},
    {"gain", 0, 0, G_OPTION_ARG_DOUBLE, &o->sound.gain,
     "Gain of the synthesiser, 0.01 to 10 (peak brought to -1 dBFS)", "G"},
    {"loop", 0, 0, G_OPTION_ARG_NONE, &o->loop,
     "To be played on end: what rings on at its end is heard at its beginning",
     NULL},
    {0},
  };

  cli_sound_init(&o->sound);
  return g_memdup2(entries, sizeof entries);
}

static size_t
render_files(void *data, char **arguments, CliFile *files)
{
  Options *o = data;
  const CliFile all[] = {
    {"IN.mid", CLI_FILE_READ_MIDI, &arguments[0], 1},
    {"--soundfont", CLI_FILE_READ_SOUNDFONT, &o->sound.soundfont, 1},
    {"-o", CLI_FILE_WRITE_WAV, &o->output, 1},
  };

  memcpy(files, all, sizeof all);
  return G_N_ELEMENTS(all);
}

static bool
render_run(void *data, char **arguments, GError **error)
{
  const Options *o = data;
  const char *path = cli_take_argument(arguments, "IN.mid", error);

  if (path == NULL || !cli_demand(o->output, "-o OUT.wav", error) ||
      !cli_sound_check(&o->sound, o->output, error) || !partita_nn_init(error))
    return false;

  g_autoptr(GCancellable) cancellable = cli_watch_interrupts(NULL, NULL);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(PartitaScore) score =
    partita_midi_read_file_bytes(path, &bytes, NULL, error);

  return score != NULL && cli_sound_write(&o->sound, bytes, score, o->loop,
                                          o->output, cancellable, error);
}

const CliCommand cli_render = {
  .name = "render",
  .arguments = "IN.mid -o OUT.wav",
  .summary = "Play a MIDI file into a WAV file",
  .options_size = sizeof(Options),
  .entries = render_entries,
  .files = render_files,
  .run = render_run,
};
