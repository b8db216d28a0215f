// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>

static void
assert_same_prompt(const PartitaPrompt *a, const PartitaPrompt *b)
{
  g_assert_cmpint(a->style, ==, b->style);
  g_assert_cmpint(a->key, ==, b->key);
  g_assert_cmpint(a->tempo_bin, ==, b->tempo_bin);
  g_assert_cmpint(a->bars, ==, b->bars);
  g_assert_cmpint(a->density, ==, b->density);
  g_assert_cmpint(a->has_programs, ==, b->has_programs);
  g_assert_true(memcmp(a->programs, b->programs, sizeof a->programs) == 0);
}

/// Leaves out what is in @controls.
static void
leave_out(PartitaPrompt *prompt, unsigned controls)
{
  if (controls & PARTITA_CONTROL_STYLE)
    prompt->style = -1;
  if (controls & PARTITA_CONTROL_KEY)
    prompt->key = -1;
  if (controls & PARTITA_CONTROL_TEMPO)
    prompt->tempo_bin = -1;
  if (controls & PARTITA_CONTROL_BARS)
    prompt->bars = 0;
  if (controls & PARTITA_CONTROL_DENSITY)
    prompt->density = -1;
  if (controls & PARTITA_CONTROL_PROGRAMS) {
    prompt->has_programs = false;
    memset(prompt->programs, 0, sizeof prompt->programs);
  }
}

static unsigned
draw_controls(void)
{
  return (unsigned)g_test_rand_int_range(0, PARTITA_CONTROL_ALL + 1);
}

static void
draw_prompt(const PartitaScheme *scheme,
            const PartitaScore *score,
            PartitaPrompt *prompt)
{
  partita_scheme_get_prompt(scheme, score, g_test_rand_int_range(-1, 3),
                            prompt);
  leave_out(prompt, draw_controls());
}

/* Law: decode(encode(s, p)) is (quantise(s), p), and encoding that again gives
 * the same ids. */
static void
test_round_trip(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);

  for (int i = 0; i < 500; ++i) {
    g_autoptr(PartitaScore) score = draw_score();
    g_autoptr(PartitaScore) quantised =
      partita_scheme_quantise(scheme, score, NULL);
    g_autoptr(PartitaScore) before = partita_score_copy(score);
    g_autoptr(GError) error = NULL;
    PartitaPrompt prompt, read;

    draw_prompt(scheme, score, &prompt);

    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, &prompt);

    g_assert_true(partita_score_equal(score, before));
    assert_legal(scheme, ids);

    g_autoptr(PartitaScore) decoded =
      partita_scheme_decode(scheme, ids_of(ids), ids->len, &read, &error);

    g_assert_no_error(error);
    g_assert_true(partita_score_equal(decoded, quantised));
    assert_same_prompt(&read, &prompt);

    g_autoptr(GArray) again = partita_scheme_encode(scheme, decoded, &read);

    assert_same_ids(scheme, again, ids);
  }
}

/// Law: quantising what is quantised changes and loses nothing.
static void
test_quantise_idempotent(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);

  for (int i = 0; i < 500; ++i) {
    PartitaQuantiseLoss loss;
    g_autoptr(PartitaScore) score = draw_score();
    g_autoptr(PartitaScore) once =
      partita_scheme_quantise(scheme, score, &loss);

    g_assert_cmpuint(loss.notes, ==, partita_score_get_n_notes(score));
    g_assert_cmpuint(loss.notes - loss.notes_dropped, ==,
                     partita_score_get_n_notes(once));

    g_autoptr(PartitaScore) twice =
      partita_scheme_quantise(scheme, once, &loss);

    g_assert_true(partita_score_equal(once, twice));
    g_assert_cmpuint(loss.notes_dropped, ==, 0);
    g_assert_cmpfloat(loss.worst_onset_error, ==, 0.0);
    g_assert_cmpfloat(loss.worst_duration_error, ==, 0.0);
  }
}

/// Law: encode(decode(t)) is t for every t the grammar lets through.
static void
test_walks(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  unsigned whole = 0;

  for (int i = 0; i < 200; ++i) {
    g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    g_autoptr(GError) error = NULL;
    const WalkTaste taste = draw_taste();
    PartitaPrompt prompt;

    walk_on(scheme, grammar, &taste, ids, 3000);
    if (!partita_grammar_is_complete(grammar))
      continue; // a piece of hundreds of full bars
    ++whole;

    g_autoptr(PartitaScore) score =
      partita_scheme_decode(scheme, ids_of(ids), ids->len, &prompt, &error);

    g_assert_no_error(error);

    g_autoptr(GArray) again = partita_scheme_encode(scheme, score, &prompt);

    assert_same_ids(scheme, again, ids);
  }
  g_assert_cmpuint(whole, >, 20);
}

/* Laws: a demand on the bars is met, from the beginning or after a prefix; it
 * only narrows the grammar, and the fields do not show it. */
static void
test_demand(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  uint16_t a[PARTITA_GRAMMAR_FIELDS_MAX] = {0};
  uint16_t b[PARTITA_GRAMMAR_FIELDS_MAX] = {0};

  for (int i = 0; i < 100; ++i) {
    g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
    g_autoptr(PartitaGrammar) open = partita_grammar_new(scheme);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    const size_t bars = (size_t)g_test_rand_int_range(1, i < 3 ? 300 : 12);
    const WalkTaste taste = draw_taste();

    partita_grammar_demand_bars(grammar, bars);
    walk_on(scheme, grammar, &taste, ids, 1000000);
    for (guint t = 0; t < ids->len; ++t)
      g_assert_true(partita_grammar_push(open, ids_of(ids)[t]));
    partita_grammar_get_fields(grammar, a);
    partita_grammar_get_fields(open, b);
    g_assert_true(memcmp(a, b, sizeof a) == 0);

    g_autoptr(PartitaScore) score =
      partita_scheme_decode(scheme, ids_of(ids), ids->len, NULL, NULL);
    g_autoptr(GArray) made = partita_score_get_bars(score);

    g_assert_cmpuint(made->len, ==, bars);

    // The same demand after half of the piece.
    g_autoptr(GArray) other = g_array_new(FALSE, FALSE, sizeof(uint16_t));

    partita_grammar_reset(grammar);
    for (guint t = 0; t < ids->len / 2; ++t) {
      g_assert_true(partita_grammar_push(grammar, ids_of(ids)[t]));
      g_array_append_val(other, ids_of(ids)[t]);
    }
    partita_grammar_demand_bars(grammar, bars);
    walk_on(scheme, grammar, &taste, other, 1000000);

    g_autoptr(PartitaScore) second =
      partita_scheme_decode(scheme, ids_of(other), other->len, NULL, NULL);
    g_autoptr(GArray) bars_of_second = partita_score_get_bars(second);

    g_assert_cmpuint(bars_of_second->len, ==, bars);
  }
}

static void
assert_mask_is_push(const PartitaScheme *scheme, const PartitaGrammar *grammar)
{
  const size_t n_ids = partita_scheme_get_vocab_size(scheme);
  g_autofree uint8_t *mask = g_malloc(n_ids);
  size_t n = 0;

  partita_grammar_allowed(grammar, mask);
  for (size_t id = 0; id < n_ids; ++id) {
    g_autoptr(PartitaGrammar) copy = partita_grammar_copy(grammar);
    uint16_t a[PARTITA_GRAMMAR_FIELDS_MAX] = {0};
    uint16_t b[PARTITA_GRAMMAR_FIELDS_MAX] = {0};
    const bool taken = partita_grammar_push(copy, (uint16_t)id);

    g_assert_cmpint(mask[id], ==, taken);
    n += taken;
    partita_grammar_get_fields(grammar, a);
    partita_grammar_get_fields(copy, b);
    if (!taken)
      g_assert_true(memcmp(a, b, sizeof a) == 0);
    for (size_t f = 0; f < partita_scheme_get_n_fields(scheme); ++f)
      g_assert_cmpuint(b[f], <, partita_scheme_get_field_size(scheme, f));
  }
  g_assert_cmpuint(partita_grammar_allowed(grammar, mask), ==, n);
}

/// Law: the mask lets through exactly what push takes.
static void
test_mask(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);

  for (int i = 0; i < 8; ++i) {
    g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    const WalkTaste taste = draw_taste();

    if (i % 2 == 0)
      partita_grammar_demand_bars(grammar, (size_t)g_test_rand_int_range(1, 9));
    for (size_t n = 0; n < 40 && !partita_grammar_is_complete(grammar); ++n) {
      assert_mask_is_push(scheme, grammar);
      walk_on(scheme, grammar, &taste, ids, ids->len + 1);
    }
    walk_on(scheme, grammar, &taste, ids, 2000);
    assert_mask_is_push(scheme, grammar);
  }
}

/// Law: moving the ids is moving the score, its key included.
static void
test_transpose(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  unsigned moved = 0;

  for (int i = 0; i < 500; ++i) {
    g_autoptr(PartitaScore) drawn = draw_score();
    g_autoptr(PartitaScore) score =
      partita_scheme_quantise(scheme, drawn, NULL);
    const int semitones = g_test_rand_int_range(-30, 31);
    PartitaPrompt prompt;

    draw_prompt(scheme, drawn, &prompt);

    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, &prompt);
    g_autoptr(GArray) old = g_array_copy(ids);
    const bool fits = partita_score_transpose(score, semitones);

    g_assert_cmpint(partita_scheme_transpose(scheme,
                                             (uint16_t *)(void *)ids->data,
                                             ids->len, semitones),
                    ==, fits);
    if (!fits) {
      assert_same_ids(scheme, ids, old);
      continue;
    }
    ++moved;
    if (prompt.key >= 0)
      prompt.key =
        prompt.key / 12 * 12 + (prompt.key % 12 + semitones + 36) % 12;

    g_autoptr(GArray) expected = partita_scheme_encode(scheme, score, &prompt);

    assert_same_ids(scheme, ids, expected);
  }
  g_assert_cmpuint(moved, >, 20);
}

/// Law: dropping controls is encoding without them.
static void
test_drop_controls(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);

  for (int i = 0; i < 100; ++i) {
    g_autoptr(PartitaScore) score = draw_score();
    const unsigned controls = draw_controls();
    PartitaPrompt prompt;

    draw_prompt(scheme, score, &prompt);

    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, &prompt);

    leave_out(&prompt, controls);

    g_autoptr(GArray) expected = partita_scheme_encode(scheme, score, &prompt);

    g_array_set_size(
      ids, (guint)partita_scheme_drop_controls(
             scheme, (uint16_t *)(void *)ids->data, ids->len, controls));
    assert_same_ids(scheme, ids, expected);
    assert_legal(scheme, ids);
  }
}

/// Law: a sequence cut short or changed at random is refused or legal.
static void
test_damage(gconstpointer name)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(name);
  const gint32 n_ids = (gint32)partita_scheme_get_vocab_size(scheme);

  for (int i = 0; i < 30; ++i) {
    g_autoptr(PartitaScore) score = draw_score();
    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
    uint16_t *data = (uint16_t *)(void *)ids->data;

    for (guint n = 0; n < ids->len; n += 1 + n / 8) {
      g_autoptr(GError) error = NULL;

      g_assert_null(partita_scheme_decode(scheme, data, n, NULL, &error));
      g_assert_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL);
    }
    for (int k = 0; k < 20; ++k) {
      g_autoptr(GError) error = NULL;
      const gint32 at = g_test_rand_int_range(0, (gint32)ids->len);
      const uint16_t was = data[at];

      data[at] = (uint16_t)g_test_rand_int_range(0, n_ids + 2);

      g_autoptr(PartitaScore) read =
        partita_scheme_decode(scheme, data, ids->len, NULL, &error);

      if (read == NULL)
        g_assert_error(error, PARTITA_TOKEN_ERROR, PARTITA_TOKEN_ERROR_ILLEGAL);
      else
        assert_legal(scheme, ids);
      data[at] = was;
    }
  }
}

static void
add(const char *scheme, const char *law, GTestDataFunc test)
{
  g_autofree char *path = g_strdup_printf("/token/%s/%s", scheme, law);

  g_test_add_data_func(path, scheme, test);
}

int
main(int argc, char **argv)
{
  static const char *const schemes[] = {"remi", "performance", "grid"};

  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(schemes); ++i) {
    add(schemes[i], "round-trip", test_round_trip);
    add(schemes[i], "quantise-idempotent", test_quantise_idempotent);
    add(schemes[i], "walks", test_walks);
    add(schemes[i], "demand", test_demand);
    add(schemes[i], "mask", test_mask);
    add(schemes[i], "transpose", test_transpose);
    add(schemes[i], "drop-controls", test_drop_controls);
    add(schemes[i], "damage", test_damage);
  }
  return g_test_run();
}
