// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/bar-grid.h>

#include <math.h>

#define GRID_PPQ 480
#define SIXTEENTH (GRID_PPQ / 4)
/// Between the positions on which models write.
#define STEP (GRID_PPQ / 12)

static uint32_t
draw(uint32_t low, uint32_t high)
{
  return (uint32_t)g_test_rand_int_range((gint32)low, (gint32)high + 1);
}

static const PartitaBar *
bar_of(const PartitaBarGrid *grid, guint bar)
{
  return &g_array_index(grid->bars, PartitaBar, bar);
}

static uint32_t
line_of(const PartitaBarGrid *grid, guint bar)
{
  return g_array_index(grid->lines, uint32_t, bar);
}

/// Music whose metre changes at any tick, so that bars of any length are among
/// its bars, with a track for each note.
static PartitaScore *
draw_music(void)
{
  static const uint16_t ppqs[] = {1, 7, 24, 100, 480, 960};
  const uint16_t ppq = ppqs[draw(0, G_N_ELEMENTS(ppqs) - 1)];
  PartitaScore *score = partita_score_new(ppq);
  const uint32_t end = draw(1, 60u * ppq);

  for (uint32_t n = draw(0, 12); n > 0; --n)
    partita_score_add_meter(score,
                            (PartitaMeter){draw(0, end), (uint8_t)draw(1, 16),
                                           (uint8_t)(1u << draw(0, 6))});
  for (uint32_t n = draw(1, 30); n > 0; --n) {
    const uint32_t onset = draw(0, end - 1);

    partita_track_add_note(
      partita_score_add_track(score, 0, NULL),
      (PartitaNote){onset, draw(1, end - onset), (uint8_t)draw(30, 90), 80});
  }
  partita_score_set_end(score, end);
  partita_score_sort(score);
  return score;
}

/// Music of whole quarters, 4/4, but for bar @odd, which lasts @length ticks.
static PartitaScore *
make_odd(uint32_t bars, uint32_t odd, uint32_t length)
{
  PartitaScore *score = partita_score_new(GRID_PPQ);
  const uint32_t bar = 4 * GRID_PPQ;

  partita_score_add_meter(score, (PartitaMeter){0, 4, 4});
  partita_score_add_meter(score, (PartitaMeter){odd * bar + length, 4, 4});
  partita_score_set_end(score, (bars - 1) * bar + length);
  return score;
}

static const PartitaNote *
note_of(const PartitaScore *score, size_t track)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(
    partita_score_get_track((PartitaScore *)score, track), &n);

  g_assert_cmpuint(n, ==, 1);
  return notes;
}

/* Law: bar lines lie on sixteenths, each bar having as many as it lasts to the
 * nearest, and the straightened music has these bars and no others. */
static void
test_lines(void)
{
  for (int i = 0; i < 300; ++i) {
    g_autoptr(PartitaScore) score = draw_music();
    const double ppq = partita_score_get_ppq(score);
    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
    g_autoptr(PartitaScore) straight = partita_bar_grid_straighten(grid, score);
    g_autoptr(GArray) bars = partita_score_get_bars(straight);
    const guint n = grid->bars->len;
    guint n_lines = 0; // of bars that have a part of the grid

    g_assert_cmpuint(grid->lines->len, ==, n + 1);
    g_assert_cmpuint(line_of(grid, 0), ==, 0);
    g_assert_cmpuint(partita_bar_grid_get_end(grid), ==, line_of(grid, n));
    g_assert_cmpuint(partita_score_get_end(straight), ==, line_of(grid, n));
    g_assert_cmpuint(line_of(grid, n), >=, SIXTEENTH);
    for (guint b = 0; b < n; ++b) {
      const double length = bar_of(grid, b)->length_ticks * 4.0 / ppq;
      const uint32_t sixteenths =
        (line_of(grid, b + 1) - line_of(grid, b)) / SIXTEENTH;

      g_assert_cmpuint(line_of(grid, b) % SIXTEENTH, ==, 0);
      g_assert_cmpuint(
        partita_bar_grid_straighten_tick(grid, bar_of(grid, b)->tick), ==,
        line_of(grid, b));
      if (line_of(grid, n) > SIXTEENTH)
        g_assert_cmpfloat(fabs(sixteenths - length), <=, 0.5);
      if (sixteenths == 0)
        continue;
      g_assert_cmpuint(n_lines, <, bars->len);
      g_assert_cmpuint(g_array_index(bars, PartitaBar, n_lines).tick, ==,
                       line_of(grid, b));
      ++n_lines;
    }
    g_assert_cmpuint(bars->len, ==, n_lines);
  }
}

/* Law: on the grid a note begins in its own bar, as far behind the bar line as
 * in the music, and ends with the last bar at the latest. */
static void
test_straighten(void)
{
  for (int i = 0; i < 300; ++i) {
    g_autoptr(PartitaScore) score = draw_music();
    const uint16_t ppq = partita_score_get_ppq(score);
    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
    g_autoptr(PartitaScore) straight = partita_bar_grid_straighten(grid, score);
    const uint32_t end = partita_bar_grid_get_end(grid);

    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      const PartitaNote from = *note_of(score, t);
      const PartitaNote to = *note_of(straight, t);
      const guint bar =
        (guint)partita_bars_find(grid->bars, ppq, from.onset_ticks);
      const double behind =
        (double)from.onset_ticks - bar_of(grid, bar)->tick; // < 0: early
      const double wished =
        line_of(grid, bar) + MAX(behind, 0.0) * GRID_PPQ / ppq;
      const double latest = MIN(line_of(grid, bar + 1), end - 1);

      g_assert_cmpuint(to.onset_ticks, >=, MIN(line_of(grid, bar), end - 1));
      g_assert_cmpfloat(fabs(to.onset_ticks - MIN(wished, latest)), <=, 0.5);
      g_assert_cmpuint(to.onset_ticks + to.duration_ticks, <=, end);
    }
  }
}

/* Law: what is written on the grid begins in the bar of the music that it was
 * written in, in the order of the grid, and ends no later than the music. */
static void
test_bend(void)
{
  for (int i = 0; i < 300; ++i) {
    g_autoptr(PartitaScore) score = draw_music();
    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
    const PartitaBar *last = bar_of(grid, grid->bars->len - 1);
    const uint32_t end = partita_bar_grid_get_end(grid);
    uint32_t before = 0;
    guint bar = 0;

    for (uint32_t onset = 0; onset < end; onset += STEP) {
      const PartitaNote from = {onset, draw(1, end - onset), 60, 80};
      const PartitaNote to = partita_bar_grid_bend(grid, from);

      while (bar + 1 < grid->bars->len && line_of(grid, bar + 1) <= onset)
        ++bar;
      g_assert_cmpuint(to.onset_ticks, >=, bar_of(grid, bar)->tick);
      g_assert_cmpuint(to.onset_ticks, <,
                       bar_of(grid, bar)->tick +
                         bar_of(grid, bar)->length_ticks);
      g_assert_cmpuint(to.onset_ticks, >=, before);
      g_assert_cmpuint(to.duration_ticks, >=, 1);
      g_assert_cmpuint(to.onset_ticks + to.duration_ticks, <=,
                       last->tick + last->length_ticks);
      before = to.onset_ticks;
    }
  }
}

/* Law: where all bars have whole sixteenths, what lies on the positions comes
 * back as it was. */
static void
test_round_trip(void)
{
  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaScore) score = partita_score_new(GRID_PPQ);
    const uint32_t steps = 3 * draw(1, 60);

    for (uint32_t n = draw(0, 6); n > 0; --n)
      partita_score_add_meter(score,
                              (PartitaMeter){draw(0, steps / 3) * SIXTEENTH,
                                             (uint8_t)draw(1, 9),
                                             (uint8_t)(1u << draw(0, 4))});
    for (uint32_t n = draw(1, 20); n > 0; --n) {
      const uint32_t onset = draw(0, steps - 1);

      partita_track_add_note(
        partita_score_add_track(score, 0, NULL),
        (PartitaNote){onset * STEP, draw(1, steps - onset) * STEP, 60, 80});
    }
    partita_score_set_end(score, steps * STEP);

    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
    g_autoptr(PartitaScore) straight = partita_bar_grid_straighten(grid, score);

    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      const PartitaNote want = *note_of(score, t);
      const PartitaNote got =
        partita_bar_grid_bend(grid, *note_of(straight, t));

      g_assert_cmpuint(got.onset_ticks, ==, want.onset_ticks);
      g_assert_cmpuint(got.duration_ticks, ==, want.duration_ticks);
    }
  }
}

/* Law: however long one bar is, in every other bar what is written lies where
 * it was written, counted from the bar line. */
static void
test_odd_bar(void)
{
  static const uint32_t lengths[] = {1, 30, 59, 61, 500, 1890, 1919};

  for (size_t i = 0; i < G_N_ELEMENTS(lengths); ++i) {
    g_autoptr(PartitaScore) score = make_odd(5, 2, lengths[i]);
    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);

    g_assert_cmpuint(grid->bars->len, ==, 5);
    g_assert_cmpuint(bar_of(grid, 2)->length_ticks, ==, lengths[i]);
    for (guint b = 0; b < 5; ++b) {
      for (uint32_t at = 0; b != 2 && at < 4 * GRID_PPQ; at += STEP) {
        const PartitaNote note = partita_bar_grid_bend(
          grid, (PartitaNote){line_of(grid, b) + at, STEP, 60, 80});

        g_assert_cmpuint(note.onset_ticks, ==, bar_of(grid, b)->tick + at);
        g_assert_cmpuint(note.duration_ticks, ==, STEP);
      }
    }
  }
}

/* The last position of a bar that is a little too short lies halfway between
 * the one before and the end. */
static void
test_short_bar(void)
{
  g_autoptr(PartitaScore) score = make_odd(2, 0, 1870);
  g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
  const PartitaNote note =
    partita_bar_grid_bend(grid, (PartitaNote){1880, STEP, 60, 80});

  g_assert_cmpuint(line_of(grid, 1), ==, 1920);
  g_assert_cmpuint(note.onset_ticks, ==, (1840 + 1870) / 2);
  g_assert_cmpuint(note.onset_ticks + note.duration_ticks, ==, 1870);
}

/* A note that is struck just before its bar begins with it. */
static void
test_early(void)
{
  g_autoptr(PartitaScore) score = make_odd(2, 1, 1920);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_track_add_note(track, (PartitaNote){1800, 60, 60, 80});
  partita_track_add_note(track, (PartitaNote){1895, 60, 60, 80});

  g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
  g_autoptr(PartitaScore) straight = partita_bar_grid_straighten(grid, score);
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(straight, 0), &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_cmpuint(notes[0].onset_ticks, ==, 1800);
  g_assert_cmpuint(notes[1].onset_ticks, ==, 1920);
  g_assert_cmpuint(notes[1].onset_ticks + notes[1].duration_ticks, ==, 1955);
}

/* Law: new bars follow where the music ends, whole, whatever its last bar
 * lacks, and what is written in them lies where it was written. */
static void
test_behind(void)
{
  for (uint32_t length = 30; length <= 1920; length += 30) {
    g_autoptr(PartitaScore) score = make_odd(3, 2, length);
    g_autoptr(PartitaBarGrid) grid = partita_bar_grid_new(score, GRID_PPQ);
    g_autoptr(PartitaScore) composed = partita_score_new(GRID_PPQ);

    partita_score_add_meter(composed, (PartitaMeter){5 * 1920, 3, 4});
    partita_score_set_end(composed, 5 * 1920 + 2 * 1440);

    g_autoptr(PartitaBarGrid) behind =
      partita_bar_grid_new_behind(grid, composed);
    const PartitaBar *last = bar_of(grid, grid->bars->len - 1);
    uint32_t tick = last->tick + last->length_ticks;

    g_assert_cmpuint(behind->bars->len, ==, 7 - grid->bars->len);
    g_assert_cmpuint(line_of(behind, 0), >=, partita_bar_grid_get_end(grid));
    g_assert_cmpuint(partita_bar_grid_get_end(behind), ==,
                     partita_score_get_end(composed));
    for (guint b = 0; b < behind->bars->len; ++b) {
      const PartitaBar *bar = bar_of(behind, b);

      g_assert_cmpuint(bar->tick, ==, tick);
      g_assert_cmpuint(bar->length_ticks, ==,
                       line_of(behind, b) < 5 * 1920 ? 1920 : 1440);
      for (uint32_t at = 0; at < bar->length_ticks; at += STEP)
        g_assert_cmpuint(
          partita_bar_grid_bend(
            behind, (PartitaNote){line_of(behind, b) + at, STEP, 60, 80})
            .onset_ticks,
          ==, tick + at);
      tick += bar->length_ticks;
    }
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/bar-grid/lines", test_lines);
  g_test_add_func("/compose/bar-grid/straighten", test_straighten);
  g_test_add_func("/compose/bar-grid/bend", test_bend);
  g_test_add_func("/compose/bar-grid/round-trip", test_round_trip);
  g_test_add_func("/compose/bar-grid/odd-bar", test_odd_bar);
  g_test_add_func("/compose/bar-grid/short-bar", test_short_bar);
  g_test_add_func("/compose/bar-grid/early", test_early);
  g_test_add_func("/compose/bar-grid/behind", test_behind);
  return g_test_run();
}
