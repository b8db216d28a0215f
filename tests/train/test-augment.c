// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <string.h>
#include <train/train-private.h>

#define ALL                                                                    \
  (PARTITA_AUGMENT_TRANSPOSE | PARTITA_AUGMENT_TEMPO |                         \
   PARTITA_AUGMENT_VELOCITY | PARTITA_AUGMENT_TRACKS)

static const unsigned each[] = {
  0,
  PARTITA_AUGMENT_TRANSPOSE,
  PARTITA_AUGMENT_TEMPO,
  PARTITA_AUGMENT_VELOCITY,
  PARTITA_AUGMENT_TRACKS,
  ALL,
};

static PartitaScheme *
make_scheme(const char *name)
{
  PartitaScheme *scheme = partita_scheme_new(name, NULL, NULL);

  g_assert_nonnull(scheme);
  return scheme;
}

/// A few tracks of random instruments, one of them drums at times, near and
/// beyond the limits of their ranges.
static PartitaScore *
make_random(void)
{
  PartitaScore *score = partita_score_new(480);
  const int n_tracks = g_test_rand_int_range(1, 5);

  partita_score_add_tempo(
    score, (PartitaTempo){0, (uint32_t)g_test_rand_int_range(300000, 900000)});
  for (int t = 0; t < n_tracks; ++t) {
    const int program = g_test_rand_int_range(0, 10) == 0
                          ? PARTITA_PROGRAM_DRUMS
                          : g_test_rand_int_range(0, 128);
    PartitaTrack *track =
      partita_score_add_track(score, (uint8_t)program, NULL);
    const int base = g_test_rand_int_range(0, 110);

    for (uint32_t i = 0; i < 12; ++i)
      partita_track_add_note(
        track, (PartitaNote){i * 240, 240,
                             (uint8_t)(base + g_test_rand_int_range(0, 17)),
                             (uint8_t)g_test_rand_int_range(1, 128)});
  }
  partita_score_sort(score);
  return score;
}

static GArray *
encode(const PartitaScheme *scheme, const PartitaScore *score)
{
  PartitaPrompt prompt;

  partita_scheme_get_prompt(scheme, score, -1, &prompt);
  return partita_scheme_encode(scheme, score, &prompt);
}

static PartitaScore *
decode(const PartitaScheme *scheme, const GArray *ids, PartitaPrompt *prompt)
{
  g_autoptr(GError) error = NULL;
  PartitaScore *score =
    partita_scheme_decode(scheme, (const uint16_t *)(const void *)ids->data,
                          ids->len, prompt, &error);

  g_assert_no_error(error);
  return score;
}

static bool
are_equal(const GArray *a, const GArray *b)
{
  return a->len == b->len &&
         memcmp(a->data, b->data, a->len * sizeof(uint16_t)) == 0;
}

/* Laws: of every scheme the result decodes, and follows from seed and serial;
 * other serials give other pieces. */
static void
test_function(void)
{
  static const char *const schemes[] = {"remi", "performance", "grid"};

  for (size_t s = 0; s < G_N_ELEMENTS(schemes); ++s) {
    g_autoptr(PartitaScheme) scheme = make_scheme(schemes[s]);
    unsigned n_same = 0;

    for (uint64_t serial = 0; serial < 200; ++serial) {
      g_autoptr(PartitaScore) score = make_random();
      g_autoptr(GArray) ids = encode(scheme, score);
      g_autoptr(GArray) once = g_array_copy(ids);
      g_autoptr(GArray) again = g_array_copy(ids);
      g_autoptr(GArray) other = g_array_copy(ids);
      const unsigned which = each[serial % G_N_ELEMENTS(each)];

      partita_augment(scheme, once, which, 7, serial);
      partita_augment(scheme, again, which, 7, serial);
      partita_augment(scheme, other, which, 7, serial + 1000);
      g_assert_true(are_equal(once, again));
      n_same += are_equal(once, other);
      g_autoptr(PartitaScore) got = decode(scheme, once, NULL);

      g_assert_nonnull(got);
    }
    g_assert_cmpuint(n_same, <, 150);
  }
}

static void
find_extremes(const PartitaTrack *track, int *low, int *high)
{
  size_t n = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);

  *low = 127;
  *high = 0;
  for (size_t i = 0; i < n; ++i) {
    *low = MIN(*low, notes[i].pitch);
    *high = MAX(*high, notes[i].pitch);
  }
}

static const PartitaTrack *
find_program(const PartitaScore *score, uint8_t program)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);

    if (partita_track_get_program(track) == program)
      return track;
  }
  return NULL;
}

static void
assert_track_kept(const PartitaTrack *track, const PartitaTrack *from)
{
  const uint8_t program = partita_track_get_program(track);
  uint8_t least = 0;
  uint8_t most = 127;
  int low = 0, high = 0, was_low = 0, was_high = 0;
  size_t n = 0;
  size_t m = 0;
  const PartitaNote *notes = partita_track_get_notes(track, &n);
  const PartitaNote *were = partita_track_get_notes(from, &m);
  const int by = n > 0 ? notes[0].pitch - were[0].pitch : 0;

  g_assert_cmpuint(n, ==, m);
  (void)partita_program_get_range(program, &least, &most);
  find_extremes(track, &low, &high);
  find_extremes(from, &was_low, &was_high);
  g_assert_cmpint(low, >=, MIN(least, was_low));
  g_assert_cmpint(high, <=, MAX(most, was_high));
  g_assert_true(by == 0 || program < PARTITA_PROGRAM_DRUMS);
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpuint(notes[i].onset_ticks, ==, were[i].onset_ticks);
}

/* Laws: no note leaves its instrument's range, or what was played beyond it;
 * the notes stay where they were; at most one track goes, and a pitched one
 * stays; the tempo stays within two bins. */
static void
test_bounds(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  unsigned n_dropped = 0;
  unsigned n_tempos = 0;

  for (uint64_t serial = 0; serial < 600; ++serial) {
    g_autoptr(PartitaScore) random = make_random();
    g_autoptr(GArray) ids = encode(scheme, random);
    g_autoptr(PartitaScore) score = decode(scheme, ids, NULL);

    partita_augment(scheme, ids, ALL, 3, serial);
    g_autoptr(PartitaScore) got = decode(scheme, ids, NULL);
    const size_t n = partita_score_get_n_tracks(score);
    const size_t left = partita_score_get_n_tracks(got);
    const double ratio = log2(
      (double)partita_score_get_tempos(score, &(size_t){0})[0].us_per_quarter /
      partita_score_get_tempos(got, &(size_t){0})[0].us_per_quarter);
    bool pitched = false;
    bool was_pitched = false;

    g_assert_cmpuint(left, <=, n);
    g_assert_cmpuint(left + 1, >=, n);
    g_assert_cmpfloat(fabs(ratio), <=, 2.01 / 12.0);
    n_dropped += left < n;
    n_tempos += fabs(ratio) > 0.01;
    for (size_t t = 0; t < n; ++t)
      was_pitched |= !partita_track_is_drums(partita_score_get_track(score, t));
    for (size_t t = 0; t < left; ++t) {
      const PartitaTrack *track = partita_score_get_track(got, t);

      assert_track_kept(track,
                        find_program(score, partita_track_get_program(track)));
      pitched |= !partita_track_is_drums(track);
    }
    g_assert_true(pitched || !was_pitched);
  }
  g_assert_cmpuint(n_dropped, >, 30);
  g_assert_cmpuint(n_tempos, >, 300);
}

/* An instrument at both ends of its range does not move; one octave in the
 * middle moves by all of -5 to 6. */
static void
test_room(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  unsigned seen = 0;

  for (uint64_t serial = 0; serial < 400; ++serial) {
    g_autoptr(PartitaScore) full = partita_score_new(480);
    g_autoptr(PartitaScore) free_ = partita_score_new(480);
    PartitaTrack *violin = partita_score_add_track(full, 40, NULL);
    PartitaTrack *piano = partita_score_add_track(free_, 0, NULL);

    partita_track_add_note(violin, (PartitaNote){0, 480, 55, 64});
    partita_track_add_note(violin, (PartitaNote){480, 480, 103, 64});
    partita_track_add_note(piano, (PartitaNote){0, 480, 60, 64});
    g_autoptr(GArray) a = encode(scheme, full);
    g_autoptr(GArray) b = encode(scheme, free_);

    partita_augment(scheme, a, PARTITA_AUGMENT_TRANSPOSE, 1, serial);
    partita_augment(scheme, b, PARTITA_AUGMENT_TRANSPOSE, 1, serial);
    g_autoptr(PartitaScore) a_got = decode(scheme, a, NULL);
    g_autoptr(PartitaScore) b_got = decode(scheme, b, NULL);
    int low = 0;
    int high = 0;

    find_extremes(partita_score_get_track(a_got, 0), &low, &high);
    g_assert_cmpint(low, ==, 55);
    g_assert_cmpint(high, ==, 103);
    find_extremes(partita_score_get_track(b_got, 0), &low, &high);
    g_assert_cmpint(low, >=, 60 + PARTITA_TRANSPOSE_MIN);
    g_assert_cmpint(low, <=, 60 + PARTITA_TRANSPOSE_MAX);
    seen |= 1u << (low - 60 - PARTITA_TRANSPOSE_MIN);
  }
  g_assert_cmpuint(seen, ==, (1u << 12) - 1);
}

static bool
is_legal_in_parts(const PartitaScheme *scheme, const GArray *ids)
{
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  partita_grammar_allow_parts(grammar);
  for (guint i = 0; i < ids->len; ++i)
    if (!partita_grammar_push(grammar, g_array_index(ids, uint16_t, i)))
      return false;
  return partita_grammar_is_complete(grammar);
}

static size_t
count_notes(const PartitaScheme *scheme, const GArray *ids, bool written)
{
  g_autoptr(PartitaScore) score = partita_scheme_decode_part(
    scheme, (const uint16_t *)(const void *)ids->data, ids->len, written, NULL);

  g_assert_nonnull(score);
  return partita_score_get_n_notes(score);
}

/* Laws: about one piece in four is rearranged, the others are as they would be
 * without; rearranged it is legal and has the same notes, some of them open. */
static void
test_parts(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  unsigned n_rearranged = 0;
  unsigned n_halves = 0;

  for (uint64_t serial = 0; serial < 400; ++serial) {
    g_autoptr(PartitaScore) score = make_random();
    g_autoptr(GArray) plain = encode(scheme, score);
    g_autoptr(GArray) ids = g_array_copy(plain);

    partita_augment(scheme, plain, ALL, 9, serial);
    partita_augment(scheme, ids, ALL | PARTITA_AUGMENT_PARTS, 9, serial);
    g_assert_true(is_legal_in_parts(scheme, ids));
    if (are_equal(plain, ids))
      continue;
    ++n_rearranged;

    const size_t written = count_notes(scheme, ids, true);
    const size_t given = count_notes(scheme, ids, false);

    g_assert_cmpuint(written + given, ==, count_notes(scheme, plain, false));
    n_halves += written > 0 && given > 0;
  }
  g_assert_cmpuint(n_rearranged, >, 70);
  g_assert_cmpuint(n_rearranged, <, 130);
  g_assert_cmpuint(n_halves, >, n_rearranged / 2);
}

/* The controls say what the changed piece is. */
static void
test_controls(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (uint64_t serial = 0; serial < 300; ++serial) {
    g_autoptr(PartitaScore) score = make_random();
    g_autoptr(GArray) ids = encode(scheme, score);
    PartitaPrompt before;
    PartitaPrompt after;
    PartitaPrompt truth;
    g_autoptr(PartitaScore) was = decode(scheme, ids, &before);

    partita_augment(scheme, ids, ALL, 5, serial);
    g_autoptr(PartitaScore) got = decode(scheme, ids, &after);

    partita_scheme_get_prompt(scheme, got, -1, &truth);
    if (after.tempo_bin >= 0)
      g_assert_cmpint(after.tempo_bin, ==, truth.tempo_bin);
    if (after.density >= 0)
      g_assert_cmpint(after.density, ==, truth.density);
    if (after.bars > 0)
      g_assert_cmpint(after.bars, ==, before.bars);
    if (after.key >= 0)
      g_assert_cmpint(after.key / 12, ==, before.key / 12);
  }
}

static void
test_names(void)
{
  unsigned set = 99;

  g_assert_true(partita_augmentations_parse("none", &set));
  g_assert_cmpuint(set, ==, 0);
  for (unsigned i = 1; i < 16; ++i) {
    g_autofree char *list = partita_augmentations_describe(i);

    g_assert_true(partita_augmentations_parse(list, &set));
    g_assert_cmpuint(set, ==, i);
  }
  set = 99;
  for (size_t i = 0; i < 5; ++i) {
    static const char *const bad[] = {"", "speed", "tempo,", "none,tempo",
                                      "Tempo"};

    g_assert_false(partita_augmentations_parse(bad[i], &set));
    g_assert_cmpuint(set, ==, 99);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/augment/function", test_function);
  g_test_add_func("/train/augment/bounds", test_bounds);
  g_test_add_func("/train/augment/room", test_room);
  g_test_add_func("/train/augment/parts", test_parts);
  g_test_add_func("/train/augment/controls", test_controls);
  g_test_add_func("/train/augment/names", test_names);
  return g_test_run();
}
