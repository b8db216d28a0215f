// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <score/score-private.h>

/* Temperley 2007, "Music and Probability", table 6.1: how often the degrees of
 * the scale occur in a segment of the Kostka-Payne corpus. */
static const double major_profile[12] = {0.748, 0.060, 0.488, 0.082,
                                         0.670, 0.460, 0.096, 0.715,
                                         0.104, 0.366, 0.057, 0.400};
static const double minor_profile[12] = {0.712, 0.084, 0.474, 0.618,
                                         0.049, 0.460, 0.105, 0.747,
                                         0.404, 0.067, 0.133, 0.330};

static const char *const names[PARTITA_N_KEYS] = {
  "C major",       "D flat major",  "D major",      "E flat major",  "E major",
  "F major",       "F sharp major", "G major",      "A flat major",  "A major",
  "B flat major",  "B major",       "C minor",      "C sharp minor", "D minor",
  "E flat minor",  "E minor",       "F minor",      "F sharp minor", "G minor",
  "G sharp minor", "A minor",       "B flat minor", "B minor"};

const char *
partita_key_name(int key)
{
  return key >= 0 && key < PARTITA_N_KEYS ? names[key] : NULL;
}

const char *
partita_key_signature_name(PartitaKey key)
{
  static const char *const major[15] = {
    "C flat major", "G flat major",  "D flat major", "A flat major",
    "E flat major", "B flat major",  "F major",      "C major",
    "G major",      "D major",       "A major",      "E major",
    "B major",      "F sharp major", "C sharp major"};
  static const char *const minor[15] = {
    "A flat minor",  "E flat minor",  "B flat minor",  "F minor",
    "C minor",       "G minor",       "D minor",       "A minor",
    "E minor",       "B minor",       "F sharp minor", "C sharp minor",
    "G sharp minor", "D sharp minor", "A sharp minor"};

  if (key.sharps < -7 || key.sharps > 7)
    return NULL;
  return key.minor ? minor[key.sharps + 7] : major[key.sharps + 7];
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
    // In the order of the scale, so that transposing rounds nothing anew.
    mean_w += weights[(i + root) % 12] / 12.0;
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

bool
partita_key_correlate(const double weights[12], double fits[PARTITA_N_KEYS])
{
  int n = 0;

  for (int i = 0; i < 12; ++i)
    n += weights[i] > 0.0;
  // One pitch says no more than that it is the tonic.
  for (int key = 0; key < PARTITA_N_KEYS; ++key)
    fits[key] = n == 1
                  ? key < 12 && weights[key] > 0.0
                  : correlate(weights, key < 12 ? major_profile : minor_profile,
                              key % 12);
  return n > 0;
}

double
partita_key_weigh_note(const PartitaScore *score, const PartitaNote *note)
{
  // A long note does not say more of the key than one that is long enough.
  return MIN(1.0, note->duration_ticks / (double)score->ppq);
}

static bool
begins(const PartitaNote *note, const PartitaNote *first)
{
  return note->onset_ticks < first->onset_ticks ||
         (note->onset_ticks == first->onset_ticks &&
          note->pitch < first->pitch);
}

int
partita_key_find_bass(const PartitaScore *score)
{
  PartitaNote first = {.onset_ticks = G_MAXUINT32};

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      if (begins(note, &first))
        first = *note;
    }
  }
  return first.pitch % 12;
}

int
partita_key_find_best(const double fits[PARTITA_N_KEYS], int bass)
{
  int best = bass;

  for (int i = 0; i < PARTITA_N_KEYS; ++i) {
    const int key = i / 12 * 12 + (bass + i) % 12;

    if (fits[key] > fits[best])
      best = key;
  }
  return best;
}

int
partita_score_estimate_key(const PartitaScore *score)
{
  double weights[12] = {0.0};
  double fits[PARTITA_N_KEYS];

  for (guint t = 0; t < score->tracks->len; ++t) {
    const PartitaTrack *track = g_ptr_array_index(score->tracks, t);

    for (guint i = 0; !partita_track_is_drums(track) && i < track->notes->len;
         ++i) {
      const PartitaNote *note = &g_array_index(track->notes, PartitaNote, i);

      weights[note->pitch % 12] += partita_key_weigh_note(score, note);
    }
  }
  if (!partita_key_correlate(weights, fits))
    return -1;
  return partita_key_find_best(fits, partita_key_find_bass(score));
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
