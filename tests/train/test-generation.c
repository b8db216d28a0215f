// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <math.h>
#include <string.h>

#define WIDTH 32

static PartitaTrainSettings
find_settings(const PartitaCorpus *corpus, const PartitaTrainOptions *options)
{
  PartitaTrainSettings settings;

  g_assert_true(partita_train_settings_init(&settings, corpus, options, NULL));
  settings.config.width = WIDTH;
  settings.config.hidden = 64;
  settings.config.layers = 2;
  settings.learning_rate = 1e-2;
  settings.context = 48;
  settings.rows = 8;
  return settings;
}

/* Weights that meet nothing but zeros, yet are so large that the others are
 * below what a byte of their scale is worth. */
static void
drown(PartitaModel *model)
{
  const PartitaModelConfig *config = partita_model_get_config(model);
  float *const x = partita_model_get_parameters(model);
  size_t n = 0;
  const PartitaModelTensor *tensor = partita_model_get_tensors(model, &n);

  for (size_t f = 0; f < config->n_fields; ++f, ++tensor)
    for (size_t i = 0; i < config->field_size[f]; ++i)
      x[tensor->offset + i * WIDTH] = 0.0f;
  g_assert_cmpstr(tensor->name, ==, "lstm.0.weight_ih");
  for (size_t i = 0; i < tensor->shape[0]; ++i)
    x[tensor->offset + i * WIDTH] = 1e4f;
}

// The logits of a first step.
static void
take_step(const PartitaModel *model, float *logits)
{
  const uint16_t inputs[PARTITA_MODEL_FIELDS_MAX] = {0};
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, 1);

  partita_model_step(state, inputs, logits);
}

/* Law: a model that stands bytes says so after training, and then they are
 * what generation uses; one whose loss moves does not. */
static void
test_choice(gconstpointer architecture)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(16, 0.2);
  PartitaTrainOptions options = make_options(40);
  PartitaTrainReport report;
  g_autoptr(GArray) pieces = find_side(corpus, true);

  if (partita_nn_backend_find_int8() == NULL) {
    g_test_skip("no products of bytes in this build, or on this chip");
    return;
  }
  options.architecture = architecture;

  const PartitaTrainSettings settings = find_settings(corpus, &options);
  g_autoptr(PartitaModel) model =
    partita_train_with_settings(corpus, &options, &settings, &report, NULL);
  const size_t vocab = settings.config.vocab;
  g_autofree float *by_bytes = g_new(float, vocab);
  g_autofree float *by_half = g_new(float, vocab);

  g_assert_cmpstr(partita_model_get_metadata(model, "generation"), ==, "int8");
  take_step(model, by_bytes);
  partita_model_set_int8(model, false);
  g_assert_cmpstr(partita_model_get_metadata(model, "generation"), ==, "bf16");
  take_step(model, by_half);
  g_assert_cmpint(memcmp(by_bytes, by_half, vocab * sizeof(float)), !=, 0);
  for (size_t i = 0; i < vocab; ++i)
    g_assert_cmpfloat_with_epsilon(by_bytes[i], by_half[i], 0.5f);
  if (!g_str_equal(architecture, "lstm"))
    return;
  drown(model);
  partita_train_choose_generation(model, corpus, pieces, &settings);
  g_assert_cmpstr(partita_model_get_metadata(model, "generation"), ==, "bf16");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_data_func("/train/generation/lstm", "lstm", test_choice);
  g_test_add_data_func("/train/generation/transformer", "transformer",
                       test_choice);
  return g_test_run();
}
