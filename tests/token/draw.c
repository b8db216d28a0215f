// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "draw.h"

#include <string.h>

static uint32_t
below(uint32_t n)
{
  return (uint32_t)g_test_rand_int_range(0, (gint32)n);
}

/// Small numbers more often than great ones.
static uint32_t
skewed(uint32_t n)
{
  return below(below(n) + 1);
}

static void
draw_changes(PartitaScore *score, uint32_t quarters)
{
  const uint32_t ppq = partita_score_get_ppq(score);
  const bool tidy = below(2) == 0;

  for (uint32_t i = skewed(6); i > 0; --i) {
    const uint32_t at = tidy ? below(quarters) * ppq : below(quarters * ppq);

    partita_score_add_tempo(score, (PartitaTempo){at, 100000 + below(3000000)});
  }
  for (uint32_t i = skewed(6); i > 0; --i) {
    const uint32_t at = tidy ? below(quarters) * ppq : below(quarters * ppq);
    const uint8_t denominator = (uint8_t)(1u << below(7));
    const uint8_t numerator =
      (uint8_t)(1 + (below(8) == 0 ? below(255) : below(16)));

    partita_score_add_meter(score, (PartitaMeter){at, numerator, denominator});
  }
  if (below(2) == 0)
    partita_score_add_key(score, (PartitaKey){skewed(2) * ppq,
                                              (int8_t)((int)below(15) - 7),
                                              below(2) == 0});
}

static void
draw_track(PartitaScore *score, uint32_t quarters)
{
  static const uint8_t programs[] = {0, 0, 1, 33, 127, PARTITA_PROGRAM_DRUMS};
  const uint32_t ppq = partita_score_get_ppq(score);
  const uint32_t parts = 1 + below(16);
  const uint32_t grid = MAX(1, ppq / parts);
  PartitaTrack *track = partita_score_add_track(
    score, programs[below(G_N_ELEMENTS(programs))], "name");
  const uint32_t low = below(100);
  const uint32_t span = 1 + below(27);

  for (uint32_t i = skewed(120); i > 0; --i) {
    const uint32_t at = below(quarters * ppq);
    const PartitaNote note = {
      below(3) == 0 ? at : at / grid * grid,
      1 + (below(20) == 0 ? below(80 * ppq) : below(2 * ppq)),
      (uint8_t)(low + below(span)), (uint8_t)(1 + below(127))};

    for (uint32_t unison = below(10) == 0 ? below(12) : 1; unison > 0; --unison)
      partita_track_add_note(track, note);
  }

  uint32_t tick = 0;

  for (uint32_t i = below(2) == 0 ? below(8) : 0; i > 0; --i) {
    tick += below(4 * ppq);
    partita_track_add_pedal(track, (PartitaPedal){tick, below(2) == 0});
  }
}

PartitaScore *
draw_score(void)
{
  static const uint16_t ppqs[] = {1, 24, 96, 100, 480, 480, 1024, 32767};
  PartitaScore *score = partita_score_new(ppqs[below(G_N_ELEMENTS(ppqs))]);
  const uint32_t quarters = 1 + skewed(400);

  draw_changes(score, quarters);
  for (uint32_t i = below(6); i > 0; --i)
    draw_track(score, quarters);
  if (below(2) == 0)
    partita_score_set_end(score,
                          below(quarters * partita_score_get_ppq(score) * 2));
  partita_score_sort(score);
  return score;
}

WalkTaste
draw_taste(void)
{
  WalkTaste taste;

  for (size_t i = 0; i < G_N_ELEMENTS(taste.weights); ++i)
    taste.weights[i] = 1 + skewed(8);
  return taste;
}

/* Draws a type by its weight, then an id of the type: the lowest and highest
 * more often than the rest, for bounds are where errors live. */
static uint16_t
draw_id(const PartitaScheme *scheme,
        const uint8_t *mask,
        const WalkTaste *taste)
{
  const size_t n_ids = partita_scheme_get_vocab_size(scheme);
  const char *type = NULL;
  uint16_t first[16], last[16];
  size_t n = 0;
  uint32_t sum = 0;

  for (size_t id = 0; id < n_ids; ++id) {
    if (!mask[id])
      continue;

    const char *of = partita_scheme_token_type(scheme, (uint16_t)id);

    if (type != of) {
      type = of;
      first[n] = (uint16_t)id;
      sum += taste->weights[n++];
    }
    last[n - 1] = (uint16_t)id;
  }

  uint32_t at = below(sum);
  size_t t = 0;

  for (; at >= taste->weights[t]; ++t)
    at -= taste->weights[t];
  if (below(4) == 0)
    return below(2) == 0 ? first[t] : last[t];
  for (;;) {
    const uint32_t id = first[t] + below(last[t] - first[t] + 1u);

    if (mask[id])
      return (uint16_t)id;
  }
}

void
walk_on(const PartitaScheme *scheme,
        PartitaGrammar *grammar,
        const WalkTaste *taste,
        GArray *ids,
        size_t max)
{
  g_autofree uint8_t *mask = g_malloc(partita_scheme_get_vocab_size(scheme));

  while (!partita_grammar_is_complete(grammar) && ids->len < max) {
    g_assert_cmpuint(partita_grammar_allowed(grammar, mask), >, 0);

    const uint16_t id = draw_id(scheme, mask, taste);

    g_assert_true(partita_grammar_push(grammar, id));
    g_array_append_val(ids, id);
  }
}

PartitaScheme *
make_scheme(const char *name)
{
  static const char *const styles[] = {"chorale", "Walzer für zwei", "", NULL};
  g_autoptr(GError) error = NULL;
  PartitaScheme *scheme = partita_scheme_new(name, styles, &error);

  g_assert_no_error(error);
  return scheme;
}

void
assert_same_ids(const PartitaScheme *scheme, const GArray *a, const GArray *b)
{
  for (guint i = 0; i < MIN(a->len, b->len); ++i)
    g_assert_cmpstr(partita_scheme_token_name(scheme, ids_of(a)[i]), ==,
                    partita_scheme_token_name(scheme, ids_of(b)[i]));
  g_assert_cmpuint(a->len, ==, b->len);
}

void
assert_legal(const PartitaScheme *scheme, const GArray *ids)
{
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  for (guint i = 0; i < ids->len; ++i) {
    if (!partita_grammar_push(grammar, ids_of(ids)[i])) {
      g_test_message("token %u: %s", i,
                     partita_scheme_token_name(scheme, ids_of(ids)[i]));
      g_test_fail();
      return;
    }
  }
  g_assert_true(partita_grammar_is_complete(grammar));
}

char *
spell(const PartitaScheme *scheme, const GArray *ids)
{
  GString *text = g_string_new(NULL);

  for (guint i = 0; i < ids->len; ++i)
    g_string_append_printf(text, "%s%s", i == 0 ? "" : " ",
                           partita_scheme_token_name(scheme, ids_of(ids)[i]));
  return g_string_free(text, FALSE);
}
