// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/arrange.h>
#include <compose/controls-private.h>
#include <compose/voices.h>
#include <string.h>

PartitaScore *
partita_arrangement_join(const PartitaArrangement *arrangement,
                         const PartitaBarGrid *grid,
                         const PartitaScore *written)
{
  g_autoptr(PartitaScore) joined = partita_score_copy(arrangement->given);
  g_auto(PartitaVoices) voices = {0};

  partita_voices_init(&voices, joined, false);
  for (size_t t = 0; arrangement->tracks != NULL &&
                     t < partita_score_get_n_tracks(arrangement->whole);
       ++t)
    if (arrangement->tracks[t])
      partita_voices_open(&voices, t,
                          partita_score_get_track(arrangement->whole, t));

  for (size_t t = 0; t < partita_score_get_n_tracks(written); ++t) {
    const PartitaTrack *track = partita_score_get_track(written, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i)
      partita_voices_write(&voices, partita_track_get_program(track),
                           partita_bar_grid_bend(grid, notes[i]));
  }
  partita_voices_clear(&voices);
  partita_score_sort(joined);
  if (arrangement->keep > 0)
    return partita_score_cut_bars(joined, 0, arrangement->keep);
  return g_steal_pointer(&joined);
}

/// A note as a string of bytes, so that notes can be told apart and sorted.
typedef struct {
  uint32_t onset;
  uint32_t duration;
  uint8_t program;
  uint8_t pitch;
  uint8_t velocity;
  uint8_t none;
} Given;

static int
compare(const void *a, const void *b)
{
  return memcmp(a, b, sizeof(Given));
}

/// (transfer full) (element-type Given): sorted
static GArray *
list_notes(const PartitaScore *score)
{
  GArray *list = g_array_new(FALSE, TRUE, sizeof(Given));

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const Given note = {notes[i].onset_ticks,
                          notes[i].duration_ticks,
                          partita_track_get_program(track),
                          notes[i].pitch,
                          notes[i].velocity,
                          0};

      g_array_append_val(list, note);
    }
  }
  g_array_sort(list, compare);
  return list;
}

/// How many of @wanted are in @there, each of which stands for one.
static size_t
count_common(const GArray *wanted, const GArray *there)
{
  size_t common = 0;

  for (guint i = 0, k = 0; i < wanted->len && k < there->len;) {
    const int order = compare(&g_array_index(wanted, Given, i),
                              &g_array_index(there, Given, k));

    common += order == 0;
    i += order <= 0;
    k += order >= 0;
  }
  return common;
}

static bool
plays(const PartitaScore *score, const bool *programs)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;

    (void)partita_track_get_notes(track, &n);
    if (n > 0 && programs[partita_track_get_program(track)])
      return true;
  }
  return false;
}

GArray *
partita_arrangement_measure(const PartitaArrangement *arrangement,
                            const PartitaScore *score)
{
  GArray *promises = partita_promises_new();
  g_autoptr(PartitaScore) kept =
    arrangement->keep > 0
      ? partita_score_cut_bars(arrangement->given, 0, arrangement->keep)
      : partita_score_copy(arrangement->given);
  g_autoptr(GArray) given = list_notes(kept);
  g_autoptr(GArray) there = list_notes(score);
  size_t held = 0;

  partita_promises_add(promises, "given", NULL, "notes as they were",
                       count_common(given, there), given->len);
  for (guint g = 0; g < arrangement->groups->len; ++g)
    held += plays(score,
                  g_array_index(arrangement->groups, PartitaGroup, g).programs);
  if (arrangement->groups->len > 0)
    partita_promises_add(promises, "added", NULL, "instruments play", held,
                         arrangement->groups->len);
  return promises;
}
