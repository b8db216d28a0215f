// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/melody.h>

#define N_VOICES 4
#define STEPS_A_BAR 16
/// A line has at least one note for so many of the fullest track.
#define FEW_SHARE 8

double
partita_track_find_mean_pitch(const PartitaTrack *track)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += notes[i].pitch;
  return n > 0 ? sum / (double)n : -1.0;
}

static size_t
count_notes(const PartitaTrack *track)
{
  size_t n = 0;

  (void)partita_track_get_notes(track, &n);
  return partita_track_is_drums(track) ? 0 : n;
}

/// Not one of a few high notes beside much longer ones; %G_MAXSIZE if there is
/// none.
static size_t
find_top_track(const PartitaScore *score)
{
  size_t top = G_MAXSIZE;
  double highest = -1.0;
  size_t most = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    most = MAX(most, count_notes(partita_score_get_track(score, t)));
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    const double mean = partita_track_find_mean_pitch(track);

    if (count_notes(track) * FEW_SHARE >= most && mean > highest &&
        count_notes(track) > 0) {
      highest = mean;
      top = t;
    }
  }
  return top;
}

static bool
is_covered(const uint64_t *ends, const PartitaNote *note)
{
  for (unsigned pitch = note->pitch + 1u; pitch < 128; ++pitch)
    if (ends[pitch] > note->onset_ticks)
      return true;
  return false;
}

static void
add_top_notes(PartitaTrack *line, const PartitaTrack *track)
{
  uint64_t ends[128] = {0}; // of the last note of each pitch
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = 0, known = 0; i < n; ++i) {
    for (; known < n && notes[known].onset_ticks == notes[i].onset_ticks;
         ++known)
      ends[notes[known].pitch] =
        MAX(ends[notes[known].pitch],
            (uint64_t)notes[known].onset_ticks + notes[known].duration_ticks);
    if (!is_covered(ends, &notes[i]))
      partita_track_add_note(line, notes[i]);
  }
}

static void
add_pedals(PartitaTrack *line, const PartitaTrack *track)
{
  size_t n = 0;
  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 0; i < n; ++i)
    partita_track_add_pedal(line, pedals[i]);
}

/// Adds a track that is like @from but for its name, without its notes.
static PartitaTrack *
add_empty(PartitaScore *score, const PartitaTrack *from, const char *name)
{
  PartitaTrack *track =
    partita_score_add_track(score, partita_track_get_program(from), name);

  add_pedals(track, from);
  return track;
}

PartitaScore *
partita_melody_take_line(const PartitaScore *score)
{
  const size_t top = find_top_track(score);

  if (top == G_MAXSIZE)
    return NULL;

  PartitaScore *line = partita_score_copy_frame(score);
  const PartitaTrack *from =
    partita_score_get_track((PartitaScore *)score, top);

  add_top_notes(add_empty(line, from, "Soprano"), from);
  partita_score_sort(line);
  return line;
}

PartitaScore *
partita_melody_keep_line(const PartitaScore *score)
{
  const size_t top = find_top_track(score);

  if (top == G_MAXSIZE)
    return NULL;

  PartitaScore *kept = partita_score_copy_frame(score);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *from =
      partita_score_get_track((PartitaScore *)score, t);
    PartitaTrack *to = add_empty(kept, from, partita_track_get_name(from));

    if (t == top)
      add_top_notes(to, from);
  }
  partita_score_sort(kept);
  return kept;
}

/// The soprano's ids among those of all voices.
static GArray *
list_ids(const PartitaScheme *scheme, const PartitaScore *quantised)
{
  g_autoptr(GArray) all = partita_scheme_encode(scheme, quantised, NULL);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (guint i = 1; i + 1 < all->len; i += N_VOICES)
    g_array_append_val(ids, g_array_index(all, uint16_t, i));
  return ids;
}

/// The key is that of all that was given, for a line alone leaves more open.
static int
move(PartitaScore *quantised, int key)
{
  const int shift = key >= 0 ? partita_key_to_common(key) : 0;

  return partita_score_transpose(quantised, shift) ? shift : 0;
}

PartitaMelody *
partita_melody_new(const PartitaScheme *scheme,
                   const PartitaScore *score,
                   bool common_key)
{
  g_autoptr(PartitaScore) line = partita_melody_take_line(score);
  if (line == NULL)
    return NULL;

  PartitaMelody *melody = g_new0(PartitaMelody, 1);

  melody->given = partita_melody_keep_line(score);
  melody->grid = partita_bar_grid_new(score, partita_scheme_get_ppq(scheme));

  g_autoptr(PartitaScore) straight =
    partita_bar_grid_straighten(melody->grid, line);

  // The voices end with the music, not with its last bar.
  partita_score_set_end(
    straight, partita_bar_grid_straighten_tick(melody->grid,
                                               partita_score_get_end(score)));

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, straight, NULL);

  if (common_key)
    melody->shift = move(quantised, partita_score_find_key(score));
  melody->ids = list_ids(scheme, quantised);
  return melody;
}

void
partita_melody_free(PartitaMelody *melody)
{
  if (melody == NULL)
    return;
  partita_score_free(melody->given);
  partita_bar_grid_free(melody->grid);
  g_array_unref(melody->ids);
  g_free(melody);
}

size_t
partita_melody_count_bars(const PartitaMelody *melody)
{
  return ((size_t)melody->ids->len + STEPS_A_BAR - 1) / STEPS_A_BAR;
}

void
partita_melody_restrict(const PartitaMelody *melody,
                        size_t cells,
                        const int16_t *pitches,
                        size_t vocab,
                        uint8_t *mask)
{
  const size_t step = cells / N_VOICES;
  const bool over = step >= melody->ids->len;
  const uint16_t own =
    over ? PARTITA_TOKEN_EOS : g_array_index(melody->ids, uint16_t, step);

  if (cells == 0 && mask[own] == 0)
    return; // Controls come first.
  for (size_t i = 0; i < vocab; ++i) {
    if (over || cells % N_VOICES == 0)
      mask[i] = mask[i] != 0 && i == own;
    else if (i == PARTITA_TOKEN_EOS ||
             (pitches[own] >= 0 && pitches[i] > pitches[own]))
      mask[i] = 0;
  }
}

PartitaScore *
partita_melody_join(const PartitaMelody *melody, const PartitaScore *voices)
{
  PartitaScore *joined = partita_score_copy(melody->given);

  for (size_t v = 1; v < partita_score_get_n_tracks(voices); ++v) {
    const PartitaTrack *voice = partita_score_get_track(voices, v);
    PartitaTrack *track = partita_score_add_track(
      joined, partita_track_get_program(voice), partita_track_get_name(voice));
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(voice, &n);

    for (size_t i = 0; i < n; ++i)
      partita_track_add_note(track,
                             partita_bar_grid_bend(melody->grid, notes[i]));
  }
  partita_score_sort(joined);
  return joined;
}
