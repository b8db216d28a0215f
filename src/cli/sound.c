// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "sound.h"

#include "cli.h"

void
cli_sound_init(CliSound *sound)
{
  sound->rate = CLI_SOUND_NOT_GIVEN;
  sound->gain = CLI_SOUND_NOT_GIVEN;
}

#ifdef HAVE_RENDER

#include "progress.h"
#include "range.h"

#include <base/file.h>
#include <base/text.h>
#include <partita/midi.h>
#include <partita/render.h>

#define DEFAULT_RATE 44100

static bool
parse_format(const char *name, PartitaSampleFormat *format, GError **error)
{
  static const char *const names[] = {"s16", "s24", "float"};

  for (int i = 0; i < 3; ++i) {
    if (name == NULL || g_str_equal(name, names[i])) {
      *format = (PartitaSampleFormat)i;
      return true;
    }
  }
  g_set_error(error, CLI_ERROR, CLI_ERROR_USAGE,
              "--format %s: not one of s16, s24, float", name);
  return false;
}

static bool
fill_options(const CliSound *sound,
             PartitaRenderOptions *options,
             GError **error)
{
  partita_render_options_init(options);
  options->soundfont = sound->soundfont;
  options->rate =
    sound->rate != CLI_SOUND_NOT_GIVEN ? (unsigned)sound->rate : DEFAULT_RATE;
  options->gain = sound->gain != CLI_SOUND_NOT_GIVEN ? sound->gain : 0.0;
  if ((sound->rate != CLI_SOUND_NOT_GIVEN &&
       !cli_range_check("rate", sound->rate, error)) ||
      (sound->gain != CLI_SOUND_NOT_GIVEN &&
       !cli_range_check("gain", sound->gain, error)))
    return false;
  return parse_format(sound->format, &options->format, error);
}

bool
cli_sound_check(const CliSound *sound, const char *path, GError **error)
{
  PartitaRenderOptions options;

  if (!fill_options(sound, &options, error))
    return false;

  g_autofree char *soundfont = partita_soundfont_find(sound->soundfont, error);

  return soundfont != NULL && partita_file_check_target(path, error);
}

static void
show(double share, void *data)
{
  CliProgress *progress = data;

  if (cli_progress_due(progress))
    cli_progress_show(progress, share, "rendered");
}

static void
print_report(const PartitaRenderReport *report, const char *path)
{
  g_autofree char *shown = partita_file_display(path);

  g_print("wrote %s: %.1f s, peak %.1f dBFS, mean %.1f dBFS\n", shown,
          report->seconds, report->peak_dbfs, report->rms_dbfs);
  if (report->clipped > 0)
    g_printerr("%" G_GUINT64_FORMAT " samples clipped: a lower --gain, or "
               "none, avoids it\n",
               report->clipped);
  if (report->silent > 0) {
    g_autofree char *shown_notes = partita_text_show_lines(report->missing);

    g_printerr("the SoundFont has no sound for %zu of %zu notes: %s\n",
               report->silent, report->notes, shown_notes);
  }
}

bool
cli_sound_write(const CliSound *sound,
                GBytes *file,
                const PartitaScore *score,
                bool loop,
                const char *path,
                GCancellable *cancellable,
                GError **error)
{
  PartitaRenderOptions options;
  PartitaRenderReport report = {0};
  CliProgress progress;

  if (!fill_options(sound, &options, error))
    return false;

  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(file, &size);
  g_autoptr(GArray) messages = partita_midi_read_messages(data, size, error);

  if (messages == NULL)
    return false;
  cli_progress_init(&progress);
  options.cancellable = cancellable;
  options.progress = show;
  options.progress_data = &progress;
  options.loop = loop;

  const bool ok =
    partita_render_messages(score, messages, path, &options, &report, error);

  cli_progress_end(&progress);
  if (ok)
    print_report(&report, path);
  partita_render_report_clear(&report);
  return ok;
}

#else

static bool
refuse(GError **error)
{
  g_set_error(error, CLI_ERROR, CLI_ERROR_FAILED,
              "this program was built without audio");
  return false;
}

bool
cli_sound_check(const CliSound *sound, const char *path, GError **error)
{
  (void)sound;
  (void)path;
  return refuse(error);
}

bool
cli_sound_write(const CliSound *sound,
                GBytes *file,
                const PartitaScore *score,
                bool loop,
                const char *path,
                GCancellable *cancellable,
                GError **error)
{
  (void)sound;
  (void)score;
  (void)file;
  (void)loop;
  (void)path;
  (void)cancellable;
  return refuse(error);
}

#endif
