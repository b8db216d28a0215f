// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

/* Law: time is the sum of the tempi in force, tick by tick, exactly; so it is
 * additive and grows. */
static void
test_exact(void)
{
  for (int round = 0; round < 20; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
    uint64_t sum = 0;

    for (uint32_t tick = 0; tick < 12000; ++tick) {
      g_assert_cmpuint(partita_tempo_map_us_ppq(map, tick), ==, sum);
      sum += partita_tempo_map_tempo_at(map, tick);
    }
  }
}

/* Law: the tempo in force is the last change at or before the tick. */
static void
test_in_force(void)
{
  g_autoptr(PartitaScore) score = fixture_score();
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  uint32_t expected = 500000;
  size_t n;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);
  size_t next = 0;

  for (uint32_t tick = 0; tick < 12000; ++tick) {
    if (next < n && tempos[next].tick == tick)
      expected = tempos[next++].us_per_quarter;
    g_assert_cmpuint(partita_tempo_map_tempo_at(map, tick), ==, expected);
  }
  g_assert_cmpuint(next, ==, n);
}

/* Law: seconds are the exact time, and grow. */
static void
test_seconds(void)
{
  g_autoptr(PartitaScore) score = fixture_score();
  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
  const double unit = 1e6 * partita_score_get_ppq(score);

  for (uint32_t tick = 1; tick < 12000; tick += 7) {
    const double seconds = partita_tempo_map_seconds(map, tick);
    const double exact = (double)partita_tempo_map_us_ppq(map, tick) / unit;

    g_assert_cmpfloat_with_epsilon(seconds, exact, 1e-12 * (1.0 + exact));
    g_assert_cmpfloat(seconds, >, partita_tempo_map_seconds(map, tick - 1));
  }
}

static void
test_examples(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  g_autoptr(PartitaTempoMap) plain = partita_tempo_map_new(score);

  // 120 quarters a minute if none is named.
  g_assert_cmpfloat(partita_tempo_map_seconds(plain, 960), ==, 1.0);
  partita_score_add_tempo(score, (PartitaTempo){0, 1000000});
  partita_score_add_tempo(score, (PartitaTempo){480, 250000});

  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);

  g_assert_cmpfloat(partita_tempo_map_seconds(map, 0), ==, 0.0);
  g_assert_cmpfloat(partita_tempo_map_seconds(map, 480), ==, 1.0);
  g_assert_cmpfloat(partita_tempo_map_seconds(map, 960), ==, 1.25);
}

/* The longest time there is fits. */
static void
test_longest(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(1);

  partita_score_add_tempo(score, (PartitaTempo){0, 0xFFFFFF});
  partita_score_add_tempo(score, (PartitaTempo){PARTITA_TICK_MAX, 0xFFFFFE});

  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);

  g_assert_cmpuint(partita_tempo_map_us_ppq(map, 2 * PARTITA_TICK_MAX), ==,
                   (uint64_t)PARTITA_TICK_MAX * 0x1FFFFFD);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/tempo-map/exact", test_exact);
  g_test_add_func("/score/tempo-map/in-force", test_in_force);
  g_test_add_func("/score/tempo-map/seconds", test_seconds);
  g_test_add_func("/score/tempo-map/examples", test_examples);
  g_test_add_func("/score/tempo-map/longest", test_longest);
  return g_test_run();
}
