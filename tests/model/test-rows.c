// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <model/model-private.h>
#include <string.h>

#define VOCAB 500
#define STEPS 40
#define ROWS_MAX 16

static const PartitaModelConfig configs[] = {
  {
    .architecture = "lstm",
    .vocab = VOCAB,
    .n_fields = 2,
    .field_size = {VOCAB, 64},
    .width = 256,
    .hidden = 512,
    .layers = 2,
    .norm = true,
  },
  {
    .architecture = "lstm",
    .vocab = VOCAB,
    .n_fields = 2,
    .field_size = {VOCAB, 64},
    .width = 9,
    .hidden = 17,
    .layers = 1,
  },
  {
    .architecture = "transformer",
    .vocab = VOCAB,
    .n_fields = 2,
    .field_size = {VOCAB, 64},
    .width = 256,
    .hidden = 1024,
    .layers = 2,
    .heads = 4,
    .context = 32,
  },
};

static const char *const backends[] = {"openblas", "onednn", "int8"};

/// Ids of a row, which depend on its own number alone.
static void
fill_inputs(uint16_t *inputs, size_t rows, size_t step)
{
  for (size_t r = 0; r < rows; ++r) {
    inputs[2 * r] = (uint16_t)((step * 37 + r * 101) % VOCAB);
    inputs[2 * r + 1] = (uint16_t)((step * 5 + r) % 64);
  }
}

/// @logits: shape [STEPS, rows, VOCAB]
static void
run(const PartitaModel *model, size_t rows, float *logits)
{
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, rows);
  uint16_t inputs[2 * ROWS_MAX];

  for (size_t t = 0; t < STEPS; ++t) {
    fill_inputs(inputs, rows, t);
    partita_model_step(state, inputs, logits + t * rows * VOCAB);
  }
}

/* Law: where a model says that its rows agree, each row of many has the bits
 * of a batch with fewer rows, down to a row alone. */
static void
check_rows(const PartitaModel *model)
{
  const size_t counts[] = {1, 2, 3, 5, 8};
  g_autofree float *many = g_new(float, STEPS *ROWS_MAX *VOCAB);
  g_autofree float *few = g_new(float, STEPS *ROWS_MAX *VOCAB);

  run(model, ROWS_MAX, many);
  for (size_t i = 0; i < G_N_ELEMENTS(counts); ++i) {
    run(model, counts[i], few);
    for (size_t t = 0; t < STEPS; ++t)
      g_assert_cmpint(memcmp(few + t * counts[i] * VOCAB,
                             many + t * ROWS_MAX * VOCAB,
                             counts[i] * VOCAB * sizeof *few),
                      ==, 0);
  }
}

static void
test_rows(gconstpointer data)
{
  const PartitaNnBackend *backend = g_str_equal(data, "int8")
                                      ? partita_nn_backend_find_int8()
                                      : partita_nn_backend_find(data, NULL);
  size_t checked = 0;

  if (backend == NULL) {
    g_test_skip("not in this build, or not on this chip");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(configs); ++i) {
    g_autoptr(PartitaModel) model = partita_model_new(&configs[i], 3);

    partita_model_set_backend(model, backend);
    if (!partita_model_rows_agree(model))
      continue;
    check_rows(model);
    ++checked;
  }
  if (checked == 0)
    g_test_skip("no model whose rows agree");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  for (size_t i = 0; i < G_N_ELEMENTS(backends); ++i) {
    g_autofree char *path = g_strdup_printf("/model/rows/%s", backends[i]);

    g_test_add_data_func(path, backends[i], test_rows);
  }
  return g_test_run();
}
