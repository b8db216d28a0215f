// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <render/render-private.h>

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

/* Law: events come in order, none lies after the end, and each lies within
 * half a block of its exact time but for the end of very short notes. */
static void
test_times(void)
{
  const unsigned rate = 44100;
  g_autoptr(PartitaScore) score = random_score(5);
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  g_autoptr(PartitaSchedule) schedule = partita_schedule_new(score, 1, rate);
  uint32_t last = 0;

  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent event = g_array_index(schedule->events, PartitaEvent, i);
    const double exact = partita_tempo_map_seconds(map, event.tick) * rate;
    const double late = event.block * 64.0 - exact;

    g_assert_cmpuint(event.block, >=, last);
    g_assert_cmpuint(event.block, <=, schedule->end_block);
    g_assert_cmpfloat(late, >=, -32.001);
    g_assert_cmpfloat(late, <=,
                      event.kind == PARTITA_MESSAGE_NOTE_ON ? 32.001 : 96.001);
    last = event.block;
  }
}

/* Law: a key is let go only when the last of its notes ends, never twice; at
 * the end nothing sounds and no pedal is down. */
static void
test_balance(void)
{
  g_autoptr(PartitaScore) score = random_score(40);
  g_autoptr(PartitaSchedule) schedule = partita_schedule_new(score, 1, 8000);
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

/// The program that a channel begins with, counted once for each channel.
static void
count_programs(const PartitaSchedule *schedule, unsigned counts[])
{
  for (guint i = 0; i < schedule->drums->len; ++i)
    counts[PARTITA_PROGRAM_DRUMS] += schedule->drums->data[i];
  for (guint i = 0; i < schedule->events->len; ++i) {
    const PartitaEvent event = g_array_index(schedule->events, PartitaEvent, i);

    if (event.kind == PARTITA_MESSAGE_PROGRAM)
      ++counts[event.values[0]];
  }
}

/* Law: a channel for each track that has notes, while there are enough. */
static void
test_channels(void)
{
  g_autoptr(PartitaScore) score = random_score(PARTITA_CHANNELS_MAX);
  unsigned counts[PARTITA_N_PROGRAMS] = {0};

  (void)partita_score_add_track(score, 3, "without notes");

  g_autoptr(PartitaSchedule) schedule = partita_schedule_new(score, 1, 8000);

  g_assert_cmpuint(schedule->drums->len, ==, PARTITA_CHANNELS_MAX);
  count_programs(schedule, counts);
  for (guint i = 0; i < PARTITA_CHANNELS_MAX; ++i)
    --counts[partita_track_get_program(partita_score_get_track(score, i))];
  for (guint i = 0; i < PARTITA_N_PROGRAMS; ++i)
    g_assert_cmpuint(counts[i], ==, 0);
}

/* Law: with more, each program has one channel and every note is there. */
static void
test_channels_shared(void)
{
  g_autoptr(PartitaScore) score = random_score(PARTITA_CHANNELS_MAX + 44);
  g_autoptr(PartitaSchedule) schedule = partita_schedule_new(score, 1, 8000);
  unsigned drums = 0;
  size_t ons = 0;

  g_assert_cmpuint(schedule->drums->len, <=, PARTITA_N_PROGRAMS);
  for (guint i = 0; i < schedule->drums->len; ++i)
    drums += schedule->drums->data[i];
  g_assert_cmpuint(drums, <=, 1);
  for (guint i = 0; i < schedule->events->len; ++i)
    ons += g_array_index(schedule->events, PartitaEvent, i).kind ==
           PARTITA_MESSAGE_NOTE_ON;
  g_assert_cmpuint(ons, ==, partita_score_get_n_notes(score));
}

/* The order within a tick: the pedal, what ends, what begins. */
static void
test_order(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  static const PartitaMessageKind expected[] = {
    PARTITA_MESSAGE_PROGRAM,  PARTITA_MESSAGE_NOTE_ON, PARTITA_MESSAGE_CONTROL,
    PARTITA_MESSAGE_NOTE_OFF, PARTITA_MESSAGE_NOTE_ON,
    PARTITA_MESSAGE_CONTROL, // raised at the end
    PARTITA_MESSAGE_NOTE_OFF};

  partita_track_add_note(track, (PartitaNote){0, 480, 60, 100});
  partita_track_add_note(track, (PartitaNote){480, 480, 60, 100});
  partita_track_add_pedal(track, (PartitaPedal){480, true});

  g_autoptr(PartitaSchedule) schedule = partita_schedule_new(score, 1, 44100);

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
  g_test_add_func("/render/schedule/order", test_order);
  return g_test_run();
}
