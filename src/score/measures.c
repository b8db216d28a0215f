// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <score/score-private.h>

static const char *const names[PARTITA_N_MEASURES] = {
  "notes a quarter", "voices",          "pitch classes",
  "pitch spread",    "length of notes", "repeated rhythms"};

const char *
partita_measure_name(PartitaMeasure measure)
{
  return measure < PARTITA_N_MEASURES ? names[measure] : NULL;
}

/// Sums over the notes of pitched tracks.
typedef struct {
  double n;
  double ticks;
  double pitch;
  double pitch_squared;
  double log_length; // of quarters, to base 2
  double classes[12];
} Sums;

static void
add_track(Sums *sums, const PartitaTrack *track, double ppq)
{
  for (guint i = 0; i < track->notes->len; ++i) {
    const PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

    sums->n += 1.0;
    sums->ticks += note->duration_ticks;
    sums->pitch += note->pitch;
    sums->pitch_squared += (double)note->pitch * note->pitch;
    sums->log_length += log2(note->duration_ticks / ppq);
    sums->classes[note->pitch % 12] += note->duration_ticks;
  }
}

static double
get_entropy(const double *weights, size_t n, double sum)
{
  double entropy = 0.0;

  for (size_t i = 0; i < n; ++i)
    if (weights[i] > 0.0)
      entropy -= weights[i] / sum * log2(weights[i] / sum);
  return entropy;
}

/// Numbers each bar by where its notes begin, drums too; 0 if nowhere.
static uint64_t *
hash_bars(const PartitaScore *score, const GArray *bars)
{
  uint64_t *hashes = g_new0(uint64_t, bars->len);

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);
    guint bar = 0;

    for (guint i = 0; i < track->notes->len; ++i) {
      const uint32_t onset =
        g_array_index(track->notes, PartitaNote, i).onset_ticks;

      while (bar + 1 < bars->len &&
             onset >= g_array_index(bars, PartitaBar, bar + 1).tick)
        ++bar;

      const uint64_t at = onset - g_array_index(bars, PartitaBar, bar).tick + 1;

      // A sum does not hang on the order.
      hashes[bar] += (at * (t + 1)) * UINT64_C(0x9E3779B97F4A7C15) >> 7;
    }
  }
  return hashes;
}

static double
measure_repetition(const PartitaScore *score)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  g_autofree uint64_t *hashes = hash_bars(score, bars);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
  size_t full = 0, repeated = 0;

  for (guint i = 0; i < bars->len; ++i) {
    if (hashes[i] == 0)
      continue;
    ++full;
    repeated += !g_hash_table_add(seen, &hashes[i]);
  }
  return full > 0 ? (double)repeated / (double)full : 0.0;
}

bool
partita_score_measure(const PartitaScore *score, double *measures)
{
  const double ppq = score->ppq;
  const double end = partita_score_get_end(score);
  Sums sums = {0};

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    if (!partita_track_is_drums(track))
      add_track(&sums, track, ppq);
  }
  if (sums.n == 0.0)
    return false;

  const double mean = sums.pitch / sums.n;

  measures[PARTITA_MEASURE_DENSITY] =
    (double)partita_score_get_n_notes(score) * ppq / end;
  measures[PARTITA_MEASURE_VOICES] = sums.ticks / end;
  measures[PARTITA_MEASURE_PITCH_CLASSES] =
    get_entropy(sums.classes, 12, sums.ticks);
  measures[PARTITA_MEASURE_SPREAD] =
    sqrt(fmax(0.0, sums.pitch_squared / sums.n - mean * mean));
  measures[PARTITA_MEASURE_LENGTH] = sums.log_length / sums.n;
  measures[PARTITA_MEASURE_REPETITION] = measure_repetition(score);
  return true;
}
