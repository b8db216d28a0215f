// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/render-private.h>

#include <base/file.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <unistd.h>

struct PartitaTake {
  FILE *file;
  char *beside;   // the path to name in messages
  uint64_t first; // that is saved
  uint64_t frames;
  float peak;
};

static void
set_errno_error(GError **error, const char *path, int code)
{
  g_autofree char *shown = partita_file_display(path);

  g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_WRITE,
              "%s: cannot write: %s", shown, g_strerror(code));
}

PartitaTake *
partita_take_new(const char *beside, GError **error)
{
  g_autoptr(PartitaTake) take = g_new0(PartitaTake, 1);
  const int fd = partita_file_make_room(beside, error);

  take->beside = g_strdup(beside);
  if (fd < 0)
    return NULL;
  take->file = fdopen(fd, "w+b");
  if (take->file == NULL) {
    set_errno_error(error, beside, errno);
    (void)close(fd);
    return NULL;
  }
  return g_steal_pointer(&take);
}

void
partita_take_free(PartitaTake *take)
{
  if (take == NULL)
    return;
  if (take->file != NULL)
    (void)fclose(take->file);
  g_free(take->beside);
  g_free(take);
}

bool
partita_take_append(PartitaTake *take,
                    const float *samples,
                    size_t frames,
                    GError **error)
{
  for (size_t i = 0; i < 2 * frames; ++i) {
    const float level = fabsf(samples[i]);

    if (!isfinite(level)) {
      g_set_error_literal(error, PARTITA_RENDER_ERROR,
                          PARTITA_RENDER_ERROR_SOUNDFONT,
                          "the SoundFont gives samples that are no numbers");
      return false;
    }
    take->peak = MAX(take->peak, level);
  }
  if (fwrite(samples, 2 * sizeof *samples, frames, take->file) != frames) {
    set_errno_error(error, take->beside, errno);
    return false;
  }
  take->frames += frames;
  return true;
}

float
partita_take_get_peak(const PartitaTake *take)
{
  return take->peak;
}

uint64_t
partita_take_get_frames(const PartitaTake *take)
{
  return take->frames;
}

void
partita_take_cut(PartitaTake *take, uint64_t first, uint64_t n)
{
  g_return_if_fail(first <= take->frames);

  take->first += first;
  take->frames = MIN(n, take->frames - first);
}

typedef struct {
  PartitaTake *take;
  const char *path; // the one to name in messages
  const PartitaRenderOptions *options;
  double scale;
  uint64_t fade;
  uint64_t at;       // the frame
  double peak;       // of what is written
  double square_sum; // of what is written
  uint64_t clipped;
  float in[2 * PARTITA_CHUNK_FRAMES];
  int32_t out[2 * PARTITA_CHUNK_FRAMES];
} Save;

static const struct {
  int subtype;
  int bits; // 0: float
} formats[] = {
  [PARTITA_SAMPLE_S16] = {SF_FORMAT_PCM_16, 16},
  [PARTITA_SAMPLE_S24] = {SF_FORMAT_PCM_24, 24},
  [PARTITA_SAMPLE_FLOAT] = {SF_FORMAT_FLOAT, 0},
};

static double
scale_at(const Save *save, uint64_t frame)
{
  const uint64_t left = save->take->frames - frame;

  if (left >= save->fade)
    return save->scale;
  return save->scale * (double)left / (double)save->fade;
}

static void
measure(Save *save, double sample)
{
  save->peak = MAX(save->peak, fabs(sample));
  save->square_sum += sample * sample;
}

/// Scales; to whole numbers in the high bits, unless the file holds floats.
static void
convert(Save *save, size_t frames)
{
  const int bits = formats[save->options->format].bits;
  const double full = bits > 0 ? ldexp(1.0, bits - 1) : 1.0;

  for (size_t i = 0; i < 2 * frames; ++i) {
    const double sample =
      (double)save->in[i] * scale_at(save, save->at + i / 2);

    if (bits == 0) {
      save->in[i] = (float)sample;
      measure(save, sample);
      continue;
    }
    const double wished = rint(sample * full);
    const double cut = CLAMP(wished, -full, full - 1.0);

    save->clipped += wished > cut || wished < cut;
    save->out[i] = (int32_t)(cut * ldexp(1.0, 32 - bits));
    measure(save, cut / full);
  }
}

static bool
save_chunk(Save *save, SNDFILE *file, size_t frames, GError **error)
{
  const sf_count_t n = (sf_count_t)frames;

  if (fread(save->in, 2 * sizeof *save->in, frames, save->take->file) !=
      frames) {
    set_errno_error(error, save->path, ferror(save->take->file) ? errno : EIO);
    return false;
  }
  convert(save, frames);
  errno = 0;
  if ((save->options->format == PARTITA_SAMPLE_FLOAT
         ? sf_writef_float(file, save->in, n)
         : sf_writef_int(file, save->out, n)) != n) {
    set_errno_error(error, save->path, errno != 0 ? errno : ENOSPC);
    return false;
  }
  save->at += frames;
  return true;
}

static bool
save_chunks(Save *save, SNDFILE *file, GError **error)
{
  const uint64_t frames = save->take->frames;

  if (fseeko(save->take->file,
             (off_t)(save->take->first * 2 * sizeof *save->in),
             SEEK_SET) != 0) {
    set_errno_error(error, save->path, errno);
    return false;
  }
  while (save->at < frames) {
    const uint64_t n = MIN(frames - save->at, PARTITA_CHUNK_FRAMES);
    const double share = (double)save->at / (double)frames;

    if (!partita_render_step(
          save->options,
          PARTITA_PLAY_SHARE + (1.0 - PARTITA_PLAY_SHARE) * share, error) ||
        !save_chunk(save, file, (size_t)n, error))
      return false;
  }
  return true;
}

static bool
write_wav(const char *path, void *data, GError **error)
{
  Save *save = data;
  SF_INFO info = {
    .samplerate = (int)save->options->rate,
    .channels = 2,
    .format = SF_FORMAT_WAV | formats[save->options->format].subtype,
  };
  SNDFILE *file = sf_open(path, SFM_WRITE, &info);

  if (file == NULL) {
    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_WRITE,
                "%s: cannot write: %s", save->path, sf_strerror(NULL));
    return false;
  }
  // Its chunk for the peak holds the time of day.
  (void)sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);

  const bool ok = save_chunks(save, file, error);
  const int closed = sf_close(file);

  if (ok && closed != 0)
    set_errno_error(error, save->path, EIO);
  return ok && closed == 0;
}

static double
to_dbfs(double level)
{
  return 20.0 * log10(level);
}

static void
fill_report(const Save *save, PartitaRenderReport *report)
{
  const double frames = (double)save->at;

  report->frames = save->at;
  report->seconds = frames / save->options->rate;
  report->peak_dbfs = to_dbfs(save->peak);
  report->rms_dbfs = to_dbfs(sqrt(save->square_sum / (2.0 * frames)));
  report->clipped = save->clipped;
}

bool
partita_take_save(PartitaTake *take,
                  const char *path,
                  const PartitaRenderOptions *options,
                  double scale,
                  uint64_t fade,
                  PartitaRenderReport *report,
                  GError **error)
{
  g_autofree Save *save = g_new0(Save, 1);

  save->take = take;
  save->path = path;
  save->options = options;
  save->scale = scale;
  save->fade = fade;
  if (fflush(take->file) != 0) {
    set_errno_error(error, path, errno);
    return false;
  }
  if (!partita_file_replace(path, write_wav, save, error))
    return false;
  fill_report(save, report);
  return true;
}
