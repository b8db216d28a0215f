// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

/// A note may ring into a bar for such a part of a quarter, a 32nd note, and
/// not count there.
#define PLAYED_TAIL 8

uint32_t
partita_bars_measure(uint16_t ppq, uint8_t numerator, uint8_t denominator)
{
  return MAX(1u, 4u * ppq * numerator / denominator);
}

/* Appends bars of @meter from @tick until one reaches @end or the next metre,
 * which may cut it short. Returns where the last one ends. */
static uint32_t
append_bars(GArray *bars,
            PartitaBar bar,
            uint32_t end,
            const PartitaMeter *next)
{
  const uint32_t until = next != NULL ? MIN(end, next->tick) : end;
  const uint32_t wanted = (until - bar.tick - 1) / bar.length_ticks + 1;
  const guint n = MIN(wanted, PARTITA_BARS_MAX - bars->len);
  PartitaBar *last = NULL;

  g_array_set_size(bars, bars->len + n);
  last = &g_array_index(bars, PartitaBar, bars->len - 1);
  for (PartitaBar *to = last + 1 - n; to <= last; ++to) {
    *to = bar;
    bar.tick += bar.length_ticks;
  }
  if (next != NULL)
    last->length_ticks = MIN(last->length_ticks, next->tick - last->tick);
  return last->tick + last->length_ticks;
}

GArray *
partita_score_get_bars(const PartitaScore *score)
{
  GArray *bars = g_array_new(FALSE, FALSE, sizeof(PartitaBar));
  const PartitaMeter *meters =
    (const PartitaMeter *)(const void *)score->meters->data;
  const uint32_t end = MAX(1u, partita_score_get_end(score));
  PartitaMeter meter = {0, 4, 4};
  guint next = 0;
  uint32_t tick = 0;

  while (tick < end && bars->len < PARTITA_BARS_MAX) {
    while (next < score->meters->len && meters[next].tick <= tick)
      meter = meters[next++];

    const PartitaBar bar = {
      tick,
      partita_bars_measure(score->ppq, meter.numerator, meter.denominator),
      meter.numerator, meter.denominator};

    tick = append_bars(bars, bar, end,
                       next < score->meters->len ? &meters[next] : NULL);
  }
  return bars;
}

size_t
partita_bars_find(const GArray *bars, uint16_t ppq, uint32_t tick)
{
  const PartitaBar *all = (const PartitaBar *)(const void *)bars->data;
  size_t low = 0;
  size_t high = bars->len;

  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    const uint32_t early =
      MIN(ppq / 4u, all[middle - 1].length_ticks); // a bar may be a tick long

    // Less than a 64th note, and less than a quarter of a short bar.
    if (all[middle].tick <= tick || (all[middle].tick - tick) * 4 < early)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/// Whether a note belongs to the bar of that index in @bars.
static bool
is_struck(const PartitaScore *score, const GArray *bars, size_t bar)
{
  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; i < track->notes->len; ++i)
      if (partita_bars_find(
            bars, score->ppq,
            g_array_index(track->notes, PartitaNote, i).onset_ticks) == bar)
        return true;
  }
  return false;
}

/// Whether the bar is a moment of the time, up to @end, in which nothing
/// begins.
static bool
is_moment(const PartitaScore *score,
          const GArray *bars,
          size_t bar,
          uint32_t end)
{
  const uint32_t begin = g_array_index(bars, PartitaBar, bar).tick;

  return bars->len > 1 && end > begin &&
         (uint64_t)(end - begin) * PLAYED_TAIL <= score->ppq &&
         !is_struck(score, bars, bar);
}

static bool
begins_with_moment(const PartitaScore *score, const GArray *bars)
{
  return is_moment(score, bars, 0,
                   g_array_index(bars, PartitaBar, 0).length_ticks);
}

size_t
partita_score_count_bars(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  return bars->len - (begins_with_moment(score, bars) ? 1 : 0);
}

GArray *
partita_score_get_played_bars(const PartitaScore *score)
{
  GArray *bars = partita_score_get_bars(score);

  if (is_moment(score, bars, bars->len - 1, partita_score_get_end(score)))
    g_array_set_size(bars, bars->len - 1);
  if (begins_with_moment(score, bars))
    g_array_remove_index(bars, 0);
  return bars;
}

/// The last change at or before @tick of a list sorted by tick, or NULL.
static const void *
in_force(const GArray *changes, uint32_t tick)
{
  const guint size = g_array_get_element_size((GArray *)changes);
  const void *found = NULL;

  for (guint i = 0; i < changes->len; ++i) {
    const void *change = changes->data + (size_t)i * size;

    if (*(const uint32_t *)change > tick)
      break;
    found = change;
  }
  return found;
}

static void
cut_changes(PartitaScore *to, const PartitaScore *from, uint32_t a, uint32_t b)
{
  const PartitaTempo *tempo = in_force(from->tempos, a);
  const PartitaMeter *meter = in_force(from->meters, a);
  const PartitaKey *key = in_force(from->keys, a);

  if (tempo != NULL)
    partita_score_add_tempo(to, (PartitaTempo){0, tempo->us_per_quarter});
  if (meter != NULL)
    partita_score_add_meter(
      to, (PartitaMeter){0, meter->numerator, meter->denominator});
  if (key != NULL)
    partita_score_add_key(to, (PartitaKey){0, key->sharps, key->minor});

  for (guint i = 0; i < from->tempos->len; ++i) {
    PartitaTempo change = g_array_index(from->tempos, PartitaTempo, i);

    if (change.tick > a && change.tick < b) {
      change.tick -= a;
      partita_score_add_tempo(to, change);
    }
  }
  for (guint i = 0; i < from->meters->len; ++i) {
    PartitaMeter change = g_array_index(from->meters, PartitaMeter, i);

    if (change.tick > a && change.tick < b) {
      change.tick -= a;
      partita_score_add_meter(to, change);
    }
  }
  for (guint i = 0; i < from->keys->len; ++i) {
    PartitaKey change = g_array_index(from->keys, PartitaKey, i);

    if (change.tick > a && change.tick < b) {
      change.tick -= a;
      partita_score_add_key(to, change);
    }
  }
}

static void
cut_track(PartitaScore *to, const PartitaTrack *from, uint32_t a, uint32_t b)
{
  PartitaTrack *track = partita_score_add_track(to, from->program, NULL);

  partita_track_copy_name(track, from);
  for (guint i = 0; i < from->notes->len; ++i) {
    PartitaNote note = g_array_index(from->notes, PartitaNote, i);

    if (note.onset_ticks < a || note.onset_ticks >= b)
      continue;
    note.duration_ticks = MIN(note.duration_ticks, b - note.onset_ticks);
    note.onset_ticks -= a;
    partita_track_add_note(track, note);
  }
  for (guint i = 0; i < from->pedals->len; ++i) {
    PartitaPedal pedal = g_array_index(from->pedals, PartitaPedal, i);

    if (pedal.tick < a || pedal.tick >= b)
      continue;
    pedal.tick -= a;
    partita_track_add_pedal(track, pedal);
  }
}

/// What lies from tick @a up to @b.
static PartitaScore *
cut_ticks(const PartitaScore *score, uint32_t a, uint32_t b)
{
  PartitaScore *cut = partita_score_new(score->ppq);

  cut_changes(cut, score, a, b);
  for (guint i = 0; i < score->tracks->len; ++i)
    cut_track(cut, g_ptr_array_index(score->tracks, i), a, b);
  partita_score_set_end(cut, b - a);
  partita_score_sort(cut);
  return cut;
}

PartitaScore *
partita_score_cut_bars(const PartitaScore *score, size_t first, size_t n)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  if (first >= bars->len || n == 0)
    return partita_score_new(score->ppq);

  const size_t last = first + MIN(n, bars->len - first) - 1;
  const PartitaBar *final = &g_array_index(bars, PartitaBar, last);

  return cut_ticks(score, g_array_index(bars, PartitaBar, first).tick,
                   final->tick + final->length_ticks);
}

PartitaScore *
partita_score_cut_played(const PartitaScore *score, size_t n)
{
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  const PartitaBar *last =
    &g_array_index(bars, PartitaBar, MIN(n, bars->len) - 1);
  const uint32_t end = last->tick + last->length_ticks;
  PartitaScore *cut = cut_ticks(score, 0, end);
  const uint32_t most = end + score->ppq / PLAYED_TAIL;

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *from = g_ptr_array_index(score->tracks, t);
    PartitaTrack *to = g_ptr_array_index(cut->tracks, t);

    g_array_set_size(to->notes, 0);
    to->end_ticks = 0;
    for (guint i = 0; i < from->notes->len; ++i) {
      PartitaNote note = g_array_index(from->notes, PartitaNote, i);

      if (partita_bars_find(bars, score->ppq, note.onset_ticks) >= n)
        continue;
      if (note.onset_ticks + note.duration_ticks > most)
        note.duration_ticks = MAX(end, note.onset_ticks + 1) - note.onset_ticks;
      partita_track_add_note(to, note);
    }
  }
  partita_score_sort(cut);
  return cut;
}
