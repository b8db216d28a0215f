// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

/// What a change of key must gain in correlation, summed over the bars.
#define CHANGE_COST 3.0

typedef struct {
  double classes[12];
} Weights;

/// The bar in which @tick lies; the last one holds all that comes after.
static guint
find_bar(const GArray *bars, uint32_t tick)
{
  guint low = 0;
  guint high = bars->len;

  while (high - low > 1) {
    const guint middle = low + (high - low) / 2;

    if (g_array_index(bars, PartitaBar, middle).tick <= tick)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/// Shape [bars + 1]: the weights of all bars before each.
static Weights *
sum_weights(const PartitaScore *score, const GArray *bars)
{
  Weights *sums = g_new0(Weights, bars->len + 1);

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      sums[find_bar(bars, note->onset_ticks) + 1].classes[note->pitch % 12] +=
        partita_key_weigh_note(score, note);
    }
  }
  for (guint bar = 0; bar < bars->len; ++bar) {
    for (int c = 0; c < 12; ++c)
      sums[bar + 1].classes[c] += sums[bar].classes[c];
  }
  return sums;
}

static bool
weigh_keys(const Weights *sums,
           guint n_bars,
           guint bar,
           guint reach,
           double fits[PARTITA_N_KEYS])
{
  const guint first = bar - MIN(bar, reach);
  const guint last = bar + MIN(n_bars - 1 - bar, reach);
  double weights[12];

  for (int c = 0; c < 12; ++c)
    weights[c] = sums[last + 1].classes[c] - sums[first].classes[c];
  return partita_key_correlate(weights, fits);
}

/// The key of each bar on the best way; false if no bar has any weight.
static bool
find_way(const Weights *sums, guint n_bars, guint reach, int bass, int8_t *keys)
{
  int8_t(*from)[PARTITA_N_KEYS] = g_malloc(n_bars * sizeof *from);
  g_autofree void *owned = from;
  double best[PARTITA_N_KEYS] = {0.0};
  bool any = false;

  for (guint bar = 0; bar < n_bars; ++bar) {
    const int leader = partita_key_find_best(best, bass);
    const double changed = best[leader] - CHANGE_COST;
    double fits[PARTITA_N_KEYS] = {0.0};

    any |= weigh_keys(sums, n_bars, bar, reach, fits);
    for (int key = 0; key < PARTITA_N_KEYS; ++key) {
      const bool stay = bar == 0 || best[key] >= changed;

      from[bar][key] = (int8_t)(stay ? key : leader);
      best[key] = (stay ? best[key] : changed) + fits[key];
    }
  }
  keys[n_bars - 1] = (int8_t)partita_key_find_best(best, bass);
  for (guint bar = n_bars - 1; bar > 0; --bar)
    keys[bar - 1] = from[bar][keys[bar]];
  return any;
}

GArray *
partita_score_estimate_key_spans(const PartitaScore *score, unsigned window)
{
  GArray *spans = g_array_new(FALSE, FALSE, sizeof(PartitaKeySpan));
  g_autoptr(GArray) bars = partita_score_get_played_bars(score);
  g_autofree Weights *sums = sum_weights(score, bars);
  g_autofree int8_t *keys = g_malloc(bars->len);
  const bool pitched =
    find_way(sums, bars->len, window / 2, partita_key_find_bass(score), keys);

  for (guint bar = 0; bar < bars->len; ++bar) {
    const int8_t key = pitched ? keys[bar] : -1;

    if (bar == 0 || (pitched && key != keys[bar - 1])) {
      const PartitaKeySpan span = {g_array_index(bars, PartitaBar, bar).tick,
                                   bar, 0, key};

      g_array_append_val(spans, span);
    }
    ++g_array_index(spans, PartitaKeySpan, spans->len - 1).n_bars;
  }
  return spans;
}
