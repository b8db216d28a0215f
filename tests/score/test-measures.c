// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/score.h>
#include <string.h>

/* Four bars of quarters over half notes; the third has another rhythm. */
static PartitaScore *
make_score(void)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *upper = partita_score_add_track(score, 0, NULL);
  PartitaTrack *lower = partita_score_add_track(score, 0, NULL);

  for (uint32_t i = 0; i < 16; ++i)
    partita_track_add_note(
      upper, (PartitaNote){480 * i + (i == 9 ? 120 : 0), 240, 72, 80});
  for (uint32_t i = 0; i < 8; ++i)
    partita_track_add_note(lower, (PartitaNote){960 * i, 960, 48, 80});
  partita_score_sort(score);
  return score;
}

static void
test_values(void)
{
  g_autoptr(PartitaScore) score = make_score();
  double measures[PARTITA_N_MEASURES];

  g_assert_true(partita_score_measure(score, measures));
  g_assert_cmpfloat(measures[PARTITA_MEASURE_DENSITY], ==, 1.5);
  g_assert_cmpfloat(measures[PARTITA_MEASURE_VOICES], ==, 1.5);
  g_assert_cmpfloat(measures[PARTITA_MEASURE_PITCH_CLASSES], ==, 0.0);
  // 16 notes at 72 and 8 at 48: 24 sqrt(2) / 3.
  g_assert_cmpfloat_with_epsilon(measures[PARTITA_MEASURE_SPREAD],
                                 11.3137084989848, 1e-9);
  // Eighths and half notes: (16 * -1 + 8 * 1) / 24.
  g_assert_cmpfloat_with_epsilon(measures[PARTITA_MEASURE_LENGTH], -1.0 / 3.0,
                                 1e-9);
  g_assert_cmpfloat(measures[PARTITA_MEASURE_REPETITION], ==, 0.5);
}

/* Law: transposing changes no measure but which pitch classes there are. */
static void
test_transposed(void)
{
  g_autoptr(PartitaScore) score = make_score();
  double before[PARTITA_N_MEASURES], after[PARTITA_N_MEASURES];

  partita_track_add_note(partita_score_get_track(score, 0),
                         (PartitaNote){0, 480, 76, 80});
  partita_score_sort(score);
  g_assert_true(partita_score_measure(score, before));
  g_assert_cmpfloat(before[PARTITA_MEASURE_PITCH_CLASSES], >, 0.0);
  g_assert_true(partita_score_transpose(score, 7));
  g_assert_true(partita_score_measure(score, after));
  for (size_t i = 0; i < PARTITA_N_MEASURES; ++i)
    g_assert_cmpfloat_with_epsilon(before[i], after[i], 1e-9);
}

static void
test_nothing(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  double measures[PARTITA_N_MEASURES];
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  g_assert_false(partita_score_measure(score, measures));
  partita_track_add_note(drums, (PartitaNote){0, 480, 36, 80});
  g_assert_false(partita_score_measure(score, measures));
}

static void
test_names(void)
{
  for (int i = 0; i < PARTITA_N_MEASURES; ++i)
    g_assert_nonnull(partita_measure_name((PartitaMeasure)i));
  g_assert_null(partita_measure_name(PARTITA_N_MEASURES));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/measures/values", test_values);
  g_test_add_func("/measures/transposed", test_transposed);
  g_test_add_func("/measures/nothing", test_nothing);
  g_test_add_func("/measures/names", test_names);
  return g_test_run();
}
