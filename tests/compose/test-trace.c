// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "tiny-model.h"
#include "wishes.h"
#include <compose/compose-private.h>
#include <math.h>

static double
log_softmax(const float *logits, size_t n, uint16_t id)
{
  double sum = 0.0;

  for (size_t i = 0; i < n; ++i)
    sum += exp((double)logits[i]);
  return (double)logits[id] - log(sum);
}

/* Law: what is told is the model's own log-probability of each id drawn. */
static void
test_likelihood(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const size_t n = composer->vocab;
  g_autofree float *logits = g_new(float, n);
  g_autofree float *before = g_new(float, n);
  g_autoptr(GError) error = NULL;
  double likelihood = 0.0, sum = 0.0;
  size_t drawn = 0;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  set(&controls, "key", "G");
  partita_compose_options_init(&options);
  options.controls = &controls;
  options.likelihoods = &likelihood;
  options.bars = 4;
  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &options, &error);
  g_autoptr(PartitaPiece) piece = partita_piece_new(plan, 0);

  while (!partita_grammar_is_complete(piece->grammar)) {
    const bool given = piece->ids->len < piece->given->len;

    draw_logits(logits, n, 5.0);
    memcpy(before, logits, n * sizeof *before);
    (void)partita_piece_advance(piece, logits, &error);
    g_assert_no_error(error);
    if (given)
      continue;
    sum += log_softmax(
      before, n, g_array_index(piece->ids, uint16_t, piece->ids->len - 1));
    ++drawn;
  }
  g_autoptr(PartitaScore) score = partita_piece_finish(piece, &error);
  g_assert_no_error(error);
  g_assert_cmpfloat_with_epsilon(likelihood, sum / (double)drawn, 1e-9);
}

/* Each note of the piece has its reasons, and the control that acts is named:
 * in a range of one octave nearly every pitch is out of it. */
static void
test_reasons(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GArray) reasons =
    g_array_new(FALSE, FALSE, sizeof(PartitaNoteReason));
  g_autoptr(GError) error = NULL;
  unsigned acted = 0;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  set(&controls, "range", "C4-B4");
  set(&controls, "programs", "violin");
  set(&controls, "scale", "C D E F G A B");
  set(&controls, "key", "F"); // a fourth above the key that the model knows
  composer->common_key = true;
  partita_compose_options_init(&options);
  options.controls = &controls;
  options.reasons = reasons;
  options.bars = 6;
  g_autoptr(PartitaScore) score = partita_compose(composer, &options, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(reasons->len, ==, partita_score_get_n_notes(score));
  for (guint i = 0; i < reasons->len; ++i) {
    const PartitaNoteReason *reason =
      &g_array_index(reasons, PartitaNoteReason, i);

    acted |= reason->acted;
    g_assert_cmpuint(reason->bar, <, 6);
    g_assert_cmpuint(reason->program, ==, 40);
    g_assert_true(reason->pitch >= 60 && reason->pitch <= 71);
    g_assert_cmpfloat(reason->log_probability, <, 0.0);
    g_assert_cmpfloat(reason->entropy, >, 0.0);
    for (size_t k = 0; k < PARTITA_ALTERNATIVES; ++k) {
      g_assert_cmpuint(reason->alternatives[k].pitch, !=, reason->pitch);
      g_assert_cmpuint(reason->alternatives[k].pitch, <=, 127);
      if (k > 0)
        g_assert_cmpfloat(reason->alternatives[k].probability, <=,
                          reason->alternatives[k - 1].probability);
    }
  }

  GString *names = g_string_new(NULL);

  for (unsigned bit = 0; partita_constraint_name(bit) != NULL; ++bit)
    if ((acted >> bit & 1) != 0)
      g_string_append_printf(names, "%s;", partita_constraint_name(bit));
  g_assert_nonnull(strstr(names->str, "range"));
  g_assert_nonnull(strstr(names->str, "scale"));
  g_assert_null(strstr(names->str, "polyphony"));
  g_assert_null(strstr(names->str, "chords"));
  g_string_free(names, TRUE);
}

/* A piece with the measures of the style lies nearer than another. */
static void
test_rate(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);
  PartitaMeasure furthest = PARTITA_MEASURE_DENSITY;
  double measures[PARTITA_N_MEASURES];

  for (uint32_t i = 0; i < 16; ++i)
    partita_track_add_note(
      track, (PartitaNote){480 * i, 240, (uint8_t)(60 + i % 5), 80});
  g_assert_true(partita_score_measure(score, measures));

  {
    g_autoptr(PartitaComposer) none = partita_composer_new(model, NULL);

    g_assert_cmpfloat(partita_composer_rate(none, "waltz", score, &furthest),
                      ==, 0.0);
    g_assert_cmpint(furthest, ==, PARTITA_N_MEASURES);
  }
  GString *json = g_string_new("{\"\":[");

  for (size_t i = 0; i < PARTITA_N_MEASURES; ++i)
    g_string_append_printf(json, "%s%.17g,1.0", i > 0 ? "," : "",
                           measures[i] + (i == PARTITA_MEASURE_VOICES ? 3 : 0));
  g_string_append(json, "]}");
  partita_model_set_metadata(model, "measures", json->str);
  g_string_free(json, TRUE);

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_assert_cmpfloat_with_epsilon(
    partita_composer_rate(composer, "waltz", score, &furthest), 0.5, 1e-9);
  g_assert_cmpint(furthest, ==, PARTITA_MEASURE_VOICES);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/trace/likelihood", test_likelihood);
  g_test_add_func("/trace/reasons", test_reasons);
  g_test_add_func("/trace/rate", test_rate);
  return g_test_run();
}
