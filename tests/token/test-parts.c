// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>

static void
draw_programs(bool *programs)
{
  const bool all = g_test_rand_int_range(0, 3) == 0;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p)
    programs[p] = all || g_test_rand_bit();
}

/// Returns how many spans of a piece of @bars, at most 4.
static size_t
draw_spans(size_t bars, PartitaSpan *spans)
{
  size_t bar = (size_t)g_test_rand_int_range(0, 3);
  size_t n = 0;

  while (n < 4 && bar < bars) {
    const size_t length = (size_t)g_test_rand_int_range(1, 6);

    spans[n].first = bar;
    spans[n].n_bars = MIN(length, bars - bar);
    draw_programs(spans[n].programs);
    draw_programs(spans[n].topped);
    bar += length + (size_t)g_test_rand_int_range(0, 3);
    ++n;
  }
  return n;
}

/// (transfer full): legal ids with their controls
static GArray *
draw_ids(const PartitaScheme *scheme, size_t *bars)
{
  g_autoptr(PartitaScore) score = draw_score();
  PartitaPrompt prompt;

  partita_scheme_get_prompt(scheme, score, 1, &prompt);
  *bars = (size_t)prompt.bars;
  return partita_scheme_encode(scheme, score, &prompt);
}

static PartitaScore *
decode(const PartitaScheme *scheme, const GArray *ids)
{
  g_autoptr(GError) error = NULL;
  PartitaScore *score =
    partita_scheme_decode(scheme, ids_of(ids), ids->len, NULL, &error);

  g_assert_no_error(error);
  return score;
}

static PartitaScore *
decode_part(const PartitaScheme *scheme, const GArray *ids, bool written)
{
  g_autoptr(GError) error = NULL;
  PartitaScore *score =
    partita_scheme_decode_part(scheme, ids_of(ids), ids->len, written, &error);

  g_assert_no_error(error);
  return score;
}

static const PartitaTrack *
find_track(const PartitaScore *score, unsigned program)
{
  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t)
    if (partita_track_get_program(partita_score_get_track(score, t)) == program)
      return partita_score_get_track(score, t);
  return NULL;
}

static void
copy_frame(PartitaScore *to, const PartitaScore *from)
{
  size_t n = 0;
  const PartitaMeter *meters = partita_score_get_meters(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_meter(to, meters[i]);

  const PartitaTempo *tempos = partita_score_get_tempos(from, &n);

  for (size_t i = 0; i < n; ++i)
    partita_score_add_tempo(to, tempos[i]);
  partita_score_set_end(to, partita_score_get_end(from));
}

/// (transfer full): the notes of both, which have the same bars
static PartitaScore *
join(const PartitaScore *a, const PartitaScore *b)
{
  PartitaScore *joined = partita_score_new(partita_score_get_ppq(a));

  copy_frame(joined, a);
  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    const PartitaTrack *const from[] = {find_track(a, p), find_track(b, p)};
    PartitaTrack *track = from[0] != NULL || from[1] != NULL
                            ? partita_score_add_track(joined, (uint8_t)p, NULL)
                            : NULL;

    for (size_t i = 0; i < 2; ++i) {
      size_t n = 0;
      const PartitaNote *notes =
        from[i] != NULL ? partita_track_get_notes(from[i], &n) : NULL;

      for (size_t k = 0; k < n; ++k)
        partita_track_add_note(track, notes[k]);
    }
  }
  partita_score_sort(joined);
  return joined;
}

static size_t
find_bar(const GArray *bars, uint32_t tick)
{
  size_t bar = 0;

  while (bar + 1 < bars->len &&
         g_array_index(bars, PartitaBar, bar + 1).tick <= tick)
    ++bar;
  return bar;
}

/// Whether a higher note, or a later one of the same pitch, begins with note
/// @i.
static bool
has_one_above(const PartitaNote *notes, size_t n, size_t i)
{
  for (size_t k = 0; k < n; ++k)
    if (notes[k].onset_ticks == notes[i].onset_ticks &&
        (notes[k].pitch > notes[i].pitch ||
         (notes[k].pitch == notes[i].pitch && k > i)))
      return true;
  return false;
}

/// How many notes of @score are open, reckoned from the music.
static size_t
count_open(const PartitaScore *score, const PartitaSpan *spans, size_t n_spans)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);
  size_t open = 0;

  for (size_t t = 0; t < partita_score_get_n_tracks(score); ++t) {
    const PartitaTrack *track = partita_score_get_track(score, t);
    size_t n = 0;
    const PartitaNote *notes = partita_track_get_notes(track, &n);

    for (size_t i = 0; i < n; ++i) {
      const size_t bar = find_bar(bars, notes[i].onset_ticks);

      for (size_t s = 0; s < n_spans; ++s)
        open += bar >= spans[s].first &&
                bar < spans[s].first + spans[s].n_bars &&
                spans[s].programs[partita_track_get_program(track)] &&
                (!spans[s].topped[partita_track_get_program(track)] ||
                 has_one_above(notes, n, i));
    }
  }
  return open;
}

static bool
is_legal_in_parts(const PartitaScheme *scheme, const GArray *ids)
{
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  partita_grammar_allow_parts(grammar);
  for (guint i = 0; i < ids->len; ++i)
    if (!partita_grammar_push(grammar, ids_of(ids)[i]))
      return false;
  return partita_grammar_is_complete(grammar);
}

/* Laws: a rearranged sequence is legal where parts are allowed, and only there;
 * its two parts together are the piece, and the written one is what is open. */
static void
test_rearrange(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  size_t written = 0;

  for (int i = 0; i < 300; ++i) {
    PartitaSpan spans[4];
    size_t bars = 0;
    g_autoptr(GArray) ids = draw_ids(scheme, &bars);
    const size_t n = draw_spans(bars, spans);
    g_autoptr(GArray) rearranged =
      partita_scheme_rearrange(scheme, ids_of(ids), ids->len, spans, n, false);

    g_assert_true(is_legal_in_parts(scheme, rearranged));
    if (n == 0) {
      assert_same_ids(scheme, rearranged, ids);
      continue;
    }
    g_assert_null(partita_scheme_decode(scheme, ids_of(rearranged),
                                        rearranged->len, NULL, NULL));

    g_autoptr(PartitaScore) whole = decode(scheme, ids);
    g_autoptr(PartitaScore) open = decode_part(scheme, rearranged, true);
    g_autoptr(PartitaScore) given = decode_part(scheme, rearranged, false);
    g_autoptr(PartitaScore) joined = join(given, open);

    g_assert_true(partita_score_equal(joined, whole));
    g_assert_cmpuint(partita_score_get_n_notes(open), ==,
                     count_open(whole, spans, n));
    written += partita_score_get_n_notes(open);
  }
  g_assert_cmpuint(written, >, 0);
}

/// Whether the bar behind a span is in no span.
static bool
are_apart(const PartitaSpan *spans, size_t n)
{
  for (size_t i = 0; i + 1 < n; ++i)
    if (spans[i].first + spans[i].n_bars == spans[i + 1].first)
      return false;
  return true;
}

/// Law: what is open may as well be taken out beforehand; then it is missing
/// behind Part_Written, and only there.
static void
test_given_only(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  const int mark = partita_scheme_find_token(scheme, "Part_Written");
  unsigned n_compared = 0;

  for (int i = 0; i < 400; ++i) {
    PartitaSpan spans[4];
    size_t bars = 0;
    g_autoptr(GArray) ids = draw_ids(scheme, &bars);
    const size_t n = draw_spans(bars, spans);
    g_autoptr(GArray) whole =
      partita_scheme_rearrange(scheme, ids_of(ids), ids->len, spans, n, false);
    g_autoptr(PartitaScore) given = decode_part(scheme, whole, false);
    g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    bool writing = false;
    PartitaPrompt prompt;

    if (!are_apart(spans, n))
      continue;
    ++n_compared;
    for (guint t = 0; t < whole->len; ++t) {
      const uint16_t id = ids_of(whole)[t];
      const char *type = partita_scheme_token_type(scheme, id);

      writing &= strcmp(type, "Bar") != 0 && strcmp(type, "Eos") != 0;
      if (!writing)
        g_array_append_val(expected, id);
      writing |= id == mark;
    }

    g_autoptr(PartitaScore) score =
      partita_scheme_decode(scheme, ids_of(ids), ids->len, &prompt, NULL);
    g_autoptr(GArray) plain = partita_scheme_encode(scheme, given, &prompt);
    g_autoptr(GArray) rest = partita_scheme_rearrange(
      scheme, ids_of(plain), plain->len, spans, n, true);

    g_assert_nonnull(score);
    assert_same_ids(scheme, rest, expected);
    g_assert_true(is_legal_in_parts(scheme, rest));
  }
  g_assert_cmpuint(n_compared, >, 100);
}

/// Law: with parts, too, no legal prefix is a dead end.
static void
test_walks(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  const int mark = partita_scheme_find_token(scheme, "Part_Written");
  unsigned marks = 0;

  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    const WalkTaste taste = draw_taste();

    partita_grammar_demand_bars(grammar, (size_t)g_test_rand_int_range(1, 12));
    partita_grammar_allow_parts(grammar);
    walk_on(scheme, grammar, &taste, ids, 1000000);
    for (guint t = 0; t < ids->len; ++t)
      marks += ids_of(ids)[t] == mark;

    g_autoptr(PartitaScore) written = decode_part(scheme, ids, true);
    g_autoptr(PartitaScore) given = decode_part(scheme, ids, false);
    g_autoptr(PartitaScore) joined = join(written, given);

    g_assert_cmpuint(partita_score_get_n_notes(joined), >=,
                     partita_score_get_n_notes(written));
  }
  g_assert_cmpuint(marks, >, 100);
}

/// (transfer full): at the first note to be written of eight bars of 4/4
static PartitaGrammar *
begin_writing(const PartitaScheme *scheme)
{
  g_autoptr(PartitaScore) empty = partita_score_new(480);
  PartitaSpan span = {.first = 1, .n_bars = 2};

  partita_score_set_end(empty, 8 * 4 * 480);
  memset(span.programs, true, sizeof span.programs);

  g_autoptr(GArray) plain = partita_scheme_encode(scheme, empty, NULL);
  g_autoptr(GArray) rest =
    partita_scheme_rearrange(scheme, ids_of(plain), plain->len, &span, 1, true);
  PartitaGrammar *grammar = partita_grammar_new(scheme);
  const int mark = partita_scheme_find_token(scheme, "Part_Written");

  partita_grammar_allow_parts(grammar);
  for (guint t = 0; t == 0 || ids_of(rest)[t - 1] != mark; ++t)
    g_assert_true(partita_grammar_push(grammar, ids_of(rest)[t]));
  return grammar;
}

/// Law: what is written ends by the time it has to, and no dead end comes of
/// it.
static void
test_end_by(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  const uint32_t until = 3 * 4 * partita_scheme_get_ppq(scheme);
  unsigned notes = 0;

  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaGrammar) grammar = begin_writing(scheme);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    const WalkTaste taste = draw_taste();
    const char *type = "";

    partita_grammar_end_by(grammar, until);
    while (strcmp(type, "Bar") != 0 && ids->len < 2000) {
      PartitaScoreEvent events[PARTITA_SCORE_EVENTS_MAX];

      walk_on(scheme, grammar, &taste, ids, ids->len + 1);
      type = partita_scheme_token_type(scheme, ids_of(ids)[ids->len - 1]);
      if (strcmp(type, "Duration") != 0)
        continue;
      g_assert_cmpuint(partita_grammar_get_events(grammar, events), ==, 1);
      g_assert_cmpuint(events->note.onset_ticks + events->note.duration_ticks,
                       <=, until);
      ++notes;
    }
  }
  g_assert_cmpuint(notes, >, 200);
}

static void
test_schemes(void)
{
  g_autoptr(PartitaScheme) remi = make_scheme("remi");
  g_autoptr(PartitaScheme) grid = make_scheme("grid");

  g_assert_true(partita_scheme_has_parts(remi));
  g_assert_false(partita_scheme_has_parts(grid));
}

/// An example by hand: the piano of the second of three bars is open.
static void
test_example(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");
  g_autoptr(PartitaScore) score = partita_score_new(12);
  PartitaTrack *piano = partita_score_add_track(score, 0, NULL);
  PartitaTrack *flute = partita_score_add_track(score, 73, NULL);
  PartitaSpan span = {.first = 1, .n_bars = 1, .programs = {true}};

  for (uint32_t bar = 0; bar < 3; ++bar) {
    partita_track_add_note(
      piano, (PartitaNote){48 * bar, 12, (uint8_t)(60 + bar), 64});
    partita_track_add_note(
      flute, (PartitaNote){48 * bar + 12, 36, (uint8_t)(72 + bar), 64});
  }

  g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
  g_autoptr(GArray) rearranged =
    partita_scheme_rearrange(scheme, ids_of(ids), ids->len, &span, 1, false);
  g_autofree char *text = spell(scheme, rearranged);

  g_assert_cmpstr(
    text, ==,
    "Bos Bar_3 Meter_4/4 Tempo_31 "
    "Position_0 Program_0 Pitch_60 Velocity_16 Duration_12 "
    "Position_12 Program_73 Pitch_72 Velocity_16 Duration_36 "
    "Bar_2 Part_Ahead "
    "Position_0 Program_0 Pitch_62 Velocity_16 Duration_12 "
    "Part_Given "
    "Position_12 Program_73 Pitch_73 Velocity_16 Duration_36 "
    "Part_Written "
    "Position_0 Program_0 Pitch_61 Velocity_16 Duration_12 "
    "Bar_1 "
    "Position_0 Program_0 Pitch_62 Velocity_16 Duration_12 "
    "Position_12 Program_73 Pitch_74 Velocity_16 Duration_36 Eos");
}

int
main(int argc, char *argv[])
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/token/parts/rearrange", test_rearrange);
  g_test_add_func("/token/parts/given-only", test_given_only);
  g_test_add_func("/token/parts/walks", test_walks);
  g_test_add_func("/token/parts/end-by", test_end_by);
  g_test_add_func("/token/parts/example", test_example);
  g_test_add_func("/token/parts/schemes", test_schemes);
  return g_test_run();
}
