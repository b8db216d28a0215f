// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "random-piece.h"
#include "tiny-model.h"

/// What sounds when the last note begins, drums aside.
typedef struct {
  uint32_t onset_ticks;
  uint32_t bass_end_ticks; ///< of the lowest note
  unsigned bass;
  unsigned voices;
  unsigned most_voices; ///< before
  uint16_t classes;
  bool doubled; ///< whether a pitch is struck twice then
} Ending;

static unsigned
count_sounding(const PartitaNote *notes, size_t n, uint32_t at)
{
  unsigned voices = 0;

  for (size_t i = 0; i < n; ++i)
    voices += notes[i].onset_ticks <= at &&
              notes[i].onset_ticks + notes[i].duration_ticks > at;
  return voices;
}

/// Of a piece on one instrument.
static Ending
find_ending(const PartitaScore *score)
{
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, 0), &n);
  Ending ending = {.onset_ticks = notes[n - 1].onset_ticks, .bass = 128};
  bool struck[128] = {false};

  for (size_t i = 0; i < n; ++i) {
    const PartitaNote *note = &notes[i];
    const uint32_t end = note->onset_ticks + note->duration_ticks;

    if (note->onset_ticks < ending.onset_ticks)
      ending.most_voices =
        MAX(ending.most_voices, count_sounding(notes, n, note->onset_ticks));
    if (end <= ending.onset_ticks)
      continue;
    ++ending.voices;
    ending.classes |= (uint16_t)(1u << note->pitch % 12);
    if (note->onset_ticks == ending.onset_ticks) {
      ending.doubled = ending.doubled || struck[note->pitch];
      struck[note->pitch] = true;
    }
    if (note->pitch < ending.bass) {
      ending.bass = note->pitch;
      ending.bass_end_ticks = end;
    } else if (note->pitch == ending.bass) {
      ending.bass_end_ticks = MAX(ending.bass_end_ticks, end);
    }
  }
  return ending;
}

static Ending
compose_ending(const PartitaComposer *composer,
               PartitaControls *controls,
               size_t bars,
               uint64_t index)
{
  g_autoptr(GError) error = NULL;
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.controls = controls;
  options.bars = bars;
  options.seed = (uint64_t)g_test_rand_int();

  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &options, &error);

  g_assert_no_error(error);

  g_autoptr(PartitaScore) score =
    compose_random(plan, index, index % 2 == 0 ? 1.0 : 10.0);

  assert_kept(controls, score, bars);
  return find_ending(score);
}

/* Law: the root in the bass goes on for a beat at least when the last note has
 * begun, and no piece ends on more voices than it had but to have three with
 * the third, which nearly all have that had three before. */
static void
test_chord(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  unsigned thick = 0, full = 0;

  for (uint64_t run = 0; run < 60; ++run) {
    const bool minor = run % 3 == 0;
    PartitaControls controls;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, "key", minor ? "E minor" : "G");
    set(&controls, "programs", "piano");
    set(&controls, "range", "C2-C7");
    set(&controls, "meter", run % 2 == 0 ? "4/4" : "3/4");

    const Ending ending = compose_ending(composer, &controls, 6, run);
    const uint32_t beats = run % 2 == 0 ? 4 : 3;
    const unsigned root = minor ? 4 : 7;
    const unsigned third = (root + (minor ? 3 : 4)) % 12;

    g_assert_cmpuint(ending.bass % 12, ==, root);
    g_assert_cmpuint(ending.bass_end_ticks - ending.onset_ticks, >=, 480);
    if (ending.most_voices >= 3) {
      ++thick;
      full += (ending.classes >> third & 1) != 0 && ending.voices >= 3;
    }
    if (ending.onset_ticks != 480 * (6 * beats - 1))
      continue; // not at the last place
    g_assert_cmpuint(ending.voices, <=, MAX(3, ending.most_voices + 1));
    g_assert_false(ending.doubled);
  }
  // All but those whose first note there leaves none above it to add.
  g_assert_cmpuint(thick, >, 30);
  g_test_message("%u of %u full", full, thick);
  g_assert_cmpuint(10 * full, >=, 8 * thick);
}

/* Law: a piece of which neither a key nor notes are asked for ends on the chord
 * of the key that it took, whatever else is asked for; a piece of drums does
 * not, nor one whose end leads back. */
static void
test_unasked(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaScheme) scheme =
    partita_scheme_new("remi", tiny_styles, NULL);
  g_autofree char *prompts = g_strdup_printf(
    "[[2,%d,%d]]", partita_scheme_find_token(scheme, "Style_march"),
    partita_scheme_find_token(scheme, "Key_A_minor"));
  const char *const wishes[][2] = {
    {"meter", "3/4"},   {"programs", "flute"}, {"density", "2"},
    {"range", "C3-C5"}, {"tempo", "90"},       {"without", "piano"},
    {"polyphony", "1"}, {"range", "C4-E4"},    {"programs", "drums"},
    {"loop", "yes"},    {"chords", "F"},       {"scale", "C E G"},
  };
  const size_t n_ending = 7; // of the wishes

  partita_model_set_metadata(model, "prompts", prompts);

  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS(wishes); ++i) {
    PartitaTaken taken = {0};
    PartitaControls controls;
    PartitaComposeOptions options;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, wishes[i][0], wishes[i][1]);
    partita_compose_options_init(&options);
    options.controls = &controls;
    options.bars = 4;
    options.taken = &taken;

    g_autoptr(PartitaComposePlan) plan =
      partita_compose_plan_new(composer, &options, NULL);
    g_autoptr(PartitaScore) score = compose_random(plan, 0, 3.0);

    g_assert_cmpstr(taken.style, ==, "march");
    g_assert_cmpint(taken.ending, ==, i < n_ending ? 12 + 7 : -1); // G minor
    controls.ending = taken.ending;
    assert_kept(&controls, score, 4);
  }
}

/* Law: a melody ends on one note. */
static void
test_melody(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);

  for (uint64_t run = 0; run < 20; ++run) {
    PartitaControls controls;

    partita_controls_init(&controls);
    controls.fill = true;
    set(&controls, "key", "D dorian");
    set(&controls, "programs", "flute");
    set(&controls, "polyphony", "1");

    const Ending ending = compose_ending(composer, &controls, 4, run);

    g_assert_cmpuint(ending.voices, ==, 1);
    g_assert_cmpuint(ending.bass % 12, ==, 2);
  }
}

static void
want(const PartitaScheme *scheme, float *logits, const char *name, float logit)
{
  const int id = partita_scheme_find_token(scheme, name);

  g_assert_cmpint(id, >=, 0);
  logits[id] = logit;
}

/* At the last place of a quartet the upper voices come before the bass, which
 * is the last instrument's, and are let through. */
static void
test_upper_voices(void)
{
  g_autoptr(PartitaModel) model = make_tiny_model("remi", 5);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  const PartitaScheme *scheme = partita_composer_get_scheme(composer);
  g_autofree float *logits = g_new(float, composer->vocab);
  g_autoptr(GError) error = NULL;
  PartitaControls controls;
  PartitaComposeOptions options;

  partita_controls_init(&controls);
  set(&controls, "key", "C");
  set(&controls, "meter", "4/4");
  set(&controls, "programs", "violin,viola,cello");
  set(&controls, "range", "violin:C4-C6");
  set(&controls, "range", "viola:C4-C5");
  set(&controls, "range", "cello:C2-B3");
  partita_compose_options_init(&options);
  options.controls = &controls;
  options.bars = 2;

  g_autoptr(PartitaComposePlan) plan =
    partita_compose_plan_new(composer, &options, &error);
  g_autoptr(PartitaPiece) piece = partita_piece_new(plan, 0);

  // A model that only writes on the first and the last beat, all three.
  while (!partita_grammar_is_complete(piece->grammar)) {
    for (size_t i = 0; i < composer->vocab; ++i)
      logits[i] = -60.0F;
    want(scheme, logits, "Program_40", 6.0F);
    want(scheme, logits, "Program_41", 4.0F);
    want(scheme, logits, "Program_42", 2.0F);
    want(scheme, logits, "Duration_12", 2.0F);
    want(scheme, logits, "Pitch_64", 2.0F);
    want(scheme, logits, "Pitch_60", 1.0F);
    want(scheme, logits, "Pitch_48", 1.0F);
    want(scheme, logits, "Position_0", 2.0F);
    want(scheme, logits, "Position_36", 1.0F);
    (void)partita_piece_advance(piece, logits, &error);
    g_assert_no_error(error);
  }

  g_autoptr(PartitaScore) score = partita_piece_finish(piece, &error);

  g_assert_no_error(error);
  g_assert_cmpuint(partita_score_get_n_tracks(score), ==, 3);
  for (size_t t = 0; t < 3; ++t) {
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, t), &n);

    g_assert_cmpuint(notes[n - 1].onset_ticks, ==, 7 * 480);
    g_assert_cmpuint(notes[n - 1].duration_ticks, ==, 480);
  }
  assert_kept(&controls, score, 2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/ending/chord", test_chord);
  g_test_add_func("/ending/unasked", test_unasked);
  g_test_add_func("/ending/melody", test_melody);
  g_test_add_func("/ending/upper-voices", test_upper_voices);
  return g_test_run();
}
