// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <model/model-private.h>
#include <string.h>

#define ROWS 3
#define STEPS 80 // more than a block of attention
#define VOCAB 19
#define FIELDS 2
#define CONTEXT 20

static const PartitaModelConfig config = {
  .architecture = "transformer",
  .vocab = VOCAB,
  .n_fields = FIELDS,
  .field_size = {VOCAB, 5},
  .width = 24,
  .hidden = 40,
  .layers = 2,
  .heads = 3,
  .context = STEPS,
  .dropout = 0.2,
};

typedef struct {
  uint16_t inputs[STEPS * ROWS * FIELDS];
  int32_t targets[STEPS * ROWS];
  uint8_t reset[STEPS * ROWS];
} Chunk;

// Weights far from those of a fresh model, whose branches say little.
static PartitaModel *
new_model(size_t context)
{
  PartitaModelConfig wanted = config;

  wanted.context = context;

  PartitaModel *const model = partita_model_new(&wanted, 7);
  float *const x = partita_model_get_parameters(model);

  for (size_t i = 0; i < partita_model_get_n_parameters(model); ++i)
    x[i] += (float)g_test_rand_double_range(-0.1, 0.1);
  return model;
}

static void
fill_chunk(Chunk *chunk)
{
  for (size_t i = 0; i < STEPS * ROWS; ++i) {
    chunk->inputs[FIELDS * i] = (uint16_t)g_test_rand_int_range(0, VOCAB);
    chunk->inputs[FIELDS * i + 1] = (uint16_t)g_test_rand_int_range(0, 5);
    chunk->targets[i] = g_test_rand_int_range(0, VOCAB);
    chunk->reset[i] = 0;
  }
}

static double
run(PartitaModelWorker *worker,
    const Chunk *chunk,
    size_t first_step,
    float *gradients,
    float *nll)
{
  const PartitaModelBatch batch = {
    .inputs = chunk->inputs + first_step * ROWS * FIELDS,
    .targets = chunk->targets + first_step * ROWS,
    .reset = chunk->reset + first_step * ROWS,
    .training = gradients != NULL,
    .seed = 1,
    .step = 2,
    .shard = 3,
    .scale = 1.0,
  };

  return partita_model_worker_run(worker, &batch, gradients, nll, NULL);
}

static double
find_nll(const float *logits, int32_t target)
{
  double sum = 0.0;

  for (size_t i = 0; i < VOCAB; ++i)
    sum += exp((double)logits[i]);
  return log(sum) - (double)logits[target];
}

// Steps @state once; the loss of each row goes to @nll.
static void
step(PartitaModelState *state, const Chunk *chunk, size_t t, float *nll)
{
  float logits[ROWS * VOCAB];

  partita_model_step(state, chunk->inputs + t * ROWS * FIELDS, logits);
  for (size_t r = 0; r < ROWS; ++r)
    nll[r] = (float)find_nll(logits + r * VOCAB, chunk->targets[t * ROWS + r]);
}

static void
assert_near(const float *a, const float *b, size_t n)
{
  for (size_t i = 0; i < n; ++i)
    g_assert_cmpfloat_with_epsilon(a[i], b[i], 1e-4f);
}

// Law: stepping with what is kept gives what the whole sequence at once gives;
// also after a reset.
static void
test_step_equals_worker(void)
{
  g_autoptr(PartitaModel) model = new_model(STEPS);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  Chunk chunk;
  float nll[STEPS * ROWS], found[ROWS];

  for (int round = 0; round < 2; ++round) {
    fill_chunk(&chunk);
    (void)run(worker, &chunk, 0, NULL, nll);
    for (size_t t = 0; t < STEPS; ++t) {
      step(state, &chunk, t, found);
      assert_near(found, nll + t * ROWS, ROWS);
    }
    partita_model_state_reset(state);
  }
}

/* Law: past the context, a step sees what the rule says: the last steps, from
 * the last time that half of the context was forgotten. Four times the context
 * are stepped through. */
static void
check_past_context(size_t context)
{
  g_autoptr(PartitaModel) model = new_model(context);
  g_autoptr(PartitaModelState) state = partita_model_state_new(model, ROWS);
  size_t seen = 0;
  Chunk chunk;

  fill_chunk(&chunk);
  for (size_t t = 0; t < MIN(STEPS, 4 * context); ++t) {
    float found[ROWS], nll[STEPS * ROWS];

    step(state, &chunk, t, found);
    seen = (seen == context ? context / 2 : seen) + 1;

    g_autoptr(PartitaModelWorker) worker =
      partita_model_worker_new(model, ROWS, seen);

    (void)run(worker, &chunk, t + 1 - seen, NULL, nll);
    assert_near(found, nll + (seen - 1) * ROWS, ROWS);
  }
}

static void
test_past_context(void)
{
  check_past_context(CONTEXT);
  check_past_context(CONTEXT - 1); // halves that are not equal
  check_past_context(1);           // nothing but the step itself
  check_past_context(2);
}

// Law: a batch equals its rows.
static void
test_batch_equals_rows(void)
{
  g_autoptr(PartitaModel) model = new_model(CONTEXT);
  g_autoptr(PartitaModelState) all = partita_model_state_new(model, ROWS);
  g_autoptr(PartitaModelState) one = partita_model_state_new(model, 1);
  Chunk chunk;
  static float batch[STEPS][ROWS * VOCAB];
  float row[VOCAB];

  fill_chunk(&chunk);
  for (size_t t = 0; t < STEPS; ++t)
    partita_model_step(all, chunk.inputs + t * ROWS * FIELDS, batch[t]);
  for (size_t r = 0; r < ROWS; ++r) {
    partita_model_state_reset(one);
    for (size_t t = 0; t < STEPS; ++t) {
      partita_model_step(one, chunk.inputs + (t * ROWS + r) * FIELDS, row);
      for (size_t i = 0; i < VOCAB; ++i)
        g_assert_cmpfloat_with_epsilon((double)row[i],
                                       (double)batch[t][r * VOCAB + i], 2e-4);
    }
  }
}

// Law: what comes later changes nothing before it, to the last bit.
static void
test_causal(void)
{
  enum { AT = 70 };
  g_autoptr(PartitaModel) model = new_model(STEPS);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  float first[STEPS * ROWS], second[STEPS * ROWS];
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

// Law: after a reset, what was before leaves no trace, and the rest is what it
// is at the beginning of a chunk; other rows keep theirs.
static void
test_reset(void)
{
  enum { AT = 30 };
  g_autoptr(PartitaModel) model = new_model(STEPS);
  g_autoptr(PartitaModelWorker) whole =
    partita_model_worker_new(model, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) rest =
    partita_model_worker_new(model, ROWS, STEPS - AT);
  Chunk chunk;
  float first[STEPS * ROWS], second[STEPS * ROWS];

  fill_chunk(&chunk);
  chunk.reset[AT * ROWS + 1] = 1;
  (void)run(whole, &chunk, 0, NULL, first);
  chunk.inputs[1 * FIELDS] = (uint16_t)((chunk.inputs[1 * FIELDS] + 1) % VOCAB);
  (void)run(whole, &chunk, 0, NULL, second);
  for (size_t t = 0; t < STEPS; ++t) {
    g_assert_true((first[t * ROWS + 1] == second[t * ROWS + 1]) == (t >= AT));
    g_assert_cmpfloat(first[t * ROWS], ==, second[t * ROWS]);
    g_assert_cmpfloat(first[t * ROWS + 2], ==, second[t * ROWS + 2]);
  }
  (void)run(rest, &chunk, AT, NULL, second);
  for (size_t t = AT; t < STEPS; ++t)
    g_assert_cmpfloat_with_epsilon(first[t * ROWS + 1],
                                   second[(t - AT) * ROWS + 1], 1e-4f);
}

// Law: the same seed and data, the same bits; nothing is carried over.
static void
test_same_bits(void)
{
  g_autoptr(PartitaModel) a = partita_model_new(&config, 7);
  g_autoptr(PartitaModel) b = partita_model_new(&config, 7);
  g_autoptr(PartitaModelWorker) first =
    partita_model_worker_new(a, ROWS, STEPS);
  g_autoptr(PartitaModelWorker) second =
    partita_model_worker_new(b, ROWS, STEPS);
  const size_t n = partita_model_get_n_parameters(a);
  g_autofree float *one = g_new0(float, n);
  g_autofree float *two = g_new0(float, n);
  Chunk chunk;

  fill_chunk(&chunk);
  chunk.reset[9] = 1;
  (void)run(first, &chunk, 0, NULL, NULL); // the second has not seen it
  fill_chunk(&chunk);

  const double loss = run(first, &chunk, 0, one, NULL);

  g_assert_cmpfloat(loss, ==, run(second, &chunk, 0, two, NULL));
  g_assert_cmpint(memcmp(one, two, sizeof(float) * n), ==, 0);
  g_assert_cmpuint(partita_model_worker_get_state_size(first), ==, 0);
}

// Dropout acts in training alone, and differs between shards.
static void
test_dropout(void)
{
  g_autoptr(PartitaModel) model = new_model(STEPS);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, STEPS);
  Chunk chunk;
  double loss[3];

  fill_chunk(&chunk);
  for (uint32_t i = 0; i < 3; ++i) {
    const PartitaModelBatch batch = {
      .inputs = chunk.inputs,
      .targets = chunk.targets,
      .reset = chunk.reset,
      .training = i > 0,
      .shard = i,
      .scale = 1.0,
    };

    loss[i] = partita_model_worker_run(worker, &batch, NULL, NULL, NULL);
  }
  g_assert_cmpfloat(loss[0], !=, loss[1]);
  g_assert_cmpfloat(loss[1], !=, loss[2]);
}

// Law: a file keeps the model to the bit, with all that generation needs.
static void
test_file(void)
{
  g_autoptr(PartitaModel) model = new_model(CONTEXT);
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
    PartitaModelConfig tried = config;

    tried.width = sizes[i].width;
    tried.heads = sizes[i].heads;
    tried.context = sizes[i].context;
    g_assert_true(partita_model_config_check(&tried, &n) == sizes[i].good);
    g_strlcpy(tried.architecture, "lstm", sizeof tried.architecture);
    g_assert_false(partita_model_config_check(&tried, &n));
  }
}

// What it must remember to say the next id lies far back: a small model learns
// by heart one sequence of few ids.
static void
test_learns(void)
{
  enum { LEARNT = 16 };
  g_autoptr(PartitaModel) model = partita_model_new(&config, 7);
  g_autoptr(PartitaModelWorker) worker =
    partita_model_worker_new(model, ROWS, LEARNT);
  const size_t n = partita_model_get_n_parameters(model);
  const PartitaNnAdamw settings = {
    .learning_rate = 0.01, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8};
  g_autofree float *m = g_new0(float, n);
  g_autofree float *v = g_new0(float, n);
  Chunk chunk;
  double loss = 0.0;

  fill_chunk(&chunk);
  for (uint64_t s = 1; s <= 250; ++s) {
    g_autofree float *gradients = g_new0(float, n);

    loss = run(worker, &chunk, 0, gradients, NULL);
    (void)partita_nn_clip(gradients, n, 5.0);
    partita_nn_adamw(partita_model_get_parameters(model), gradients, m, v, n, s,
                     &settings);
  }
  g_assert_cmpfloat(loss / (LEARNT * ROWS), <, 0.2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_assert_true(partita_nn_init(NULL));
  g_test_add_func("/model/transformer/step-equals-worker",
                  test_step_equals_worker);
  g_test_add_func("/model/transformer/past-context", test_past_context);
  g_test_add_func("/model/transformer/batch-equals-rows",
                  test_batch_equals_rows);
  g_test_add_func("/model/transformer/causal", test_causal);
  g_test_add_func("/model/transformer/reset", test_reset);
  g_test_add_func("/model/transformer/same-bits", test_same_bits);
  g_test_add_func("/model/transformer/dropout", test_dropout);
  g_test_add_func("/model/transformer/file", test_file);
  g_test_add_func("/model/transformer/sizes", test_sizes);
  g_test_add_func("/model/transformer/learns", test_learns);
  return g_test_run();
}
