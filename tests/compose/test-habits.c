// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "random-piece.h"
#include "tiny-model.h"

/// What two styles have, as training writes it: of waltzes much, of marches
/// their metre.
static const char *const written =
  "{\"\":{\"pieces\":3},"
  "\"march\":{\"meters\":[\"2/2\"]},"
  "\"waltz\":{\"meters\":[\"3/4\",\"3/8\"],\"voices\":2,"
  "\"registers\":[[0,60,79],[40,70,75]]}}";

static PartitaModel *
make_habitual_model(void)
{
  PartitaModel *model = make_tiny_model("remi", 5);

  partita_model_set_metadata(model, "styles", written);
  return model;
}

static void
test_read(void)
{
  g_autoptr(PartitaModel) model = make_habitual_model();
  g_autoptr(PartitaHabits) waltz = partita_habits_read(model, "waltz");
  g_autoptr(PartitaHabits) march = partita_habits_read(model, "march");
  uint8_t low = 0, high = 0;

  g_assert_cmpuint(waltz->meters->len, ==, 2);
  g_assert_cmpuint(g_array_index(waltz->meters, uint16_t, 0), ==, 256 * 3 + 4);
  g_assert_cmpuint(waltz->voices, ==, 2);
  g_assert_cmpuint(waltz->low[0], ==, 60);
  g_assert_cmpuint(waltz->high[0], ==, 79);
  // Less than an octave says too little; so does nothing.
  g_assert_true(partita_program_get_range(40, &low, &high));
  g_assert_cmpuint(waltz->low[40], ==, low);
  g_assert_cmpuint(waltz->high[40], ==, high);
  g_assert_true(partita_program_get_range(73, &low, &high));
  g_assert_cmpuint(waltz->low[73], ==, low);

  g_assert_cmpuint(march->voices, ==, 0);
  g_assert_cmpuint(march->low[73], ==, 0);
  g_assert_cmpuint(march->high[73], ==, 127);
}

/* What does not make sense is as if it were not there. */
static void
test_broken(void)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{\"\":[]}",
    "{\"\":{\"meters\":4,\"voices\":\"two\",\"registers\":{}}}",
    "{\"\":{\"meters\":[3,null,\"three\",\"3/0\",\"3/4/5\"],\"voices\":-2}}",
    "{\"\":{\"voices\":1.5}}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS(texts); ++i) {
    g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);

    partita_model_set_metadata(model, "styles", texts[i]);

    g_autoptr(PartitaHabits) habits = partita_habits_read(model, NULL);

    g_assert_cmpuint(habits->meters->len, ==, 0);
    g_assert_cmpuint(habits->voices, ==, 0);
    g_assert_cmpuint(habits->low[0], ==, 0);
    g_assert_cmpuint(habits->high[0], ==, 127);
  }
}

/// Composes eight bars of @style with whatever logits.
static PartitaScore *
compose_styled(const PartitaComposer *composer,
               const char *style,
               const PartitaControls *controls,
               const PartitaScore *primer,
               uint64_t index)
{
  g_autoptr(GError) error = NULL;
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.style = style;
  options.controls = controls;
  options.primer = primer;
  options.bars = 8;
  options.seed = (uint64_t)g_test_rand_int();

  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &options, &error);

  g_assert_no_error(error);
  return compose_random(plan, index, index % 2 == 0 ? 1.0 : 20.0);
}

static void
assert_meter(const PartitaScore *score, uint8_t numerator, uint8_t denominator)
{
  g_autoptr(GArray) bars = partita_score_get_bars(score);

  for (guint i = 0; i < bars->len; ++i) {
    const PartitaBar *bar = &g_array_index(bars, PartitaBar, i);

    g_assert_cmpuint(bar->numerator, ==, numerator);
    g_assert_cmpuint(bar->denominator, ==, denominator);
  }
}

/* Law: whatever the model would have, a piece has the metres, the voices and
 * the registers of its style. */
static void
test_kept(void)
{
  g_autoptr(PartitaModel) model = make_habitual_model();
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaControls asked, limits;

  partita_controls_init(&asked);
  asked.fill = true;
  set(&asked, "key", "D minor");
  set(&asked, "programs", "piano");
  limits = asked;
  set(&limits, "polyphony", "2");
  set(&limits, "range", "60-79");
  for (uint64_t i = 0; i < 20; ++i) {
    g_autoptr(PartitaScore) waltz =
      compose_styled(composer, "waltz", &asked, NULL, i);
    g_autoptr(PartitaScore) march =
      compose_styled(composer, "march", &asked, NULL, i);
    g_autoptr(GArray) bars = partita_score_get_bars(waltz);

    assert_kept(&limits, waltz, 8);
    for (guint b = 0; b < bars->len; ++b)
      g_assert_cmpuint(g_array_index(bars, PartitaBar, b).numerator, ==, 3);
    assert_meter(march, 2, 2);
  }
}

/* Law: what is asked for comes before what the style has. */
static void
test_asked(void)
{
  g_autoptr(PartitaModel) model = make_habitual_model();
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  bool high = false;
  bool full = false;

  for (uint64_t i = 0; i < 10; ++i) {
    PartitaControls controls, more;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, "meter", "5/4");
    set(&controls, "polyphony", "5");
    set(&controls, "range", "C2-C8");
    set(&controls, "programs", "piano");

    g_autoptr(PartitaScore) score =
      compose_styled(composer, "waltz", &controls, NULL, i);

    assert_kept(&controls, score, 8);
    more = controls;
    set(&more, "polyphony", "2");
    set(&more, "range", "60-79");

    g_autoptr(GArray) promises = partita_controls_measure(&more, score, 8);

    for (guint k = 0; k < promises->len; ++k) {
      const PartitaPromise *p = &g_array_index(promises, PartitaPromise, k);

      high = high || (strcmp(p->name, "range") == 0 && !p->kept);
      full = full || (strcmp(p->name, "polyphony") == 0 && !p->kept);
    }
  }
  g_assert_true(high && full);
}

/* Law: more instruments than the style has voices all play. */
static void
test_crowd(void)
{
  g_autoptr(PartitaModel) model = make_habitual_model();
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t i = 0; i < 10; ++i) {
    PartitaControls controls;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, "programs", "piano,violin,cello,flute,tuba");

    g_autoptr(PartitaScore) score =
      compose_styled(composer, "waltz", &controls, NULL, i);

    assert_kept(&controls, score, 8);
  }
}

/// Two bars of chords of @voices notes.
static PartitaScore *
make_primer(unsigned voices)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_score_add_meter(score, (PartitaMeter){0, 3, 4});
  for (uint32_t i = 0; i < 2; ++i)
    for (unsigned v = 0; v < voices; ++v)
      partita_track_add_note(
        track, (PartitaNote){1440 * i, 1440, (uint8_t)(60 + 4 * v), 80});
  partita_score_sort(score);
  return score;
}

/* Law: what is given may have more voices than the style; then so may what
 * follows, and no bar is a dead end. */
static void
test_primer(void)
{
  g_autoptr(PartitaModel) model = make_habitual_model();
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  PartitaControls controls, limits;

  partita_controls_init(&controls);
  controls.fill = true;
  limits = controls;
  set(&limits, "polyphony", "2");
  for (unsigned voices = 2; voices <= 4; ++voices) {
    g_autoptr(PartitaScore) primer = make_primer(voices);
    bool more = false;

    for (uint64_t i = 0; i < 10; ++i) {
      g_autoptr(PartitaScore) score =
        compose_styled(composer, "waltz", &controls, primer, i);

      g_autoptr(PartitaScore) new = partita_score_cut_bars(score, 2, 6);
      g_autoptr(GArray) promises = partita_controls_measure(&limits, new, 0);

      assert_kept(&controls, score, 8);
      more = more || !partita_promises_are_kept(promises);
    }
    g_assert_true(more == (voices > 2));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/habits/read", test_read);
  g_test_add_func("/habits/broken", test_broken);
  g_test_add_func("/habits/kept", test_kept);
  g_test_add_func("/habits/asked", test_asked);
  g_test_add_func("/habits/crowd", test_crowd);
  g_test_add_func("/habits/primer", test_primer);
  return g_test_run();
}
