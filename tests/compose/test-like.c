// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include <compose/compose-private.h>
#include <glib/gstdio.h>
#include <math.h>
#include <model/model-private.h>

/// Logits after Bos and the token of the style called @name.
static void
step_style(const PartitaModel *model, const char *name, float *logits)
{
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(composer->scheme);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
  g_autofree char *token = g_strconcat("Style_", name, NULL);
  const uint16_t ids[] = {
    PARTITA_TOKEN_BOS,
    (uint16_t)partita_scheme_find_token(composer->scheme, token)};
  uint16_t inputs[PARTITA_MODEL_FIELDS_MAX];

  for (size_t i = 0; i < G_N_ELEMENTS(ids); ++i) {
    inputs[0] = ids[i];
    g_assert_true(partita_grammar_push(grammar, ids[i]));
    partita_grammar_get_fields(grammar, inputs + 1);
    partita_model_step(state, inputs, logits);
  }
}

/* Law: a blend of all shares but one at (nearly) nothing is that style; it
 * leaves the other styles as they are. */
static void
test_limits(gconstpointer data)
{
  const char *architecture = data;
  float march[2048], waltz[2048], blended[2048], after[2048];

  for (int run = 0; run < 2; ++run) {
    g_autoptr(PartitaModel) model = strcmp(architecture, "lstm") == 0
                                      ? make_tiny_model("remi", 5)
                                      : make_tiny_transformer("remi", 16, 5);
    const size_t n = partita_model_get_config(model)->vocab;
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(n, <=, G_N_ELEMENTS(march));
    step_style(model, "march", march);
    step_style(model, "waltz", waltz);
    g_autofree char *name = partita_compose_blend_styles(
      model, run == 0 ? "waltz:1e-9, march:1" : "march:1,waltz:0.999", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(name, ==, "march");
    step_style(model, "march", blended);
    step_style(model, "waltz", after);
    double off_march = 0.0, off_waltz = 0.0;
    for (size_t i = 0; i < n; ++i) {
      g_assert_cmpfloat(waltz[i], ==, after[i]);
      off_march = fmax(off_march, fabs((double)(blended[i] - march[i])));
      off_waltz = fmax(off_waltz, fabs((double)(blended[i] - waltz[i])));
    }
    if (run == 0) {
      g_assert_cmpfloat(off_march, <, 1e-2);
    } else {
      g_assert_cmpfloat(off_march, >, 1e-3);
      g_assert_cmpfloat(off_waltz, >, 1e-3);
    }
  }
}

/* Law: the embedding is the weighted mean of those of the styles, in a model
 * from a file too. */
static void
test_mean(void)
{
  g_autoptr(PartitaModel) fresh = make_tiny_model("remi", 5);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(
    g_get_tmp_dir(), "partita-test-like-XXXXXX.safetensors", NULL);
  const int file = g_mkstemp(path);

  g_assert_cmpint(file, >=, 0);
  g_assert_true(g_close(file, NULL));
  g_assert_true(partita_model_save(fresh, path, &error));
  g_autoptr(PartitaModel) model = partita_model_load(path, &error);
  g_assert_no_error(error);

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const size_t march =
    (size_t)partita_scheme_find_token(composer->scheme, "Style_march");
  const size_t width = partita_model_get_config(model)->width;
  size_t n = 0;
  const PartitaModelTensor *tensors = partita_model_get_tensors(model, &n);
  const PartitaReal *old = partita_model_get_parameters(fresh);

  g_assert_cmpstr(tensors[0].name, ==, "embed.0.weight");
  g_autofree char *name =
    partita_compose_blend_styles(model, "march:3,waltz:1", &error);
  g_assert_no_error(error);
  const PartitaReal *mixed = partita_model_get_parameters(model);
  for (size_t k = 0; k < width; ++k) {
    const PartitaReal *row = old + tensors[0].offset + march * width;

    g_assert_cmpfloat_with_epsilon(
      (double)mixed[tensors[0].offset + march * width + k],
      0.75 * (double)row[k] + 0.25 * (double)row[width + k], 1e-6);
  }
  g_assert_cmpint(g_unlink(path), ==, 0);
}

static void
test_blends_refused(void)
{
  static const char *const bad[] = {
    "march:0.7,polka:0.3", "march:0",  "march:x", "march:-1", "", ",",
    "march:inf",           "march:nan"};
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);

  for (size_t i = 0; i < G_N_ELEMENTS(bad); ++i) {
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_compose_blend_styles(model, bad[i], &error));
    g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  }
}

static PartitaScore *
make_score(void)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *harp = partita_score_add_track(score, 46, NULL);
  PartitaTrack *drums =
    partita_score_add_track(score, PARTITA_PROGRAM_DRUMS, NULL);

  (void)partita_score_add_track(score, 5, NULL); // plays nothing
  partita_score_add_key(score, (PartitaKey){0, 1, false});
  partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
  partita_score_add_tempo(score, (PartitaTempo){0, 600000});
  for (uint32_t i = 0; i < 12; ++i) {
    static const uint8_t pitches[] = {67, 71, 74, 72, 69, 66};

    partita_track_add_note(harp,
                           (PartitaNote){480 * i, 480, pitches[i % 6], 80});
    partita_track_add_note(drums, (PartitaNote){480 * i, 240, 36, 80});
  }
  partita_score_sort(score);
  return score;
}

static void
test_piece(void)
{
  g_autoptr(PartitaScore) score = make_score();
  PartitaControls controls;

  partita_controls_init(&controls);
  partita_controls_take_piece(&controls, score);

  g_autoptr(GPtrArray) lines = partita_controls_describe(&controls);
  g_ptr_array_add(lines, NULL);
  g_autofree char *text = g_strjoinv(";", (char **)lines->pdata);
  g_assert_cmpstr(text, ==,
                  "key G major;meter 3/4;tempo 100;"
                  "programs orchestral harp, drums;density 2");
}

/* The metre is the one that most of the time is in, under a name that can be
 * asked for. */
static void
test_metre(void)
{
  static const struct {
    PartitaMeter few;
    PartitaMeter most;
    const char *expected;
  } cases[] = {{{0, 2, 4}, {1920, 3, 4}, "meter 3/4"},
               {{0, 3, 4}, {2880, 1, 1}, "meter 4/4"},
               {{0, 4, 4}, {1920, 2, 2}, "meter 2/2"}};

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autoptr(PartitaScore) score = make_score();
    PartitaControls controls;

    partita_score_clear_meters(score);
    partita_score_add_meter(score, cases[i].few);
    partita_score_add_meter(score, cases[i].most);
    partita_controls_init(&controls);
    partita_controls_take_piece(&controls, score);

    g_autoptr(GPtrArray) lines = partita_controls_describe(&controls);

    g_assert_true(g_ptr_array_find_with_equal_func(lines, cases[i].expected,
                                                   g_str_equal, NULL));
  }
}

static char *
tell(const PartitaControls *controls)
{
  g_autoptr(GPtrArray) lines = partita_controls_describe(controls);

  g_ptr_array_add(lines, NULL);
  return g_strjoinv("; ", (char **)lines->pdata);
}

/* Law: what is eased can be had, no more of it is given up than was allowed,
 * and what can be had is left as it is. */
static void
test_ease(void)
{
  static const char *const crowd =
    "violin,viola,cello,flute,oboe,clarinet,bassoon,horn,trumpet,tuba,harp";
  PartitaControls asked;
  PartitaControls eased;
  g_autofree char *before = NULL;
  g_autofree char *same = NULL;
  g_autofree char *had = NULL;
  g_autofree char *again = NULL;

  partita_controls_init(&asked);
  g_assert_true(partita_controls_set(&asked, "density", "0.25", NULL));
  g_assert_true(partita_controls_set(&asked, "programs", crowd, NULL));
  g_assert_false(partita_controls_check(&asked, 1, NULL));
  eased = asked;
  partita_controls_ease(&eased, 1, PARTITA_EASE_METER);
  g_assert_false(partita_controls_check(&eased, 1, NULL));
  before = tell(&asked);
  same = tell(&eased);
  g_assert_cmpstr(same, ==, before);
  partita_controls_ease(&eased, 1, PARTITA_EASE_PROGRAMS);
  g_assert_true(partita_controls_check(&eased, 1, NULL));
  g_assert_cmpfloat(eased.density, ==, asked.density);
  g_assert_cmpuint(eased.n_groups, <, asked.n_groups);
  had = tell(&eased);
  partita_controls_ease(&eased, 1, PARTITA_EASE_ALL);
  again = tell(&eased);
  g_assert_cmpstr(again, ==, had);
}

/* Law: the style that is found is the one of the least loss, step by step. */
static void
test_style(void)
{
  g_autoptr(PartitaScore) score = make_score();

  for (uint64_t seed = 0; seed < 6; ++seed) {
    g_autoptr(PartitaModel) model = make_tiny_model("remi", seed);
    g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
    g_autofree float *logits = g_new(float, composer->vocab);
    g_autoptr(GError) error = NULL;
    double sums[2] = {0.0, 0.0};

    for (int s = 0; s < 2; ++s) {
      g_autoptr(PartitaGrammar) grammar = partita_grammar_new(composer->scheme);
      g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);
      uint16_t inputs[PARTITA_MODEL_FIELDS_MAX];
      PartitaPrompt prompt;

      partita_scheme_get_prompt(composer->scheme, score, s, &prompt);
      g_autoptr(GArray) ids =
        partita_scheme_encode(composer->scheme, score, &prompt);
      for (guint t = 0; t + 1 < ids->len; ++t) {
        inputs[0] = g_array_index(ids, uint16_t, t);
        g_assert_true(partita_grammar_push(grammar, inputs[0]));
        partita_grammar_get_fields(grammar, inputs + 1);
        partita_model_step(state, inputs, logits);
        if (t > 0)
          sums[s] += partita_compose_log_softmax(
            logits, composer->vocab, g_array_index(ids, uint16_t, t + 1));
      }
    }
    g_autofree char *style =
      partita_composer_find_style(composer, score, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(style, ==, sums[1] > sums[0] ? "waltz" : "march");
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/like/limits/lstm", "lstm", test_limits);
  g_test_add_data_func("/like/limits/transformer", "transformer", test_limits);
  g_test_add_func("/like/mean", test_mean);
  g_test_add_func("/like/blends-refused", test_blends_refused);
  g_test_add_func("/like/piece", test_piece);
  g_test_add_func("/like/metre", test_metre);
  g_test_add_func("/like/ease", test_ease);
  g_test_add_func("/like/style", test_style);
  return g_test_run();
}
