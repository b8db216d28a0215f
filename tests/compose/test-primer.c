// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"

/* A few bars of random notes; with @late, the end is not the last note's. */
static PartitaScore *
make_primer(size_t bars, unsigned numerator, bool late)
{
  PartitaScore *score = partita_score_new(480);
  const uint32_t length = 480 * numerator;
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_score_add_meter(
    score, (PartitaMeter){.numerator = (uint8_t)numerator, .denominator = 4});
  for (size_t bar = 0; bar < bars; ++bar)
    for (uint32_t beat = 0; beat < numerator; ++beat)
      partita_track_add_note(
        track, (PartitaNote){.onset_ticks = (uint32_t)bar * length + beat * 480,
                             .duration_ticks = 240,
                             .pitch = (uint8_t)g_test_rand_int_range(40, 90),
                             .velocity = 80});
  if (late)
    partita_score_set_end(score, (uint32_t)bars * length);
  partita_score_sort(score);
  return score;
}

static PartitaScore *
compose(const PartitaComposer *composer,
        const PartitaScore *primer,
        size_t bars,
        GError **error)
{
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.primer = primer;
  options.bars = bars;
  options.seed = (uint64_t)g_test_rand_int();
  options.style = g_test_rand_bit() ? "march" : NULL;
  return partita_compose(composer, &options, error);
}

/// The same, played: off the grid, at a tempo that no token has, signed in a
/// key, with a note that is held too long.
static PartitaScore *
make_played(size_t bars, unsigned numerator)
{
  g_autoptr(PartitaScore) straight = make_primer(bars, numerator, true);
  PartitaScore *score = partita_score_copy_frame(straight);
  PartitaTrack *track = partita_score_add_track(score, 0, "Left\xc2\xa0hand");
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(straight, 0), &n);

  for (size_t i = 0; i < n; ++i) {
    PartitaNote note = notes[i];

    note.onset_ticks += (uint32_t)g_test_rand_int_range(0, 100);
    note.duration_ticks =
      i + 1 < n ? (uint32_t)g_test_rand_int_range(1, 200)
                : (uint32_t)(bars * numerator * 480 + 30) - note.onset_ticks;
    note.velocity = (uint8_t)g_test_rand_int_range(1, 128);
    partita_track_add_note(track, note);
  }
  partita_score_add_tempo(score, (PartitaTempo){0, 545454});
  partita_score_add_tempo(score, (PartitaTempo){700, 600001});
  partita_score_add_key(score, (PartitaKey){0, 7, false});
  partita_score_sort(score);
  return score;
}

static void
assert_begins_with(const PartitaScore *piece, const PartitaScore *primer)
{
  const uint32_t end = partita_score_get_end(primer);
  size_t n_want = 0, n_got = 0, same = 0;
  const PartitaTempo *tempos = partita_score_get_tempos(primer, &n_want);
  const PartitaTempo *got_tempos = partita_score_get_tempos(piece, &n_got);

  g_assert_cmpuint(n_got, >=, n_want);
  for (size_t i = 0; i < n_want; ++i)
    g_assert_cmpuint(got_tempos[i].us_per_quarter, ==,
                     tempos[i].us_per_quarter);
  for (size_t i = n_want; i < n_got; ++i)
    g_assert_cmpuint(got_tempos[i].tick + 480, >=, end);
  (void)partita_score_get_keys(primer, &n_want);
  (void)partita_score_get_keys(piece, &n_got);
  g_assert_cmpuint(n_got, ==, n_want);

  const PartitaTrack *track = partita_score_get_track((PartitaScore *)piece, 0);
  const PartitaTrack *given =
    partita_score_get_track((PartitaScore *)primer, 0);
  const PartitaNote *want = partita_track_get_notes(given, &n_want);
  const PartitaNote *got = partita_track_get_notes(track, &n_got);

  g_assert_cmpstr(partita_track_get_name(track), ==,
                  partita_track_get_name(given));
  while (same < n_want && same < n_got &&
         memcmp(&want[same], &got[same], sizeof *want) == 0)
    ++same;
  g_assert_cmpuint(same, ==, n_want);
}

/* Law: the finished piece begins with the primer, note for note, tempo for
 * tempo, however it was played, and has the bars asked for in all. */
static void
test_kept(gconstpointer transposition)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);

  partita_model_set_metadata(model, "transposition", transposition);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (int run = 0; run < 40; ++run) {
    const size_t bars = (size_t)g_test_rand_int_range(1, 12);
    const size_t more = run == 0 ? 70 : (size_t)g_test_rand_int_range(1, 9);
    const unsigned numerator = (unsigned)g_test_rand_int_range(2, 6);
    g_autoptr(PartitaScore) primer =
      run % 2 == 0 ? make_primer(bars, numerator, g_test_rand_bit())
                   : make_played(bars, numerator);
    g_autoptr(PartitaScore) piece =
      compose(composer, primer, bars + more, NULL);
    g_assert_nonnull(piece);
    g_assert_cmpuint(count_bars(piece), ==, bars + more);

    assert_begins_with(piece, primer);
  }
}

static uint32_t
find_last_sound(const PartitaNote *notes, size_t n)
{
  uint32_t end = 0;

  for (size_t i = 0; i < n; ++i)
    end = MAX(end, notes[i].onset_ticks + notes[i].duration_ticks);
  return end;
}

/* Law: in a scheme without bars, every note of the primer is kept, and what
 * is new begins after the primer's last sound. */
static void
test_performance(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("performance", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (int run = 0; run < 20; ++run) {
    g_autoptr(PartitaScore) primer =
      make_primer((size_t)g_test_rand_int_range(1, 5), 4, false);
    g_autoptr(PartitaScore) quantised = partita_scheme_quantise(
      partita_composer_get_scheme(composer), primer, NULL);
    const size_t bars = count_bars(quantised) + 3;
    g_autoptr(PartitaScore) piece = compose(composer, primer, bars, NULL);
    g_assert_nonnull(piece);
    g_assert_cmpuint(count_bars(piece), ==, bars);

    size_t n_want = 0, n_got = 0;
    const PartitaNote *want =
      partita_track_get_notes(partita_score_get_track(primer, 0), &n_want);
    const PartitaNote *got =
      partita_track_get_notes(partita_score_get_track(piece, 0), &n_got);
    g_assert_cmpuint(n_got, >=, n_want);
    for (size_t i = 0; i < n_want; ++i)
      g_assert_true(memcmp(&want[i], &got[i], sizeof want[i]) == 0);
    for (size_t i = n_want; i < n_got; ++i)
      g_assert_cmpuint(got[i].onset_ticks, >=, find_last_sound(want, n_want));
  }
}

/* Law: of a primer in four voices every step is kept, even if its last bar is
 * not whole, and the piece goes on from there. */
static void
test_grid(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("grid", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const PartitaScheme *scheme = partita_composer_get_scheme(composer);

  for (int run = 0; run < 20; ++run) {
    g_autoptr(PartitaScore) primer =
      make_primer((size_t)g_test_rand_int_range(1, 5), 4, run % 2 == 0);
    partita_score_set_end(primer, partita_score_get_end(primer) +
                                    120 * (uint32_t)(run % 7));
    g_autoptr(PartitaScore) quantised =
      partita_scheme_quantise(scheme, primer, NULL);
    const size_t bars = count_bars(quantised) + 3;
    g_autoptr(PartitaScore) piece = compose(composer, primer, bars, NULL);
    g_autoptr(GArray) want = partita_scheme_encode(scheme, quantised, NULL);
    g_autoptr(GArray) got = partita_scheme_encode(scheme, piece, NULL);

    g_assert_cmpuint(count_bars(piece), ==, bars);
    g_assert_cmpuint(got->len, >, want->len);
    g_assert_cmpint(
      memcmp(got->data, want->data, (want->len - 1) * sizeof(uint16_t)), ==, 0);
  }
}

/* Without a number of bars, 16 are added. */
static void
test_default(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaScore) primer = make_primer(4, 3, true);
  g_autoptr(PartitaScore) piece = compose(composer, primer, 0, NULL);

  g_assert_nonnull(piece);
  g_assert_cmpuint(count_bars(piece), ==, 20);
}

static void
test_refused(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaScore) primer = make_primer(8, 4, true);
  g_autoptr(PartitaScore) empty = partita_score_new(480);
  g_autoptr(GError) error = NULL;

  g_assert_null(compose(composer, primer, 8, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, "8 bars wanted"));
  g_assert_nonnull(strstr(error->message, "already has 8"));
  g_clear_error(&error);

  g_assert_null(compose(composer, empty, 8, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, "no notes"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/compose/primer/kept/random", "random", test_kept);
  g_test_add_data_func("/compose/primer/kept/common", "common", test_kept);
  g_test_add_func("/compose/primer/performance", test_performance);
  g_test_add_func("/compose/primer/grid", test_grid);
  g_test_add_func("/compose/primer/default", test_default);
  g_test_add_func("/compose/primer/refused", test_refused);
  return g_test_run();
}
