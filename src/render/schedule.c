// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From messages, which have a tick and a strip, to what FluidSynth is sent: on
 * which of its channels, and at the beginning of which block. */

#include <render/render-private.h>

#include <math.h>

#define CONTROLS 128

/// Controllers that set a parameter of a channel, such as the range of bends.
#define DATA_HIGH 6
#define DATA_LOW 38
#define RPN_LOW 100
#define RPN_HIGH 101

/// What messages have been sent to a channel.
typedef struct {
  bool controls[CONTROLS];
  bool bend;
  bool pressure;
} Touched;

/// A schedule that is being made.
typedef struct {
  PartitaSchedule *schedule;
  PartitaTempoMap *map; // of all the times that the piece is played
  double blocks_per_second;
  GByteArray *programs; // that each channel begins with
  Touched *touched;     // of each channel
  bool used[PARTITA_STRIPS];
  uint8_t program[PARTITA_STRIPS]; // at its first note
  uint8_t channel[PARTITA_STRIPS];
} Mapper;

static uint32_t
find_block(const Mapper *mapper, uint32_t tick)
{
  const double seconds = partita_tempo_map_seconds(mapper->map, tick);

  return (uint32_t)llrint(seconds * mapper->blocks_per_second);
}

/* A strip that has no note takes no channel. */
static size_t
find_strips(Mapper *mapper, const GArray *messages)
{
  g_autofree bool *drums = g_new(bool, PARTITA_STRIPS);
  g_autofree uint8_t *program = g_new0(uint8_t, PARTITA_STRIPS);
  size_t n = 0;

  for (unsigned i = 0; i < PARTITA_STRIPS; ++i)
    drums[i] = PARTITA_STRIP_IS_DRUMS(i);
  for (guint i = 0; i < messages->len; ++i) {
    const PartitaMessage *m = &g_array_index(messages, PartitaMessage, i);
    const uint16_t strip = m->strip;

    if (m->kind == PARTITA_MESSAGE_PROGRAM)
      program[strip] = m->values[0];
    else if (m->kind == PARTITA_MESSAGE_DRUMS)
      drums[strip] = m->values[0] != 0;
    if (m->kind != PARTITA_MESSAGE_NOTE_ON || mapper->used[strip])
      continue;
    mapper->used[strip] = true;
    mapper->program[strip] =
      drums[strip] ? PARTITA_PROGRAM_DRUMS : program[strip];
    ++n;
  }
  return n;
}

/// A channel for @program; if @shared, one that has it already is taken.
static uint8_t
take_channel(const Mapper *mapper, uint8_t program, bool shared)
{
  const uint8_t drums = program == PARTITA_PROGRAM_DRUMS;

  for (guint i = 0; shared && i < mapper->programs->len; ++i) {
    if (mapper->programs->data[i] == program)
      return (uint8_t)i;
  }
  g_byte_array_append(mapper->programs, &program, 1);
  g_byte_array_append(mapper->schedule->drums, &drums, 1);
  return (uint8_t)(mapper->programs->len - 1);
}

static void
map_strips(Mapper *mapper, const GArray *messages)
{
  const bool shared = find_strips(mapper, messages) > PARTITA_CHANNELS_MAX;

  for (unsigned i = 0; i < PARTITA_STRIPS; ++i) {
    if (!mapper->used[i])
      continue;

    const uint8_t channel = take_channel(mapper, mapper->program[i], shared);

    // A strip that only becomes one of drums begins as one of an instrument.
    if (!shared)
      mapper->schedule->drums->data[channel] = PARTITA_STRIP_IS_DRUMS(i);
    mapper->channel[i] = channel;
  }
  mapper->touched = g_new0(Touched, mapper->schedule->drums->len + 1);
}

/// Where an event lies, and on which channel.
typedef struct {
  uint32_t tick;
  uint32_t block;
  uint8_t channel;
} Place;

static void
put(const Mapper *mapper,
    const Place *place,
    PartitaMessageKind kind,
    unsigned first,
    unsigned second)
{
  const PartitaEvent event = {
    .tick = place->tick,
    .block = place->block,
    .channel = place->channel,
    .kind = (uint8_t)kind,
    .values = {(uint8_t)first, (uint8_t)second},
  };

  g_array_append_val(mapper->schedule->events, event);
}

static void
put_control(const Mapper *mapper,
            const Place *place,
            unsigned number,
            unsigned value)
{
  put(mapper, place, PARTITA_MESSAGE_CONTROL, number, value);
}

static void
put_rpn(const Mapper *mapper,
        const Place *place,
        unsigned number,
        unsigned value)
{
  put_control(mapper, place, RPN_HIGH, 0);
  put_control(mapper, place, RPN_LOW, number);
  put_control(mapper, place, DATA_LOW, 0);
  put_control(mapper, place, DATA_HIGH, value);
}

/// What a controller is at the beginning, of General MIDI and of FluidSynth.
static unsigned
initial_value(unsigned control)
{
  switch (control) {
  case 7: // volume
    return 100;
  case 8:  // balance
  case 10: // pan
    return 64;
  case 11: // expression
    return 127;
  default: // 70 to 79: how notes sound
    return control >= 70 && control <= 79 ? 64 : 0;
  }
}

/* Bend range, fine and coarse tuning; then no parameter is chosen. */
static void
restart_parameters(const Mapper *mapper, const Place *place)
{
  put_rpn(mapper, place, 0, 2);
  put_rpn(mapper, place, 1, 64);
  put_rpn(mapper, place, 2, 64);
  put_control(mapper, place, RPN_HIGH, 127);
  put_control(mapper, place, RPN_LOW, 127);
}

static bool
is_parameter(unsigned control)
{
  return control == DATA_HIGH || control == DATA_LOW ||
         (control >= 96 && control <= RPN_HIGH);
}

/* Not by a reset, which would cut off what rings on. */
static void
restart_channel(const Mapper *mapper, Place place)
{
  const Touched *touched = &mapper->touched[place.channel];
  const bool drums = mapper->schedule->drums->data[place.channel] != 0;

  put(mapper, &place, PARTITA_MESSAGE_DRUMS, drums, 0);
  put(mapper, &place, PARTITA_MESSAGE_PROGRAM, 0, 0);
  if (touched->bend)
    put(mapper, &place, PARTITA_MESSAGE_BEND, 0, 64);
  if (touched->pressure)
    put(mapper, &place, PARTITA_MESSAGE_PRESSURE, 0, 0);
  if (touched->controls[DATA_HIGH])
    restart_parameters(mapper, &place);
  for (unsigned i = 1; i < PARTITA_CONTROL_ALL_SOUND_OFF; ++i) {
    if (touched->controls[i] && !is_parameter(i))
      put_control(mapper, &place, i, initial_value(i));
  }
}

static void
restart(const Mapper *mapper, Place place)
{
  for (guint i = 0; i < mapper->schedule->drums->len; ++i) {
    place.channel = (uint8_t)i;
    restart_channel(mapper, place);
  }
}

static void
touch(const Mapper *mapper, const PartitaMessage *message, uint8_t channel)
{
  Touched *touched = &mapper->touched[channel];

  touched->bend |= message->kind == PARTITA_MESSAGE_BEND;
  touched->pressure |= message->kind == PARTITA_MESSAGE_PRESSURE;
  if (message->kind == PARTITA_MESSAGE_CONTROL)
    touched->controls[message->values[0] % CONTROLS] = true;
}

/// Ends what still sounds, held by a key or a pedal.
static void
end_lap(const Mapper *mapper, Place place)
{
  for (guint i = 0; i < mapper->schedule->drums->len; ++i) {
    place.channel = (uint8_t)i;
    put_control(mapper, &place, PARTITA_CONTROL_SUSTAIN, 0);
    put_control(mapper, &place, PARTITA_CONTROL_SOSTENUTO, 0);
    put_control(mapper, &place, PARTITA_CONTROL_ALL_NOTES_OFF, 0);
  }
}

static void
add_message(const Mapper *mapper,
            const PartitaMessage *message,
            Place place,
            bool restarts)
{
  if (message->kind == PARTITA_MESSAGE_RESET) {
    if (restarts)
      restart(mapper, place);
    else
      put(mapper, &place, PARTITA_MESSAGE_RESET, 0, 0);
    return;
  }
  if (!mapper->used[message->strip])
    return;
  place.channel = mapper->channel[message->strip];
  touch(mapper, message, place.channel);
  put(mapper, &place, message->kind, message->values[0], message->values[1]);
}

/// Adds one lap, that begins @first ticks after the beginning.
static void
add_lap(const Mapper *mapper,
        const GArray *messages,
        uint32_t first,
        uint32_t length)
{
  const Place end = {
    .tick = first + length,
    .block = find_block(mapper, first + length),
  };
  bool began = first == 0;

  if (!began)
    restart(mapper, (Place){first, find_block(mapper, first), 0});
  for (guint i = 0; i < messages->len; ++i) {
    const PartitaMessage *message = &g_array_index(messages, PartitaMessage, i);
    const uint32_t tick = first + message->tick;

    if (message->tick > length)
      break;
    began |= message->kind == PARTITA_MESSAGE_NOTE_ON;
    if (message->kind != PARTITA_MESSAGE_NOTE_ON || message->tick < length)
      add_message(mapper, message, (Place){tick, find_block(mapper, tick), 0},
                  !began);
  }
  end_lap(mapper, end);
}

/// (transfer full): the tempos and the end of @score, @laps times one after the
/// other
static PartitaScore *
repeat_frame(const PartitaScore *score, unsigned laps)
{
  g_autoptr(PartitaScore) frame = partita_score_copy_frame(score);
  PartitaScore *played = partita_score_copy(frame);

  for (unsigned i = 1; i < laps; ++i)
    partita_score_append(played, frame);
  return played;
}

PartitaSchedule *
partita_schedule_new(const PartitaScore *score,
                     const GArray *messages,
                     unsigned laps,
                     unsigned rate)
{
  const uint32_t length = partita_score_get_end(score);
  g_autoptr(PartitaScore) played = repeat_frame(score, laps);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(played);
  g_autoptr(GByteArray) programs = g_byte_array_new();
  g_autofree Mapper *mapper = g_new0(Mapper, 1);
  PartitaSchedule *schedule = g_new0(PartitaSchedule, 1);

  schedule->events = g_array_new(FALSE, FALSE, sizeof(PartitaEvent));
  schedule->drums = g_byte_array_new();
  mapper->schedule = schedule;
  mapper->map = map;
  mapper->blocks_per_second = (double)rate / PARTITA_BLOCK_FRAMES;
  mapper->programs = programs;
  map_strips(mapper, messages);
  for (unsigned i = 0; i < laps; ++i)
    add_lap(mapper, messages, i * length, length);
  g_free(mapper->touched);
  schedule->end_block = find_block(mapper, laps * length);
  schedule->lap_block = laps > 1 ? schedule->end_block / laps : UINT32_MAX;
  return schedule;
}

void
partita_schedule_free(PartitaSchedule *schedule)
{
  if (schedule == NULL)
    return;
  g_array_unref(schedule->events);
  g_byte_array_unref(schedule->drums);
  g_free(schedule);
}
