// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#include <score/score-private.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaTrack, partita_track_free)

static PartitaTrack *
random_track(void)
{
  PartitaTrack *track = partita_track_new(40, "Violin");

  for (uint32_t i = fixture_draw(2, 200); i > 0; --i) {
    PartitaNote note = fixture_note();

    note.onset_ticks %= 50; // many equal onsets
    note.pitch = (uint8_t)(60 + note.pitch % 3);
    note.duration_ticks = 1 + note.duration_ticks % 4;
    partita_track_add_note(track, note);
  }
  partita_track_add_pedal(track, (PartitaPedal){5, true});
  partita_track_add_pedal(track, (PartitaPedal){9, false});
  return track;
}

/// A number for each note that grows in the order of notes.
static uint64_t
rank(PartitaNote note)
{
  return (uint64_t)note.onset_ticks << 32 | (uint64_t)note.pitch << 24 |
         (uint64_t)note.duration_ticks << 8 | note.velocity;
}

/* Law: sorting orders the notes, loses none and makes none. */
static void
test_sort(void)
{
  g_autoptr(PartitaTrack) track = random_track();
  uint64_t before = 0;
  uint64_t after = 0;
  size_t n;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const size_t n_before = n;

  for (size_t i = 0; i < n; ++i)
    before += rank(notes[i]) * rank(notes[i]);
  partita_track_sort(track);
  notes = partita_track_get_notes(track, &n);
  for (size_t i = 0; i < n; ++i) {
    after += rank(notes[i]) * rank(notes[i]);
    g_assert_true(i == 0 || rank(notes[i - 1]) <= rank(notes[i]));
  }
  g_assert_cmpuint(n, ==, n_before);
  g_assert_cmpuint(after, ==, before);
}

/* Law: notes in order but for their chords are sorted as any others, so that
 * insertion and the sorting it falls back to agree. */
static void
test_sort_chords(void)
{
  g_autoptr(PartitaTrack) chords = partita_track_new(0, NULL);
  g_autoptr(PartitaTrack) mixed = partita_track_new(0, NULL);
  g_autofree PartitaNote *notes = g_new(PartitaNote, 3000);

  for (uint32_t i = 0; i < 3000; ++i) {
    notes[i] = fixture_note();
    notes[i].onset_ticks = i / 4;
  }
  partita_track_add_notes(chords, notes, 3000);
  partita_track_add_notes(mixed, notes + 1500, 1500);
  partita_track_add_notes(mixed, notes, 1500);
  partita_track_sort(chords);
  partita_track_sort(mixed);
  g_assert_true(partita_track_equal(chords, mixed));
}

/* Law: notes added at once are those added one by one, or none. */
static void
test_add_notes(void)
{
  g_autoptr(PartitaTrack) track = random_track();
  g_autoptr(PartitaTrack) bulk = partita_track_new(40, "Violin");
  size_t n;
  size_t n_before;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  PartitaNote illegal[] = {notes[0], notes[0]};

  partita_track_add_notes(bulk, notes, n);
  partita_track_add_pedal(bulk, (PartitaPedal){5, true});
  partita_track_add_pedal(bulk, (PartitaPedal){9, false});
  g_assert_true(partita_track_equal(track, bulk));
  illegal[1].velocity = 0;
  partita_track_get_notes(bulk, &n_before);
  g_test_expect_message("partita", G_LOG_LEVEL_CRITICAL, "*velocity*");
  partita_track_add_notes(bulk, illegal, 2);
  g_test_assert_expected_messages();
  partita_track_get_notes(bulk, &n);
  g_assert_cmpuint(n, ==, n_before);
}

/* Law: sorting twice is sorting once. */
static void
test_sort_idempotent(void)
{
  g_autoptr(PartitaTrack) track = random_track();

  partita_track_sort(track);

  g_autoptr(PartitaTrack) once = partita_track_copy(track);

  partita_track_sort(track);
  g_assert_true(partita_track_equal(track, once));
}

/* Law: a copy is equal, and lives on its own. */
static void
test_copy(void)
{
  g_autoptr(PartitaTrack) track = random_track();
  g_autoptr(PartitaTrack) copy = partita_track_copy(track);

  g_assert_true(partita_track_equal(track, copy));
  partita_track_add_note(track, fixture_note());
  g_assert_false(partita_track_equal(track, copy));
}

/* Law: whatever differs, makes tracks unequal. */
static void
test_unequal(void)
{
  g_autoptr(PartitaTrack) track = random_track();

  for (int what = 0; what < 9; ++what) {
    g_autoptr(PartitaTrack) other = partita_track_copy(track);
    const guint at = fixture_draw(0, other->notes->len);
    PartitaNote *note = &g_array_index(other->notes, PartitaNote, at);
    PartitaPedal *pedal = &g_array_index(other->pedals, PartitaPedal, 1);

    g_assert_true(partita_track_equal(track, other));
    note->onset_ticks += what == 0;
    note->duration_ticks += what == 1;
    note->pitch ^= what == 2;
    note->velocity ^= what == 3;
    pedal->tick += what == 4;
    pedal->down ^= what == 5;
    other->program ^= what == 6;
    other->name[0] ^= what == 7;
    if (what == 8)
      g_clear_pointer(&other->name, g_free);
    g_assert_false(partita_track_equal(track, other));
    g_assert_false(partita_track_equal(other, track));
  }
}

static void
test_fields(void)
{
  g_autoptr(PartitaTrack) named = partita_track_new(7, "Clavinet");
  g_autoptr(PartitaTrack) drums =
    partita_track_new(PARTITA_PROGRAM_DRUMS, NULL);
  const PartitaNote note = {3, 4, 60, 64};
  size_t n;

  g_assert_cmpuint(partita_track_get_program(named), ==, 7);
  g_assert_cmpstr(partita_track_get_name(named), ==, "Clavinet");
  g_assert_false(partita_track_is_drums(named));
  g_assert_true(partita_track_is_drums(drums));
  g_assert_null(partita_track_get_name(drums));
  partita_track_add_note(drums, note);
  g_assert_true(fixture_same_note(*partita_track_get_notes(drums, &n), note));
  g_assert_cmpuint(n, ==, 1);
  partita_track_add_pedal(drums, (PartitaPedal){9, true});
  g_assert_cmpuint(partita_track_get_pedals(drums, &n)->tick, ==, 9);
  g_assert_cmpuint(n, ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/track/sort", test_sort);
  g_test_add_func("/score/track/sort-idempotent", test_sort_idempotent);
  g_test_add_func("/score/track/sort-chords", test_sort_chords);
  g_test_add_func("/score/track/add-notes", test_add_notes);
  g_test_add_func("/score/track/copy", test_copy);
  g_test_add_func("/score/track/unequal", test_unequal);
  g_test_add_func("/score/track/fields", test_fields);
  return g_test_run();
}
