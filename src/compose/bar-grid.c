// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/bar-grid.h>

#include <compose/steps.h>

/// Bar lines lie on sixteenths, so that every bar has a metre.
#define LINES_A_QUARTER 4

static const PartitaBar *
get_bar(const PartitaBarGrid *grid, size_t bar)
{
  return &g_array_index(grid->bars, PartitaBar, bar);
}

static uint32_t
get_line(const PartitaBarGrid *grid, size_t bar)
{
  return g_array_index(grid->lines, uint32_t, bar);
}

static uint32_t
scale(uint32_t ticks, uint32_t from, uint32_t to)
{
  return (uint32_t)(((uint64_t)ticks * to + from / 2) / from);
}

static PartitaBarGrid *
alloc(uint16_t ppq, uint16_t grid_ppq)
{
  PartitaBarGrid *grid = g_new0(PartitaBarGrid, 1);

  grid->lines = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  grid->ppq = ppq;
  grid->grid_ppq = grid_ppq;
  return grid;
}

PartitaBarGrid *
partita_bar_grid_new(const PartitaScore *score, uint16_t grid_ppq)
{
  PartitaBarGrid *grid = alloc(partita_score_get_ppq(score), grid_ppq);
  const uint32_t unit = grid_ppq / LINES_A_QUARTER;
  uint32_t line = 0;

  grid->bars = partita_score_get_played_bars(score);
  for (guint b = 0; b < grid->bars->len; ++b) {
    g_array_append_val(grid->lines, line);
    line +=
      scale(get_bar(grid, b)->length_ticks, grid->ppq, LINES_A_QUARTER) * unit;
  }
  line = MAX(line, unit);
  g_array_append_val(grid->lines, line);
  return grid;
}

static uint32_t
measure_bar(const PartitaBar *bar, uint16_t ppq)
{
  return partita_bars_measure(ppq, bar->numerator, bar->denominator);
}

PartitaBarGrid *
partita_bar_grid_new_behind(const PartitaBarGrid *grid,
                            const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  PartitaBarGrid *behind = alloc(grid->ppq, grid->grid_ppq);
  const PartitaBar *last = get_bar(grid, grid->bars->len - 1);
  uint32_t tick = last->tick + last->length_ticks;
  uint32_t line = partita_bar_grid_get_end(grid);

  behind->bars = g_array_new(FALSE, FALSE, sizeof(PartitaBar));
  for (guint b = 0; b < bars->len; ++b) {
    PartitaBar bar = g_array_index(bars, PartitaBar, b);

    if (bar.tick < line)
      continue;
    g_array_append_val(behind->lines, bar.tick);
    line = bar.tick + bar.length_ticks;
    bar.tick = tick;
    bar.length_ticks = measure_bar(&bar, grid->ppq);
    tick += bar.length_ticks;
    g_array_append_val(behind->bars, bar);
  }
  g_array_append_val(behind->lines, line);
  return behind;
}

void
partita_bar_grid_free(PartitaBarGrid *grid)
{
  if (grid == NULL)
    return;
  g_array_unref(grid->bars);
  g_array_unref(grid->lines);
  g_free(grid);
}

uint32_t
partita_bar_grid_get_end(const PartitaBarGrid *grid)
{
  return get_line(grid, grid->bars->len);
}

/// The bar in which @tick of the music lies, the last one for what is past it.
static size_t
find_bar(const PartitaBarGrid *grid, uint32_t tick)
{
  size_t low = 0;
  size_t high = grid->bars->len;

  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;

    if (get_bar(grid, middle)->tick <= tick)
      low = middle;
    else
      high = middle;
  }
  return low;
}

uint32_t
partita_bar_grid_straighten_tick(const PartitaBarGrid *grid, uint32_t tick)
{
  const size_t bar = find_bar(grid, tick);
  const uint32_t at = scale(tick - MIN(tick, get_bar(grid, bar)->tick),
                            grid->ppq, grid->grid_ppq);

  return MIN(get_line(grid, bar) + at, get_line(grid, bar + 1));
}

/* A bar whose length its metre does not have is cut by the metre behind it, or
 * has one of its own. */
static void
add_meters(const PartitaBarGrid *grid, PartitaScore *straight)
{
  const uint32_t unit = grid->grid_ppq / LINES_A_QUARTER;

  for (guint b = 0; b < grid->bars->len; ++b) {
    const PartitaBar *bar = get_bar(grid, b);
    const uint32_t length = get_line(grid, b + 1) - get_line(grid, b);
    PartitaMeter meter = {get_line(grid, b), bar->numerator, bar->denominator};

    if (length > measure_bar(bar, grid->grid_ppq)) {
      meter.numerator = (uint8_t)MIN(length / unit, 255);
      meter.denominator = 4 * LINES_A_QUARTER;
    }
    if (length > 0)
      partita_score_add_meter(straight, meter);
  }
}

static void
straighten_track(const PartitaBarGrid *grid,
                 const PartitaTrack *from,
                 PartitaTrack *to)
{
  const uint32_t most = partita_bar_grid_get_end(grid);
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(from, &n);

  for (size_t i = 0; i < n; ++i) {
    PartitaNote note = notes[i];
    const size_t bar =
      partita_bars_find(grid->bars, grid->ppq, note.onset_ticks);
    const uint32_t end = partita_bar_grid_straighten_tick(
      grid, note.onset_ticks + note.duration_ticks);
    const uint32_t onset =
      MAX(partita_bar_grid_straighten_tick(grid, note.onset_ticks),
          get_line(grid, bar));

    note.onset_ticks = MIN(onset, most - 1);
    note.duration_ticks = MAX(end, note.onset_ticks + 1) - note.onset_ticks;
    partita_track_add_note(to, note);
  }

  const PartitaPedal *pedals = partita_track_get_pedals(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_track_add_pedal(
      to, (PartitaPedal){partita_bar_grid_straighten_tick(grid, pedals[i].tick),
                         pedals[i].down});
}

static void
straighten_changes(const PartitaBarGrid *grid,
                   const PartitaScore *score,
                   PartitaScore *straight)
{
  size_t n = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(score, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_tempo(
      straight,
      (PartitaTempo){partita_bar_grid_straighten_tick(grid, tempos[i].tick),
                     tempos[i].us_per_quarter});

  const PartitaKey *keys = partita_score_get_keys(score, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_key(
      straight,
      (PartitaKey){partita_bar_grid_straighten_tick(grid, keys[i].tick),
                   keys[i].sharps, keys[i].minor});
}

PartitaScore *
partita_bar_grid_straighten(const PartitaBarGrid *grid,
                            const PartitaScore *score)
{
  PartitaScore *straight = partita_score_new(grid->grid_ppq);

  add_meters(grid, straight);
  straighten_changes(grid, score, straight);
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from =
      partita_score_get_track((PartitaScore *)score, t);

    straighten_track(grid, from,
                     partita_score_add_track(straight,
                                             partita_track_get_program(from),
                                             partita_track_get_name(from)));
  }
  partita_score_set_end(straight, partita_bar_grid_get_end(grid));
  partita_score_sort(straight);
  return straight;
}

/// The bar whose part of the grid @tick lies in, or for an end, ends in.
static size_t
find_line(const PartitaBarGrid *grid, uint32_t tick, bool end)
{
  size_t low = 0;
  size_t high = grid->bars->len;

  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    const uint32_t line = get_line(grid, middle);

    if (end ? line < tick : line <= tick)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Where a bar is shorter than its part of the grid, its last position may lie
 * behind it: then halfway between the position before and the end. */
static uint32_t
bend_onset(const PartitaBarGrid *grid, uint32_t tick)
{
  const uint32_t step = grid->grid_ppq / PARTITA_STEP_BEAT;
  const size_t b = find_line(grid, tick, false);
  const PartitaBar *bar = get_bar(grid, b);
  const uint32_t at = tick - get_line(grid, b);
  const uint32_t onset = scale(at, grid->grid_ppq, grid->ppq);
  const uint32_t before = scale(at - MIN(at, step), grid->grid_ppq, grid->ppq);

  if (onset < bar->length_ticks)
    return bar->tick + onset;
  return bar->tick +
         MIN((before + bar->length_ticks) / 2, bar->length_ticks - 1);
}

static uint32_t
bend_end(const PartitaBarGrid *grid, uint32_t tick)
{
  const size_t b = find_line(grid, tick, true);
  const PartitaBar *bar = get_bar(grid, b);
  const uint32_t at =
    scale(tick - get_line(grid, b), grid->grid_ppq, grid->ppq);

  return bar->tick + (tick >= get_line(grid, b + 1)
                        ? bar->length_ticks
                        : MIN(at, bar->length_ticks));
}

PartitaNote
partita_bar_grid_bend(const PartitaBarGrid *grid, PartitaNote note)
{
  const uint32_t end = bend_end(grid, note.onset_ticks + note.duration_ticks);

  note.onset_ticks = bend_onset(grid, note.onset_ticks);
  note.duration_ticks = MAX(end, note.onset_ticks + 1) - note.onset_ticks;
  return note;
}
