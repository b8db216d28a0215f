// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <math.h>
#include <partita/midi.h>

/* Real music, from the folder PARTITA_DATA: every note of a file stands, after
 * remi, at its nearest position with its pitch, program and duration. */

#define LONGEST 3120.0 // positions: 65 whole notes

typedef struct {
  unsigned files;
  size_t notes;
  PartitaQuantiseLoss loss; ///< sums and worst
  size_t cut;               ///< longer than any duration of the scheme
  double worst_onset;       ///< as this test finds them, in positions
  double worst_duration;
} Sum;

typedef struct {
  uint64_t position; ///< nearest to the onset
  double error;      ///< of the onset, positions
  double duration;   ///< positions
  uint8_t program;
  uint8_t pitch;
} Place;

static int
compare_strikes(const Place *x, const Place *y)
{
  if (x->program != y->program)
    return x->program < y->program ? -1 : 1;
  if (x->pitch != y->pitch)
    return x->pitch < y->pitch ? -1 : 1;
  return x->position < y->position ? -1 : x->position > y->position;
}

static int
compare_places(const void *a, const void *b)
{
  const Place *x = a;
  const Place *y = b;
  const int strikes = compare_strikes(x, y);

  if (strikes != 0)
    return strikes;
  return x->duration < y->duration ? -1 : x->duration > y->duration;
}

/// (transfer full) (element-type Place): sorted
static GArray *
list_places(const PartitaScore *score)
{
  GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
  const uint64_t ppq = partita_score_get_ppq(score);

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const uint64_t onset = (uint64_t)notes[i].onset_ticks * 12;
      const uint64_t position = (onset + ppq / 2) / ppq;
      const Place place = {position,
                           fabs((double)position - (double)onset / (double)ppq),
                           (double)notes[i].duration_ticks * 12.0 / (double)ppq,
                           partita_track_get_program(track), notes[i].pitch};

      g_array_append_val(places, place);
    }
  }
  g_array_sort(places, compare_places);
  return places;
}

/// Whether @grid is a duration nearest to @real on the grid.
static bool
is_nearest(double grid, double real)
{
  return (grid == 1.0 && real < 1.0) || (grid == LONGEST && real > LONGEST) ||
         fabs(grid - real) <= 0.5 + 1e-9;
}

/* Finds for each note of the grid one of the score; both are sorted, so those
 * of one strike stand together. Returns how many of the score are left. */
static size_t
match(const GArray *notes, const GArray *grid, Sum *sum)
{
  guint n = 0;

  for (guint i = 0; i < grid->len; ++i) {
    const Place *on_grid = &g_array_index(grid, Place, i);
    const Place *note = NULL;

    for (; n < notes->len; ++n) {
      note = &g_array_index(notes, Place, n);
      if (compare_strikes(note, on_grid) == 0 &&
          is_nearest(on_grid->duration, note->duration))
        break;
    }
    if (n++ >= notes->len)
      return SIZE_MAX;
    sum->worst_onset = MAX(sum->worst_onset, note->error);
    if (note->duration > LONGEST + 0.5) {
      ++sum->cut;
      continue;
    }
    sum->worst_duration =
      MAX(sum->worst_duration, fabs(on_grid->duration - note->duration));
  }
  return notes->len - grid->len;
}

static void
check_file(const PartitaScheme *scheme, const char *path, Sum *sum)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaScore) score = partita_midi_read_file(path, NULL, &error);
  PartitaQuantiseLoss loss;

  g_assert_no_error(error);

  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  g_autoptr(PartitaScore) decoded =
    partita_scheme_decode(scheme, ids_of(ids), ids->len, NULL, &error);

  g_assert_no_error(error);

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);

  g_assert_true(partita_score_equal(decoded, quantised));
  partita_score_fold_pedal(score);

  g_autoptr(GArray) notes = list_places(score);
  g_autoptr(GArray) grid = list_places(decoded);

  g_assert_cmpuint(grid->len, ==, notes->len - loss.notes_dropped);
  g_assert_cmpuint(match(notes, grid, sum), ==, loss.notes_dropped);
  ++sum->files;
  sum->notes += notes->len;
  sum->loss.notes_dropped += loss.notes_dropped;
  sum->loss.worst_onset_error =
    MAX(sum->loss.worst_onset_error, loss.worst_onset_error);
  sum->loss.worst_duration_error =
    MAX(sum->loss.worst_duration_error, loss.worst_duration_error);
}

static void
check_folder(const PartitaScheme *scheme, const char *path, Sum *sum)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *child = g_build_filename(path, name, NULL);

    if (g_file_test(child, G_FILE_TEST_IS_DIR))
      check_folder(scheme, child, sum);
    else if (g_str_has_suffix(name, ".mid"))
      check_file(scheme, child, sum);
  }
}

static void
test_set(gconstpointer set)
{
  const char *data = g_getenv("PARTITA_DATA");
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  Sum sum = {0};

  if (data == NULL) {
    g_test_skip("PARTITA_DATA is not set");
    return;
  }

  g_autofree char *path = g_build_filename(data, set, NULL);

  check_folder(scheme, path, &sum);
  g_assert_cmpuint(sum.files, >, 0);
  g_test_message("%s: %u files, %zu notes, %zu dropped, %zu cut to 65 whole "
                 "notes; worst error of onset "
                 "%.4f, of duration %.4f quarters (reported %.4f, %.4f)",
                 (const char *)set, sum.files, sum.notes,
                 sum.loss.notes_dropped, sum.cut, sum.worst_onset / 12.0,
                 sum.worst_duration / 12.0, sum.loss.worst_onset_error,
                 sum.loss.worst_duration_error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/token/sets/pop909", "pop909", test_set);
  g_test_add_data_func("/token/sets/openscore-quartets", "openscore_quartets",
                       test_set);
  return g_test_run();
}
