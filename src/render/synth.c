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

/// Each may take a tenth of a millisecond.
#define EVENTS_A_STEP 64

#define QUIET_LEVEL 5.0118723362727224e-4 // -66 dBFS
#define QUIET_SECONDS 0.25
#define TAIL_SECONDS_MAX 12.0

#define BANKS 256       // more than there are
#define CC_OMNI_OFF 124 // from here on controllers choose omni, mono, poly

typedef struct {
  fluid_settings_t *settings;
  fluid_synth_t *synth;
  const PartitaRenderOptions *options;
  PartitaTake *take;
  PartitaMissing *missing;
  const PartitaSchedule *schedule;
  fluid_sfont_t *font;
  int font_id;
  uint64_t frames_expected;
  bool drums[PARTITA_CHANNELS_MAX];
  GHashTable *heard; // by preset, key and velocity: whether there is a sound
  float samples[2 * PARTITA_CHUNK_FRAMES];
} Synth;

static void
synth_free(Synth *synth)
{
  if (synth->synth != NULL)
    delete_fluid_synth(synth->synth);
  if (synth->settings != NULL)
    delete_fluid_settings(synth->settings);
  g_clear_pointer(&synth->heard, g_hash_table_unref);
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
  self->heard = g_hash_table_new(NULL, NULL);
  self->synth = new_fluid_synth(settings);
  return self->synth != NULL ? g_steal_pointer(&self) : NULL;
}

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
    if ((preset->bank == PARTITA_BANK_DRUMS) == drums)
      return true;
  }
  return false;
}

/// An instrument near the one wished for: of the same number in the first bank,
/// else of its family of eight, else the piano, else the first there is.
static bool
choose_instrument(fluid_sfont_t *font, int program, Preset *preset)
{
  const int family = program / 8 * 8;

  *preset = (Preset){0, program};
  if (has_preset(font, *preset))
    return true;
  for (int i = 0; i < 8; ++i) {
    *preset = (Preset){0, family + i};
    if (has_preset(font, *preset))
      return true;
  }
  *preset = (Preset){0, 0};
  return has_preset(font, *preset) || first_preset(font, false, preset);
}

/// A kit near the one wished for. Drums are never played by an instrument.
static bool
choose_kit(fluid_sfont_t *font, Preset *preset)
{
  *preset = (Preset){PARTITA_BANK_DRUMS, 0};
  return has_preset(font, *preset) || first_preset(font, true, preset);
}

/* FluidSynth keeps the bank and the program that were asked for, whatever it
 * plays them with, and so must we: the next program is of that bank. */
static void
choose_program(Synth *self, int channel, int program)
{
  const bool drums = self->drums[channel];
  int id = 0;
  Preset preset;
  int bank = 0;

  (void)fluid_synth_program_change(self->synth, channel, program);
  (void)fluid_synth_get_program(self->synth, channel, &id, &bank, &program);
  if (has_preset(self->font,
                 (Preset){drums ? PARTITA_BANK_DRUMS : bank, program}))
    return;
  if (!(drums ? choose_kit(self->font, &preset)
              : choose_instrument(self->font, program, &preset))) {
    (void)fluid_synth_unset_program(self->synth, channel);
    return;
  }
  (void)fluid_synth_program_select(self->synth, channel, self->font_id,
                                   preset.bank, preset.program);
  if (!drums)
    (void)fluid_synth_bank_select(self->synth, channel, bank);
}

static void
set_drums(Synth *self, int channel, bool drums)
{
  self->drums[channel] = drums;
  (void)fluid_synth_set_channel_type(
    self->synth, channel, drums ? CHANNEL_TYPE_DRUM : CHANNEL_TYPE_MELODIC);
  // Of drums FluidSynth has given the channel the bank of kits.
  if (!drums)
    (void)fluid_synth_bank_select(self->synth, channel, 0);
}

static void
start_channels(Synth *self)
{
  for (guint i = 0; i < self->schedule->drums->len; ++i) {
    set_drums(self, (int)i, self->schedule->drums->data[i] != 0);
    choose_program(self, (int)i, 0);
  }
}

static bool
load(Synth *self, const char *soundfont, GError **error)
{
  const int id = partita_loader_load(self->settings, self->synth, soundfont,
                                     self->options->cancellable);

  if (g_cancellable_set_error_if_cancelled(self->options->cancellable, error))
    return false;

  if (id == FLUID_FAILED) {
    g_autofree char *shown = partita_file_display(soundfont);

    g_set_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT,
                "%s: damaged SoundFont; "
                "a whole one comes with: apt install timgm6mb-soundfont",
                shown);
    return false;
  }
  self->font_id = id;
  self->font = fluid_synth_get_sfont_by_id(self->synth, id);
  start_channels(self);
  return true;
}

/// Tells how far the piece is; returns false if the work is cancelled.
static bool
step(const Synth *self, GError **error)
{
  const double done = (double)partita_take_get_frames(self->take);
  const double share = done / (double)MAX(self->frames_expected, 1u);

  return partita_render_step(self->options,
                             PARTITA_PLAY_SHARE * MIN(share, 1.0), error);
}

/// Renders @frames, at most %PARTITA_CHUNK_FRAMES, into the take.
static bool
render_chunk(Synth *self, size_t frames, GError **error)
{
  if (!step(self, error))
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

/// The number of the youngest voice; each note gets a higher one.
static unsigned
youngest_voice(const Synth *self)
{
  fluid_voice_t *voices[VOICES];
  unsigned youngest = 0;

  fluid_synth_get_voicelist(self->synth, voices, VOICES, -1);
  for (int i = 0; i < VOICES && voices[i] != NULL; ++i)
    youngest = MAX(youngest, fluid_voice_get_id(voices[i]) + 1);
  return youngest;
}

/// Begins a note; returns whether the SoundFont has a sound for it.
static bool
begin_note(Synth *self, fluid_preset_t *preset, const PartitaEvent *event)
{
  const unsigned bank = (unsigned)fluid_preset_get_banknum(preset) % BANKS;
  const unsigned program = (unsigned)fluid_preset_get_num(preset);
  const gpointer what =
    GUINT_TO_POINTER(bank << 21 | program << 14 |
                     (unsigned)event->values[0] << 7 | event->values[1]);
  gpointer known = NULL;
  const bool is_known =
    g_hash_table_lookup_extended(self->heard, what, NULL, &known);
  const unsigned before = is_known ? 0 : youngest_voice(self);

  (void)fluid_synth_noteon(self->synth, event->channel, event->values[0],
                           event->values[1]);
  if (is_known)
    return known != NULL;

  const bool heard = youngest_voice(self) > before;

  g_hash_table_insert(self->heard, what, GUINT_TO_POINTER(heard));
  return heard;
}

static void
send_note(Synth *self, const PartitaEvent *event)
{
  fluid_preset_t *preset =
    fluid_synth_get_channel_preset(self->synth, event->channel);
  const bool heard = preset != NULL && begin_note(self, preset, event);
  const bool drums = self->drums[event->channel];
  int id = 0;
  int bank = 0;
  int program = 0;

  if (event->block >= self->schedule->lap_block)
    return;
  ++self->missing->n_notes;
  if (heard)
    return;
  if (preset != NULL)
    program = fluid_preset_get_num(preset);
  else
    (void)fluid_synth_get_program(self->synth, event->channel, &id, &bank,
                                  &program);
  partita_missing_add(self->missing, drums ? PARTITA_BANK_DRUMS : 0,
                      (unsigned)program, event->values[0], preset == NULL);
}

/* Of the controllers that choose between one voice and many only that they end
 * what sounds is kept: FluidSynth takes them for all channels at once. */
static void
send_control(const Synth *self, int channel, int number, int value)
{
  if (number >= CC_OMNI_OFF)
    (void)fluid_synth_all_notes_off(self->synth, channel);
  else
    (void)fluid_synth_cc(self->synth, channel, number, value);
}

static void
send_event(Synth *self, const PartitaEvent *event)
{
  const int channel = event->channel;
  const int first = event->values[0];
  const int second = event->values[1];

  switch ((PartitaMessageKind)event->kind) {
  case PARTITA_MESSAGE_NOTE_OFF:
    (void)fluid_synth_noteoff(self->synth, channel, first);
    break;
  case PARTITA_MESSAGE_NOTE_ON:
    send_note(self, event);
    break;
  case PARTITA_MESSAGE_KEY_PRESSURE:
    (void)fluid_synth_key_pressure(self->synth, channel, first, second);
    break;
  case PARTITA_MESSAGE_CONTROL:
    send_control(self, channel, first, second);
    break;
  case PARTITA_MESSAGE_PROGRAM:
    choose_program(self, channel, first);
    break;
  case PARTITA_MESSAGE_PRESSURE:
    (void)fluid_synth_channel_pressure(self->synth, channel, first);
    break;
  case PARTITA_MESSAGE_BEND:
    (void)fluid_synth_pitch_bend(self->synth, channel, second << 7 | first);
    break;
  case PARTITA_MESSAGE_DRUMS:
    set_drums(self, channel, first != 0);
    break;
  case PARTITA_MESSAGE_RESET:
    (void)fluid_synth_system_reset(self->synth);
    start_channels(self);
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

/* A chord of many thousand notes takes seconds, so the caller is asked within
 * it too whether to go on. */
static bool
play_events(Synth *self, GError **error)
{
  const GArray *events = self->schedule->events;

  for (guint i = 0; i < events->len; ++i) {
    const PartitaEvent *event = &g_array_index(events, PartitaEvent, i);

    if (!render_to(self, event->block, error) ||
        (i % EVENTS_A_STEP == 0 && !step(self, error)))
      return false;
    send_event(self, event);
  }
  return render_to(self, self->schedule->end_block, error);
}

bool
partita_synth_play(const PartitaSchedule *schedule,
                   const char *soundfont,
                   const PartitaRenderOptions *options,
                   PartitaTake *take,
                   PartitaMissing *missing,
                   GError **error)
{
  silence_log();

  g_autoptr(Synth) self = synth_new(options, schedule->drums->len);

  if (self == NULL) {
    g_set_error_literal(error, PARTITA_RENDER_ERROR,
                        PARTITA_RENDER_ERROR_OPTIONS,
                        "FluidSynth does not start with these options");
    return false;
  }
  self->take = take;
  self->missing = missing;
  self->schedule = schedule;
  self->frames_expected = (uint64_t)schedule->end_block * PARTITA_BLOCK_FRAMES;
  return load(self, soundfont, error) && play_events(self, error) &&
         render_tail(self, error);
}
