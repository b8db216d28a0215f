// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What a variation writes anew: some bars of some tracks, by chance, but as
 * many notes as were asked for. */

#include <base/philox.h>
#include <compose/arrange.h>
#include <math.h>
#include <stdlib.h>

/// Bars that are chosen together where there is room for them: what is written
/// in one breath hangs together.
#define BLOCK_BARS 2

/// Some bars of a track.
typedef struct {
  size_t track;
  size_t first;
  size_t n_bars;
  double chance; // the order in which they are tried
} Block;

typedef struct {
  size_t n_bars; // of the piece
  guint *counts; // shape [tracks, bars]: notes
  bool *chosen;  // the same shape
  size_t left;   // notes that are still to be chosen
} Choice;

static guint *
count_notes(const PartitaScore *score, const GArray *bars)
{
  const size_t n_tracks = partita_score_get_n_tracks(score);
  guint *counts = g_new0(guint, n_tracks * bars->len + 1);

  for (size_t t = 0; t < n_tracks; ++t) {
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(
      partita_score_get_track((PartitaScore *)score, t), &n);

    for (size_t i = 0; i < n; ++i)
      ++counts[t * bars->len + partita_bars_find(bars,
                                                 partita_score_get_ppq(score),
                                                 notes[i].onset_ticks)];
  }
  return counts;
}

static int
compare_blocks(const void *a, const void *b)
{
  const Block *x = a;
  const Block *y = b;

  return (x->chance > y->chance) - (x->chance < y->chance);
}

/// (transfer full) (element-type Block): in a random order
static GArray *
deal_blocks(size_t n_tracks, size_t n_bars, uint64_t seed)
{
  GArray *blocks = g_array_new(FALSE, FALSE, sizeof(Block));

  for (size_t t = 0; t < n_tracks; ++t) {
    for (size_t bar = 0; bar < n_bars; bar += BLOCK_BARS) {
      const Block block = {t, bar, MIN(BLOCK_BARS, n_bars - bar),
                           partita_random_uniform(seed, PARTITA_RANDOM_ARRANGE,
                                                  bar / BLOCK_BARS, t)};

      g_array_append_val(blocks, block);
    }
  }
  g_array_sort(blocks, compare_blocks);
  return blocks;
}

/// Chooses the bars of @block if they have notes, and not more than are left.
static void
take_block(Choice *choice, const Block *block)
{
  const size_t at = block->track * choice->n_bars + block->first;
  size_t sum = 0;

  for (size_t i = 0; i < block->n_bars; ++i)
    sum += choice->chosen[at + i] ? 0 : choice->counts[at + i];
  if (sum == 0 || sum > choice->left)
    return;
  choice->left -= sum;
  for (size_t i = 0; i < block->n_bars; ++i)
    choice->chosen[at + i] = true;
}

/// One bar more, though it has too many notes, if that comes nearer.
static void
take_nearest(Choice *choice, size_t n_tracks)
{
  size_t best = n_tracks * choice->n_bars;

  for (size_t i = 0; i < n_tracks * choice->n_bars; ++i)
    if (!choice->chosen[i] && choice->counts[i] > 0 &&
        choice->counts[i] < 2 * choice->left &&
        (best == n_tracks * choice->n_bars ||
         choice->counts[i] < choice->counts[best]))
      best = i;
  if (best < n_tracks * choice->n_bars)
    choice->chosen[best] = true;
}

bool *
partita_arrange_choose(const PartitaScore *score,
                       const GArray *bars,
                       double strength,
                       uint64_t seed)
{
  const size_t n_tracks = partita_score_get_n_tracks(score);
  g_autofree guint *counts = count_notes(score, bars);
  g_autoptr(GArray) blocks = deal_blocks(n_tracks, bars->len, seed);
  Choice choice = {
    bars->len, counts, g_new0(bool, n_tracks * bars->len + 1),
    (size_t)lround(strength * (double)partita_score_get_n_notes(score))};

  for (guint i = 0; i < blocks->len; ++i)
    take_block(&choice, &g_array_index(blocks, Block, i));
  for (guint i = 0; i < blocks->len; ++i) {
    const Block *block = &g_array_index(blocks, Block, i);

    for (size_t k = 0; k < block->n_bars; ++k)
      take_block(&choice, &(Block){block->track, block->first + k, 1, 0.0});
  }
  take_nearest(&choice, n_tracks);
  return choice.chosen;
}
