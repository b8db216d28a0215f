// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#include <score/score-private.h>

#define ROUNDS 50

/* Law: up and down again is where it was. */
static void
test_transpose_back(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(PartitaScore) copy = partita_score_copy(score);
    const int semitones = g_test_rand_int_range(-24, 25);

    g_assert_true(partita_score_transpose(score, semitones));
    g_assert_true(partita_score_transpose(score, -semitones));
    g_assert_true(partita_score_equal(score, copy));
  }
}

/* Law: every pitch and key moves by the interval, but for drums. */
static void
test_transpose_moves(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(PartitaScore) moved = partita_score_copy(score);
    const int semitones = g_test_rand_int_range(-24, 25);
    size_t n;

    g_assert_true(partita_score_transpose(moved, semitones));
    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      const PartitaTrack *track = partita_score_get_track(score, t);
      const int up = partita_track_is_drums(track) ? 0 : semitones;
      const PartitaNote *a = partita_track_get_notes(track, &n);
      const PartitaNote *b =
        partita_track_get_notes(partita_score_get_track(moved, t), &n);

      for (size_t i = 0; i < n; ++i) {
        g_assert_cmpint(b[i].pitch, ==, a[i].pitch + up);
        g_assert_cmpuint(b[i].onset_ticks, ==, a[i].onset_ticks);
      }
    }
    const PartitaKey *x = partita_score_get_keys(score, &n);
    const PartitaKey *y = partita_score_get_keys(moved, &n);

    for (size_t i = 0; i < n; ++i) {
      g_assert_true(x[i].minor == y[i].minor);
      g_assert_cmpint((partita_key_from_signature(x[i]) + semitones + 24) % 12,
                      ==, partita_key_from_signature(y[i]) % 12);
    }
  }
}

/* Law: what does not fit is refused, and nothing is changed. */
static void
test_transpose_refused(void)
{
  static const int too_far[] = {28, 127, 1000, INT_MAX, -25, -1000, INT_MIN};
  g_autoptr(PartitaScore) score = fixture_score();

  partita_track_add_note(partita_score_get_track(score, 0),
                         (PartitaNote){20000, 1, 24, 1});
  partita_track_add_note(partita_score_get_track(score, 0),
                         (PartitaNote){20000, 1, 100, 1});

  g_autoptr(PartitaScore) copy = partita_score_copy(score);

  for (size_t i = 0; i < G_N_ELEMENTS(too_far); ++i) {
    g_assert_false(partita_score_transpose(score, too_far[i]));
    g_assert_true(partita_score_equal(score, copy));
  }
  g_assert_true(partita_score_transpose(score, 27));
  g_assert_true(partita_score_transpose(score, -27 - 24));
}

/// Until when note @at rings, by the words of the header, without any haste.
static uint32_t
rings_until(const PartitaTrack *track, size_t at, uint32_t end)
{
  size_t n;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const uint32_t off = notes[at].onset_ticks + notes[at].duration_ticks;
  uint32_t until = end;
  bool down = false;

  for (size_t i = 0; i < n; ++i) {
    if (notes[i].pitch == notes[at].pitch &&
        notes[i].onset_ticks > notes[at].onset_ticks)
      until = MIN(until, notes[i].onset_ticks);
  }

  const PartitaPedal *pedals = partita_track_get_pedals(track, &n);

  for (size_t i = 0; i < n && pedals[i].tick <= off; ++i)
    down = pedals[i].down;
  for (size_t i = 0; i < n; ++i) {
    if (pedals[i].tick > off && !pedals[i].down)
      until = MIN(until, pedals[i].tick);
  }
  return down ? MAX(off, until) : off;
}

static gint
compare_notes(gconstpointer a, gconstpointer b)
{
  const PartitaNote *x = a;
  const PartitaNote *y = b;

  if (x->duration_ticks != y->duration_ticks)
    return x->duration_ticks < y->duration_ticks ? -1 : 1;
  return (int)x->velocity - (int)y->velocity;
}

/// The folded notes of @track that begin with its note @at, in order.
static GArray *
expect_group(const PartitaTrack *track, size_t at, uint32_t end)
{
  GArray *group = g_array_new(FALSE, FALSE, sizeof(PartitaNote));
  size_t n;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  for (size_t i = at; i < n && notes[i].onset_ticks == notes[at].onset_ticks &&
                      notes[i].pitch == notes[at].pitch;
       ++i) {
    PartitaNote note = notes[i];

    note.duration_ticks = rings_until(track, i, end) - note.onset_ticks;
    g_array_append_val(group, note);
  }
  g_array_sort(group, compare_notes);
  return group;
}

/* Law: folding gives what its words say; so it never shortens a note, never
 * moves the end, and leaves no pedal. */
static void
test_fold_model(void)
{
  for (int round = 0; round < ROUNDS; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    g_autoptr(PartitaScore) folded = partita_score_copy(score);
    const uint32_t end = partita_score_get_end(score);

    partita_score_fold_pedal(folded);
    g_assert_cmpuint(partita_score_get_end(folded), ==, end);
    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      const PartitaTrack *a = partita_score_get_track(score, t);
      const PartitaTrack *b = partita_score_get_track(folded, t);
      size_t n_notes;
      size_t n;
      const PartitaNote *before = partita_track_get_notes(a, &n_notes);
      const PartitaNote *after = partita_track_get_notes(b, &n);

      g_assert_cmpuint(n, ==, n_notes);
      for (size_t i = 0; i < n_notes;) {
        g_autoptr(GArray) group = expect_group(a, i, end);

        for (guint k = 0; k < group->len; ++k, ++i) {
          g_assert_true(
            fixture_same_note(after[i], g_array_index(group, PartitaNote, k)));
          g_assert_cmpuint(after[i].duration_ticks, >=,
                           before[i].duration_ticks);
        }
      }
      (void)partita_track_get_pedals(b, &n);
      g_assert_cmpuint(n, ==, 0);
    }
  }
}

/* Law: folding twice is folding once. */
static void
test_fold_idempotent(void)
{
  g_autoptr(PartitaScore) score = fixture_score();

  partita_score_fold_pedal(score);

  g_autoptr(PartitaScore) once = partita_score_copy(score);

  partita_score_fold_pedal(score);
  g_assert_true(partita_score_equal(score, once));
}

static void
test_fold_example(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  static const PartitaNote expected[] = {
    {0, 100, 60, 64},   // the pedal is up
    {100, 900, 62, 64}, // held until it rises
    {200, 300, 64, 64}, // held until struck again
    {500, 500, 64, 64}, // held until it rises
    {950, 200, 67, 64}, // rings past it
    {1400, 600, 69, 64} // held to the end
  };
  size_t n;

  partita_track_add_note(track, (PartitaNote){0, 100, 60, 64});
  partita_track_add_note(track, (PartitaNote){100, 50, 62, 64});
  partita_track_add_note(track, (PartitaNote){200, 50, 64, 64});
  partita_track_add_note(track, (PartitaNote){500, 50, 64, 64});
  partita_track_add_note(track, (PartitaNote){950, 200, 67, 64});
  partita_track_add_note(track, (PartitaNote){1400, 50, 69, 64});
  partita_track_add_pedal(track, (PartitaPedal){101, true});
  partita_track_add_pedal(track, (PartitaPedal){300, true});
  partita_track_add_pedal(track, (PartitaPedal){1000, false});
  partita_track_add_pedal(track, (PartitaPedal){1300, true});
  partita_score_set_end(score, 2000);
  partita_score_fold_pedal(score);

  const PartitaNote *notes = partita_track_get_notes(track, &n);

  g_assert_cmpuint(n, ==, G_N_ELEMENTS(expected));
  for (size_t i = 0; i < n; ++i)
    g_assert_true(fixture_same_note(notes[i], expected[i]));
}

/* A hostile file: without care every note would look through every event. */
static void
test_fold_many(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  size_t n;

  for (uint32_t i = 0; i < 300000; ++i) {
    partita_track_add_note(track, (PartitaNote){i, 1, i % 128, 64});
    partita_track_add_pedal(track, (PartitaPedal){i, true});
  }
  partita_score_fold_pedal(score);
  g_assert_cmpuint(partita_track_get_notes(track, &n)->duration_ticks, ==, 128);
  g_assert_cmpuint(n, ==, 300000);
}

/* Law: a piece of whole bars and itself again, cut in two, are the piece
 * twice: notes, and the tempo, metre and key in force. */
static void
test_append(void)
{
  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaScore) drawn = fixture_score();
    g_autoptr(GArray) bars = partita_score_get_bars(drawn);
    g_autoptr(PartitaScore) score =
      partita_score_cut_bars(drawn, 0, MIN(bars->len, 5));
    g_autoptr(GArray) before = partita_score_get_bars(score);
    const PartitaBar *last =
      &g_array_index(before, PartitaBar, before->len - 1);

    partita_score_set_end(score, last->tick + last->length_ticks);

    g_autoptr(PartitaScore) twice = partita_score_copy(score);
    const uint32_t end = partita_score_get_end(score);

    partita_score_append(twice, score);
    g_assert_cmpuint(partita_score_get_end(twice), ==, 2 * end);
    g_assert_cmpuint(partita_score_get_n_notes(twice), ==,
                     2 * partita_score_get_n_notes(score));

    g_autoptr(GArray) after = partita_score_get_bars(twice);
    g_autoptr(PartitaTempoMap) once_map = partita_tempo_map_new(score);
    g_autoptr(PartitaTempoMap) twice_map = partita_tempo_map_new(twice);

    g_assert_cmpuint(after->len, ==, 2 * before->len);
    g_assert_cmpuint(partita_tempo_map_us_ppq(twice_map, 2 * end), ==,
                     2 * partita_tempo_map_us_ppq(once_map, end));

    g_autoptr(PartitaScore) second =
      partita_score_cut_bars(twice, before->len, before->len);

    g_assert_cmpuint(partita_score_get_n_notes(second), ==,
                     partita_score_get_n_notes(score));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/transform/transpose-back", test_transpose_back);
  g_test_add_func("/score/transform/transpose-moves", test_transpose_moves);
  g_test_add_func("/score/transform/transpose-refused", test_transpose_refused);
  g_test_add_func("/score/transform/fold-model", test_fold_model);
  g_test_add_func("/score/transform/fold-idempotent", test_fold_idempotent);
  g_test_add_func("/score/transform/fold-example", test_fold_example);
  g_test_add_func("/score/transform/fold-many", test_fold_many);
  g_test_add_func("/score/transform/append", test_append);
  return g_test_run();
}
