// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "random-score.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static char *
make_path(const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("partita-midi-XXXXXX", &error);

  g_assert_no_error(error);
  return g_build_filename(folder, name, NULL);
}

static void
remove_path(char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);

  (void)g_unlink(path);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  g_free(path);
}

static void
assert_round_trip(const PartitaScore *score)
{
  g_autoptr(GError) error = NULL;
  char *path = make_path("score.mid");
  unsigned mends = 1;

  partita_midi_write_file(score, path, &error);
  g_assert_no_error(error);

  g_autoptr(PartitaScore) back = partita_midi_read_file(path, &mends, &error);

  g_assert_no_error(error);
  g_assert_true(partita_score_equal(score, back));
  g_assert_cmpuint(mends, ==, 0);
  remove_path(path);
}

/* Law: read(write(s)) equals s, and nothing is mended. */
static void
test_round_trip(void)
{
  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaScore) score = random_score();

    assert_round_trip(score);
  }
}

static GBytes *
write_to_bytes(const PartitaScore *score)
{
  g_autoptr(GError) error = NULL;
  char *path = make_path("score.mid");
  char *bytes = NULL;
  gsize size = 0;

  g_assert_true(partita_midi_write_file(score, path, &error));
  g_assert_true(g_file_get_contents(path, &bytes, &size, &error));
  remove_path(path);
  return g_bytes_new_take(bytes, size);
}

/* Law: writing is a function of the score. */
static void
test_same_bytes(void)
{
  g_autoptr(PartitaScore) score = random_score();
  g_autoptr(GBytes) first = write_to_bytes(score);
  g_autoptr(GBytes) second = write_to_bytes(score);

  g_assert_true(g_bytes_equal(first, second));
}

static PartitaTrack *
add_one_note(PartitaScore *score, uint8_t program, uint8_t pitch)
{
  PartitaTrack *track = partita_score_add_track(score, program, "same");

  partita_track_add_note(track, (PartitaNote){0, 480, pitch, 90});
  return track;
}

static void
test_many_tracks(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);

  // More than the channels of one port, and more than one drum kit.
  for (int i = 0; i < 40; ++i)
    add_one_note(score, i % 4 == 3 ? PARTITA_PROGRAM_DRUMS : 7, 60);
  assert_round_trip(score);
}

static void
test_unisons(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = add_one_note(score, 0, 60);

  // The second ends before the first, the last three are the same note.
  partita_track_add_note(track, (PartitaNote){100, 10, 60, 1});
  for (int i = 0; i < 3; ++i)
    partita_track_add_note(track, (PartitaNote){700, 10, 60, 64});
  partita_score_sort(score);
  assert_round_trip(score);
}

static void
test_end(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);

  add_one_note(score, 0, 60);
  partita_score_set_end(score, 480 * 4 * 20); // nineteen empty bars
  assert_round_trip(score);
  partita_score_add_tempo(score, (PartitaTempo){480 * 4 * 30, 400000});
  assert_round_trip(score);
}

static void
test_empty(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(1);

  assert_round_trip(score);
  partita_score_add_track(score, 128, NULL);
  partita_score_add_track(score, 127, "");
  assert_round_trip(score);
}

static void
test_far_apart(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(32767);
  PartitaTrack *track = add_one_note(score, 0, 60);

  // The gap is longer than a delta time.
  partita_score_add_tempo(score, (PartitaTempo){0, 1000});
  partita_track_add_note(track, (PartitaNote){PARTITA_TICK_MAX - 1, 1, 60, 1});
  assert_round_trip(score);
}

static void
test_long_name(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_strnfill(200, 'n');
  char *path = make_path("name.mid");

  memcpy(name + 126, "\xc3\xbc", 2); // an umlaut across the cut
  partita_score_add_track(score, 0, name);
  g_assert_true(partita_midi_write_file(score, path, &error));

  g_autoptr(PartitaScore) back = partita_midi_read_file(path, NULL, &error);

  name[126] = '\0';
  g_assert_cmpstr(partita_track_get_name(partita_score_get_track(back, 0)), ==,
                  name);
  remove_path(path);
}

static void
assert_refused(const PartitaScore *score, const char *path, int code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false(partita_midi_write_file(score, path, &error));
  g_assert_error(error, PARTITA_MIDI_ERROR, code);
  g_assert_true(g_str_has_prefix(error->message, path));
}

static void
test_limits(void)
{
  g_autoptr(PartitaScore) crowd = partita_score_new(480);
  g_autoptr(PartitaScore) age = partita_score_new(480);
  g_autoptr(PartitaScore) kits = partita_score_new(480);
  char *path = make_path("never.mid");

  for (unsigned i = 0; i < PARTITA_MIDI_TRACKS_MAX; ++i)
    add_one_note(crowd, 0, 60);
  assert_refused(crowd, path, PARTITA_MIDI_ERROR_TOO_BIG);
  partita_score_set_end(age, 960 * PARTITA_MIDI_SECONDS_MAX + 1);
  assert_refused(age, path, PARTITA_MIDI_ERROR_TOO_BIG);
  for (unsigned i = 0; i < 129; ++i)
    add_one_note(kits, PARTITA_PROGRAM_DRUMS, 40);
  assert_refused(kits, path, PARTITA_MIDI_ERROR_TOO_BIG);
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  remove_path(path);
}

static void
test_bad_target(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  char *path = make_path("x");
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *missing = g_build_filename(folder, "no", "x.mid", NULL);

  assert_refused(score, folder, PARTITA_MIDI_ERROR_WRITE);
  assert_refused(score, missing, PARTITA_MIDI_ERROR_WRITE);
  assert_refused(score, "/dev/full", PARTITA_MIDI_ERROR_WRITE);
  remove_path(path);
}

/* As on a full disk: there is no room for the file. */
static void
test_no_room(void)
{
  g_autoptr(PartitaScore) score = random_score();
  g_autofree char *kept = NULL;
  char *path = make_path("kept.mid");
  struct rlimit before;
  struct rlimit small;

  g_assert_true(g_file_set_contents(path, "kept", -1, NULL));
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 16;
  (void)signal(SIGXFSZ, SIG_IGN);
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
  assert_refused(score, path, PARTITA_MIDI_ERROR_WRITE);
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
  g_assert_true(g_file_get_contents(path, &kept, NULL, NULL));
  g_assert_cmpstr(kept, ==, "kept");
  remove_path(path); // fails if a temporary file is left beside it
}

/* Tempos are written however many they are, in linear time, and read back as
 * they were, those that are said again too. */
static void
test_many_tempos(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);

  for (uint32_t i = 0; i < 200000; ++i)
    partita_score_add_tempo(score, (PartitaTempo){i, 500000 + i / 2 % 2});

  g_autoptr(GBytes) bytes = partita_midi_write(score, NULL);
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(bytes, &size);
  g_autoptr(PartitaScore) same = partita_midi_read(data, size, NULL, NULL);

  g_assert_true(partita_score_equal(score, same));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/write/round-trip", test_round_trip);
  g_test_add_func("/midi/write/same-bytes", test_same_bytes);
  g_test_add_func("/midi/write/many-tracks", test_many_tracks);
  g_test_add_func("/midi/write/unisons", test_unisons);
  g_test_add_func("/midi/write/end", test_end);
  g_test_add_func("/midi/write/empty", test_empty);
  g_test_add_func("/midi/write/far-apart", test_far_apart);
  g_test_add_func("/midi/write/long-name", test_long_name);
  g_test_add_func("/midi/write/limits", test_limits);
  g_test_add_func("/midi/write/bad-target", test_bad_target);
  g_test_add_func("/midi/write/no-room", test_no_room);
  g_test_add_func("/midi/write/many-tempos", test_many_tempos);
  return g_test_run();
}
