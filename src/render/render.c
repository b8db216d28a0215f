// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/render-private.h>

#include <base/file.h>
#include <math.h>

/// Twelve seconds of tail and every header fit in what is kept free.
#define WAV_BYTES_MAX (UINT32_MAX - 16.0 * 1024.0 * 1024.0)

#define FADE_SECONDS 0.02

/// FluidSynth's reverb adds up to 3.2e-8 even to silence (against denormal
/// numbers); the softest note of a real SoundFont lies above this.
#define NOISE 0x1p-22

/// Half of the smallest step of a 16-bit file.
#define AUDIBLE 0x1p-16

GQuark
partita_render_error_quark(void)
{
  return g_quark_from_static_string("partita-render-error-quark");
}

void
partita_render_options_init(PartitaRenderOptions *options)
{
  *options = (PartitaRenderOptions){
    .rate = 44100,
    .format = PARTITA_SAMPLE_S16,
  };
}

void
partita_render_report_clear(PartitaRenderReport *report)
{
  g_free(report->missing);
  g_free(report->soundfont);
  *report = (PartitaRenderReport){0};
}

bool
partita_render_step(const PartitaRenderOptions *options,
                    double share,
                    GError **error)
{
  if (options->progress != NULL)
    options->progress(share, options->progress_data);
  return !g_cancellable_set_error_if_cancelled(options->cancellable, error);
}

static bool
check_options(const PartitaRenderOptions *options, GError **error)
{
  if (options->rate < 8000 || options->rate > 96000) {
    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_OPTIONS,
                "rate %u is not within 8000 to 96000", options->rate);
    return false;
  }
  if (!(options->gain >= 0.0 && options->gain <= 10.0)) {
    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_OPTIONS,
                "gain %g is not within 0 to 10", options->gain);
    return false;
  }
  if ((unsigned)options->format > PARTITA_SAMPLE_FLOAT) {
    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_OPTIONS,
                "there is no sample format %d", (int)options->format);
    return false;
  }
  return true;
}

/// A WAV file holds less than 4 GiB, which at the highest rates is reached
/// before four hours are.
static double
seconds_max(const PartitaRenderOptions *options)
{
  static const double frame_bytes[] = {4.0, 6.0, 8.0};
  const double fit = WAV_BYTES_MAX / frame_bytes[options->format];

  return MIN(PARTITA_RENDER_SECONDS_MAX, fit / options->rate);
}

static double
find_seconds(const PartitaScore *score)
{
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);

  return partita_tempo_map_seconds(map, partita_score_get_end(score));
}

/// A loop is played twice.
static unsigned
count_laps(const PartitaRenderOptions *options)
{
  return options->loop ? 2 : 1;
}

static bool
check_score(const PartitaScore *score,
            const PartitaRenderOptions *options,
            GError **error)
{
  const double seconds = find_seconds(score) * count_laps(options);

  if (partita_score_get_n_notes(score) == 0) {
    g_set_error_literal(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_EMPTY,
                        "there is no note to play");
    return false;
  }
  if (seconds > seconds_max(options)) {
    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_LONG,
                "the piece lasts %.0f s, more than the %.0f s that fit",
                seconds, seconds_max(options));
    return false;
  }
  return true;
}

/// Leaves the second of two times that a loop of so many blocks is played, from
/// where its events begin to where they would begin again: so that no onset is
/// torn.
static void
keep_second(PartitaTake *take, double blocks)
{
  const uint64_t first = (uint64_t)llround(blocks) * PARTITA_BLOCK_FRAMES;
  const uint64_t end = (uint64_t)llround(2.0 * blocks) * PARTITA_BLOCK_FRAMES;

  partita_take_cut(take, first, end - first);
}

static bool
save_take(PartitaTake *take,
          const PartitaScore *score,
          const char *path,
          const PartitaRenderOptions *options,
          PartitaRenderReport *report,
          GError **error)
{
  const double peak = (double)partita_take_get_peak(take);
  const double scale = options->gain > 0.0 ? 1.0 : PARTITA_PEAK_TARGET / peak;

  if (peak <= NOISE || peak * scale <= AUDIBLE) {
    g_set_error_literal(
      error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SILENT,
      "there are notes, but the SoundFont gave no sound for them");
    return false;
  }
  if (options->loop) {
    const double blocks =
      find_seconds(score) * options->rate / PARTITA_BLOCK_FRAMES;

    keep_second(take, blocks);
  }
  return partita_take_save(
    take, path, options, scale,
    options->loop ? 0 : (uint64_t)(FADE_SECONDS * options->rate), report,
    error);
}

/* A file of which most is silent is no rendering of the piece. */
static bool
check_missing(const PartitaMissing *missing,
              PartitaRenderReport *report,
              GError **error)
{
  report->notes = missing->n_notes;
  report->silent = missing->n_silent;
  report->missing = partita_missing_describe(missing);
  if (2 * missing->n_silent <= missing->n_notes)
    return true;
  g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SILENT,
              "the SoundFont has no sound for %zu of %zu notes: %s",
              missing->n_silent, missing->n_notes, report->missing);
  return false;
}

static bool
render(const PartitaScore *score,
       const GArray *messages,
       const char *path,
       const PartitaRenderOptions *options,
       PartitaRenderReport *report,
       GError **error)
{
  if (!check_options(options, error) || !check_score(score, options, error))
    return false;

  g_autofree char *soundfont =
    partita_soundfont_find(options->soundfont, error);

  if (soundfont == NULL || !partita_file_check_target(path, error))
    return false;

  g_autoptr(PartitaTake) take = partita_take_new(path, error);

  if (take == NULL)
    return false;

  g_autoptr(PartitaSchedule) schedule =
    partita_schedule_new(score, messages, count_laps(options), options->rate);
  g_autoptr(PartitaMissing) missing = partita_missing_new();

  if (!partita_synth_play(schedule, soundfont, options, take, missing, error) ||
      !check_missing(missing, report, error) ||
      !save_take(take, score, path, options, report, error))
    return false;
  report->soundfont = g_steal_pointer(&soundfont);
  return true;
}

bool
partita_render_messages(const PartitaScore *score,
                        const GArray *messages,
                        const char *path,
                        const PartitaRenderOptions *options,
                        PartitaRenderReport *report,
                        GError **error)
{
  PartitaRenderReport made = {0};
  GError *fault = NULL;
  const bool ok = render(score, messages, path, options, &made, &fault);

  if (fault != NULL && fault->domain == G_FILE_ERROR) {
    g_set_error_literal(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_WRITE,
                        fault->message);
    g_clear_error(&fault);
  } else if (fault != NULL) {
    g_propagate_error(error, fault);
  }
  if (ok && options->progress != NULL)
    options->progress(1.0, options->progress_data);
  if (!ok || report == NULL)
    partita_render_report_clear(&made);
  if (report != NULL)
    *report = made;
  return ok;
}

bool
partita_render_file(const PartitaScore *score,
                    const char *path,
                    const PartitaRenderOptions *options,
                    PartitaRenderReport *report,
                    GError **error)
{
  g_autoptr(GArray) messages = partita_render_list_messages(score);

  return partita_render_messages(score, messages, path, options, report, error);
}
