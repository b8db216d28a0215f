// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What a Transformer promises beside what test-laws.c tries. */

#include "chunk.h"

#define CONTEXT 20

/* Law: past the context, a step sees what the rule says: the last steps, from
 * the last time that half of the context was forgotten. Four times the context
 * are stepped through. */
static void
check_past_context(const Side *side, size_t context)
{
  PartitaModelConfig config = transformer;

  config.context = context;

  g_autoptr(PartitaModel) model = new_model(&config, side->backend);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  size_t seen = 0;
  Chunk chunk;

  fill_chunk(&chunk);
  for (size_t t = 0; t < MIN(STEPS, 4 * context); ++t) {
    float found[ROWS], nll[CELLS];

    step(state, &chunk, t, found);
    seen = (seen == context ? context / 2 : seen) + 1;

    g_autoptr(PartitaModelWorker) worker =
      partita_model_worker_new(model, ROWS, seen);

    (void)run(worker, &chunk, t + 1 - seen, NULL, nll);
    assert_near(found, nll + (seen - 1) * ROWS, ROWS, side->tolerance);
  }
}

static void
test_past_context(const Side *side)
{
  check_past_context(side, CONTEXT);
  check_past_context(side, CONTEXT - 1); // halves that are not equal
  check_past_context(side, 1);           // nothing but the step itself
  check_past_context(side, 2);
}

// Law: what comes later changes nothing before it, to the last bit.
static void
test_causal(const Side *side)
{
  enum { AT = 70 };
  g_autoptr(PartitaModel) model = new_model(&transformer, side->backend);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float first[CELLS], second[CELLS];
  uint16_t *const id = &chunk.inputs[(AT * ROWS + 1) * FIELDS];

  fill_chunk(&chunk);
  (void)run(worker, &chunk, 0, NULL, first);
  *id = (uint16_t)((*id + 1) % VOCAB);
  (void)run(worker, &chunk, 0, NULL, second);
  for (size_t t = 0; t < STEPS; ++t)
    for (size_t r = 0; r < ROWS; ++r)
      g_assert_true((first[t * ROWS + r] == second[t * ROWS + r]) ==
                    (t < AT || r != 1));
}

// Law: from a reset on, all is what it is at the beginning of a chunk.
static void
test_reset(void)
{
  enum { AT = 30 };
  g_autoptr(PartitaModel) model = new_model(&transformer, "openblas");
  g_autoptr(PartitaModelWorker) whole =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) rest =
    partita_model_worker_new(model, ROWS, STEPS - AT);
  Chunk chunk;
  float first[CELLS], second[CELLS];

  fill_chunk(&chunk);
  chunk.reset[AT * ROWS + 1] = 1;
  (void)run(whole, &chunk, 0, NULL, first);
  (void)run(rest, &chunk, AT, NULL, second);
  for (size_t t = AT; t < STEPS; ++t)
    g_assert_cmpfloat_with_epsilon(first[t * ROWS + 1],
                                   second[(t - AT) * ROWS + 1], 1e-4f);
}

// Law: a file keeps the model to the bit, with all that generation needs.
static void
test_file(void)
{
  PartitaModelConfig config = transformer;

  config.context = CONTEXT;

  g_autoptr(PartitaModel) model = new_model(&config, "openblas");
  g_autoptr(GBytes) file = partita_model_serialize(model, NULL);
  g_autoptr(GError) error = NULL;
  gsize size = 0;
  const void *const data = g_bytes_get_data(file, &size);
  g_autoptr(PartitaModel) read = partita_model_parse(data, size, &error);

  g_assert_no_error(error);

  g_autoptr(GBytes) again = partita_model_serialize(read, NULL);

  g_assert_true(g_bytes_equal(file, again));
  g_assert_cmpuint(partita_model_get_config(read)->heads, ==, 3);
  g_assert_cmpuint(partita_model_get_config(read)->context, ==, CONTEXT);
  g_assert_cmpint(memcmp(partita_model_get_parameters(model),
                         partita_model_get_parameters(read),
                         sizeof(float) * partita_model_get_n_parameters(read)),
                  ==, 0);
}

static void
test_sizes(void)
{
  static const struct {
    size_t width;
    size_t heads;
    size_t context;
    bool good;
  } sizes[] = {
    {24, 3, 1, true},      {24, 1, 65535, true}, {24, 12, 9, true},
    {24, 0, 9, false},     {24, 3, 0, false},    {24, 5, 9, false},
    {24, 24, 9, false}, // heads of odd width
    {24, 3, 65536, false}, {0, 3, 9, false},     {24, G_MAXSIZE, 9, false},
  };
  size_t n = 0;

  for (size_t i = 0; i < G_N_ELEMENTS(sizes); ++i) {
    PartitaModelConfig tried = transformer;

    tried.width = sizes[i].width;
    tried.heads = sizes[i].heads;
    tried.context = sizes[i].context;
    g_assert_true(partita_model_config_check(&tried, &n) == sizes[i].good);
    g_strlcpy(tried.architecture, "lstm", sizeof tried.architecture);
    g_assert_false(partita_model_config_check(&tried, &n));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  add_sides("past-context", &transformer, test_past_context);
  add_sides("causal", &transformer, test_causal);
  g_test_add_func("/model/transformer/reset", test_reset);
  g_test_add_func("/model/transformer/file", test_file);
  g_test_add_func("/model/transformer/sizes", test_sizes);
  return g_test_run();
}
