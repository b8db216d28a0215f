// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"
#include <string.h>
#include <train/segments.h>

/* After MANY no segment of the first pieces is left in the pool but with a
 * chance of one to a thousand million. */
enum { LENGTH = 20, N_SEGMENTS = 400, MANY = 6000 };

static PartitaTrainSettings
make_cutting_settings(const PartitaCorpus *corpus)
{
  PartitaTrainSettings settings = make_settings(corpus);

  settings.segment = LENGTH;
  settings.augmentations = PARTITA_AUGMENT_PARTS;
  return settings;
}

static void
clear_segment(gpointer segment)
{
  partita_segment_clear(segment);
}

static int
compare_places(gconstpointer a, gconstpointer b)
{
  const PartitaSegment *const x = a;
  const PartitaSegment *const y = b;

  if (x->serial != y->serial)
    return x->serial < y->serial ? -1 : 1;
  return (x->begin > y->begin) - (x->begin < y->begin);
}

/// (transfer full) (element-type PartitaSegment): the next @n segments
static GArray *
take(PartitaSegments *segments, size_t n)
{
  GArray *taken = g_array_new(FALSE, FALSE, sizeof(PartitaSegment));

  g_array_set_clear_func(taken, clear_segment);
  for (size_t i = 0; i < n; ++i) {
    PartitaSegment segment;

    partita_segment_init(&segment);
    g_assert_true(partita_segments_next(segments, &segment));
    g_array_append_val(taken, segment);
  }
  return taken;
}

/* The piece is walked from its first token by a grammar of its own: the
 * segments, which overlap, must agree with it and with each other. */
static void
assert_segment_fits(const PartitaSegment *segment,
                    PartitaGrammar *grammar,
                    size_t n_fields,
                    size_t *walked)
{
  const uint16_t *input = (const uint16_t *)(void *)segment->inputs->data;
  const GArray *const targets = segment->targets;

  g_assert_cmpuint(targets->len, <=, LENGTH);
  g_assert_cmpuint(segment->begin, <=, *walked);
  g_assert_cmpuint(segment->inputs->len, ==, targets->len * n_fields);
  for (size_t i = 0; i < targets->len; ++i, input += n_fields) {
    uint16_t fields[PARTITA_GRAMMAR_FIELDS_MAX];

    if (i + 1 < targets->len)
      g_assert_cmpuint(g_array_index(targets, uint16_t, i), ==,
                       input[n_fields]);
    if (segment->begin + i < *walked)
      continue;
    ++*walked;
    g_assert_true(partita_grammar_push(grammar, input[0]));
    partita_grammar_get_fields(grammar, fields);
    g_assert_true(memcmp(fields, input + 1, (n_fields - 1) * sizeof *fields) ==
                  0);
  }
}

/* Law: the segments of a piece cover it from its first token to its last,
 * without a hole, with the fields that the grammar has there. */
static void
test_cover(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(9, 0.3);
  const PartitaScheme *const scheme = partita_corpus_get_scheme(corpus);
  const PartitaTrainSettings settings = make_cutting_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaSegments) segments =
    partita_segments_new(corpus, pieces, &settings, true);
  g_autoptr(GArray) taken = take(segments, MANY);
  g_autoptr(PartitaGrammar) grammar = partita_grammar_new(scheme);
  const size_t n_fields = partita_scheme_get_n_fields(scheme) + 1;
  uint64_t serial = PARTITA_NO_PIECE;
  size_t walked = 0, whole = 0;

  g_array_sort(taken, compare_places);
  for (guint i = 0; i < taken->len; ++i) {
    const PartitaSegment *const segment =
      &g_array_index(taken, PartitaSegment, i);
    const GArray *const targets = segment->targets;

    if (segment->serial != serial) {
      serial = segment->serial;
      if (segment->serial >= 2 * pieces->len)
        break; // some of what follows waits in the pool
      g_assert_cmpuint(segment->begin, ==, 0);
      partita_grammar_reset(grammar);
      partita_grammar_allow_parts(grammar);
      walked = 0;
    }
    assert_segment_fits(segment, grammar, n_fields, &walked);
    whole +=
      g_array_index(targets, uint16_t, targets->len - 1) == PARTITA_TOKEN_EOS;
  }
  g_assert_cmpuint(whole, ==, 2 * pieces->len);
}

/* Law: what leaves the pool one after another is of different pieces mostly. */
static void
test_shuffle(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(30, 0.1);
  const PartitaTrainSettings settings = make_cutting_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaSegments) segments =
    partita_segments_new(corpus, pieces, &settings, true);
  g_autoptr(GArray) taken = take(segments, N_SEGMENTS);
  size_t together = 0;

  for (guint i = 1; i < taken->len; ++i)
    together += g_array_index(taken, PartitaSegment, i).serial ==
                g_array_index(taken, PartitaSegment, i - 1).serial;
  g_assert_cmpuint(together, <, N_SEGMENTS / 4);
}

/* Law: in another pass a piece is cut at other places. */
static void
test_phase(void)
{
  g_autoptr(PartitaCorpus) corpus = make_corpus(1, -1.0);
  const PartitaTrainSettings settings = make_cutting_settings(corpus);
  g_autoptr(GArray) pieces = find_side(corpus, false);
  g_autoptr(PartitaSegments) segments =
    partita_segments_new(corpus, pieces, &settings, true);
  g_autoptr(GArray) taken = take(segments, N_SEGMENTS);
  bool seen[LENGTH] = {false};
  size_t n = 0;

  for (guint i = 0; i < taken->len; ++i)
    seen[g_array_index(taken, PartitaSegment, i).begin % LENGTH] = true;
  for (size_t i = 0; i < LENGTH; ++i)
    n += seen[i];
  g_assert_cmpuint(n, >, LENGTH / 2);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/segments/cover", test_cover);
  g_test_add_func("/train/segments/shuffle", test_shuffle);
  g_test_add_func("/train/segments/phase", test_phase);
  return g_test_run();
}
