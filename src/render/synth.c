// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <render/render-private.h>

#include <base/file.h>
#include <fluidsynth.h>
#include <render/loader.h>

// Notes of the pedal and of many tracks ring together; FluidSynth's 256
// voices would be taken from notes that still sound.
#define VOICES 1024

/// FluidSynth's own default, when the gain is chosen from the peak.
#define DEFAULT_GAIN 0.2

#define QUIET_LEVEL 5.0118723362727224e-4 // -66 dBFS
#define QUIET_SECONDS 0.25
#define TAIL_SECONDS_MAX 12.0

#define BANK_DRUMS 128
#define CC_PEDAL 64

typedef struct {
  fluid_settings_t *settings;
  fluid_synth_t *synth;
  const PartitaRenderOptions *options;
  PartitaTake *take;
  uint64_t frames_expected;
  uint32_t held[PARTITA_CHANNELS_MAX][128]; // notes that hold each key
  float samples[2 * PARTITA_CHUNK_FRAMES];
} Synth;

static void
synth_free(Synth *synth)
{
  if (synth->synth != NULL)
    delete_fluid_synth(synth->synth);
  if (synth->settings != NULL)
    delete_fluid_settings(synth->settings);
  g_free(synth);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Synth, synth_free)

/// FluidSynth prints unless told not to, and keeps that for the process.
static void
silence_log(void)
{
  static gsize done = 0;

  if (!g_once_init_enter(&done))
    return;
  for (int level = FLUID_PANIC; level < LAST_LOG_LEVEL; ++level)
    (void)fluid_set_log_function(level, NULL, NULL);
  g_once_init_leave(&done, 1);
}

static Synth *
synth_new(const PartitaRenderOptions *options, guint channels)
{
  g_autoptr(Synth) self = g_new0(Synth, 1);
  const double gain = options->gain > 0.0 ? options->gain : DEFAULT_GAIN;
  fluid_settings_t *settings = self->settings = new_fluid_settings();

  if (settings == NULL)
    return NULL;
  // More than one core is slower, and not the same from run to run.
  (void)fluid_settings_setint(settings, "synth.cpu-cores", 1);
  (void)fluid_settings_setint(settings, "synth.lock-memory", 0);
  (void)fluid_settings_setint(settings, "synth.midi-channels",
                              (int)((channels + 15) / 16 * 16));
  (void)fluid_settings_setint(settings, "synth.polyphony", VOICES);
  (void)fluid_settings_setnum(settings, "synth.gain", gain);
  (void)fluid_settings_setnum(settings, "synth.sample-rate", options->rate);
  self->options = options;
  self->synth = new_fluid_synth(settings);
  return self->synth != NULL ? g_steal_pointer(&self) : NULL;
}

/// Events that are sent before it is asked again whether to stop.
#define EVENTS_UNWATCHED 64u

typedef struct {
  int bank;
  int program;
} Preset;

static bool
has_preset(fluid_sfont_t *font, Preset preset)
{
  return fluid_sfont_get_preset(font, preset.bank, preset.program) != NULL;
}

/// The first preset of @font that is, or is not, a drum kit.
static bool
first_preset(fluid_sfont_t *font, bool drums, Preset *preset)
{
  fluid_preset_t *next;

  fluid_sfont_iteration_start(font);
  while ((next = fluid_sfont_iteration_next(font)) != NULL) {
    preset->bank = fluid_preset_get_banknum(next);
    preset->program = fluid_preset_get_num(next);
    if ((preset->bank == BANK_DRUMS) == drums)
      return true;
  }
  return false;
}

/// The preset of @program; else one of its family of eight, else the piano,
/// else the first there is. Drums are never played by an instrument.
static bool
choose_preset(fluid_sfont_t *font, uint8_t program, Preset *preset)
{
  const bool drums = program == PARTITA_PROGRAM_DRUMS;
  const int family = program / 8 * 8;

  *preset = drums ? (Preset){BANK_DRUMS, 0} : (Preset){0, program};
  if (has_preset(font, *preset))
    return true;
  for (int i = 0; !drums && i < 8; ++i) {
    *preset = (Preset){0, family + i};
    if (has_preset(font, *preset))
      return true;
  }
  *preset = (Preset){0, 0};
  return (!drums && has_preset(font, *preset)) ||
         first_preset(font, drums, preset);
}

static void
choose_programs(Synth *self, int font_id, const GByteArray *programs)
{
  fluid_sfont_t *font = fluid_synth_get_sfont_by_id(self->synth, font_id);

  for (guint i = 0; i < programs->len; ++i) {
    const uint8_t program = programs->data[i];
    const bool drums = program == PARTITA_PROGRAM_DRUMS;
    const int channel = (int)i;
    Preset preset;

    (void)fluid_synth_set_channel_type(
      self->synth, channel, drums ? CHANNEL_TYPE_DRUM : CHANNEL_TYPE_MELODIC);
    if (choose_preset(font, program, &preset))
      (void)fluid_synth_program_select(self->synth, channel, font_id,
                                       preset.bank, preset.program);
    else
      (void)fluid_synth_unset_program(self->synth, channel);
  }
}

static bool
load(Synth *self,
     const char *soundfont,
     const GByteArray *programs,
     GError **error)
{
  const int id = partita_loader_load(self->settings, self->synth, soundfont);

  if (id == FLUID_FAILED) {
    g_autofree char *shown = partita_file_display(soundfont);

    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT,
                "%s: damaged SoundFont; "
                "a whole one comes with: apt install timgm6mb-soundfont",
                shown);
    return false;
  }
  choose_programs(self, id, programs);
  return true;
}

/// Renders @frames, at most %PARTITA_CHUNK_FRAMES, into the take.
static bool
render_chunk(Synth *self, size_t frames, GError **error)
{
  const double done = (double)partita_take_get_frames(self->take);
  const double share = done / (double)MAX(self->frames_expected, 1u);

  if (!partita_render_step(self->options, PARTITA_PLAY_SHARE * MIN(share, 1.0),
                           error))
    return false;
  if (fluid_synth_write_float(self->synth, (int)frames, self->samples, 0, 2,
                              self->samples, 1, 2) != FLUID_OK) {
    g_set_error_literal(error, PARTITA_RENDER_ERROR,
                        PARTITA_RENDER_ERROR_SILENT,
                        "FluidSynth could not go on");
    return false;
  }
  return partita_take_append(self->take, self->samples, frames, error);
}

static bool
render_to(Synth *self, uint32_t block, GError **error)
{
  const uint64_t until = (uint64_t)block * PARTITA_BLOCK_FRAMES;

  while (partita_take_get_frames(self->take) < until) {
    const uint64_t left = until - partita_take_get_frames(self->take);

    if (!render_chunk(self, (size_t)MIN(left, PARTITA_CHUNK_FRAMES), error))
      return false;
  }
  return true;
}

static void
send_event(Synth *self, const PartitaEvent *event)
{
  uint32_t *held = &self->held[event->channel][event->key];

  // FluidSynth's note-off ends every voice of its key, so where notes of one
  // key overlap only the last may send it.
  switch ((PartitaEventKind)event->kind) {
  case PARTITA_EVENT_PEDAL:
    (void)fluid_synth_cc(self->synth, event->channel, CC_PEDAL, event->key);
    break;
  case PARTITA_EVENT_OFF:
    if (--*held == 0)
      (void)fluid_synth_noteoff(self->synth, event->channel, event->key);
    break;
  case PARTITA_EVENT_ON:
    ++*held;
    (void)fluid_synth_noteon(self->synth, event->channel, event->key,
                             event->velocity);
    break;
  }
}

static float
loudest(const float *samples, size_t n)
{
  float level = 0.0f;

  for (size_t i = 0; i < n; ++i)
    level = MAX(level, samples[i] < 0.0f ? -samples[i] : samples[i]);
  return level;
}

/// What -66 dBFS of the finished file is in the take.
static double
quiet_level(const Synth *self)
{
  if (self->options->gain > 0.0)
    return QUIET_LEVEL;
  return QUIET_LEVEL * (double)partita_take_get_peak(self->take) /
         PARTITA_PEAK_TARGET;
}

static bool
render_tail(Synth *self, GError **error)
{
  const double blocks_per_second =
    (double)self->options->rate / PARTITA_BLOCK_FRAMES;
  const unsigned enough = (unsigned)(QUIET_SECONDS * blocks_per_second) + 1;
  const unsigned most = (unsigned)(TAIL_SECONDS_MAX * blocks_per_second);
  unsigned quiet = 0;

  for (unsigned i = 0; i < most && quiet < enough; ++i) {
    if (!render_chunk(self, PARTITA_BLOCK_FRAMES, error))
      return false;

    const float level = loudest(self->samples, 2 * PARTITA_BLOCK_FRAMES);

    quiet = (double)level < quiet_level(self) ? quiet + 1 : 0;
  }
  return true;
}

bool
partita_synth_play(const PartitaSchedule *schedule,
                   const char *soundfont,
                   const PartitaRenderOptions *options,
                   PartitaTake *take,
                   GError **error)
{
  silence_log();

  g_autoptr(Synth) self = synth_new(options, schedule->programs->len);

  if (self == NULL) {
    g_set_error_literal(error, PARTITA_RENDER_ERROR,
                        PARTITA_RENDER_ERROR_OPTIONS,
                        "FluidSynth does not start with these options");
    return false;
  }
  self->take = take;
  self->frames_expected = (uint64_t)schedule->end_block * PARTITA_BLOCK_FRAMES;
  if (!load(self, soundfont, schedule->programs, error))
    return false;
  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent *event =
      &g_array_index(schedule->events, PartitaEvent, i);

    // A thousand of them may stand in one block, and each costs a voice.
    if (i % EVENTS_UNWATCHED == EVENTS_UNWATCHED - 1 &&
        g_cancellable_set_error_if_cancelled(options->cancellable, error))
      return false;
    if (!render_to(self, event->block, error))
      return false;
    send_event(self, event);
  }
  return render_to(self, schedule->end_block, error) &&
         render_tail(self, error);
}
