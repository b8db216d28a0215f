// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include <compose/compose-private.h>

static void
append_token(GString *json, const PartitaScheme *scheme, const char *name)
{
  const int id = partita_scheme_find_token(scheme, name);

  g_assert_cmpint(id, >=, 0);
  g_string_append_printf(json, ",%d", id);
}

/// A waltz in D for a flute and a march in G minor for a tuba and drums, moved
/// to C and A minor.
static char *
make_prompts(void)
{
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new("remi", tiny_styles, NULL);
  GString *json = g_string_new("[[-2");

  append_token(json, scheme, "Style_waltz");
  append_token(json, scheme, "Key_C_major");
  append_token(json, scheme, "Tempo_20");
  append_token(json, scheme, "Bars_40");
  append_token(json, scheme, "Program_73");
  g_string_append(json, "],[2");
  append_token(json, scheme, "Style_march");
  append_token(json, scheme, "Key_A_minor");
  append_token(json, scheme, "Bars_12");
  append_token(json, scheme, "Program_58");
  append_token(json, scheme, "Program_Drums");
  g_string_append(json, "]]");
  return g_string_free(json, FALSE);
}

static int
get_key(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaKey *keys = partita_score_get_keys(score, &n);

  return n > 0 ? partita_key_from_signature(keys[0]) : -1;
}

static void
assert_programs(const PartitaScore *score, const uint8_t *programs, size_t n)
{
  for (size_t i = 0; i < partita_score_get_n_tracks(score); ++i) {
    const uint8_t program =
      partita_track_get_program(partita_score_get_track(score, i));

    g_assert_nonnull(memchr(programs, program, n));
  }
}

/* Law: a piece has the controls of a training piece of its style, and the bars
 * asked for all the same. */
static void
test_drawn(void)
{
  const uint8_t flute[] = {73};
  const uint8_t band[] = {58, PARTITA_PROGRAM_DRUMS};
  g_autofree char *prompts = make_prompts();
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 1);

  partita_model_set_metadata(model, "prompts", prompts);

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  bool seen[2] = {false, false};

  for (uint64_t i = 0; i < 24; ++i) {
    const char *const styles[] = {NULL, "waltz", "march"};
    PartitaComposeOptions options;

    partita_compose_options_init(&options);
    options.bars = 3;
    options.index = i;
    options.style = styles[i % 3];

    g_autoptr(PartitaScore) score = partita_compose(composer, &options, NULL);

    g_assert_nonnull(score);
    g_assert_cmpuint(count_bars(score), ==, 3);

    const bool waltz = get_key(score) == 2;

    g_assert_true(waltz || get_key(score) == 12 + 7);
    g_assert_true(i % 3 == 0 || waltz == (i % 3 == 1));
    assert_programs(score, waltz ? flute : band, waltz ? 1 : 2);
    seen[waltz] = seen[waltz] || i % 3 == 0;
  }
  g_assert_true(seen[0] && seen[1]);
}

/* Law: whatever the model draws, the piece can be moved to its own key. */
static void
test_range(gconstpointer scheme)
{
  for (int shift = -6; shift <= 6; shift += 12) {
    g_autofree char *prompts = g_strdup_printf("[[%d]]", shift);
    g_autoptr(PartitaModel) model =
      make_tiny_model(scheme, (uint64_t)g_test_rand_int());

    partita_model_set_metadata(model, "prompts", prompts);

    g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

    for (uint64_t i = 0; i < 60; ++i) {
      g_autoptr(GError) error = NULL;
      PartitaComposeOptions options;

      partita_compose_options_init(&options);
      options.bars = 2;
      options.index = i;

      g_autoptr(PartitaScore) score =
        partita_compose(composer, &options, &error);

      g_assert_no_error(error);
      g_assert_cmpuint(count_bars(score), ==, 2);
    }
  }
}

/// What is no prompt is passed over.
static void
test_broken(void)
{
  const char *const broken[] = {
    NULL,          "",        "{",    "{}",   "[1]", "[[\"x\"]]", "[[0,-1]]",
    "[[0,70000]]", "[[[1]]]", "[[]]", "[[7]]"};

  for (size_t i = 0; i < G_N_ELEMENTS(broken); ++i) {
    g_autoptr(GArray) prompts = partita_compose_parse_prompts(broken[i], 900);

    g_assert_cmpuint(prompts->len, ==, 0);
  }

  g_autoptr(GArray) prompts =
    partita_compose_parse_prompts("[[5, 899], [0, 900], [-6]]", 900);

  g_assert_cmpuint(prompts->len, ==, 2);
}

/// Nine waltzes for flute, a march for drums alone, and a piece of no style.
static char *
make_uneven_prompts(void)
{
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new("remi", tiny_styles, NULL);
  GString *json = g_string_new("[[0");

  append_token(json, scheme, "Style_march");
  append_token(json, scheme, "Program_Drums");
  g_string_append(json, "],[0");
  append_token(json, scheme, "Program_0");
  for (int i = 0; i < 9; ++i) {
    g_string_append(json, "],[0");
    append_token(json, scheme, "Style_waltz");
    append_token(json, scheme, "Program_73");
  }
  g_string_append(json, "]]");
  return g_string_free(json, FALSE);
}

/// How many of 300 prompts drawn play @program.
static unsigned
count_drawn(const PartitaComposer *composer,
            const PartitaControls *controls,
            unsigned program)
{
  PartitaComposeOptions options;
  unsigned n = 0;

  partita_compose_options_init(&options);
  options.controls = controls;

  const PartitaComposePlan plan = {
    .composer = composer, .options = options, .style = -1};

  for (uint64_t i = 0; i < 300; ++i) {
    bool programs[PARTITA_N_PROGRAMS];

    g_assert_true(partita_compose_read_programs(
      composer, partita_compose_draw_prompt(&plan, i, -1)->ids, programs));
    n += programs[program];
  }
  return n;
}

/* Laws: without a style each is as likely as the other, however many pieces it
 * has; instruments or pitches that are asked for rule out those without. */
static void
test_apt(void)
{
  g_autofree char *prompts = make_uneven_prompts();
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 1);
  PartitaControls controls;

  partita_model_set_metadata(model, "prompts", prompts);

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (unsigned i = 0; i < 3; ++i) {
    static const unsigned each[] = {0, 73, PARTITA_PROGRAM_DRUMS};
    const unsigned n = count_drawn(composer, NULL, each[i]);

    g_assert_cmpuint(n, >, 70);
    g_assert_cmpuint(n, <, 130);
  }
  // Drums alone must be asked for.
  partita_controls_init(&controls);
  g_assert_cmpuint(count_drawn(composer, &controls, PARTITA_PROGRAM_DRUMS), ==,
                   0);
  g_assert_true(partita_controls_set(&controls, "programs", "drums", NULL));
  g_assert_cmpuint(count_drawn(composer, &controls, PARTITA_PROGRAM_DRUMS), ==,
                   300);
  partita_controls_init(&controls);
  g_assert_true(partita_controls_set(&controls, "without", "flute", NULL));
  g_assert_cmpuint(count_drawn(composer, &controls, 73), ==, 0);
  partita_controls_init(&controls);
  g_assert_true(partita_controls_set(&controls, "key", "D minor", NULL));
  g_assert_cmpuint(count_drawn(composer, &controls, PARTITA_PROGRAM_DRUMS), ==,
                   0);
  partita_controls_init(&controls);
  g_assert_true(partita_controls_set(&controls, "programs", "flute", NULL));
  g_assert_cmpuint(count_drawn(composer, &controls, 73), ==, 300);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/prompts/drawn", test_drawn);
  g_test_add_func("/compose/prompts/apt", test_apt);
  g_test_add_data_func("/compose/prompts/range/remi", "remi", test_range);
  g_test_add_data_func("/compose/prompts/range/performance", "performance",
                       test_range);
  g_test_add_data_func("/compose/prompts/range/grid", "grid", test_range);
  g_test_add_func("/compose/prompts/broken", test_broken);
  return g_test_run();
}
