// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <score/score-private.h>

// Krumhansl and Kessler 1982, as in Krumhansl 1990, table 2.1.
static const double major_profile[12] = {6.35, 2.23, 3.48, 2.33, 4.38, 4.09,
                                         2.52, 5.19, 2.39, 3.66, 2.29, 2.88};
static const double minor_profile[12] = {6.33, 2.68, 3.52, 5.38, 2.60, 3.53,
                                         2.54, 4.75, 3.98, 2.69, 3.34, 3.17};

static const char *const names[24] = {
  "C major",       "D flat major",  "D major",      "E flat major",  "E major",
  "F major",       "F sharp major", "G major",      "A flat major",  "A major",
  "B flat major",  "B major",       "C minor",      "C sharp minor", "D minor",
  "E flat minor",  "E minor",       "F minor",      "F sharp minor", "G minor",
  "G sharp minor", "A minor",       "B flat minor", "B minor"};

const char *
partita_key_name(int key)
{
  return key >= 0 && key < 24 ? names[key] : NULL;
}

int
partita_key_from_signature(PartitaKey key)
{
  // A fifth is seven semitones; the minor key lies a minor third below.
  const int major = ((key.sharps * 7) % 12 + 12) % 12;

  return key.minor ? 12 + (major + 9) % 12 : major;
}

PartitaKey
partita_key_to_signature(int key)
{
  const bool minor = key >= 12;
  const int major = minor ? (key + 3) % 12 : key;
  int sharps = (major * 7) % 12; // 0 to 11 sharps

  // D flat with five flats, F sharp with six sharps, E flat minor with six.
  if (sharps > 6 || (minor && sharps == 6))
    sharps -= 12;
  return (PartitaKey){0, (int8_t)sharps, minor};
}

static double
correlate(const double *weights, const double *profile, int root)
{
  double mean_w = 0.0, mean_p = 0.0, cov = 0.0, var_w = 0.0, var_p = 0.0;

  for (int i = 0; i < 12; ++i) {
    mean_w += weights[i] / 12.0;
    mean_p += profile[i] / 12.0;
  }
  for (int i = 0; i < 12; ++i) {
    const double w = weights[(i + root) % 12] - mean_w;
    const double p = profile[i] - mean_p;

    cov += w * p;
    var_w += w * w;
    var_p += p * p;
  }
  return var_w > 0.0 ? cov / sqrt(var_w * var_p) : 0.0;
}

static double
weigh_pitch_classes(const PartitaScore *score, double weights[12])
{
  double total = 0.0;

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      weights[note->pitch % 12] += note->duration_ticks;
      total += note->duration_ticks;
    }
  }
  return total;
}

int
partita_score_estimate_key(const PartitaScore *score)
{
  double weights[12] = {0.0};
  double best = -2.0;
  int key = -1;

  if (weigh_pitch_classes(score, weights) <= 0.0)
    return -1;
  for (int i = 0; i < 24; ++i) {
    const double fit =
      correlate(weights, i < 12 ? major_profile : minor_profile, i % 12);

    if (fit > best) {
      best = fit;
      key = i;
    }
  }
  return key;
}

int
partita_key_to_common(int key)
{
  const int target = key < 12 ? 0 : 9;
  const int up = ((target - key) % 12 + 12) % 12;

  return up > 5 ? up - 12 : up;
}

int
partita_score_find_key(const PartitaScore *score)
{
  const int estimate = partita_score_estimate_key(score);
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  if (n == 0 || keys[0].tick > 0 || estimate < 0)
    return estimate;

  // Places on the circle of fifths; keys of the same scale share one.
  const int fifths = partita_key_to_signature(estimate).sharps - keys[0].sharps;
  const int apart = (fifths % 12 + 12) % 12;

  return apart <= 1 || apart == 11 ? partita_key_from_signature(keys[0])
                                   : estimate;
}

int
partita_score_move_to_common_key(PartitaScore *score)
{
  const int key = partita_score_find_key(score);
  const int shift = key >= 0 ? partita_key_to_common(key) : 0;

  return partita_score_transpose(score, shift) ? shift : 0;
}
