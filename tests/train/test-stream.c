// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <string.h>

static size_t
find_cell(const PartitaChunk *chunk, size_t row, size_t step)
{
  return (row / chunk->rows * chunk->steps + step) * chunk->rows +
         row % chunk->rows;
}

/* What a row of the stream reads, put together again until it has run dry. */
static GArray *
read_row(PartitaStream *stream, size_t row, size_t chunks)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (size_t i = 0; i < chunks; ++i) {
    const PartitaChunk *chunk = partita_stream_next(stream);

    for (size_t step = 0; step < chunk->steps; ++step) {
      const size_t cell = find_cell(chunk, row, step);
      const uint16_t id = chunk->inputs[cell * chunk->n_fields];
      const uint16_t last = (uint16_t)chunk->targets[cell];

      if (chunk->targets[cell] < 0)
        continue;
      g_assert_cmpint(chunk->reset[cell], ==, id == PARTITA_TOKEN_BOS);
      g_array_append_val(ids, id);
      if (last == PARTITA_TOKEN_EOS)
        g_array_append_val(ids, last);
    }
  }
  return ids;
}

static PartitaTrainSettings
make_augmenting_settings(const PartitaCorpus *corpus)
{
  PartitaTrainSettings settings = make_settings(corpus);

  settings.transposing = true;
  settings.augmentations = PARTITA_AUGMENT_TEMPO | PARTITA_AUGMENT_VELOCITY |
                           PARTITA_AUGMENT_TRACKS | PARTITA_AUGMENT_PARTS;
  return settings;
}

/* Law: a stream that is not for training gives every piece once, as it is. */
static void
test_whole(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.3);
  const PartitaTrainSettings settings = make_augmenting_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, true);
  size_t seen = 0;

  for (size_t row = 0; row < settings.rows; ++row) {
    g_autoptr(PartitaStream) stream =
      partita_stream_new(corpus, pieces, &settings, false);
    g_autoptr(GArray) ids = read_row(stream, row, 200);
    g_assert_cmpuint(partita_stream_next(stream)->n_targets, ==, 0);

    for (size_t at = 0; at < ids->len;) {
      bool found = false;

      for (guint i = 0; i < pieces->len && !found; ++i) {
        g_autoptr(GArray) piece =
          get_ids(corpus, g_array_index(pieces, uint32_t, i));

        found = at + piece->len <= ids->len &&
                memcmp(&g_array_index(ids, uint16_t, at), piece->data,
                       piece->len * sizeof(uint16_t)) == 0;
        at += found ? piece->len : 0;
        seen += found;
      }
      g_assert_true(found);
    }
  }
  g_assert_cmpuint(seen, ==, pieces->len);
}

/* Law: the targets are the ids that follow, up to where another segment begins;
 * every cell counts; and the training stream repeats itself from its seed. */
static void
test_training(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.3);
  const PartitaTrainSettings settings = make_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaStream) stream =
    partita_stream_new(corpus, pieces, &settings, true);
  g_autoptr(PartitaStream) twin =
    partita_stream_new(corpus, pieces, &settings, true);
  int32_t wanted = -1;
  size_t resets = 0;

  for (int i = 0; i < 400; ++i) {
    const PartitaChunk *chunk = partita_stream_next(stream);
    const PartitaChunk *same = partita_stream_next(twin);
    const size_t cells = chunk->shards * chunk->rows * chunk->steps;

    g_assert_cmpuint(chunk->n_targets, ==, cells);
    g_assert_true(memcmp(chunk->inputs, same->inputs,
                         cells * chunk->n_fields * sizeof(uint16_t)) == 0);
    for (size_t step = 0; step < chunk->steps; ++step) {
      const size_t cell = find_cell(chunk, settings.rows - 1, step);

      if (chunk->reset[cell] != 0)
        ++resets;
      else
        g_assert_cmpint(chunk->inputs[cell * chunk->n_fields], ==, wanted);
      wanted = chunk->targets[cell];
    }
  }
  g_assert_cmpuint(resets, >=, 400 * settings.context / settings.segment);
  g_assert_cmpfloat(partita_stream_get_epoch(stream), >, 1.0);
}

/* Whether the piece at the front of @ids is one of the corpus, controls aside.
 */
static bool
is_in_own_key(const PartitaCorpus *corpus, const uint16_t *ids, size_t n)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autofree uint16_t *bare = g_memdup2(ids, n * sizeof *ids);
  const size_t n_bare =
    partita_scheme_drop_controls(scheme, bare, n, PARTITA_CONTROL_ALL);
  bool found = false;

  for (size_t i = 0; !found && i < partita_corpus_get_n_pieces(corpus); ++i) {
    g_autoptr(GArray) piece = get_ids(corpus, i);
    uint16_t *own = (uint16_t *)(void *)piece->data;

    found = partita_scheme_drop_controls(scheme, own, piece->len,
                                         PARTITA_CONTROL_ALL) == n_bare &&
            memcmp(own, bare, n_bare * sizeof *own) == 0;
  }
  return found;
}

/* Law: pieces stay in their keys if and only if nobody transposes. */
static void
test_keys(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(12, 0.3);
  g_autoptr(GArray) pieces = find_side(corpus, false);

  for (int transposing = 0; transposing < 2; ++transposing) {
    PartitaTrainSettings settings = make_settings(corpus);
    size_t begin = 0, seen = 0, own = 0;

    settings.transposing = transposing != 0;
    settings.segment = 1 << 20; // no piece is as long, so all are whole

    g_autoptr(PartitaStream) stream =
      partita_stream_new(corpus, pieces, &settings, true);
    g_autoptr(GArray) ids = read_row(stream, 0, 200);
    const uint16_t *all = (const uint16_t *)(const void *)ids->data;

    for (size_t i = 0; i < ids->len; ++i) {
      if (all[i] != PARTITA_TOKEN_EOS)
        continue;
      own += is_in_own_key(corpus, all + begin, i + 1 - begin);
      ++seen;
      begin = i + 1;
    }
    g_assert_cmpuint(seen, >, 10);
    if (transposing)
      g_assert_cmpuint(own, <, seen / 2);
    else
      g_assert_cmpuint(own, ==, seen);
  }
}

/* Law: what augmentation gives is a legal piece, the old one transposed; every
 * interval comes about as often, and so does every control. */
static void
test_augment(void)
{
  enum { RUNS = 2400 };
  g_autoptr(PartitaCorpus) corpus = make_corpus(3, -1.0);
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autoptr(GArray) piece = get_ids(corpus, 0);
  const uint64_t seed = (uint64_t)g_test_rand_int();
  g_autoptr(PartitaScore) score = partita_scheme_decode(
    scheme, (const uint16_t *)(void *)piece->data, piece->len, NULL, NULL);
  const int first = (int)partita_track_get_notes(
                      partita_score_get_track(score, 0), &(size_t){0})[0]
                      .pitch;
  size_t moved[12] = {0};
  size_t with_bars = 0;

  for (uint64_t serial = 0; serial < RUNS; ++serial) {
    g_autoptr(GArray) ids = g_array_copy(piece);
    PartitaPrompt prompt;
    size_t n = 0;

    partita_augment(scheme, ids, PARTITA_AUGMENT_TRANSPOSE, seed, serial);
    g_autoptr(PartitaScore) got = partita_scheme_decode(
      scheme, (const uint16_t *)(void *)ids->data, ids->len, &prompt, NULL);
    g_assert_nonnull(got);
    const int by =
      partita_track_get_notes(partita_score_get_track(got, 0), &n)[0].pitch -
      first;
    g_assert_cmpint(by, >=, PARTITA_TRANSPOSE_MIN);
    g_assert_cmpint(by, <=, PARTITA_TRANSPOSE_MAX);
    ++moved[by - PARTITA_TRANSPOSE_MIN];
    with_bars += prompt.bars > 0;
  }
  for (size_t i = 0; i < 12; ++i)
    g_assert_cmpuint(moved[i], >, RUNS / 24);
  /* 7/8 times 3/4, give or take five standard deviations. */
  g_assert_cmpfloat_with_epsilon((double)with_bars / RUNS, 21.0 / 32.0, 0.05);
}

static void
assert_equal_chunks(const PartitaChunk *a, const PartitaChunk *b)
{
  const size_t cells = a->shards * a->rows * a->steps;

  g_assert_cmpuint(a->n_targets, ==, b->n_targets);
  g_assert_true(
    memcmp(a->inputs, b->inputs, cells * a->n_fields * sizeof *a->inputs) == 0);
  g_assert_true(memcmp(a->targets, b->targets, cells * sizeof *a->targets) ==
                0);
  g_assert_true(memcmp(a->reset, b->reset, cells) == 0);
}

/* Law: from any place on, a stream that was brought there gives what the
 * stream that came there by itself gives, over several passes. */
static void
test_state(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(7, 0.3);
  const PartitaTrainSettings settings = make_augmenting_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaStream) stream =
    partita_stream_new(corpus, pieces, &settings, true);
  g_autofree uint64_t *state =
    g_new(uint64_t, partita_stream_get_state_size(stream));

  for (int place = 0; place < 60; ++place) {
    g_autoptr(PartitaStream) other =
      partita_stream_new(corpus, pieces, &settings, true);

    partita_stream_get_state(stream, state);
    g_assert_true(partita_stream_set_state(other, state));
    for (int i = 0; i < 5; ++i) {
      g_assert_cmpfloat(partita_stream_get_epoch(stream), ==,
                        partita_stream_get_epoch(other));
      assert_equal_chunks(partita_stream_next(stream),
                          partita_stream_next(other));
    }
  }
  g_assert_cmpfloat(partita_stream_get_epoch(stream), >, 3.0);
}

/* A place that does not exist is refused. */
static void
test_bad_state(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(7, 0.3);
  const PartitaTrainSettings settings = make_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaStream) stream =
    partita_stream_new(corpus, pieces, &settings, true);
  const size_t size = partita_stream_get_state_size(stream);
  g_autofree uint64_t *good = g_new(uint64_t, size);

  for (int i = 0; i < 30; ++i)
    (void)partita_stream_next(stream);
  partita_stream_get_state(stream, good);
  for (size_t at = 0; at < size; ++at) {
    g_autoptr(PartitaStream) other =
      partita_stream_new(corpus, pieces, &settings, true);
    g_autofree uint64_t *bad = g_memdup2(good, size * sizeof *good);

    bad[at] = at == 1 ? G_MAXUINT64 / 2 : G_MAXUINT64 - 1;
    if (at != 0 && at != 3) // tokens read and segments drawn: any number
      g_assert_false(partita_stream_set_state(other, bad));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/stream/whole", test_whole);
  g_test_add_func("/train/stream/training", test_training);
  g_test_add_func("/train/stream/keys", test_keys);
  g_test_add_func("/train/stream/augment", test_augment);
  g_test_add_func("/train/stream/state", test_state);
  g_test_add_func("/train/stream/bad-state", test_bad_state);
  return g_test_run();
}
