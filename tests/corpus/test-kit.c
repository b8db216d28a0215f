// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <corpus/kit.h>

/// Notes of drums, if @drums, of these keys; the list ends with 0.
static PartitaScore *
make(const uint8_t *keys, bool drums)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track =
    partita_score_add_track(score, drums ? PARTITA_PROGRAM_DRUMS : 0, NULL);

  for (uint32_t i = 0; keys[i] > 0; ++i)
    partita_track_add_note(track, (PartitaNote){i * 120, 60, keys[i], 64});
  partita_score_sort(score);
  return score;
}

static void
assert_becomes(const uint8_t *keys, const uint8_t *expected, bool drums)
{
  g_autoptr(PartitaScore) score = make(keys, drums);
  g_autoptr(PartitaScore) wanted = make(expected, drums);

  partita_kit_settle(score);
  g_assert_true(partita_score_equal(score, wanted));
}

/* The keys of an electronic kit go to their neighbours. */
static void
test_electronic(void)
{
  assert_becomes((const uint8_t[]){36, 22, 26, 42, 58, 38, 0},
                 (const uint8_t[]){36, 42, 46, 42, 43, 38, 0}, true);
  assert_becomes((const uint8_t[]){58, 26, 0}, (const uint8_t[]){43, 46, 0},
                 true);
}

/* A vibraslap in a kit of General MIDI stays, and so do notes of a bass. */
static void
test_others(void)
{
  static const uint8_t general[] = {36, 58, 42, 46, 27, 87, 0};
  static const uint8_t bass[] = {22, 26, 58, 0};

  assert_becomes(general, general, true);
  assert_becomes(bass, bass, false);
}

/* Law: the notes stay in order where two become one key. */
static void
test_order(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  partita_track_add_note(track, (PartitaNote){0, 60, 22, 64});
  partita_track_add_note(track, (PartitaNote){0, 60, 36, 64});
  partita_score_sort(score);
  partita_kit_settle(score);

  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  g_assert_cmpuint(n, ==, 2);
  g_assert_cmpuint(notes[0].pitch, ==, 36);
  g_assert_cmpuint(notes[1].pitch, ==, 42);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/kit/electronic", test_electronic);
  g_test_add_func("/corpus/kit/others", test_others);
  g_test_add_func("/corpus/kit/order", test_order);
  return g_test_run();
}
