// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "assemble.h"
#include "draw.h"

static const char *const names[] = {"remi", "performance", "grid"};

/// (transfer full) (element-type PartitaScoreEvent)
static GArray *
list_events(const PartitaScheme *scheme, const GArray *ids)
{
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  GArray *events = g_array_new(FALSE, FALSE, sizeof(PartitaScoreEvent));
  PartitaScoreEvent settled[PARTITA_SCORE_EVENTS_MAX];

  g_assert_cmpuint(partita_grammar_get_events(grammar, settled), ==, 0);
  for (guint i = 0; i < ids->len; ++i) {
    g_assert_true(partita_grammar_push(grammar, ids_of(ids)[i]));

    const size_t n = partita_grammar_get_events(grammar, settled);

    g_assert_cmpuint(n, <=, PARTITA_SCORE_EVENTS_MAX);
    g_array_append_vals(events, settled, (guint)n);
  }
  return events;
}

/* Law: the events of all ids are the decoded score, with the key of its
 * prompt. */
static void
check_events(const PartitaScheme *scheme, const GArray *ids)
{
  PartitaPrompt prompt;
  g_autoptr(PartitaScore) score =
    partita_scheme_decode(scheme, ids_of(ids), ids->len, &prompt, NULL);
  g_autoptr(GArray) events = list_events(scheme, ids);
  g_autoptr(PartitaScore) assembled = assemble(scheme, events);

  if (prompt.key >= 0)
    partita_score_add_key(score, partita_key_to_signature(prompt.key));
  g_assert_true(partita_score_equal(score, assembled));
}

static void
test_walks(gconstpointer data)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(data);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);

  for (int run = 0; run < 300; ++run) {
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    const WalkTaste taste = draw_taste();

    partita_grammar_reset(grammar);
    partita_grammar_demand_bars(grammar, (size_t)g_test_rand_int_range(1, 6));
    walk_on(scheme, grammar, &taste, ids, SIZE_MAX);
    check_events(scheme, ids);
  }
}

static void
test_scores(gconstpointer data)
{
  g_autoptr(PartitaScheme) scheme = make_scheme(data);

  for (int run = 0; run < 200; ++run) {
    g_autoptr(PartitaScore) score = draw_score();
    PartitaPrompt prompt;

    partita_scheme_get_prompt(scheme, score, run % 2, &prompt);
    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, &prompt);
    check_events(scheme, ids);
  }
}

/* Law: of remi, notes come by onset, none before the metre and the tempo. */
static void
test_order(void)
{
  g_autoptr(PartitaScheme) scheme = make_scheme("remi");

  for (int run = 0; run < 100; ++run) {
    g_autoptr(PartitaScore) score = draw_score();
    g_autoptr(GArray) ids = partita_scheme_encode(scheme, score, NULL);
    g_autoptr(GArray) events = list_events(scheme, ids);
    uint32_t last = 0;

    for (guint i = 0; i < events->len; ++i) {
      const PartitaScoreEvent *event =
        &g_array_index(events, PartitaScoreEvent, i);

      const bool head =
        (event->type == PARTITA_SCORE_EVENT_METER && event->meter.tick == 0) ||
        (event->type == PARTITA_SCORE_EVENT_TEMPO && event->tempo.tick == 0);

      g_assert_true((i < 2) == head);
      if (event->type != PARTITA_SCORE_EVENT_NOTE)
        continue;
      g_assert_cmpuint(event->note.onset_ticks, >=, last);
      last = event->note.onset_ticks;
    }
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    g_autofree char *walks =
      g_strdup_printf("/token/events/walks/%s", names[i]);
    g_autofree char *scores =
      g_strdup_printf("/token/events/scores/%s", names[i]);

    g_test_add_data_func(walks, names[i], test_walks);
    g_test_add_data_func(scores, names[i], test_scores);
  }
  g_test_add_func("/token/events/order", test_order);
  return g_test_run();
}
