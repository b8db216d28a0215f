// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/philox.h>
#include <train/train-private.h>

/// No pass over the training pieces has this number.
#define SUBSET_PASS G_MAXUINT32

typedef struct {
  uint32_t piece;
  uint32_t n; // tokens
} Length;

// Longest first, so that the rows come to their end together.
static int
compare_lengths(const void *a, const void *b)
{
  const Length *x = a;
  const Length *y = b;

  if (x->n != y->n)
    return x->n > y->n ? -1 : 1;
  return (x->piece > y->piece) - (x->piece < y->piece);
}

static GArray *
find_valid(const PartitaCorpus *corpus)
{
  GArray *lengths = g_array_new(FALSE, FALSE, sizeof(Length));

  for (uint32_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);
    const Length length = {.piece = i, .n = (uint32_t)piece.n};

    if (piece.valid)
      g_array_append_val(lengths, length);
  }
  return lengths;
}

// Puts a random choice in front, as long as it holds no more than @max_tokens,
// but one piece at least, and cuts the rest off.
static void
choose(GArray *lengths, uint64_t seed, size_t max_tokens, size_t length)
{
  size_t tokens = 0;

  for (guint i = 0; i < lengths->len; ++i) {
    const guint j = i + partita_random_below(seed, PARTITA_RANDOM_ORDER,
                                             SUBSET_PASS, i, lengths->len - i);
    const Length drawn = g_array_index(lengths, Length, j);

    tokens += MIN(drawn.n, length);
    if (i > 0 && tokens > max_tokens) {
      g_array_set_size(lengths, i);
      return;
    }
    g_array_index(lengths, Length, j) = g_array_index(lengths, Length, i);
    g_array_index(lengths, Length, i) = drawn;
  }
}

size_t
partita_held_out_count(const PartitaCorpus *corpus,
                       const GArray *pieces,
                       size_t length)
{
  size_t tokens = 0;

  for (guint i = 0; i < pieces->len; ++i)
    tokens += MIN(
      partita_corpus_get_piece(corpus, g_array_index(pieces, uint32_t, i)).n,
      length);
  return tokens;
}

GArray *
partita_held_out(const PartitaCorpus *corpus,
                 uint64_t seed,
                 size_t max_tokens,
                 size_t length)
{
  g_autoptr(GArray) lengths = find_valid(corpus);
  GArray *pieces = g_array_new(FALSE, FALSE, sizeof(uint32_t));

  if (max_tokens > 0)
    choose(lengths, seed, max_tokens, length);
  g_array_sort(lengths, compare_lengths);
  for (guint i = 0; i < lengths->len; ++i)
    g_array_append_val(pieces, g_array_index(lengths, Length, i).piece);
  return pieces;
}
