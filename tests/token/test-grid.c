// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>

#define PPQ 100u
#define STEP (PPQ / 4)

/// Adds a note given in sixteenths.
static void
add(PartitaTrack *track, uint32_t onset, uint32_t duration, uint8_t pitch)
{
  partita_track_add_note(
    track, (PartitaNote){onset * STEP, duration * STEP, pitch, 64});
}

static char *
encode_words(const PartitaScore *score, const PartitaPrompt *prompt)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, prompt);
  GString *words = g_string_new(NULL);

  assert_legal(scheme, ids);
  for (guint i = 0; i < ids->len; ++i)
    g_string_append_printf(words, "%s%s", i > 0 ? " " : "",
                           partita_scheme_token_name(scheme, ids_of(ids)[i]));
  return g_string_free(words, FALSE);
}

static void
assert_encodes(PartitaScore *score, const char *expected)
{
  partita_score_sort(score);

  g_autofree char *words = encode_words(score, NULL);

  g_assert_cmpstr(words, ==, expected);
}

static void
test_vocabulary(void)
{
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("grid", NULL, NULL);
  const char *const fields[] = {"Place",   "BarsLeft", "Held",  "Style",
                                "Soprano", "Alto",     "Tenor", "Bass"};

  g_assert_cmpuint(partita_scheme_get_vocab_size(scheme), ==, 2 + 65 + 128 + 1);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Bars_64"), >=, 0);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Bars_65+"), >=, 0);
  g_assert_cmpint(partita_scheme_find_token(scheme, "Rest"), >=, 0);
  g_assert_cmpint(partita_scheme_get_tempo_bin(scheme, 500000), ==, -1);
  g_assert_cmpuint(partita_scheme_get_n_fields(scheme), ==,
                   G_N_ELEMENTS(fields));
  for (size_t i = 0; i < G_N_ELEMENTS(fields); ++i)
    g_assert_cmpstr(partita_scheme_get_field_name(scheme, i), ==, fields[i]);
}

static void
test_empty(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(96);

  assert_encodes(score, "Bos Eos");
}

/* Tracks named as voices are these voices, whatever they play; a note struck
 * again at once is one with the note before, a voice without notes rests. */
static void
test_named(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);
  PartitaTrack *bass = partita_score_add_track(score, 0, "bass");
  PartitaTrack *soprano = partita_score_add_track(score, 0, "Soprano");
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  add(soprano, 0, 1, 60);
  add(soprano, 1, 2, 60);
  add(bass, 1, 1, 72);
  add(drums, 0, 1, 36);
  assert_encodes(score, "Bos Pitch_60 Rest Rest Rest "
                        "Pitch_60 Rest Rest Pitch_72 "
                        "Pitch_60 Rest Rest Rest Eos");

  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  PartitaQuantiseLoss loss;
  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);

  g_assert_cmpuint(loss.notes, ==, 4);
  g_assert_cmpuint(loss.notes_dropped, ==, 2); // the repetition, the drum
  g_assert_cmpuint(partita_score_get_n_tracks(quantised), ==, 4);
  g_assert_cmpstr(partita_track_get_name(partita_score_get_track(quantised, 2)),
                  ==, "Tenor");
}

/// Four tracks are ranked by their mean pitch; a note past the end of the next
/// is cut for good, and of a chord the outermost is kept.
static void
test_ranked(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);
  const uint8_t pitches[] = {50, 72, 58, 65};
  PartitaTrack *tracks[4];

  for (size_t t = 0; t < 4; ++t) {
    tracks[t] = partita_score_add_track(score, 0, "part");
    add(tracks[t], 0, 1, pitches[t]);
  }
  add(tracks[0], 0, 1, 48); // below the bass
  add(tracks[1], 0, 1, 70); // below the soprano
  add(tracks[3], 0, 3, 66);
  add(tracks[3], 1, 1, 64);
  assert_encodes(score, "Bos Pitch_72 Pitch_66 Pitch_58 Pitch_48 "
                        "Rest Pitch_64 Rest Rest Rest Rest Rest Rest Eos");
}

/// One track of chords: of five notes the middle goes; then a moving voice
/// does not cut those that are held.
static void
test_reduced(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);
  PartitaTrack *piano = partita_score_add_track(score, 0, NULL);

  for (uint8_t i = 0; i < 5; ++i)
    add(piano, 0, i == 3 ? 1 : 2, (uint8_t)(50 + 5 * i));
  add(piano, 0, 2, 70); // once more
  add(piano, 1, 1, 67);
  assert_encodes(score, "Bos Pitch_70 Pitch_65 Pitch_55 Pitch_50 "
                        "Pitch_70 Pitch_67 Pitch_55 Pitch_50 Eos");
}

/// Onsets go to the nearest sixteenth, and no note gets lost between two.
static void
test_nearest(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  g_autoptr(PartitaScore) score = partita_score_new(PPQ);
  PartitaTrack *track = partita_score_add_track(score, 0, "Alto");
  PartitaQuantiseLoss loss;

  partita_track_add_note(track, (PartitaNote){10, 25, 60, 64});
  partita_track_add_note(track, (PartitaNote){40, 3, 62, 64});
  assert_encodes(score, "Bos Rest Pitch_60 Rest Rest Rest Rest Rest Rest "
                        "Rest Pitch_62 Rest Rest Eos");

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);

  g_assert_cmpuint(loss.notes_dropped, ==, 0);
  g_assert_cmpfloat_with_epsilon(loss.worst_onset_error, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon(loss.worst_duration_error, 0.22, 1e-12);
}

/// Time past the bound is dropped.
static void
test_bound(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  g_autoptr(PartitaScore) score = partita_score_new(1);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  PartitaQuantiseLoss loss;

  partita_track_add_note(track, (PartitaNote){4096 * 4 - 1, 9, 60, 64});
  partita_track_add_note(track, (PartitaNote){4096 * 4, 1, 61, 64});

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);

  g_assert_cmpuint(loss.notes_dropped, ==, 1);
  g_assert_cmpuint(partita_score_get_end(quantised), ==, 4096 * 4 * 480);
  g_assert_cmpuint(ids->len, ==, 4096 * 64 + 2);
  assert_legal(scheme, ids);
}

static void
push_all(const PartitaScheme *scheme,
         PartitaGrammar *grammar,
         const char *words)
{
  g_auto(GStrv) names = g_strsplit(words, " ", -1);

  for (char **name = names; *name != NULL; ++name) {
    const int id = partita_scheme_find_token(scheme, *name);

    g_assert_cmpint(id, >=, 0);
    g_assert_true(partita_grammar_push(grammar, (uint16_t)id));
  }
}

static void
push_steps(const PartitaScheme *scheme, PartitaGrammar *grammar, unsigned n)
{
  for (; n > 0; --n)
    push_all(scheme, grammar, "Pitch_72 Rest Pitch_58 Pitch_50");
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

/// A number of bars is met by any number of steps in its last bar.
static void
test_bars(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(scheme, grammar, "Bos Bars_2");
  g_assert_false(may(scheme, grammar, "Eos"));
  push_steps(scheme, grammar, 16);
  g_assert_false(may(scheme, grammar, "Eos"));
  push_all(scheme, grammar, "Rest Rest");
  g_assert_false(may(scheme, grammar, "Eos"));
  push_all(scheme, grammar, "Rest Rest");
  g_assert_true(may(scheme, grammar, "Eos"));
  g_assert_true(may(scheme, grammar, "Rest"));
  push_steps(scheme, grammar, 15);
  g_assert_true(may(scheme, grammar, "Eos"));
  g_assert_false(may(scheme, grammar, "Rest"));
  g_assert_false(may(scheme, grammar, "Pitch_60"));

  partita_grammar_reset(grammar);
  partita_grammar_demand_bars(grammar, 70);
  push_all(scheme, grammar, "Bos");
  g_assert_false(may(scheme, grammar, "Bars_64"));
  push_all(scheme, grammar, "Bars_65+");
  push_steps(scheme, grammar, 69 * 16);
  g_assert_false(may(scheme, grammar, "Eos"));
  push_steps(scheme, grammar, 1);
  g_assert_true(may(scheme, grammar, "Eos"));
}

static void
assert_fields(const PartitaGrammar *grammar, const uint16_t expected[8])
{
  uint16_t fields[PARTITA_GRAMMAR_FIELDS_MAX];

  partita_grammar_get_fields(grammar, fields);
  for (size_t i = 0; i < 8; ++i)
    g_assert_cmpuint(fields[i], ==, expected[i]);
}

static void
test_fields(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("grid");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  assert_fields(grammar,
                (uint16_t[]){64, 0, 0, 0, 129, 129, 129, 129}); // before Bos
  push_all(scheme, grammar, "Bos");
  assert_fields(grammar, (uint16_t[]){0, 0, 0, 0, 129, 129, 129, 129});
  push_all(scheme, grammar, "Style_ Bars_9");
  assert_fields(grammar, (uint16_t[]){0, 9, 0, 3, 129, 129, 129, 129});
  push_steps(scheme, grammar, 18);
  assert_fields(grammar, (uint16_t[]){8, 9, 16, 3, 72, 128, 58, 50});
  push_all(scheme, grammar, "Pitch_71 Pitch_65 Pitch_58 Pitch_50 Pitch_71");
  assert_fields(grammar, (uint16_t[]){13, 9, 1, 3, 71, 65, 58, 50});
  push_all(scheme, grammar, "Rest Rest Rest");
  push_steps(scheme, grammar, 12);
  assert_fields(grammar, (uint16_t[]){0, 8, 12, 3, 72, 128, 58, 50});
  push_steps(scheme, grammar, 7 * 16);
  assert_fields(grammar, (uint16_t[]){0, 1, 16, 3, 72, 128, 58, 50});
  push_all(scheme, grammar, "Eos");
  assert_fields(grammar, (uint16_t[]){64, 1, 16, 3, 72, 128, 58, 50});
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/grid/vocabulary", test_vocabulary);
  g_test_add_func("/token/grid/empty", test_empty);
  g_test_add_func("/token/grid/named", test_named);
  g_test_add_func("/token/grid/ranked", test_ranked);
  g_test_add_func("/token/grid/reduced", test_reduced);
  g_test_add_func("/token/grid/nearest", test_nearest);
  g_test_add_func("/token/grid/bound", test_bound);
  g_test_add_func("/token/grid/bars", test_bars);
  g_test_add_func("/token/grid/fields", test_fields);
  return g_test_run();
}
