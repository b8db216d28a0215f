// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <score/score-private.h>

PartitaScore *
partita_score_new(uint16_t ppq)
{
  g_return_val_if_fail(ppq >= 1 && ppq <= 32767, NULL);

  PartitaScore *score = g_new0(PartitaScore, 1);

  score->ppq = ppq;
  score->tempos = g_array_new(FALSE, FALSE, sizeof(PartitaTempo));
  score->meters = g_array_new(FALSE, FALSE, sizeof(PartitaMeter));
  score->keys = g_array_new(FALSE, FALSE, sizeof(PartitaKey));
  score->tracks =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_track_free);
  return score;
}

void
partita_score_free(PartitaScore *score)
{
  if (score == NULL)
    return;
  g_array_unref(score->tempos);
  g_array_unref(score->meters);
  g_array_unref(score->keys);
  g_ptr_array_unref(score->tracks);
  g_free(score);
}

PartitaScore *
partita_score_copy_frame(const PartitaScore *score)
{
  PartitaScore *copy = g_new0(PartitaScore, 1);

  copy->ppq = score->ppq;
  copy->end_ticks = partita_score_get_end(score);
  copy->tempos = g_array_copy(score->tempos);
  copy->meters = g_array_copy(score->meters);
  copy->keys = g_array_copy(score->keys);
  copy->tracks =
    g_ptr_array_new_with_free_func((GDestroyNotify)partita_track_free);
  return copy;
}

PartitaScore *
partita_score_copy(const PartitaScore *score)
{
  PartitaScore *copy = partita_score_copy_frame(score);

  copy->end_ticks = score->end_ticks;
  for (guint i = 0; i < score->tracks->len; ++i)
    g_ptr_array_add(copy->tracks,
                    partita_track_copy(g_ptr_array_index(score->tracks, i)));
  return copy;
}

static bool
same_tempos(const GArray *a, const GArray *b)
{
  bool same = a->len == b->len;

  for (guint i = 0; same && i < a->len; ++i) {
    const PartitaTempo x = g_array_index(a, PartitaTempo, i);
    const PartitaTempo y = g_array_index(b, PartitaTempo, i);

    same = x.tick == y.tick && x.us_per_quarter == y.us_per_quarter;
  }
  return same;
}

static bool
same_meters(const GArray *a, const GArray *b)
{
  bool same = a->len == b->len;

  for (guint i = 0; same && i < a->len; ++i) {
    const PartitaMeter x = g_array_index(a, PartitaMeter, i);
    const PartitaMeter y = g_array_index(b, PartitaMeter, i);

    same = x.tick == y.tick && x.numerator == y.numerator &&
           x.denominator == y.denominator;
  }
  return same;
}

static bool
same_keys(const GArray *a, const GArray *b)
{
  bool same = a->len == b->len;

  for (guint i = 0; same && i < a->len; ++i) {
    const PartitaKey x = g_array_index(a, PartitaKey, i);
    const PartitaKey y = g_array_index(b, PartitaKey, i);

    same = x.tick == y.tick && x.sharps == y.sharps && x.minor == y.minor;
  }
  return same;
}

bool
partita_score_equal(const PartitaScore *a, const PartitaScore *b)
{
  if (a->ppq != b->ppq ||
      partita_score_get_end(a) != partita_score_get_end(b) ||
      a->tracks->len != b->tracks->len || !same_tempos(a->tempos, b->tempos) ||
      !same_meters(a->meters, b->meters) || !same_keys(a->keys, b->keys))
    return false;
  for (guint i = 0; i < a->tracks->len; ++i) {
    if (!partita_track_equal(g_ptr_array_index(a->tracks, i),
                             g_ptr_array_index(b->tracks, i)))
      return false;
  }
  return true;
}

uint16_t
partita_score_get_ppq(const PartitaScore *score)
{
  return score->ppq;
}

uint32_t
partita_score_get_end(const PartitaScore *score)
{
  uint32_t end = score->end_ticks;

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    end = MAX(end, track->end_ticks);
  }
  return end;
}

void
partita_score_set_end(PartitaScore *score, uint32_t end_ticks)
{
  g_return_if_fail(end_ticks <= 2 * PARTITA_TICK_MAX);

  score->end_ticks = end_ticks;
}

/* The three kinds of change begin with their tick, so one routine keeps them
 * in order. Searching from the end makes adding in order O(1). */
static void
add_change(GArray *changes, const void *change, uint32_t tick)
{
  const guint size = g_array_get_element_size(changes);
  guint at = changes->len;

  while (at > 0 &&
         *(const uint32_t *)(const void *)(changes->data +
                                           (size_t)(at - 1) * size) >= tick)
    --at;
  if (at < changes->len &&
      *(const uint32_t *)(const void *)(changes->data + (size_t)at * size) ==
        tick)
    g_array_remove_index(changes, at);
  g_array_insert_vals(changes, at, change, 1);
}

void
partita_score_add_tempo(PartitaScore *score, PartitaTempo tempo)
{
  g_return_if_fail(tempo.us_per_quarter >= 1 &&
                   tempo.us_per_quarter <= 0xFFFFFF);

  add_change(score->tempos, &tempo, tempo.tick);
}

void
partita_score_add_meter(PartitaScore *score, PartitaMeter meter)
{
  g_return_if_fail(meter.numerator >= 1);
  g_return_if_fail(meter.denominator >= 1 && meter.denominator <= 64 &&
                   (meter.denominator & (meter.denominator - 1)) == 0);

  add_change(score->meters, &meter, meter.tick);
}

void
partita_score_add_key(PartitaScore *score, PartitaKey key)
{
  g_return_if_fail(key.sharps >= -7 && key.sharps <= 7);

  add_change(score->keys, &key, key.tick);
}

const PartitaTempo *
partita_score_get_tempos(const PartitaScore *score, size_t *n)
{
  *n = score->tempos->len;
  return (const PartitaTempo *)(const void *)score->tempos->data;
}

const PartitaMeter *
partita_score_get_meters(const PartitaScore *score, size_t *n)
{
  *n = score->meters->len;
  return (const PartitaMeter *)(const void *)score->meters->data;
}

const PartitaKey *
partita_score_get_keys(const PartitaScore *score, size_t *n)
{
  *n = score->keys->len;
  return (const PartitaKey *)(const void *)score->keys->data;
}

void
partita_score_clear_tempos(PartitaScore *score)
{
  g_array_set_size(score->tempos, 0);
}

void
partita_score_clear_meters(PartitaScore *score)
{
  g_array_set_size(score->meters, 0);
}

void
partita_score_clear_keys(PartitaScore *score)
{
  g_array_set_size(score->keys, 0);
}

PartitaTrack *
partita_score_add_track(PartitaScore *score, uint8_t program, const char *name)
{
  g_return_val_if_fail(program <= PARTITA_PROGRAM_DRUMS, NULL);

  PartitaTrack *track = partita_track_new(program, name);

  g_ptr_array_add(score->tracks, track);
  return track;
}

size_t
partita_score_get_n_tracks(const PartitaScore *score)
{
  return score->tracks->len;
}

PartitaTrack *
partita_score_get_track(const PartitaScore *score, size_t index)
{
  g_return_val_if_fail(index < score->tracks->len, NULL);

  return g_ptr_array_index(score->tracks, index);
}

size_t
partita_score_get_n_notes(const PartitaScore *score)
{
  size_t n = 0;

  for (guint i = 0; i < score->tracks->len; ++i) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, i);

    n += track->notes->len;
  }
  return n;
}

void
partita_score_sort(PartitaScore *score)
{
  for (guint i = 0; i < score->tracks->len; ++i)
    partita_track_sort(g_ptr_array_index(score->tracks, i));
}
