// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <render/render-private.h>
#include <stdio.h>

static PartitaScore *
random_score(unsigned n_tracks)
{
  PartitaScore *score = partita_score_new(96);

  for (int i = 0; i < 20; ++i)
    partita_score_add_tempo(
      score, (PartitaTempo){(uint32_t)g_test_rand_int_range(0, 4000),
                            (uint32_t)g_test_rand_int_range(1, 2000000)});
  for (unsigned t = 0; t < n_tracks; ++t) {
    PartitaTrack *track = partita_score_add_track(
      score, (uint8_t)g_test_rand_int_range(0, PARTITA_N_PROGRAMS), NULL);
    const int n = g_test_rand_int_range(1, 30);

    for (int i = 0; i < n; ++i)
      partita_track_add_note(
        track, (PartitaNote){(uint32_t)g_test_rand_int_range(0, 4000),
                             (uint32_t)g_test_rand_int_range(1, 300),
                             (uint8_t)g_test_rand_int_range(0, 128),
                             (uint8_t)g_test_rand_int_range(1, 128)});
    for (uint32_t tick = 0; tick < 4000; tick += 500)
      partita_track_add_pedal(track, (PartitaPedal){tick, tick % 1000 == 0});
  }
  partita_score_sort(score);
  return score;
}

static PartitaSchedule *
make_schedule(const PartitaScore *score, unsigned laps, unsigned rate)
{
  g_autoptr(GArray) messages = partita_render_list_messages(score);

  return partita_schedule_new(score, messages, laps, rate);
}

/* Law: events come in order, none lies after the end, and each lies within
 * half a block of its exact time. */
static void
test_times(void)
{
  const unsigned rate = 44100;
  g_autoptr(PartitaScore) score = random_score(5);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 1, rate);
  uint32_t last = 0;

  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent event = g_array_index(schedule->events, PartitaEvent, i);
    const double exact = partita_tempo_map_seconds(map, event.tick) * rate;
    const double late = event.block * 64.0 - exact;

    g_assert_cmpuint(event.block, >=, last);
    g_assert_cmpuint(event.block, <=, schedule->end_block);
    g_assert_cmpfloat(late, >=, -32.001);
    g_assert_cmpfloat(late, <=, 32.001);
    last = event.block;
  }
}

/// Whether a note of @track is in the middle of sounding on @key.
static bool
sounds(const PartitaTrack *track, unsigned key, uint32_t tick)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0; i < n; ++i)
    if (notes[i].pitch == key && notes[i].onset_ticks < tick &&
        notes[i].onset_ticks + notes[i].duration_ticks > tick)
      return true;
  return false;
}

/* Law: a key is let go only when the last of its notes ends, never twice; at
 * the end nothing sounds and no pedal is down. */
static void
test_balance(void)
{
  g_autoptr(PartitaScore) score = random_score(40);
  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 1, 8000);
  g_autofree bool *held = g_new0(bool, (gsize)PARTITA_CHANNELS_MAX * 128);
  bool down[PARTITA_CHANNELS_MAX] = {false};
  size_t ons = 0;

  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent event = g_array_index(schedule->events, PartitaEvent, i);
    bool *key = &held[event.channel * 128 + event.values[0]];

    if (event.kind == PARTITA_MESSAGE_NOTE_ON) {
      *key = true;
      ++ons;
    } else if (event.kind == PARTITA_MESSAGE_NOTE_OFF) {
      g_assert_true(*key);
      g_assert_false(sounds(partita_score_get_track(score, event.channel),
                            event.values[0], event.tick));
      *key = false;
    } else if (event.kind == PARTITA_MESSAGE_CONTROL) {
      down[event.channel] = event.values[1] == 127;
    }
  }
  g_assert_cmpuint(ons, ==, partita_score_get_n_notes(score));
  for (guint i = 0; i < PARTITA_CHANNELS_MAX * 128; ++i)
    g_assert_false(held[i]);
  for (guint i = 0; i < PARTITA_CHANNELS_MAX; ++i)
    g_assert_false(down[i]);
}

/// What holds for the notes of a channel.
typedef struct {
  bool drums;
  uint8_t program;
  bool pedal;
} Channel;

/// (transfer full) (element-type utf8): a line for each note, of its tick
/// within a lap of @length and all that it is played with
static GPtrArray *
list_notes(const PartitaSchedule *schedule, uint32_t length)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
  Channel channels[PARTITA_CHANNELS_MAX] = {{0}};

  for (guint i = 0; i < schedule->drums->len; ++i)
    channels[i].drums = schedule->drums->data[i] != 0;
  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent e = g_array_index(schedule->events, PartitaEvent, i);
    Channel *channel = &channels[e.channel];

    if (e.kind == PARTITA_MESSAGE_DRUMS)
      channel->drums = e.values[0] != 0;
    else if (e.kind == PARTITA_MESSAGE_PROGRAM)
      channel->program = e.values[0];
    else if (e.kind == PARTITA_MESSAGE_CONTROL &&
             e.values[0] == PARTITA_CONTROL_SUSTAIN)
      channel->pedal = e.values[1] >= 64;
    else if (e.kind == PARTITA_MESSAGE_NOTE_ON)
      g_ptr_array_add(
        lines,
        g_strdup_printf(
          "%u: channel %u program %u key %u at %u%s", e.tick % length,
          e.channel, channel->drums ? PARTITA_PROGRAM_DRUMS : channel->program,
          e.values[0], e.values[1], channel->pedal ? " held" : ""));
  }
  return lines;
}

/// Checks that every note of a channel has one program; sets @programs, shape
/// [channels], to them.
static void
find_programs(const PartitaSchedule *schedule, int *programs)
{
  g_autoptr(GPtrArray) lines = list_notes(schedule, UINT32_MAX);

  for (guint i = 0; i < schedule->drums->len; ++i)
    programs[i] = -1;
  for (guint i = 0; i < lines->len; ++i) {
    unsigned tick = 0;
    unsigned channel = 0;
    int program = 0;

    g_assert_cmpint(sscanf(g_ptr_array_index(lines, i),
                           "%u: channel %u program %d", &tick, &channel,
                           &program),
                    ==, 3);
    g_assert_true(programs[channel] < 0 || programs[channel] == program);
    programs[channel] = program;
  }
}

/* Law: a channel for each track that has notes, while there are enough. */
static void
test_channels(void)
{
  g_autoptr(PartitaScore) score = random_score(PARTITA_CHANNELS_MAX);
  int programs[PARTITA_CHANNELS_MAX];

  (void)partita_score_add_track(score, 3, "without notes");

  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 1, 8000);

  g_assert_cmpuint(schedule->drums->len, ==, PARTITA_CHANNELS_MAX);
  find_programs(schedule, programs);
  for (guint i = 0; i < PARTITA_CHANNELS_MAX; ++i)
    g_assert_cmpint(
      programs[i], ==,
      partita_track_get_program(partita_score_get_track(score, i)));
}

/* Law: with more, each program has one channel and every note is there. */
static void
test_channels_shared(void)
{
  g_autoptr(PartitaScore) score = random_score(PARTITA_CHANNELS_MAX + 44);
  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 1, 8000);
  g_autoptr(GPtrArray) lines = list_notes(schedule, UINT32_MAX);
  int programs[PARTITA_CHANNELS_MAX];
  bool seen[PARTITA_N_PROGRAMS] = {false};

  g_assert_cmpuint(schedule->drums->len, <=, PARTITA_N_PROGRAMS);
  find_programs(schedule, programs);
  for (guint i = 0; i < schedule->drums->len; ++i) {
    g_assert_cmpint(programs[i], >=, 0);
    g_assert_false(seen[programs[i]]);
    seen[programs[i]] = true;
  }
  g_assert_cmpuint(lines->len, ==, partita_score_get_n_notes(score));
}

/* Law: played on end, each note is played the second time as it was the
 * first. */
static void
test_laps(void)
{
  g_autoptr(PartitaScore) score = random_score(20);
  const uint32_t end = partita_score_get_end(score);

  partita_track_add_pedal(partita_score_get_track(score, 0),
                          (PartitaPedal){3900, true}); // and not up again

  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 2, 8000);
  g_autoptr(GPtrArray) lines = list_notes(schedule, end);
  const guint n = (guint)partita_score_get_n_notes(score);

  g_assert_cmpuint(lines->len, ==, 2 * n);
  for (guint i = 0; i < n; ++i)
    g_assert_cmpstr(g_ptr_array_index(lines, i), ==,
                    g_ptr_array_index(lines, n + i));
}

/* The order within a tick: the pedal, what ends, what begins. */
static void
test_order(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  static const PartitaMessageKind expected[] = {
    PARTITA_MESSAGE_PROGRAM, PARTITA_MESSAGE_NOTE_ON, PARTITA_MESSAGE_CONTROL,
    PARTITA_MESSAGE_NOTE_OFF, PARTITA_MESSAGE_NOTE_ON, PARTITA_MESSAGE_NOTE_OFF,
    // At the end both pedals are raised, and all keys.
    PARTITA_MESSAGE_CONTROL, PARTITA_MESSAGE_CONTROL, PARTITA_MESSAGE_CONTROL};

  partita_track_add_note(track, (PartitaNote){0, 480, 60, 100});
  partita_track_add_note(track, (PartitaNote){480, 480, 60, 100});
  partita_track_add_pedal(track, (PartitaPedal){480, true});

  g_autoptr(PartitaSchedule) schedule = make_schedule(score, 1, 44100);

  g_assert_cmpuint(schedule->events->len, ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < G_N_ELEMENTS(expected); ++i)
    g_assert_cmpint(g_array_index(schedule->events, PartitaEvent, i).kind, ==,
                    expected[i]);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/render/schedule/times", test_times);
  g_test_add_func("/render/schedule/balance", test_balance);
  g_test_add_func("/render/schedule/channels", test_channels);
  g_test_add_func("/render/schedule/channels-shared", test_channels_shared);
  g_test_add_func("/render/schedule/laps", test_laps);
  g_test_add_func("/render/schedule/order", test_order);
  return g_test_run();
}
