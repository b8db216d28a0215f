// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "random-piece.h"
#include "tiny-model.h"
#include <math.h>

static const char *
pick(const char *const *words, int n)
{
  return words[g_test_rand_int_range(0, n)];
}

static bool
chance(double p)
{
  return g_test_rand_double() < p;
}

static void
set_number(PartitaControls *controls, const char *name, double number)
{
  g_autofree char *text = g_strdup_printf("%g", number);

  set(controls, name, text);
}

static void
draw_pitches(PartitaControls *controls)
{
  static const char *const keys[] = {"C",        "D minor",   "F# major",
                                     "Bb minor", "E dorian",  "A blues",
                                     "G",        "B phrygian"};
  static const char *const scales[] = {
    "pentatonic", "chromatic", "harmonic minor", "C D Eb G A B", "mixolydian"};
  static const char *const chords[] = {
    "| C Am | F G7 |",  "Dm | G7/B C", "| C F G C |",     "Em7 | A7sus4 | %",
    "Bb | Ebmaj7/G F7", "C",           "Am | E7 | Am Dm", "F#dim | G | C5"};
  static const char *const ranges[] = {
    "C4-C6", "36-84", "piano:C3-G5", "melody:D4-D5", "cello:C2-E4", "C4-F5"};

  if (chance(0.5))
    set(controls, "key", pick(keys, 8));
  if (chance(0.2))
    set(controls, "scale", pick(scales, 5));
  if (chance(0.3))
    set(controls, "chords", pick(chords, 8));
  for (int i = 0; i < 2; ++i)
    if (chance(0.25))
      set(controls, "range", pick(ranges, 6));
}

/// Any wishes; not all can be granted.
static void
draw_controls(PartitaControls *controls)
{
  static const char *const meters[] = {"4/4",  "3/4", "6/8", "2/4", "7/8",
                                       "5/16", "3/8", "1/4", "4/2", "12/8"};
  static const char *const programs[] = {"piano",
                                         "violin,cello",
                                         "drums",
                                         "piano,drums,bass",
                                         "0,1,2,3,40,41,42,43",
                                         "strings",
                                         "flute,harp",
                                         "choir,organ"};

  static const char *const without[] = {"drums", "piano", "strings,bass",
                                        "viola,drums"};

  partita_controls_init(controls);
  controls->fill = true;
  draw_pitches(controls);
  if (chance(0.5))
    set(controls, "meter", pick(meters, 10));
  if (chance(0.4))
    set_number(controls, "tempo", g_test_rand_int_range(30, 300));
  if (chance(0.5))
    set(controls, "programs", pick(programs, 8));
  if (chance(0.3))
    set(controls, "without", pick(without, 4));
  if (chance(0.3))
    controls->ending = g_test_rand_int_range(0, 24);
  if (chance(0.4))
    set_number(controls, "density", exp(g_test_rand_double_range(-1.38, 2.0)));
  if (chance(0.4))
    set_number(controls, "polyphony",
               g_test_rand_int_range(1, chance(0.5) ? 3 : 9));
}

/// A style that leaves little beside what is asked for.
static const char *const narrow_style =
  "{\"\":{\"meters\":[\"3/8\",\"4/4\"],\"voices\":1,"
  "\"registers\":[[0,48,60],[40,60,72]]}}";

/* Law: whatever is wished, whatever the model would have and the style has, no
 * prefix is a dead end, and the piece keeps every promise. */
static void
test_kept(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const int runs = g_test_slow() ? 20000 : 300;
  int composed = 0;

  for (int run = 0; run < runs; ++run) {
    g_autoptr(GError) error = NULL;
    PartitaControls controls;
    PartitaComposeOptions options;

    draw_controls(&controls);
    partita_compose_options_init(&options);
    options.controls = &controls;
    options.bars = (size_t)exp(g_test_rand_double_range(0.0, log(24.0)));
    options.seed = (uint64_t)g_test_rand_int();
    composer->common_key = g_test_rand_bit();
    partita_model_set_metadata(model, "styles",
                               g_test_rand_bit() ? "{}" : narrow_style);

    g_autoptr(PartitaComposePlan) plan =
      partita_compose_plan_new(composer, &options, &error);
    if (plan == NULL) {
      g_assert_error(error, PARTITA_CONTROLS_ERROR,
                     PARTITA_CONTROLS_ERROR_CONFLICT);
      continue;
    }

    g_autoptr(PartitaScore) score =
      compose_random(plan, (uint64_t)run, run % 2 == 0 ? 1.0 : 30.0);
    assert_kept(&controls, score, plan->bars);
    ++composed;
  }
  g_assert_cmpint(composed, >, runs / 3);
}

/* Law: in a short piece, too, an instrument that comes last finds a bass under
 * it: where that has to sound on it is not taken for good too soon. */
static void
test_late(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (int run = 0; run < 1500; ++run) {
    PartitaControls controls;
    PartitaComposeOptions options;

    partita_controls_init(&controls);
    set(&controls, "key", "B minor");
    set(&controls, "range", "melody:D4-D5");
    set(&controls, "programs", "flute,harp");
    set(&controls, "polyphony", "2");
    partita_compose_options_init(&options);
    options.controls = &controls;
    options.bars = 1;
    options.seed = (uint64_t)g_test_rand_int();

    g_autoptr(PartitaComposePlan) plan =
      partita_compose_plan_new(composer, &options, NULL);

    g_assert_nonnull(plan);

    g_autoptr(PartitaScore) score =
      compose_random(plan, (uint64_t)run, run % 2 == 0 ? 1.0 : 30.0);

    assert_kept(&controls, score, 1);
  }
}

/// What sampling should make of @logits: the softmax over the mask, of which
/// the likeliest @top_k are kept, the first of those that weigh the same.
static void
renormalise(const float *logits,
            const uint8_t *mask,
            size_t n,
            unsigned top_k,
            double *expected)
{
  g_autofree float *weights = g_new(float, n);
  double sum = 0.0;
  double largest = -HUGE_VAL;

  for (size_t i = 0; i < n; ++i)
    if (mask[i] != 0)
      largest = fmax(largest, (double)logits[i]);
  for (size_t i = 0; i < n; ++i)
    weights[i] = (float)exp((double)logits[i] - largest);
  for (size_t i = 0; i < n; ++i) {
    size_t above = 0;

    for (size_t k = 0; k < n; ++k)
      above += mask[k] != 0 &&
               (weights[k] > weights[i] || (weights[k] == weights[i] && k < i));
    expected[i] = mask[i] != 0 && (top_k == 0 || above < top_k)
                    ? exp((double)logits[i])
                    : 0.0;
    sum += expected[i];
  }
  for (size_t i = 0; i < n; ++i)
    expected[i] /= sum;
}

/* Law: under constraints an id is drawn from the model's distribution,
 * renormalised over what is allowed, with and without truncation. */
static void
test_distribution(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const size_t n = composer->vocab;
  g_autofree float *logits = g_new(float, n);
  g_autofree float *drawn = g_new(float, n);
  g_autofree double *expected = g_new(double, n);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  set(&controls, "key", "D minor");
  set(&controls, "chords", "Dm | A7");
  set(&controls, "polyphony", "3");
  partita_compose_options_init(&options);
  options.controls = &controls;
  options.bars = 4;
  options.sampling = (PartitaSampling){.temperature = 1.0, .top_p = 1.0};

  for (unsigned top_k = 0; top_k <= 5; top_k += 5) {
    options.sampling.top_k = top_k;
    g_autoptr(PartitaComposePlan) plan =
      partita_compose_plan_new(composer, &options, &error);
    g_autoptr(PartitaPiece) piece = partita_piece_new(plan, 0);

    g_assert_no_error(error);
    while (!partita_grammar_is_complete(piece->grammar)) {
      draw_logits(logits, n, 4.0);
      partita_piece_restrict(piece);
      renormalise(logits, piece->mask, n, top_k, expected);
      memcpy(drawn, logits, n * sizeof *drawn);
      (void)partita_sample(drawn, piece->mask, n, &options.sampling,
                           g_test_rand_double());
      for (size_t i = 0; i < n; ++i)
        g_assert_cmpfloat_with_epsilon((double)drawn[i], expected[i], 1e-5);
      (void)partita_piece_advance(piece, logits, &error);
      g_assert_no_error(error);
    }
  }
}

/* Law: controls that ask for nothing take nothing away but what would only fit
 * if the metre changed. */
static void
test_nothing_asked(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const size_t n = composer->vocab;
  g_autofree float *logits = g_new(float, n);
  g_autofree uint8_t *grammar = g_new(uint8_t, n);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  partita_compose_options_init(&options);
  options.controls = &controls;
  options.bars = 8;
  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &options, &error);
  g_autoptr(PartitaPiece) piece = partita_piece_new(plan, 0);

  g_assert_no_error(error);
  while (!partita_grammar_is_complete(piece->grammar)) {
    (void)partita_grammar_allowed(piece->grammar, grammar);
    partita_piece_restrict(piece);
    for (size_t i = 0; piece->time > 0 && i < n; ++i) {
      const PartitaStep step = (PartitaStep)piece->constraint->steps[i];

      if (step != PARTITA_STEP_METER && step != PARTITA_STEP_DURATION &&
          step != PARTITA_STEP_HOLD)
        g_assert_cmpint(piece->mask[i], ==, grammar[i]);
    }
    draw_logits(logits, n, 2.0);
    (void)partita_piece_advance(piece, logits, &error);
    g_assert_no_error(error);
  }
}

/* Law: the two architectures keep their promises too. */
static void
test_models(void)
{
  g_autoptr(PartitaModel) lstm = make_tiny_model("remi", 3);
  g_autoptr(PartitaModel) transformer = make_tiny_transformer("remi", 64, 3);
  PartitaModel *models[] = {lstm, transformer};

  for (int run = 0; run < 60; ++run) {
    g_autoptr(PartitaComposer) composer =
      partita_composer_new(models[run % 2], NULL);
    g_autoptr(GError) error = NULL;
    PartitaControls controls;
    PartitaComposeOptions options;

    draw_controls(&controls);
    partita_compose_options_init(&options);
    options.controls = &controls;
    options.bars = (size_t)g_test_rand_int_range(1, 12);
    options.seed = (uint64_t)run;
    g_autoptr(PartitaScore) score = partita_compose(composer, &options, &error);
    if (score == NULL)
      g_assert_error(error, PARTITA_CONTROLS_ERROR,
                     PARTITA_CONTROLS_ERROR_CONFLICT);
    else
      assert_kept(&controls, score, options.bars);
  }
}

static void
test_refused(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("performance", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  partita_compose_options_init(&options);
  options.controls = &controls;
  g_assert_null(partita_compose(composer, &options, &error));
  g_assert_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_OPTIONS);
  g_assert_nonnull(strstr(error->message, "performance"));
}

/// Four bars of quarters in C on a piano, @third in the middle of each.
static PartitaScore *
make_primer(uint8_t third)
{
  PartitaScore *score = partita_score_new(480);
  PartitaTrack *track = partita_score_add_track(score, 0, NULL);

  partita_score_add_tempo(score, (PartitaTempo){0, 600000});
  for (uint32_t i = 0; i < 16; ++i)
    partita_track_add_note(
      track, (PartitaNote){480 * i, 480, i % 2 == 0 ? 60 : third, 80});
  partita_score_set_end(score, 4 * 1920);
  partita_score_sort(score);
  return score;
}

/* A primer keeps what is promised of the whole piece, or is refused. */
static void
test_primer(void)
{
  static const struct {
    const char *name;
    const char *text;
    const char *words; // NULL: granted
  } wishes[] = {
    {"key", "C major", NULL},
    {"key", "C minor", "key C minor"},
    {"meter", "4/4", NULL},
    {"meter", "3/4", "meter 3/4"},
    {"tempo", "100", NULL},
    {"tempo", "92", "tempo 92"},
    {"programs", "piano", NULL},
    {"programs", "piano,violin", NULL},
    {"programs", "violin", "programs violin"},
    {"range", "C4-E4", NULL},
    {"range", "C4-D4", "range C4-D4"},
    {"polyphony", "1", NULL},
    {"chords", "C", NULL},
    {"chords", "Am | F", "chords"},
    {"density", "1", NULL},
  };
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 3);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  g_autoptr(PartitaScore) primer = make_primer(64);

  for (size_t i = 0; i < G_N_ELEMENTS(wishes); ++i) {
    g_autoptr(GError) error = NULL;
    PartitaControls controls;
    PartitaComposeOptions options;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, wishes[i].name, wishes[i].text);
    partita_compose_options_init(&options);
    options.controls = &controls;
    options.primer = primer;
    options.bars = 12;
    composer->common_key = i % 2 == 0;
    g_autoptr(PartitaScore) score = partita_compose(composer, &options, &error);
    if (wishes[i].words == NULL) {
      g_assert_no_error(error);
      assert_kept(&controls, score, 12);
    } else {
      g_assert_error(error, PARTITA_COMPOSE_ERROR,
                     PARTITA_COMPOSE_ERROR_OPTIONS);
      g_assert_nonnull(strstr(error->message, wishes[i].words));
    }
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/constraint/kept", test_kept);
  g_test_add_func("/constraint/late", test_late);
  g_test_add_func("/constraint/distribution", test_distribution);
  g_test_add_func("/constraint/nothing-asked", test_nothing_asked);
  g_test_add_func("/constraint/models", test_models);
  g_test_add_func("/constraint/refused", test_refused);
  g_test_add_func("/constraint/primer", test_primer);
  return g_test_run();
}
