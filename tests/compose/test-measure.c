// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <partita/controls.h>
#include <string.h>

/* Two bars of 3/4 in C for violin and cello: a scale over its roots, ending
 * on C. */
static PartitaScore *
make_score(void)
{
  static const uint8_t melody[] = {64, 65, 67, 65, 62, 60};
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *violin = partita_score_add_track(score, 40, NULL);
  PartitaTrack *cello = partita_score_add_track(score, 42, NULL);

  partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
  partita_score_add_tempo(score, (PartitaTempo){0, 652174}); // 92
  partita_score_add_key(score, (PartitaKey){0, 0, false});
  for (uint32_t i = 0; i < 6; ++i)
    partita_track_add_note(violin, (PartitaNote){480 * i, 480, melody[i], 80});
  partita_track_add_note(cello, (PartitaNote){0, 1440, 48, 80});
  partita_track_add_note(cello, (PartitaNote){1440, 960, 55, 80});
  partita_track_add_note(cello, (PartitaNote){2400, 480, 48, 80});
  partita_score_set_end(score, 2880);
  partita_score_sort(score);
  return score;
}

/// What becomes of the promise @name=@value in @score.
static bool
keeps(const PartitaScore *score, const char *wish)
{
  g_auto(GStrv) parts = g_strsplit(wish, "=", 2);
  PartitaControls controls;
  g_autoptr(GError) error = NULL;

  partita_controls_init(&controls);
  (void)partita_controls_set(&controls, parts[0], parts[1], &error);
  g_assert_no_error(error);

  g_autoptr(GArray) promises = partita_controls_measure(&controls, score, 2);
  g_assert_cmpuint(promises->len, >=, 2);
  return partita_promises_are_kept(promises);
}

static void
test_kept(void)
{
  static const char *const kept[] = {
    "key=C",
    "scale=C D E F G",
    "range=C3-G4",
    "range=cello:C3-G3",
    "meter=3/4",
    "tempo=92",
    "programs=violin,cello",
    "programs=strings",
    "density=1.5",
    "polyphony=2",
    "chords=C F C|G7 C",
  };
  static const char *const broken[] = {
    "key=A minor",       "key=G",
    "scale=C D E F",     "range=C3-F4",
    "range=cello:C3-F3", "meter=3/8",
    "meter=4/4",         "tempo=91.9",
    "programs=violin",   "programs=violin,cello,piano",
    "density=3",         "polyphony=1",
    "chords=C|G7 C",     "chords=C F C|G7",
    "chords=F|C",
  };
  g_autoptr(PartitaScore) score = make_score();

  for (size_t i = 0; i < G_N_ELEMENTS(kept); ++i)
    if (!keeps(score, kept[i]))
      g_error("%s is not kept", kept[i]);
  for (size_t i = 0; i < G_N_ELEMENTS(broken); ++i)
    if (keeps(score, broken[i]))
      g_error("%s is kept", broken[i]);
}

static void
test_lines(void)
{
  g_autoptr(PartitaScore) score = make_score();
  PartitaControls controls;

  partita_controls_init(&controls);
  g_assert_true(partita_controls_set(&controls, "key", "C", NULL));
  controls.fill = true;
  g_autoptr(GArray) promises = partita_controls_measure(&controls, score, 2);
  g_autofree char *bars =
    partita_promise_describe(&g_array_index(promises, PartitaPromise, 0));
  g_autofree char *key =
    partita_promise_describe(&g_array_index(promises, PartitaPromise, 1));
  g_autofree char *last = partita_promise_describe(
    &g_array_index(promises, PartitaPromise, promises->len - 1));

  g_assert_cmpstr(bars, ==, "bars 2/2");
  g_assert_cmpstr(key, ==, "key C major: 9/9 notes in scale");
  g_assert_cmpstr(last, ==, "notes: 2/2 bars have some");
  g_assert_true(partita_promises_are_kept(promises));
}

/* Each change of one note or event breaks what it should. */
static void
test_changes(void)
{
  g_autoptr(PartitaScore) score = make_score();
  PartitaTrack *cello = partita_score_get_track(score, 1);

  partita_score_add_tempo(score, (PartitaTempo){480, 600000});
  g_assert_false(keeps(score, "tempo=92"));
  partita_score_add_meter(score, (PartitaMeter){1440, 6, 8});
  g_assert_false(keeps(score, "meter=3/4"));
  partita_track_add_note(cello, (PartitaNote){2400, 480, 43, 80});
  partita_score_sort(score);
  g_assert_false(keeps(score, "key=C")); // ends over a G
  g_assert_false(keeps(score, "polyphony=2"));
  g_assert_true(keeps(score, "polyphony=3"));
  partita_score_set_end(score, 2881);
  g_assert_false(keeps(score, "polyphony=3")); // three bars
}

/* What holds of the notes between the beats. */
static void
test_passing(void)
{
  static const struct {
    PartitaNote note;
    bool kept;
  } notes[] = {
    {{0, 480, 60, 80}, true},     // a member
    {{0, 480, 62, 80}, false},    // none, on the beat
    {{240, 240, 62, 80}, true},   // none of C, but of the grid
    {{240, 480, 62, 80}, false},  // too long
    {{240, 240, 61, 80}, false},  // of no chord
    {{1200, 480, 67, 80}, true},  // held into G: a member of both
    {{1200, 480, 64, 80}, false}, // held into G: a member of C only
    {{1280, 160, 65, 80}, true},  // ends with its chord
    {{1280, 200, 65, 80}, false}, // goes on into the next
    {{1440, 480, 43, 80}, true},  // the root is the bass
    {{1440, 480, 47, 80}, false}, // not the third
    {{1920, 480, 47, 80}, true},  // later it may be
  };
  PartitaControls controls;

  partita_controls_init(&controls);
  g_assert_true(partita_controls_set(&controls, "chords", "C|G7", NULL));
  for (size_t i = 0; i < G_N_ELEMENTS(notes); ++i) {
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
    partita_track_add_note(track, notes[i].note);
    partita_score_set_end(score, 2880);

    g_autoptr(GArray) promises = partita_controls_measure(&controls, score, 0);
    for (guint k = 0; k < promises->len; ++k) {
      const PartitaPromise *promise =
        &g_array_index(promises, PartitaPromise, k);

      if (strcmp(promise->name, "chords") == 0)
        g_assert_cmpint(promise->kept, ==, notes[i].kept);
    }
  }
}

/* A score without a note keeps no promise of notes, and breaks nothing else. */
static void
test_empty(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);

  partita_score_set_end(score, 3840);
  g_assert_true(keeps(score, "polyphony=1"));
  g_assert_true(keeps(score, "meter=4/4")); // as every score without one
  g_assert_false(keeps(score, "key=C"));
  g_assert_false(keeps(score, "programs=piano"));
  g_assert_false(keeps(score, "density=1"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/measure/kept", test_kept);
  g_test_add_func("/measure/lines", test_lines);
  g_test_add_func("/measure/changes", test_changes);
  g_test_add_func("/measure/passing", test_passing);
  g_test_add_func("/measure/empty", test_empty);
  return g_test_run();
}
