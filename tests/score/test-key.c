// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "score-fixture.h"

#include <stdlib.h>

/* Law: every key comes back from its signature, which has at most six. */
static void
test_round_trip(void)
{
  for (int key = 0; key < 24; ++key) {
    const PartitaKey signature = partita_key_to_signature(key);

    g_assert_cmpint(partita_key_from_signature(signature), ==, key);
    g_assert_cmpint(abs(signature.sharps), <=, 6);
    g_assert_true(signature.minor == (key >= 12));
    g_assert_cmpuint(signature.tick, ==, 0);
  }
}

/* Law: one sharp more is a fifth higher. */
static void
test_fifths(void)
{
  for (int minor = 0; minor < 2; ++minor) {
    for (int8_t sharps = -7; sharps < 7; ++sharps) {
      const int key =
        partita_key_from_signature((PartitaKey){0, sharps, minor != 0});
      const int next = partita_key_from_signature(
        (PartitaKey){0, (int8_t)(sharps + 1), minor != 0});

      g_assert_cmpint(key / 12, ==, minor);
      g_assert_cmpint(next, ==, minor * 12 + (key % 12 + 7) % 12);
    }
  }
}

static void
test_names(void)
{
  static const struct {
    PartitaKey key;
    const char *name;
  } examples[] = {
    {{0, 0, false}, "C major"},       {{0, 0, true}, "A minor"},
    {{0, -3, false}, "E flat major"}, {{0, -3, true}, "C minor"},
    {{0, 6, false}, "F sharp major"}, {{0, -6, true}, "E flat minor"},
    {{0, 7, false}, "D flat major"},  {{0, -7, false}, "B major"},
    {{0, 5, true}, "G sharp minor"},  {{0, 1, true}, "E minor"},
    {{0, -4, false}, "A flat major"}, {{0, -1, true}, "D minor"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(examples); ++i)
    g_assert_cmpstr(
      partita_key_name(partita_key_from_signature(examples[i].key)), ==,
      examples[i].name);
  g_assert_null(partita_key_name(-1));
  g_assert_null(partita_key_name(24));
}

/* Law: a signature is called what it says: the same key as by number, with as
 * many accidentals as stand there. */
static void
test_signature_names(void)
{
  for (int minor = 0; minor < 2; ++minor) {
    for (int sharps = -7; sharps <= 7; ++sharps) {
      const PartitaKey key = {0, (int8_t)sharps, minor != 0};
      const char *name = partita_key_signature_name(key);
      const PartitaKey usual =
        partita_key_to_signature(partita_key_from_signature(key));

      if (usual.sharps == sharps)
        g_assert_cmpstr(name, ==,
                        partita_key_name(partita_key_from_signature(key)));
      g_assert_true(g_str_has_suffix(name, minor != 0 ? " minor" : " major"));
    }
  }
  g_assert_cmpstr(partita_key_signature_name((PartitaKey){0, 7, false}), ==,
                  "C sharp major");
  g_assert_cmpstr(partita_key_signature_name((PartitaKey){0, -7, true}), ==,
                  "A flat minor");
  g_assert_cmpstr(partita_key_signature_name((PartitaKey){0, 6, true}), ==,
                  "D sharp minor");
  g_assert_null(partita_key_signature_name((PartitaKey){0, 8, false}));
  g_assert_null(partita_key_signature_name((PartitaKey){0, -8, false}));
}

/* Of one pitch class, in all octaves, no other tonic is heard than itself. */
static void
test_one_pitch(void)
{
  for (uint8_t pitch = 36; pitch < 48; ++pitch) {
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    for (uint32_t i = 0; i < 3; ++i)
      partita_track_add_note(
        track, (PartitaNote){i * 480, 480, (uint8_t)(pitch + 12 * i), 64});

    g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);

    g_assert_cmpint(partita_score_estimate_key(score), ==, pitch % 12);
    g_assert_cmpint(g_array_index(spans, PartitaKeySpan, 0).key, ==,
                    pitch % 12);
  }
}

/* Law: the key moves with the music. */
static void
test_transposed(void)
{
  for (int round = 0; round < 100; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    const int semitones = g_test_rand_int_range(-12, 13);

    partita_track_add_note(partita_score_get_track(score, 0), fixture_note());

    const int key = partita_score_estimate_key(score);

    g_assert_cmpint(key, >=, 0);
    g_assert_cmpint(key, <, 24);
    g_assert_true(partita_score_transpose(score, semitones));
    g_assert_cmpint(partita_score_estimate_key(score), ==,
                    key / 12 * 12 + (key + semitones + 12) % 12);
  }
}

/* A cadence IV-V-I in each key is in that key. */
static void
test_cadence(void)
{
  static const uint8_t chords[4][4] = {
    {0, 4, 7, 12}, {0, 5, 9, 12}, {2, 7, 11, 14}, {0, 4, 7, 12}};

  for (int key = 0; key < 24; ++key) {
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    for (uint32_t i = 0; i < 16; ++i) {
      uint8_t step = chords[i / 4][i % 4];

      // In minor the third and the sixth of the scale are lower.
      if (key >= 12 && (step == 4 || step == 9))
        --step;
      partita_track_add_note(
        track,
        (PartitaNote){i / 4 * 480, 480, (uint8_t)(60 + key % 12 + step), 64});
    }
    g_assert_cmpstr(partita_key_name(partita_score_estimate_key(score)), ==,
                    partita_key_name(key));
  }
}

/* Drums have no key. */
static void
test_no_pitch(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  g_assert_cmpint(partita_score_estimate_key(score), ==, -1);
  partita_track_add_note(track, (PartitaNote){0, 480, 38, 64});
  g_assert_cmpint(partita_score_estimate_key(score), ==, -1);
}

/* Law: moved to the common key, every major key is C and every minor A. */
static void
test_common(void)
{
  for (int key = 0; key < 24; ++key) {
    const int shift = partita_key_to_common(key);
    g_autoptr(PartitaScore) score = partita_score_new(480);

    g_assert_cmpint(shift, >=, -6);
    g_assert_cmpint(shift, <=, 5);
    partita_score_add_key(score, partita_key_to_signature(key));
    g_assert_true(partita_score_transpose(score, shift));

    size_t n = 0;
    const PartitaKey moved = partita_score_get_keys(score, &n)[0];

    g_assert_cmpint(partita_key_from_signature(moved), ==, key < 12 ? 0 : 21);
  }
}

/* Law: few notes fit several keys to the bit, and still a transposed score has
 * the transposed key, as its only span has. */
static void
test_ties(void)
{
  static const uint8_t chords[][4] = {{0, 6, 0, 6}, {0, 4, 8, 0}, {0, 3, 6, 9}};

  for (size_t c = 0; c < G_N_ELEMENTS(chords); ++c) {
    int first = 0;

    for (int by = 0; by < 12; ++by) {
      g_autoptr(PartitaScore) score = partita_score_new(480);
      PartitaTrack *track = partita_score_add_track(score, 0, NULL);

      for (uint32_t i = 0; i < 4; ++i)
        partita_track_add_note(
          track,
          (PartitaNote){i * 480, 480, (uint8_t)(60 + by + chords[c][i]), 80});

      const int key = partita_score_estimate_key(score);
      g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 1);

      if (by == 0)
        first = key;
      g_assert_cmpint(key, ==, first / 12 * 12 + (first + by) % 12);
      g_assert_cmpuint(spans->len, ==, 1);
      g_assert_cmpint(g_array_index(spans, PartitaKeySpan, 0).key, ==, key);
    }
  }
}

/// A scale of C major, ending in its chord.
static PartitaScore *
make_c_major(void)
{
  static const uint8_t steps[] = {0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0, 0};
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  for (uint32_t i = 0; i < G_N_ELEMENTS(steps); ++i)
    partita_track_add_note(
      track, (PartitaNote){i * 480, 480, (uint8_t)(60 + steps[i]), 80});
  return score;
}

/// A signature near the notes is believed, one far from them is not.
static void
test_find(void)
{
  const struct {
    PartitaKey signed_;
    int found;
  } cases[] = {
    {{0, 0, false}, 0},   {{0, 1, false}, 7}, {{0, -1, false}, 5},
    {{0, 0, true}, 21},   {{0, 2, false}, 0}, {{0, -3, true}, 0},
    {{960, 1, false}, 0},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autoptr(PartitaScore) score = make_c_major();

    g_assert_cmpint(partita_score_find_key(score), ==, 0);
    partita_score_add_key(score, cases[i].signed_);
    g_assert_cmpint(partita_score_find_key(score), ==, cases[i].found);

    const int shift = partita_score_move_to_common_key(score);

    g_assert_cmpint(shift, ==, partita_key_to_common(cases[i].found));
    g_assert_true(partita_score_transpose(score, -shift));
    g_assert_cmpint(partita_score_find_key(score), ==, cases[i].found);
  }
}

/// The chords I-IV-V-I, a bar each, @times over, from bar @first on.
static void
add_cadences(PartitaTrack *track, int key, uint32_t first, uint32_t times)
{
  static const uint8_t roots[] = {0, 5, 7, 0};

  for (uint32_t i = 0; i < 4 * times; ++i) {
    for (int tone = 0; tone < 3; ++tone) {
      const int pitch =
        48 + (key + roots[i % 4]) % 12 + (const int[]){0, 4, 7}[tone];

      partita_track_add_note(
        track, (PartitaNote){(first + i) * 1920, 1920, (uint8_t)pitch, 80});
    }
  }
}

/* Where the cadences move to another key, the span ends. */
static void
test_spans_change(void)
{
  for (int up = 1; up < 12; ++up) {
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    add_cadences(track, 0, 0, 4);
    add_cadences(track, up, 16, 4);
    g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);
    const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, 0);

    g_assert_cmpuint(spans->len, ==, 2);
    g_assert_cmpint(span[0].key, ==, 0);
    g_assert_cmpint(span[1].key, ==, up);
    // A chord that both keys have may belong to either.
    g_assert_cmpint(ABS((int)span[1].first_bar - 16), <=, 1);
    g_assert_cmpuint(span[1].tick, ==, span[1].first_bar * 1920);
  }
}

/* Laws: every bar is in one span, neighbours differ, and all of it moves with
 * the music. */
static void
test_spans_laws(void)
{
  for (int round = 0; round < 200; ++round) {
    g_autoptr(PartitaScore) score = fixture_score();
    const int semitones = g_test_rand_int_range(-12, 13);
    const unsigned window = 2 * (unsigned)g_test_rand_int_range(0, 5) + 1;

    partita_track_add_note(partita_score_get_track(score, 0), fixture_note());

    g_autoptr(GArray) bars = partita_score_get_played_bars(score);
    g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, window);
    guint bar = 0;

    g_assert_true(partita_score_transpose(score, semitones));
    g_autoptr(GArray) moved = partita_score_estimate_key_spans(score, window);

    g_assert_cmpuint(moved->len, ==, spans->len);
    for (guint i = 0; i < spans->len; ++i) {
      const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, i);
      const PartitaKeySpan *other = &g_array_index(moved, PartitaKeySpan, i);

      g_assert_cmpuint(span->first_bar, ==, bar);
      g_assert_cmpuint(span->n_bars, >, 0);
      g_assert_cmpuint(span->tick, ==,
                       g_array_index(bars, PartitaBar, bar).tick);
      g_assert_true(i == 0 || span->key != span[-1].key);
      g_assert_cmpuint(other->first_bar, ==, bar);
      g_assert_cmpint(other->key, ==,
                      span->key / 12 * 12 + (span->key + semitones + 12) % 12);
      bar += span->n_bars;
    }
    g_assert_cmpuint(bar, ==, bars->len);
  }
}

/* Drums have no key, however many bars. */
static void
test_spans_no_pitch(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  for (uint32_t i = 0; i < 40; ++i)
    partita_track_add_note(track, (PartitaNote){i * 480, 480, 38, 64});
  g_autoptr(GArray) spans = partita_score_estimate_key_spans(score, 3);
  const PartitaKeySpan *span = &g_array_index(spans, PartitaKeySpan, 0);

  g_assert_cmpuint(spans->len, ==, 1);
  g_assert_cmpint(span->key, ==, -1);
  g_assert_cmpuint(span->n_bars, ==, 10);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/score/key/ties", test_ties);
  g_test_add_func("/score/key/round-trip", test_round_trip);
  g_test_add_func("/score/key/fifths", test_fifths);
  g_test_add_func("/score/key/names", test_names);
  g_test_add_func("/score/key/signature-names", test_signature_names);
  g_test_add_func("/score/key/one-pitch", test_one_pitch);
  g_test_add_func("/score/key/transposed", test_transposed);
  g_test_add_func("/score/key/cadence", test_cadence);
  g_test_add_func("/score/key/no-pitch", test_no_pitch);
  g_test_add_func("/score/key/common", test_common);
  g_test_add_func("/score/key/find", test_find);
  g_test_add_func("/score/key/spans/change", test_spans_change);
  g_test_add_func("/score/key/spans/laws", test_spans_laws);
  g_test_add_func("/score/key/spans/no-pitch", test_spans_no_pitch);
  return g_test_run();
}
