// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"

/// Of two metres that a file says at one tick the last holds; a score that has
/// the first gets it.
static void
test_two_at_once(void)
{
  g_autoptr(GByteArray) file =
    make_simple("00 FF5804 03031808 00 FF5804 04021808" ONE_NOTE END);
  g_autoptr(GBytes) given = g_bytes_new_static(file->data, file->len);
  g_autoptr(PartitaScore) score = read_bytes(file, NULL);
  size_t n = 0;

  g_assert_cmpuint(partita_score_get_meters(score, &n)->numerator, ==, 4);
  partita_score_add_meter(score, (PartitaMeter){0, 3, 8});

  g_autoptr(GBytes) written =
    partita_midi_rewrite(given, PARTITA_TICK_MAX, score, NULL);
  gsize size = 0;
  const uint8_t *data = g_bytes_get_data(written, &size);
  g_autoptr(PartitaScore) back = partita_midi_read(data, size, NULL, NULL);
  const PartitaMeter *meters = partita_score_get_meters(back, &n);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpuint(meters->numerator, ==, 3);
  g_assert_cmpuint(meters->denominator, ==, 8);
}

/// A track more than a file may have is refused, and no file is written that
/// cannot be read.
static void
test_too_many(void)
{
  g_autoptr(GByteArray) file = make_file(1, PARTITA_MIDI_TRACKS_MAX, 96);
  g_autoptr(GError) error = NULL;

  for (unsigned i = 0; i < PARTITA_MIDI_TRACKS_MAX; ++i)
    put_chunk(file, "MTrk", ONE_NOTE END);

  g_autoptr(GBytes) given = g_bytes_new_static(file->data, file->len);
  g_autoptr(PartitaScore) score = read_bytes(file, NULL);
  g_autoptr(GBytes) same =
    partita_midi_rewrite(given, PARTITA_TICK_MAX, score, &error);

  g_assert_no_error(error);
  partita_track_add_note(partita_score_add_track(score, 40, NULL),
                         (PartitaNote){0, 96, 60, 70});
  g_assert_null(partita_midi_rewrite(given, PARTITA_TICK_MAX, score, &error));
  g_assert_error(error, PARTITA_MIDI_ERROR, PARTITA_MIDI_ERROR_TOO_BIG);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/rewrite/two-at-once", test_two_at_once);
  g_test_add_func("/midi/rewrite/too-many", test_too_many);
  return g_test_run();
}
