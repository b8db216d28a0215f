// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/beats.h>
#include <math.h>

#define PPQ 480

/// Chords of a bar over eighths, in 4/4 at @us_per_quarter.
static PartitaScore *
make_piece(uint32_t us_per_quarter, uint32_t n_bars)
{
  static const uint8_t roots[] = {48, 53, 55, 48};
  PartitaScore *score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_score_add_tempo(score, (PartitaTempo){0, us_per_quarter});
  for (uint32_t eighth = 0; eighth < 8 * n_bars; ++eighth) {
    const uint8_t root = roots[eighth / 8 % 4];
    const uint32_t onset = eighth * PPQ / 2;

    if (eighth % 2 == 0)
      partita_track_add_note(track, (PartitaNote){onset, PPQ, root, 80});
    partita_track_add_note(
      track, (PartitaNote){onset, eighth % 2 == 0 ? PPQ : PPQ / 2,
                           (uint8_t)(root + 16 + eighth % 3), 70});
  }
  partita_score_sort(score);
  return score;
}

/* Beats of a steady piece lie on its quarters. */
static void
test_steady(void)
{
  for (uint32_t us = 400000; us <= 800000; us += 50000) {
    g_autoptr(PartitaScore) score = make_piece(us, 16);
    g_autoptr(GArray) beats = partita_beats_track(score);

    // Every quarter of 64, or every second.
    g_assert_true((beats->len >= 62 && beats->len <= 65) ||
                  (beats->len >= 31 && beats->len <= 33));
    for (guint i = 0; i < beats->len; ++i) {
      const double s = g_array_index(beats, double, i);

      g_assert_cmpfloat(fabs(remainder(s, us / 1e6)), <=, 0.04);
    }
  }
}

/* Laws: the beats ascend, 0.24 to 1.2 s apart, and the ticks do not matter,
 * only the time. */
static void
test_laws(void)
{
  for (int round = 0; round < 20; ++round) {
    PartitaScore *const scores[2] = {partita_score_new(PPQ),
                                     partita_score_new(PPQ / 2)};

    for (int which = 0; which < 2; ++which) {
      partita_score_add_track(scores[which], 0, NULL);
      partita_score_add_tempo(
        scores[which], (PartitaTempo){0, which == 0 ? 500000u : 250000u});
    }
    for (int i = g_test_rand_int_range(0, 300); i > 0; --i) {
      const PartitaNote note = {(uint32_t)g_test_rand_int_range(0, 50000),
                                (uint32_t)g_test_rand_int_range(1, 2000),
                                (uint8_t)g_test_rand_int_range(20, 100), 64};

      for (int which = 0; which < 2; ++which)
        partita_track_add_note(partita_score_get_track(scores[which], 0), note);
    }
    g_autoptr(GArray) beats = partita_beats_track(scores[0]);
    g_autoptr(GArray) others = partita_beats_track(scores[1]);

    g_assert_cmpuint(beats->len, ==, others->len);
    for (guint i = 0; i < beats->len; ++i) {
      const double s = g_array_index(beats, double, i);

      g_assert_cmpfloat(s, ==, g_array_index(others, double, i));
      g_assert_cmpfloat(s, >=, 0.0);
      if (i > 0) {
        const double apart = s - g_array_index(beats, double, i - 1);

        g_assert_cmpfloat(apart, >=, 0.239);
        g_assert_cmpfloat(apart, <=, 1.201);
      }
    }
    partita_score_free(scores[0]);
    partita_score_free(scores[1]);
  }
}

/* Of too little, and of more than an hour, nothing is said. */
static void
test_none(void)
{
  g_autoptr(PartitaScore) score = make_piece(500000, 16);
  g_autoptr(PartitaScore) little = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(little, 0, NULL);

  for (uint32_t i = 0; i < 7; ++i)
    partita_track_add_note(track, (PartitaNote){i * PPQ, PPQ, 60, 64});

  g_autoptr(GArray) few = partita_beats_track(little);

  partita_track_add_note(partita_score_get_track(score, 0),
                         (PartitaNote){PPQ * 2 * 3601, PPQ, 60, 64});

  g_autoptr(GArray) late = partita_beats_track(score);

  g_assert_cmpuint(few->len, ==, 0);
  g_assert_cmpuint(late->len, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/beats/steady", test_steady);
  g_test_add_func("/corpus/beats/laws", test_laws);
  g_test_add_func("/corpus/beats/none", test_none);
  return g_test_run();
}
