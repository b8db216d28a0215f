// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/rebar.h>

#include <corpus/beats.h>
#include <corpus/pulse.h>
#include <math.h>

#define NOTES_MIN 64
#define BEATS_MIN 16
/// Longer music is not listened to: that takes 5 MB a minute.
#define SECONDS_MAX 1800.0
#define PPQ 480

/// Below it notes are anywhere: chance alone gives 1 / sqrt(notes).
#define BEFORE_MAX 0.3
/// Onsets stand on so much of the ticks of a quarter that chance would have
/// them stand on: written music, tuplets and all, knows far fewer places.
#define SPREAD_MIN 0.5
/// What beats must explain to be believed (doc/benchmarks.md).
#define AFTER_MIN 0.5

/// How many ticks of a quarter have an onset, of those to expect if all notes
/// stood anywhere. Drums do not count: alone, they are played to a click.
static double
measure_spread(const PartitaScore *score)
{
  const uint16_t ppq = partita_score_get_ppq(score);
  g_autofree bool *seen = g_new0(bool, ppq);
  double n_seen = 0.0;
  double n_all = 0.0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; !partita_track_is_drums(track) && i < n; ++i) {
      bool *const place = &seen[notes[i].onset_ticks % ppq];

      n_seen += !*place;
      n_all += 1.0;
      *place = true;
    }
  }
  return n_all > 0.0 ? n_seen / (ppq * (1.0 - exp(-n_all / ppq))) : 0.0;
}

static double
measure(const PartitaScore *score)
{
  g_auto(PartitaPulse) pulse = {0};

  partita_pulse_measure(&pulse, score);
  return pulse.concentration;
}

/// Adds beats before and after, so that no note lies outside of them.
static GArray *
surround(const GArray *beats, double end_s)
{
  const double *at = (const double *)(const void *)beats->data;
  const double first_s = at[1] - at[0];
  const double last_s = at[beats->len - 1] - at[beats->len - 2];
  const double n_before = ceil(MAX(0.0, at[0]) / first_s);
  GArray *all = g_array_new(FALSE, FALSE, sizeof(double));

  for (double k = n_before; k >= 1.0; k -= 1.0) {
    const double time_s = at[0] - k * first_s;

    g_array_append_val(all, time_s);
  }
  g_array_append_vals(all, at, beats->len);
  while (g_array_index(all, double, all->len - 1) <= end_s) {
    const double time_s = g_array_index(all, double, all->len - 1) + last_s;

    g_array_append_val(all, time_s);
  }
  return all;
}

/// The tick of a moment, where beats are quarters.
static uint32_t
find_tick(const GArray *beats, double time_s)
{
  const double *at = (const double *)(const void *)beats->data;
  guint low = 0;
  guint high = beats->len - 1;

  while (high - low > 1) {
    const guint middle = low + (high - low) / 2;

    if (at[middle] <= time_s)
      low = middle;
    else
      high = middle;
  }
  const double part = (time_s - at[low]) / (at[low + 1] - at[low]);

  return (uint32_t)lround(PPQ * (low + CLAMP(part, 0.0, 1.0)));
}

static void
add_track(PartitaScore *to,
          const PartitaTrack *from,
          const PartitaTempoMap *map,
          const GArray *beats)
{
  PartitaTrack *track =
    partita_score_add_track(to, partita_track_get_program(from), NULL);
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(from, &n);

  partita_track_copy_name(track, from);
  for (size_t i = 0; i < n; ++i) {
    const uint32_t onset = notes[i].onset_ticks;
    const uint32_t end = onset + notes[i].duration_ticks;
    const uint32_t tick =
      find_tick(beats, partita_tempo_map_seconds(map, onset));
    const uint32_t until =
      find_tick(beats, partita_tempo_map_seconds(map, end));
    PartitaNote note = notes[i];

    note.onset_ticks = tick;
    note.duration_ticks = MAX(until, tick + 1) - tick;
    partita_track_add_note(track, note);
  }
}

static PartitaScore *
count_in_beats(const PartitaScore *score,
               const PartitaTempoMap *map,
               const GArray *beats)
{
  PartitaScore *counted = partita_score_new(PPQ);
  size_t n_keys = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n_keys);

  for (guint i = 0; i + 1 < beats->len; ++i) {
    const double distance_s =
      g_array_index(beats, double, i + 1) - g_array_index(beats, double, i);

    partita_score_add_tempo(
      counted, (PartitaTempo){PPQ * i, (uint32_t)lround(1e6 * distance_s)});
  }
  for (size_t i = 0; i < n_keys; ++i)
    partita_score_add_key(
      counted, (PartitaKey){
                 find_tick(beats, partita_tempo_map_seconds(map, keys[i].tick)),
                 keys[i].sharps, keys[i].minor});
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    add_track(counted, partita_score_get_track(score, t), map, beats);
  partita_score_sort(counted);
  return counted;
}

PartitaRebar
partita_rebar(PartitaScore **score, double *before, double *after)
{
  *before = measure(*score);
  *after = 0.0;
  if (partita_score_get_n_notes(*score) < NOTES_MIN || *before > BEFORE_MAX ||
      measure_spread(*score) < SPREAD_MIN)
    return PARTITA_REBAR_KEPT;

  g_autoptr(PartitaTempoMap) map = partita_tempo_map_new(*score);
  const double end_s =
    partita_tempo_map_seconds(map, partita_score_get_end(*score));

  if (end_s > SECONDS_MAX)
    return PARTITA_REBAR_IN_VAIN;
  g_autoptr(GArray) heard = partita_beats_track(*score);

  if (heard->len < BEATS_MIN)
    return PARTITA_REBAR_IN_VAIN;
  g_autoptr(GArray) beats = surround(heard, end_s);
  g_autoptr(PartitaScore) counted = count_in_beats(*score, map, beats);

  *after = measure(counted);
  if (*after < AFTER_MIN)
    return PARTITA_REBAR_IN_VAIN;
  partita_score_free(*score);
  *score = g_steal_pointer(&counted);
  return PARTITA_REBAR_DONE;
}
