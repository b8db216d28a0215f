// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* From the messages of a MIDI file to what the synthesiser is sent. */

#include <render/schedule-private.h>

#define CONTROLS 128
#define MODES_FIRST 120 // from here on controllers end notes
#define SOSTENUTO 66
#define ALL_NOTES_OFF 123

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

typedef struct {
  PartitaPlan plan;
  bool used[PARTITA_STRIPS];
  uint8_t program[PARTITA_STRIPS]; // at its first note
  uint8_t channel[PARTITA_STRIPS];
  Touched *touched; // of each channel
} Mapper;

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

static void
map_strips(Mapper *mapper, const GArray *messages)
{
  const bool shared = find_strips(mapper, messages) > PARTITA_CHANNELS_MAX;

  for (unsigned i = 0; i < PARTITA_STRIPS; ++i) {
    if (!mapper->used[i])
      continue;

    const uint8_t channel =
      partita_plan_channel(&mapper->plan, mapper->program[i], shared);

    // A strip that only becomes one of drums begins as one of an instrument.
    if (!shared)
      mapper->plan.schedule->drums->data[channel] = PARTITA_STRIP_IS_DRUMS(i);
    mapper->channel[i] = channel;
  }
  mapper->touched = g_new0(Touched, mapper->plan.schedule->drums->len + 1);
}

/// Where @event lies, and on which channel.
typedef struct {
  uint32_t tick;
  uint32_t block;
  uint8_t channel;
} Place;

static void
put(Mapper *mapper,
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

  partita_plan_add(&mapper->plan, event);
}

static void
put_control(Mapper *mapper, const Place *place, unsigned number, unsigned value)
{
  put(mapper, place, PARTITA_MESSAGE_CONTROL, number, value);
}

static void
put_rpn(Mapper *mapper, const Place *place, unsigned number, unsigned value)
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
restart_parameters(Mapper *mapper, const Place *place)
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
restart_channel(Mapper *mapper, Place place)
{
  const Touched *touched = &mapper->touched[place.channel];
  const bool drums = mapper->plan.schedule->drums->data[place.channel] != 0;

  put(mapper, &place, PARTITA_MESSAGE_DRUMS, drums, 0);
  put(mapper, &place, PARTITA_MESSAGE_PROGRAM, 0, 0);
  if (touched->bend)
    put(mapper, &place, PARTITA_MESSAGE_BEND, 0, 64);
  if (touched->pressure)
    put(mapper, &place, PARTITA_MESSAGE_PRESSURE, 0, 0);
  if (touched->controls[DATA_HIGH])
    restart_parameters(mapper, &place);
  for (unsigned i = 1; i < MODES_FIRST; ++i) {
    if (touched->controls[i] && !is_parameter(i))
      put_control(mapper, &place, i, initial_value(i));
  }
}

static void
restart(Mapper *mapper, Place place)
{
  for (guint i = 0; i < mapper->plan.schedule->drums->len; ++i) {
    place.channel = (uint8_t)i;
    restart_channel(mapper, place);
  }
}

static void
touch(Mapper *mapper, const PartitaMessage *message, uint8_t channel)
{
  Touched *touched = &mapper->touched[channel];

  touched->bend |= message->kind == PARTITA_MESSAGE_BEND;
  touched->pressure |= message->kind == PARTITA_MESSAGE_PRESSURE;
  if (message->kind == PARTITA_MESSAGE_CONTROL)
    touched->controls[message->values[0] % CONTROLS] = true;
}

/// Ends what still sounds, held by a key or a pedal.
static void
end_lap(Mapper *mapper, Place place)
{
  for (guint i = 0; i < mapper->plan.schedule->drums->len; ++i) {
    place.channel = (uint8_t)i;
    put_control(mapper, &place, PARTITA_CONTROL_SUSTAIN, 0);
    put_control(mapper, &place, SOSTENUTO, 0);
    put_control(mapper, &place, ALL_NOTES_OFF, 0);
  }
}

static void
add_message(Mapper *mapper,
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
add_lap(Mapper *mapper, const GArray *messages, uint32_t first, uint32_t length)
{
  const PartitaPlan *plan = &mapper->plan;
  const Place end = {
    .tick = first + length,
    .block = partita_plan_block_at(plan, first + length),
  };
  bool began = first == 0;

  if (!began)
    restart(mapper, (Place){first, partita_plan_block_at(plan, first), 0});
  for (guint i = 0; i < messages->len; ++i) {
    const PartitaMessage *message = &g_array_index(messages, PartitaMessage, i);
    const uint32_t tick = first + message->tick;

    if (message->tick > length)
      break;
    began |= message->kind == PARTITA_MESSAGE_NOTE_ON;
    if (message->kind != PARTITA_MESSAGE_NOTE_ON || message->tick < length)
      add_message(mapper, message,
                  (Place){tick, partita_plan_block_at(plan, tick), 0}, !began);
  }
  end_lap(mapper, end);
}

PartitaSchedule *
partita_schedule_new_played(const PartitaScore *score,
                            const GArray *messages,
                            unsigned laps,
                            unsigned rate)
{
  const uint32_t length = partita_score_get_end(score);
  g_autoptr(PartitaScore) played = partita_plan_repeat(score, laps);
  g_autofree Mapper *mapper = g_new0(Mapper, 1);

  partita_plan_init(&mapper->plan, played, rate);
  map_strips(mapper, messages);
  for (unsigned i = 0; i < laps; ++i)
    add_lap(mapper, messages, i * length, length);
  g_free(mapper->touched);
  return partita_plan_finish(&mapper->plan, laps);
}
