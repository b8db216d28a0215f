// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#include <score/score-private.h>

#define ROUNDS 50

/// Whether the score's metre changes at @tick.
static bool
meter_changes(const PartitaScore *score, uint32_t tick)
{
  size_t n;
  const PartitaMeter *meters = partita_score_get_meters(score, &n);

  for (size_t i = 0; i < n; ++i) {
    if (meters[i].tick == tick)
      return true;
  }
  return false;
}

/* Law: bars tile time from 0 to the end without a hole; each is as long as
 * its metre says, unless a change of metre cuts it. */
static void
test_tile(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(GArray) bars = partita_score_get_bars(score);
    const uint32_t ppq = partita_score_get_ppq(score);
    uint32_t tick = 0;

    for (guint i = 0; i < bars->len; ++i) {
      const PartitaBar bar = g_array_index(bars, PartitaBar, i);
      const uint32_t nominal =
        MAX(1, 4 * ppq * bar.numerator / bar.denominator);

      g_assert_cmpuint(tick, <, partita_score_get_end(score));
      g_assert_cmpuint(bar.tick, ==, tick);
      g_assert_cmpuint(bar.length_ticks, >=, 1);
      tick += bar.length_ticks;
      if (bar.length_ticks != nominal) {
        g_assert_cmpuint(bar.length_ticks, <, nominal);
        g_assert_true(meter_changes(score, tick));
      }
    }
    g_assert_cmpuint(tick, >=, partita_score_get_end(score));
  }
}

static void
test_example(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  static const PartitaBar expected[] = {
    {0, 1920, 4, 4}, {1920, 80, 4, 4}, {2000, 1440, 3, 4}, {3440, 1440, 3, 4}};

  partita_score_add_meter(score, (PartitaMeter){2000, 3, 4});
  partita_score_set_end(score, 3441);

  g_autoptr(GArray) bars = partita_score_get_bars(score);

  g_assert_cmpuint(bars->len, ==, G_N_ELEMENTS(expected));
  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar bar = g_array_index(bars, PartitaBar, i);

    g_assert_cmpuint(bar.tick, ==, expected[i].tick);
    g_assert_cmpuint(bar.length_ticks, ==, expected[i].length_ticks);
    g_assert_cmpuint(bar.numerator, ==, expected[i].numerator);
    g_assert_cmpuint(bar.denominator, ==, expected[i].denominator);
  }
}

static void
test_at_least_one(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  g_assert_cmpuint(bars->len, ==, 1);
}

/* A bar shorter than a tick still moves on, and there is a most. */
static void
test_at_most(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(1);

  partita_score_add_meter(score, (PartitaMeter){0, 1, 64});
  partita_score_set_end(score, 2 * PARTITA_TICK_MAX);

  g_autoptr(GArray) bars = partita_score_get_bars(score);

  g_assert_cmpuint(bars->len, ==, PARTITA_BARS_MAX);
}

/* Law: all bars are the score, its end moved to the last bar's. */
static void
test_cut_all(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(GArray) bars = partita_score_get_bars(score);
    const PartitaBar last = g_array_index(bars, PartitaBar, bars->len - 1);
    g_autoptr(PartitaScore) cut = partita_score_cut_bars(score, 0, SIZE_MAX);

    partita_score_set_end(score, last.tick + last.length_ticks);
    g_assert_true(partita_score_equal(cut, score));
  }
}

static void
assert_notes_within(const PartitaScore *score, uint32_t end)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    size_t n;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, t), &n);

    for (size_t i = 0; i < n; ++i) {
      g_assert_cmpuint(notes[i].onset_ticks, <, end);
      g_assert_cmpuint(notes[i].duration_ticks, >=, 1);
      g_assert_cmpuint(notes[i].onset_ticks + notes[i].duration_ticks, <=, end);
    }
  }
}

/// Asserts that the bars of @cut are those of @bars from @first on.
static void
assert_bars(const PartitaScore *cut, const GArray *bars, guint first, guint n)
{
  g_autoptr(GArray) own = partita_score_get_bars(cut);
  const uint32_t start = g_array_index(bars, PartitaBar, first).tick;

  g_assert_cmpuint(own->len, ==, n);
  for (guint i = 0; i < n; ++i) {
    const PartitaBar a = g_array_index(own, PartitaBar, i);
    const PartitaBar b = g_array_index(bars, PartitaBar, first + i);

    g_assert_cmpuint(a.tick, ==, b.tick - start);
    g_assert_cmpuint(a.numerator, ==, b.numerator);
    g_assert_cmpuint(a.denominator, ==, b.denominator);
  }
}

/* Law: two cuts that meet hold every note once, keep the bars and the times,
 * and nothing rings past them. */
static void
test_cut_in_two(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(GArray) bars = partita_score_get_bars(score);
    const guint k = fixture_draw(0, bars->len);
    const uint32_t start = g_array_index(bars, PartitaBar, k).tick;
    g_autoptr(PartitaScore) a = partita_score_cut_bars(score, 0, k);
    g_autoptr(PartitaScore) b = partita_score_cut_bars(score, k, bars->len - k);
    g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(score);
    g_autoptr(PartitaTempoMap) b_map = partita_tempo_map_new(b);

    g_assert_cmpuint(partita_score_get_n_notes(a) +
                       partita_score_get_n_notes(b),
                     ==, partita_score_get_n_notes(score));
    g_assert_cmpuint(partita_score_get_end(a), ==, start);
    assert_notes_within(a, start);
    assert_notes_within(b, partita_score_get_end(b));
    if (k > 0)
      assert_bars(a, bars, 0, k);
    assert_bars(b, bars, k, bars->len - k);
    for (uint32_t tick = start; tick < partita_score_get_end(score); tick += 97)
      g_assert_cmpuint(partita_tempo_map_tempo_at(b_map, tick - start), ==,
                       partita_tempo_map_tempo_at(map, tick));
  }
}

static void
test_cut_example(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 12, "Marimba");
  size_t n;

  partita_score_add_key(score, (PartitaKey){0, 3, false});
  partita_track_add_note(track, (PartitaNote){1900, 100, 60, 64}); // before
  partita_track_add_note(track, (PartitaNote){2000, 100, 62, 65});
  partita_track_add_note(track, (PartitaNote){3800, 960, 64, 66}); // past
  partita_track_add_note(track, (PartitaNote){3840, 960, 65, 67}); // after

  g_autoptr(PartitaScore) cut = partita_score_cut_bars(score, 1, 1);
  const PartitaTrack *own = partita_score_get_track(cut, 0);
  const PartitaNote *notes = partita_track_get_notes(own, &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_true(fixture_same_note(notes[0], (PartitaNote){80, 100, 62, 65}));
  g_assert_true(fixture_same_note(notes[1], (PartitaNote){1880, 40, 64, 66}));
  g_assert_cmpuint(partita_score_get_end(cut), ==, 1920);
  g_assert_cmpint(partita_score_get_keys(cut, &n)->sharps, ==, 3);
  g_assert_cmpstr(partita_track_get_name(own), ==, "Marimba");
}

static void
test_cut_outside(void)
{
  g_autoptr(PartitaScore) score = fixture_score();
  g_autoptr(PartitaScore) past = partita_score_cut_bars(score, SIZE_MAX, 1);
  g_autoptr(PartitaScore) none = partita_score_cut_bars(score, 0, 0);

  g_assert_cmpuint(partita_score_get_n_notes(past), ==, 0);
  g_assert_cmpuint(partita_score_get_n_notes(none), ==, 0);
  g_assert_cmpuint(partita_score_get_end(past), ==, 0);
  g_assert_cmpuint(partita_score_get_end(none), ==, 0);
}

/* Law: a first bar of a 32nd or less in which nothing begins is no bar to a
 * musician; a longer one, one that is played in, and the only one are. */
static void
test_moment(void)
{
  for (uint32_t first = 1; first <= 120; ++first)
    for (uint32_t onset = 0; onset <= first; ++onset) {
      g_autoptr(PartitaScore) score = partita_score_new(480);
      PartitaTrack *track = partita_score_add_track(score, 0, NULL);

      partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
      partita_score_add_meter(score, (PartitaMeter){first, 4, 4});
      partita_track_add_note(track, (PartitaNote){onset, 960, 60, 64});

      g_autoptr(GArray) all = partita_score_get_bars(score);
      g_autoptr(GArray) played = partita_score_get_played_bars(score);
      const bool silent = partita_bars_find(all, 480, onset) > 0;
      const guint gone = first <= 60 && silent ? 1 : 0;

      g_assert_cmpuint(played->len, ==, all->len - gone);
      g_assert_cmpuint(partita_score_count_bars(score), ==, all->len - gone);
      g_assert_cmpuint(g_array_index(played, PartitaBar, 0).tick, ==,
                       gone > 0 ? first : 0);

      g_autoptr(PartitaScore) cut = partita_score_cut_played(score, 1);
      g_assert_cmpuint(partita_score_get_n_notes(cut), ==,
                       gone > 0 || !silent ? 1 : 0);
    }
}

/* Law: the bar of an onset is the one that it lies in, or the next one, if it
 * is struck less than a 64th note and a quarter of the bar before that. */
static void
test_find(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(GArray) bars = partita_score_get_bars(score);
    const uint16_t ppq = partita_score_get_ppq(score);
    const guint n = MIN(bars->len, 200);

    for (guint b = 0; b + 1 < n; ++b) {
      const PartitaBar bar = g_array_index(bars, PartitaBar, b);
      const uint32_t line = bar.tick + bar.length_ticks;
      const double early = MIN(ppq / 4u, bar.length_ticks) / 4.0;

      g_assert_cmpuint(partita_bars_find(bars, ppq, line), ==, b + 1);
      for (uint32_t back = 1; back < MIN(bar.length_ticks, ppq); ++back)
        g_assert_cmpuint(partita_bars_find(bars, ppq, line - back), ==,
                         back < early ? b + 1 : b);
    }
    g_assert_cmpuint(partita_bars_find(bars, ppq, UINT32_MAX), ==,
                     bars->len - 1);
  }
}

/// Two bars and @tail ticks of a third, in which a note begins if @struck.
static guint
count_played(uint32_t tail, bool struck)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_track_add_note(track, (PartitaNote){0, 3840 + tail, 60, 64});
  if (struck)
    partita_track_add_note(track, (PartitaNote){3840, tail, 64, 64});
  partita_score_sort(score);

  g_autoptr(GArray) bars = partita_score_get_played_bars(score);

  return bars->len;
}

/* A tail of a 32nd makes no bar, a longer one does, and so does a note. */
static void
test_played(void)
{
  g_assert_cmpuint(count_played(0, false), ==, 2);
  g_assert_cmpuint(count_played(1, false), ==, 2);
  g_assert_cmpuint(count_played(60, false), ==, 2);
  g_assert_cmpuint(count_played(61, false), ==, 3);
  g_assert_cmpuint(count_played(60, true), ==, 3);
}

/* Of a bar stay the notes that belong to it, one before it too, none that
 * belongs to the next; what rings on is cut, but for a 32nd. */
static void
test_cut_played(void)
{
  static const PartitaNote given[] = {{0, 960, 60, 64},
                                      {480, 1500, 62, 64},
                                      {960, 2000, 64, 64},
                                      {1895, 30, 65, 64}};
  static const PartitaNote kept[] = {
    {0, 960, 60, 64}, {480, 1500, 62, 64}, {960, 960, 64, 64}};
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, "Marimba");
  size_t n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS(given); ++i)
    partita_track_add_note(track, given[i]);
  partita_score_set_end(score, 3840);

  g_autoptr(PartitaScore) one = partita_score_cut_played(score, 1);
  g_autoptr(PartitaScore) two = partita_score_cut_played(score, 2);
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(one, 0), &n);

  g_assert_cmpuint(n, ==, G_N_ELEMENTS(kept));
  for (size_t i = 0; i < n; ++i)
    g_assert_true(fixture_same_note(notes[i], kept[i]));
  g_assert_true(partita_score_equal(two, score));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/bars/tile", test_tile);
  g_test_add_func("/score/bars/example", test_example);
  g_test_add_func("/score/bars/at-least-one", test_at_least_one);
  g_test_add_func("/score/bars/at-most", test_at_most);
  g_test_add_func("/score/bars/cut-all", test_cut_all);
  g_test_add_func("/score/bars/cut-in-two", test_cut_in_two);
  g_test_add_func("/score/bars/cut-example", test_cut_example);
  g_test_add_func("/score/bars/cut-outside", test_cut_outside);
  g_test_add_func("/score/bars/moment", test_moment);
  g_test_add_func("/score/bars/find", test_find);
  g_test_add_func("/score/bars/played", test_played);
  g_test_add_func("/score/bars/cut-played", test_cut_played);
  return g_test_run();
}
