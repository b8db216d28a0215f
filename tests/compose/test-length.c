// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include "wishes.h"

#include <math.h>

/* Law: bars, metre and tempo that are found last as long as is asked for: to
 * the millisecond where the tempo is free, else to half a bar. */
static void
test_seconds(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 1);

  partita_model_set_metadata(
    model, "styles",
    "{\"waltz\": {\"tempo\": [100, 150, 180], \"meters\": [\"3/4\"]}}");

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (int run = 0; run < 100; ++run) {
    const bool asked = run % 2 == 0;
    const char *style = run % 3 == 0 ? "waltz" : NULL;
    PartitaControls controls;
    size_t bars = 0;

    partita_controls_init(&controls);
    controls.seconds = g_test_rand_double_range(1.0, 600.0);
    if (asked)
      set(&controls, "tempo", "77.5");
    if (run % 5 == 0)
      set(&controls, "meter", "6/8");
    g_assert_true(
      partita_composer_settle_length(composer, style, &controls, &bars, NULL));

    const double bar =
      4.0 * controls.numerator / controls.denominator * 60.0 / controls.tempo;

    g_assert_cmpuint(bars, >=, 1);
    g_assert_cmpuint(controls.numerator, ==,
                     run % 5 == 0    ? 6
                     : style != NULL ? 3
                                     : 4);
    if (asked)
      g_assert_cmpfloat(controls.tempo, ==, 77.5);
    if (asked && bars > 1)
      g_assert_cmpfloat(fabs((double)bars * bar - controls.seconds), <=,
                        0.5 * bar);
    else if (!asked && controls.seconds > 10.0)
      g_assert_cmpfloat_with_epsilon((double)bars * bar, controls.seconds,
                                     1e-3);
  }
}

static void
test_too_long(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 1);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;
  size_t bars = 0;

  partita_controls_init(&controls);
  set(&controls, "seconds", "3600");
  set(&controls, "tempo", "320");
  set(&controls, "meter", "2/8");
  g_assert_false(
    partita_composer_settle_length(composer, NULL, &controls, &bars, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
}

/* What is wanted without its case or hyphens is the style that has them. */
static void
test_styles(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 1);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaComposeOptions options;
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr(partita_composer_match_style(composer, "WALTZ"), ==, "waltz");
  g_assert_cmpstr(partita_composer_match_style(composer, "March"), ==, "march");
  g_assert_null(partita_composer_match_style(composer, "polka"));
  partita_compose_options_init(&options);
  options.bars = 1;
  options.style = "Waltz";

  g_autoptr(PartitaScore) score = partita_compose(composer, &options, &error);

  g_assert_no_error(error);
  options.style = "watlz";
  g_assert_null(partita_compose(composer, &options, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, "did you mean waltz?"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/compose/length/seconds", test_seconds);
  g_test_add_func("/compose/length/too-long", test_too_long);
  g_test_add_func("/compose/length/styles", test_styles);
  return g_test_run();
}
