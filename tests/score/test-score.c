// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#include <score/score-private.h>

#define ROUNDS 50

/* Law: a copy is equal, and lives on its own. */
static void
test_copy(void)
{
  for (int i = 0; i < ROUNDS; ++i) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(PartitaScore) copy = partita_score_copy(score);

    g_assert_true(partita_score_equal(score, copy));
    g_assert_true(partita_score_equal(copy, score));
    partita_track_add_note(partita_score_get_track(score, 0), fixture_note());
    g_assert_false(partita_score_equal(score, copy));
  }
}

/* Law: whatever differs, makes scores unequal. */
static void
test_unequal(void)
{
  g_autoptr(PartitaScore) score = fixture_score();

  partita_score_add_tempo(score, (PartitaTempo){100, 500000});
  partita_score_add_meter(score, (PartitaMeter){100, 3, 4});
  partita_score_add_key(score, (PartitaKey){100, 2, false});
  for (int what = 0; what < 8; ++what) {
    g_autoptr(PartitaScore) other = partita_score_copy(score);

    g_assert_true(partita_score_equal(score, other));
    switch (what) {
    case 0:
      partita_score_add_tempo(other, (PartitaTempo){100, 500001});
      break;
    case 1:
      partita_score_add_meter(other, (PartitaMeter){100, 3, 8});
      break;
    case 2:
      partita_score_add_key(other, (PartitaKey){100, 2, true});
      break;
    case 3:
      partita_score_set_end(other, partita_score_get_end(other) + 1);
      break;
    case 4:
      (void)partita_score_add_track(other, 0, NULL);
      break;
    case 5:
      partita_score_clear_tempos(other);
      break;
    case 6:
      other->ppq++;
      break;
    default:
      partita_track_add_pedal(partita_score_get_track(other, 0),
                              (PartitaPedal){99999, true});
      break;
    }
    g_assert_false(partita_score_equal(score, other));
    g_assert_false(partita_score_equal(other, score));
  }
}

/* Law: in whatever order changes are entered, they stand in order of time,
 * one at a tick, the last entered. */
static void
test_changes_in_order(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = partita_score_new(96);
    uint8_t model[40] = {0}; // the numerator in force, 0: no change
    size_t at = 0;
    size_t n;

    for (uint32_t i = fixture_draw(0, 100); i > 0; --i) {
      const PartitaMeter meter = {fixture_draw(0, G_N_ELEMENTS(model)),
                                  (uint8_t)fixture_draw(1, 200), 4};

      model[meter.tick] = meter.numerator;
      partita_score_add_meter(score, meter);
      partita_score_add_tempo(score,
                              (PartitaTempo){meter.tick, meter.numerator});
    }
    const PartitaMeter *meters = partita_score_get_meters(score, &n);
    const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

    for (uint32_t tick = 0; tick < G_N_ELEMENTS(model); ++tick) {
      if (model[tick] == 0)
        continue;
      g_assert_cmpuint(at, <, n);
      g_assert_cmpuint(meters[at].tick, ==, tick);
      g_assert_cmpuint(meters[at].numerator, ==, model[tick]);
      g_assert_cmpuint(tempos[at].tick, ==, tick);
      g_assert_cmpuint(tempos[at].us_per_quarter, ==, model[tick]);
      ++at;
    }
    g_assert_cmpuint(at, ==, n);
  }
}

static void
test_clear(void)
{
  g_autoptr(PartitaScore) score = fixture_score();
  size_t n;

  partita_score_add_key(score, (PartitaKey){5, -3, true});
  g_assert_cmpint(partita_score_get_keys(score, &n)->sharps, >=, -7);
  g_assert_cmpuint(n, >=, 1);
  partita_score_clear_keys(score);
  (void)partita_score_get_keys(score, &n);
  g_assert_cmpuint(n, ==, 0);
  partita_score_clear_meters(score);
  (void)partita_score_get_meters(score, &n);
  g_assert_cmpuint(n, ==, 0);
  partita_score_clear_tempos(score);
  (void)partita_score_get_tempos(score, &n);
  g_assert_cmpuint(n, ==, 0);
}

/* Law: the end is the one set, or the last note's if that is later. */
static void
test_end(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  g_assert_cmpuint(partita_score_get_end(score), ==, 0);
  partita_score_set_end(score, 100);
  g_assert_cmpuint(partita_score_get_end(score), ==, 100);
  partita_track_add_note(track, (PartitaNote){90, 30, 60, 64});
  partita_track_add_note(track, (PartitaNote){95, 1, 60, 64});
  g_assert_cmpuint(partita_score_get_end(score), ==, 120);
  partita_score_set_end(score, 200);
  g_assert_cmpuint(partita_score_get_end(score), ==, 200);
}

static void
test_end_of_latest_note(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_track_add_note(
    track, (PartitaNote){PARTITA_TICK_MAX, PARTITA_TICK_MAX, 127, 127});
  g_assert_cmpuint(partita_score_get_end(score), ==, 2 * PARTITA_TICK_MAX);
}

static void
test_counts(void)
{
  for (int i = 0; i < ROUNDS; ++i) {
    g_autoptr(PartitaScore) score = fixture_score();
    size_t sum = 0;

    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      size_t n;

      (void)partita_track_get_notes(partita_score_get_track(score, t), &n);
      sum += n;
    }
    g_assert_cmpuint(partita_score_get_n_notes(score), ==, sum);
  }
}

/* Law: sorting twice is sorting once. */
static void
test_sort_idempotent(void)
{
  for (int i = 0; i < ROUNDS; ++i) {
    g_autoptr(PartitaScore) score = fixture_score();

    for (int k = 0; k < 20; ++k)
      partita_track_add_note(partita_score_get_track(score, 0), fixture_note());
    partita_score_sort(score);

    g_autoptr(PartitaScore) once = partita_score_copy(score);

    partita_score_sort(score);
    g_assert_true(partita_score_equal(score, once));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/score/copy", test_copy);
  g_test_add_func("/score/score/unequal", test_unequal);
  g_test_add_func("/score/score/changes-in-order", test_changes_in_order);
  g_test_add_func("/score/score/clear", test_clear);
  g_test_add_func("/score/score/end", test_end);
  g_test_add_func("/score/score/end-of-latest-note", test_end_of_latest_note);
  g_test_add_func("/score/score/counts", test_counts);
  g_test_add_func("/score/score/sort-idempotent", test_sort_idempotent);
  return g_test_run();
}
