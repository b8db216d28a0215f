// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>
#include <token/remi-private.h>

static void
assert_encodes(const PartitaScore *score,
               const PartitaPrompt *prompt,
               const char *expected)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, prompt);
  g_autofree char *text = spell(scheme, ids);

  g_assert_cmpstr(text, ==, expected);
}

static void
test_vocabulary(void)
{
  static const char *const names[] = {
    "Bos",          "Eos",          "Style_chorale", "Key_C_major",
    "Key_B_minor",  "Tempo_0",      "Tempo_48",      "Bars_1",
    "Bars_64",      "Bars_65-80",   "Bars_81-96",    "Bars_97-128",
    "Bars_129-192", "Bars_193-256", "Bars_257+",     "Density_9",
    "Program_0",    "Program_127",  "Program_Drums", "Bar_1",
    "Bar_64",       "Bar_65-80",    "Bar_257+",      "Meter_1/2",
    "Meter_4/4",    "Meter_6/8",    "Meter_12/8",    "Meter_7/16",
    "Position_0",   "Position_95",  "Pitch_0",       "Pitch_127",
    "Drum_0",       "Drum_127",     "Velocity_31",   "Duration_1",
    "Duration_48",  "Hold",         "Part_Ahead",    "Part_Given",
    "Part_Written"};
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i)
    g_assert_cmpint(partita_scheme_find_token(scheme, names[i]), >=, 0);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Duration_49"), ==, -1);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Meter_9/4"), ==, -1);
  g_assert_cmpuint(partita_scheme_get_vocab_size(scheme), ==, 853);
}

static void
test_tempo_bins(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (unsigned bin = 0; bin < REMI_N_TEMPOS; ++bin) {
    const uint32_t us = partita_remi_tempos[bin];

    g_assert_cmpint(partita_scheme_get_tempo_bin(scheme, us), ==, (int)bin);
    g_assert_cmpuint(us, <=, 3000000);
    // An octave up halves the time.
    if (bin >= 12)
      g_assert_cmpfloat_with_epsilon(
        us, (double)partita_remi_tempos[bin - 12] / 2.0, 1.0);
  }
  g_assert_cmpint(partita_scheme_get_tempo_bin(scheme, 1), ==, 48);
  g_assert_cmpint(partita_scheme_get_tempo_bin(scheme, 0xFFFFFF), ==, 0);
}

static void
test_counts(void)
{
  for (size_t bars = 1; bars <= 300; ++bars) {
    const unsigned count = partita_remi_count_of_bars(bars);

    g_assert_cmpuint(partita_remi_count_min(count), <=, bars);
    g_assert_cmpuint(partita_remi_count_max(count), >=, bars);
    g_assert_cmpuint(count, <, REMI_N_COUNTS);
  }
  g_assert_cmpuint(partita_remi_count_of_bars(64), ==, 63);
  g_assert_cmpuint(partita_remi_count_of_bars(PARTITA_BARS_MAX), ==, 69);
}

static void
test_meters(void)
{
  for (unsigned i = 0; i < REMI_N_METERS; ++i) {
    const RemiMeter meter = partita_remi_meter(i);

    g_assert_cmpuint(meter.length * meter.denominator, ==,
                     48u * meter.numerator);
    g_assert_cmpuint(meter.length, <=, REMI_BAR_MAX);
    g_assert_cmpuint(partita_remi_find_meter(meter.length, meter.denominator),
                     ==, i);
  }
  for (unsigned length = 3; length <= REMI_BAR_MAX; length += 3)
    g_assert_cmpuint(
      partita_remi_meter(partita_remi_find_meter(length, 64)).length, ==,
      length);
}

static void
test_empty(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(96);

  assert_encodes(score, NULL, "Bos Bar_1 Meter_4/4 Tempo_31 Eos");
}

/// A waltz bar of two instruments, a unison, a held note and a change.
static void
test_example(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(24);
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, "kit");
  PartitaTrack *piano = partita_score_add_track(score, 0, "piano");
  PartitaPrompt prompt;

  partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
  partita_score_add_meter(score, (PartitaMeter){72, 4, 4});
  partita_score_add_tempo(score, (PartitaTempo){0, 1000000});
  partita_score_add_tempo(score, (PartitaTempo){72, 500000});
  partita_score_add_key(score, (PartitaKey){0, 1, false});
  partita_track_add_note(piano, (PartitaNote){0, 144, 60, 64});
  partita_track_add_note(piano, (PartitaNote){0, 24, 64, 100});
  partita_track_add_note(piano, (PartitaNote){0, 12, 64, 127});
  partita_track_add_note(piano, (PartitaNote){80, 8, 67, 1});
  partita_track_add_note(drums, (PartitaNote){0, 3, 36, 100});
  partita_score_sort(score);

  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  partita_scheme_get_prompt(scheme, score, 0, &prompt);
  g_assert_cmpint(prompt.bars, ==, 2);
  g_assert_cmpint(prompt.key, ==, 7);
  assert_encodes(
    score, &prompt,
    "Bos Style_chorale Key_G_major Tempo_24 Bars_2 Density_1 Program_0 "
    "Program_Drums Bar_2 Meter_3/4 Tempo_19 Position_0 Program_0 Pitch_60 "
    "Velocity_16 Hold Duration_24 Pitch_64 Velocity_25 Duration_12 Pitch_64 "
    "Velocity_31 Duration_6 Program_Drums Drum_36 Velocity_25 Duration_2 "
    "Bar_1 Meter_4/4 Tempo_31 Position_4 Program_0 Pitch_67 Velocity_0 "
    "Duration_4 Eos");
}

/* Law: no bar is lost or lengthened: lines of odd bars lie within half a
 * sixteenth of where they were. */
static void
test_odd_bars(void)
{
  static const PartitaMeter odd[] = {{0, 13, 4},  {0, 255, 1}, {0, 5, 32},
                                     {0, 17, 16}, {0, 3, 64},  {0, 9, 2}};
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (size_t i = 0; i < G_N_ELEMENTS(odd); ++i) {
    g_autoptr(PartitaScore) score = partita_score_new(480);
    PartitaTrack *track = partita_score_add_track(score, 0, NULL);

    partita_score_add_meter(score, odd[i]);
    partita_score_add_meter(score, (PartitaMeter){97 * 480, 4, 4});
    partita_track_add_note(track, (PartitaNote){97 * 480, 480, 60, 64});

    g_autoptr(PartitaScore) quantised =
      partita_scheme_quantise(scheme, score, NULL);
    g_autoptr(GArray) before = partita_score_get_bars(score);
    g_autoptr(GArray) after = partita_score_get_bars(quantised);
    const PartitaBar *last = &g_array_index(after, PartitaBar, after->len - 1);

    g_assert_cmpuint(last->tick, ==, 97 * 480);
    g_assert_cmpuint(last->numerator, ==, 4);
    for (guint b = 0, a = 0; b < before->len; ++b) {
      const uint32_t tick = g_array_index(before, PartitaBar, b).tick;

      while (a + 1 < after->len &&
             g_array_index(after, PartitaBar, a).tick + 60 < tick)
        ++a;

      const uint32_t near = g_array_index(after, PartitaBar, a).tick;

      g_assert_cmpint(ABS((int)near - (int)tick), <=, 60);
    }
  }
}

/// Law: whatever fits is within half a position.
static void
test_errors(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (int i = 0; i < 300; ++i) {
    g_autoptr(PartitaScore) score = draw_score();
    PartitaQuantiseLoss loss;
    bool fits = partita_score_get_ppq(score) > 12;

    partita_score_fold_pedal(score);
    for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
      size_t n = 0;
      const PartitaNote *notes =
        partita_track_get_notes(partita_score_get_track(score, t), &n);

      for (size_t k = 0; k < n; ++k) // the shortest, the longest
        fits &= notes[k].duration_ticks * 24u >= partita_score_get_ppq(score) &&
                notes[k].duration_ticks <= 260u * partita_score_get_ppq(score);
    }

    g_autoptr(PartitaScore) quantised =
      partita_scheme_quantise(scheme, score, &loss);

    g_assert_cmpfloat(loss.worst_onset_error, <=, 0.5 / 12.0 + 1e-12);
    if (fits)
      g_assert_cmpfloat(loss.worst_duration_error, <=, 0.5 / 12.0 + 1e-12);
  }
}

static void
test_unisons_dropped(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *tracks[] = {partita_score_add_track(score, 7, NULL),
                            partita_score_add_track(score, 7, NULL)};
  PartitaQuantiseLoss loss;

  for (uint32_t i = 0; i < 11; ++i)
    partita_track_add_note(tracks[i % 2], (PartitaNote){0, 40 + i, 60, 64});

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);

  g_assert_cmpuint(loss.notes, ==, 11);
  g_assert_cmpuint(loss.notes_dropped, ==, 3);
  g_assert_cmpuint(partita_score_get_n_tracks(quantised), ==, 1);
}

/// 32nds on a grid of 24ths follow each other without overlap.
static void
test_halves(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  size_t n = 0;

  for (uint32_t i = 0; i < 32; ++i)
    partita_track_add_note(track, (PartitaNote){i * 60, 60, 60, 64});

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, NULL);
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(quantised, 0), &n);

  g_assert_cmpuint(n, ==, 32);
  for (size_t i = 0; i + 1 < n; ++i)
    g_assert_cmpuint(notes[i].onset_ticks + notes[i].duration_ticks, ==,
                     notes[i + 1].onset_ticks);
  g_assert_cmpuint(partita_score_get_end(quantised), ==, 1920);
}

/// The tempo of a bar is its mean, so that bars last as long as they did.
static void
test_mean_tempo(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaScore) score = partita_score_new(480);
  size_t n = 0;

  partita_score_add_tempo(score, (PartitaTempo){0, 250000});
  partita_score_add_tempo(score, (PartitaTempo){960, 750000});
  partita_score_set_end(score, 1920);

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, NULL);
  const PartitaTempo *tempos = partita_score_get_tempos(quantised, &n);

  g_assert_cmpuint(n, ==, 1);
  g_assert_cmpuint(tempos[0].us_per_quarter, ==, partita_remi_tempos[31]);
}

static void
push_all(PartitaGrammar *grammar, const char *words)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_auto(GStrv) names = g_strsplit(words, " ", -1);

  for (char **name = names; *name != NULL; ++name) {
    const int id = partita_scheme_find_token(scheme, *name);

    g_assert_cmpint(id, >=, 0);
    if (!partita_grammar_push(grammar, (uint16_t)id))
      g_error("%s refused", *name);
  }
}

static bool
may(const PartitaScheme *scheme,
    const PartitaGrammar *grammar,
    const char *name)
{
  g_autofree uint8_t *mask = g_malloc(partita_scheme_get_vocab_size(scheme));

  partita_grammar_allowed(grammar, mask);
  return mask[partita_scheme_find_token(scheme, name)];
}

static void
test_fields(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  uint16_t fields[PARTITA_GRAMMAR_FIELDS_MAX];

  g_assert_cmpuint(partita_scheme_get_n_fields(scheme), ==, 8);
  g_assert_cmpstr(partita_scheme_get_field_name(scheme, 1), ==, "BarsLeft");
  push_all(grammar, "Bos Key_D_major Density_3 Program_5");
  partita_grammar_get_fields(grammar, fields);
  g_assert_cmpuint(fields[0], ==, 96);
  g_assert_cmpuint(fields[1], ==, 0);
  g_assert_cmpuint(fields[2], ==, 129);
  g_assert_cmpuint(fields[3], ==, 60);
  push_all(grammar, "Bar_2 Meter_4/4 Tempo_0 Position_24 Program_5");
  partita_grammar_get_fields(grammar, fields);
  g_assert_cmpuint(fields[0], ==, 24);
  g_assert_cmpuint(fields[1], ==, 2);
  g_assert_cmpuint(fields[2], ==, 5);
  g_assert_cmpuint(fields[3], ==, partita_remi_find_meter(48, 4));
  g_assert_cmpuint(fields[4], ==, 0);
  g_assert_cmpuint(fields[5], ==, 2 + 1);
  g_assert_cmpuint(fields[6], ==, 3 + 1);
  g_assert_cmpuint(fields[7], ==, 0);
}

/// The style stays in sight as long as the piece.
static void
test_style_field(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  uint16_t fields[PARTITA_GRAMMAR_FIELDS_MAX];

  g_assert_cmpuint(partita_scheme_get_field_size(scheme, 4), ==, 4);
  push_all(grammar, "Bos Style_chorale");
  partita_grammar_get_fields(grammar, fields);
  g_assert_cmpuint(fields[4], ==, 1);
  push_all(grammar, "Bar_2 Meter_3/4 Tempo_0 Position_24 Program_5");
  partita_grammar_get_fields(grammar, fields);
  g_assert_cmpuint(fields[4], ==, 1);
}

/// A long note forbids metres in which it could not end in time.
static void
test_ringing(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(grammar, "Bos Bar_2 Meter_4/4 Tempo_31 Position_0 Program_0 "
                    "Pitch_60 Velocity_16 Hold Hold");
  g_assert_true(may(scheme, grammar, "Duration_48")); // 48 + 96
  g_assert_false(may(scheme, grammar, "Hold"));
  push_all(grammar, "Duration_24 Bar_1"); // rings 72 into the last bar
  g_assert_false(may(scheme, grammar, "Eos"));
  g_assert_false(may(scheme, grammar, "Position_0"));
  g_assert_false(may(scheme, grammar, "Tempo_0"));
  g_assert_false(may(scheme, grammar, "Meter_5/4"));
  g_assert_false(may(scheme, grammar, "Meter_4/4"));
  g_assert_true(may(scheme, grammar, "Meter_6/4"));
  push_all(grammar, "Meter_3/2 Eos");
  g_assert_true(partita_grammar_is_complete(grammar));
}

static void
test_programs_given(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(grammar, "Bos Bars_65-80 Program_0 Program_Drums");
  g_assert_false(may(scheme, grammar, "Program_5"));
  g_assert_false(may(scheme, grammar, "Bar_64"));
  push_all(grammar, "Bar_65-80 Meter_4/4 Tempo_31 Position_0");
  g_assert_false(may(scheme, grammar, "Program_5"));
  g_assert_false(may(scheme, grammar, "Pitch_60"));
  push_all(grammar, "Program_Drums");
  g_assert_false(may(scheme, grammar, "Pitch_60"));
  push_all(grammar, "Drum_36 Velocity_3 Duration_1");
  g_assert_false(may(scheme, grammar, "Program_0"));
  g_assert_false(may(scheme, grammar, "Drum_35"));
  g_assert_true(may(scheme, grammar, "Drum_36"));
  g_assert_true(may(scheme, grammar, "Bar_64"));
  g_assert_true(may(scheme, grammar, "Bar_65-80"));
  g_assert_false(may(scheme, grammar, "Eos"));
}

/// The range a piece begins in holds no more bars than it has.
static void
test_countdown(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(grammar, "Bos Bar_81-96 Meter_4/4 Tempo_31");
  for (int i = 0; i < 15; ++i)
    push_all(grammar, "Bar_81-96");
  g_assert_false(may(scheme, grammar, "Bar_81-96"));
  push_all(grammar, "Bar_65-80");
  // A later range holds exactly all of its bars.
  for (int i = 0; i < 15; ++i) {
    g_assert_false(may(scheme, grammar, "Bar_64"));
    push_all(grammar, "Bar_65-80");
  }
  g_assert_false(may(scheme, grammar, "Bar_65-80"));
  push_all(grammar, "Bar_64 Bar_63");
}

static void
test_demand_within_range(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(grammar, "Bos Bar_65-80 Meter_4/4 Tempo_31 Bar_65-80");
  partita_grammar_demand_bars(grammar, 67);
  g_assert_false(may(scheme, grammar, "Bar_64"));
  push_all(grammar, "Bar_65-80");
  g_assert_false(may(scheme, grammar, "Bar_65-80"));
  push_all(grammar, "Bar_64");
}

/// The error names the place and the token.
static void
test_error_words(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  const uint16_t ids[] = {
    0, (uint16_t)partita_scheme_find_token(scheme, "Pitch_60"), 1};
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) unknown = NULL;

  g_assert_null(partita_scheme_decode(scheme, ids, 3, NULL, &error));
  g_assert_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL);
  g_assert_nonnull(strstr(error->message, "token 1"));
  g_assert_nonnull(strstr(error->message, "Pitch_60"));

  const uint16_t wild[] = {0, 60000};

  g_assert_null(partita_scheme_decode(scheme, wild, 2, NULL, &unknown));
  g_assert_nonnull(strstr(unknown->message, "60000"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/remi/vocabulary", test_vocabulary);
  g_test_add_func("/token/remi/tempo-bins", test_tempo_bins);
  g_test_add_func("/token/remi/counts", test_counts);
  g_test_add_func("/token/remi/meters", test_meters);
  g_test_add_func("/token/remi/empty", test_empty);
  g_test_add_func("/token/remi/example", test_example);
  g_test_add_func("/token/remi/odd-bars", test_odd_bars);
  g_test_add_func("/token/remi/errors", test_errors);
  g_test_add_func("/token/remi/unisons-dropped", test_unisons_dropped);
  g_test_add_func("/token/remi/halves", test_halves);
  g_test_add_func("/token/remi/mean-tempo", test_mean_tempo);
  g_test_add_func("/token/remi/fields", test_fields);
  g_test_add_func("/token/remi/style-field", test_style_field);
  g_test_add_func("/token/remi/ringing", test_ringing);
  g_test_add_func("/token/remi/programs-given", test_programs_given);
  g_test_add_func("/token/remi/countdown", test_countdown);
  g_test_add_func("/token/remi/demand-within-range", test_demand_within_range);
  g_test_add_func("/token/remi/error-words", test_error_words);
  return g_test_run();
}
