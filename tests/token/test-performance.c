// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

static void
assert_encodes(const PartitaScore *score, const char *expected)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  g_autoptr(GString) text = g_string_new(NULL);

  for (guint i = 0; i < ids->len; ++i)
    g_string_append_printf(text, "%s%s", i == 0 ? "" : " ",
                           partita_scheme_token_name(scheme, ids_of(ids)[i]));
  g_assert_cmpstr(text->str, ==, expected);
}

static void
test_vocabulary(void)
{
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new("performance", NULL, NULL);

  g_assert_cmpuint(partita_scheme_get_vocab_size(scheme), ==, 390);
  g_assert_cmpint(partita_scheme_get_tempo_bin(scheme, 500000), ==, -1);
  g_assert_cmpuint(partita_scheme_get_n_fields(scheme), ==, 3);
}

static void
test_empty(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(96);

  assert_encodes(score, "Bos Eos");
}

/// A silence, a chord, a note struck again while it sounds; drums left out.
static void
test_example(void)
{
  g_autoptr(PartitaScore) score = partita_score_new(100); // 5 ms a tick
  PartitaTrack *piano = partita_score_add_track(score, 5, NULL);
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  partita_track_add_note(piano, (PartitaNote){240, 40, 60, 64});
  partita_track_add_note(piano, (PartitaNote){240, 40, 64, 64});
  partita_track_add_note(piano, (PartitaNote){260, 40, 60, 80});
  partita_track_add_note(drums, (PartitaNote){0, 40, 36, 80});
  assert_encodes(score,
                 "Bos TimeShift_100 TimeShift_20 Velocity_16 NoteOn_60 "
                 "NoteOn_64 TimeShift_10 NoteOff_60 Velocity_20 NoteOn_60 "
                 "TimeShift_10 NoteOff_64 TimeShift_10 NoteOff_60 Eos");

  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  PartitaQuantiseLoss loss;
  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);

  g_assert_cmpuint(loss.notes, ==, 4);
  g_assert_cmpuint(loss.notes_dropped, ==, 1);
  g_assert_cmpuint(partita_score_get_end(quantised), ==, 2000);
}

/// Time past the bound is dropped, and a note that reaches it is cut there.
static void
test_day(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  g_autoptr(PartitaScore) score = partita_score_new(1);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  PartitaQuantiseLoss loss;

  partita_track_add_note(track, (PartitaNote){24 * 3600 * 2 - 1, 9, 60, 64});
  partita_track_add_note(track, (PartitaNote){24 * 3600 * 2, 1, 61, 64});

  g_autoptr(PartitaScore) quantised =
    partita_scheme_quantise(scheme, score, &loss);
  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);

  g_assert_cmpuint(loss.notes_dropped, ==, 1);
  g_assert_cmpuint(partita_score_get_end(quantised), ==, 24 * 3600 * 1000);
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

static bool
may(const PartitaScheme *scheme,
    const PartitaGrammar *grammar,
    const char *name)
{
  g_autofree uint8_t *mask = g_malloc(partita_scheme_get_vocab_size(scheme));

  partita_grammar_allowed(grammar, mask);
  return mask[partita_scheme_find_token(scheme, name)];
}

/// Only the longest shift may be followed by another.
static void
test_greedy_shifts(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  push_all(scheme, grammar, "Bos TimeShift_100");
  g_assert_true(may(scheme, grammar, "TimeShift_1"));
  g_assert_true(may(scheme, grammar, "TimeShift_100"));
  g_assert_false(may(scheme, grammar, "Eos"));
  g_assert_false(may(scheme, grammar, "NoteOn_60")); // no velocity yet
  push_all(scheme, grammar, "TimeShift_99");
  g_assert_false(may(scheme, grammar, "TimeShift_1"));
  g_assert_false(may(scheme, grammar, "TimeShift_100"));
  push_all(scheme, grammar, "Velocity_3");
  g_assert_false(may(scheme, grammar, "Velocity_4"));
  g_assert_false(may(scheme, grammar, "TimeShift_1"));
  push_all(scheme, grammar, "NoteOn_60");
  g_assert_false(may(scheme, grammar, "NoteOff_60"));
  g_assert_false(may(scheme, grammar, "NoteOn_59"));
  g_assert_true(may(scheme, grammar, "NoteOn_61"));
  g_assert_false(may(scheme, grammar, "Velocity_3"));
}

/// A note to come needs a step before the end; all must end at the end.
static void
test_end_of_demand(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  partita_grammar_demand_bars(grammar, 1);
  push_all(scheme, grammar, "Bos");
  g_assert_false(may(scheme, grammar, "Eos"));
  push_all(scheme, grammar, "TimeShift_100");
  g_assert_true(may(scheme, grammar, "TimeShift_99"));
  g_assert_false(may(scheme, grammar, "TimeShift_100"));
  push_all(scheme, grammar, "TimeShift_99 Velocity_3 NoteOn_60 NoteOn_64");
  g_assert_false(may(scheme, grammar, "TimeShift_2"));
  push_all(scheme, grammar, "TimeShift_1");
  g_assert_false(may(scheme, grammar, "NoteOff_64"));
  g_assert_false(may(scheme, grammar, "NoteOn_70"));
  push_all(scheme, grammar, "NoteOff_60 NoteOff_64");
  g_assert_false(may(scheme, grammar, "TimeShift_1"));
  g_assert_false(may(scheme, grammar, "NoteOn_70"));
  g_assert_false(may(scheme, grammar, "Velocity_5"));
  push_all(scheme, grammar, "Eos");
  g_assert_true(partita_grammar_is_complete(grammar));
}

static void
test_fields(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("performance");
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  uint16_t fields[PARTITA_GRAMMAR_FIELDS_MAX];

  const uint16_t n_styles =
    (uint16_t)g_strv_length((char **)partita_scheme_get_styles(scheme));

  g_assert_cmpuint(partita_scheme_get_field_size(scheme, 2), ==, n_styles + 1);
  push_all(scheme, grammar,
           "Bos TimeShift_100 TimeShift_30 Velocity_3 NoteOn_60 NoteOn_64");
  partita_grammar_get_fields(grammar, fields);
  g_assert_cmpuint(fields[0], ==, 2);
  g_assert_cmpuint(fields[1], ==, 30);
  g_assert_cmpuint(fields[2], ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/performance/vocabulary", test_vocabulary);
  g_test_add_func("/token/performance/empty", test_empty);
  g_test_add_func("/token/performance/example", test_example);
  g_test_add_func("/token/performance/day", test_day);
  g_test_add_func("/token/performance/greedy-shifts", test_greedy_shifts);
  g_test_add_func("/token/performance/end-of-demand", test_end_of_demand);
  g_test_add_func("/token/performance/fields", test_fields);
  return g_test_run();
}
