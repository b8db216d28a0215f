// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What promises cost: tokens a second of composing with and without them, by
 * models of the standard sizes that nobody trained. */

#include <partita/compose.h>
#include <partita/nn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 7

static PartitaModel *
make_model(const char *architecture)
{
  const bool lstm = strcmp(architecture, "lstm") == 0;
  g_autoptr(PartitaScheme) scheme = partita_scheme_new("remi", NULL, NULL);
  g_autofree char *description = partita_scheme_describe(scheme);
  PartitaModelConfig config = {
    .vocab = partita_scheme_get_vocab_size(scheme),
    .n_fields = partita_scheme_get_n_fields(scheme) + 1,
    .width = 256,
    .hidden = lstm ? 512 : 1024,
    .layers = lstm ? 2 : 6,
    .heads = lstm ? 0 : 4,
    .context = lstm ? 0 : 512,
  };

  g_strlcpy(config.architecture, architecture, sizeof config.architecture);
  config.field_size[0] = config.vocab;
  for (size_t i = 1; i < config.n_fields; ++i)
    config.field_size[i] = partita_scheme_get_field_size(scheme, i - 1);

  PartitaModel *model = partita_model_new(&config, 1);

  partita_model_set_metadata(model, "scheme", description);
  return model;
}

/// Tokens a second of the processor, of one piece short enough for a
/// Transformer's context.
static double
time_piece(const PartitaComposer *composer,
           const PartitaControls *controls,
           uint64_t seed)
{
  PartitaComposeOptions options;

  partita_compose_options_init(&options);
  options.bars = 4;
  options.seed = seed;
  options.controls = controls;

  const clock_t start = clock(); // of this process, whatever else runs
  g_autoptr(PartitaScore) score = partita_compose(composer, &options, NULL);
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  g_autoptr(GArray) ids =
    partita_scheme_encode(partita_composer_get_scheme(composer), score, NULL);

  return ids->len / seconds;
}

static void
run(const char *architecture, const char *name, const PartitaControls *controls)
{
  g_autoptr(PartitaModel) model = make_model(architecture);
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, NULL);
  double with = 0.0, without = 0.0;

  // By turns, and the best of each: the machine may be busy.
  for (uint64_t round = 0; round < ROUNDS; ++round) {
    without = MAX(without, time_piece(composer, NULL, round));
    with = MAX(with, time_piece(composer, controls, round));
  }
  printf("%s\t%s\t%.0f tokens/s without\t%.0f with\t%.1f %%\n", architecture,
         name, without, with, 100.0 * (1.0 - with / without));
}

int
main(void)
{
  static const char *const architectures[] = {"lstm", "transformer"};
  static const char *const wishes[][2] = {
    {"key", "D minor"}, {"meter", "3/4"},
    {"range", "C2-C7"}, {"programs", "piano,violin,cello"},
    {"polyphony", "6"}, {"chords", "Dm | Gm A7 | Bb | A7 Dm"},
    {"density", "3"},   {"tempo", "90"},
  };
  PartitaControls one, all;

  if (!partita_nn_init(NULL))
    return 1;
  partita_controls_init(&one);
  partita_controls_init(&all);
  one.fill = all.fill = true;
  (void)partita_controls_set(&one, "key", "D minor", NULL);
  (void)partita_controls_set(&one, "programs", "piano", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(wishes); ++i)
    (void)partita_controls_set(&all, wishes[i][0], wishes[i][1], NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(architectures); ++i) {
    run(architectures[i], "key", &one);
    run(architectures[i], "all", &all);
  }
  return 0;
}
