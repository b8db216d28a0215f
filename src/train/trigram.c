// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <train/count-table.h>
#include <train/train-private.h>
#include <train/trigram.h>

/// Training tokens up to which the counts are taken over all transpositions
/// too; twelve times as many would cost more than the bar is worth.
#define TRANSPOSED_TOKENS_MAX 8000000

/// No further piece is counted once so many different ones are known: the
/// counts lie in memory, 16 MiB of them then.
#define TRIGRAMS_MAX 750000

/// Keys of ngrams; of contexts, what came before.
struct PartitaTrigram {
  size_t vocab;
  PartitaCountTable grams[3];    // ngrams of 1, 2 and 3 ids
  PartitaCountTable contexts[3]; // of 0, 1 and 2 ids
};

PartitaTrigram *
partita_trigram_new(size_t vocab)
{
  PartitaTrigram *trigram = g_new0(PartitaTrigram, 1);

  trigram->vocab = vocab;
  for (size_t i = 0; i < 3; ++i) {
    partita_count_table_init(&trigram->grams[i]);
    partita_count_table_init(&trigram->contexts[i]);
  }
  return trigram;
}

void
partita_trigram_free(PartitaTrigram *trigram)
{
  if (trigram == NULL)
    return;
  for (size_t i = 0; i < 3; ++i) {
    partita_count_table_clear(&trigram->grams[i]);
    partita_count_table_clear(&trigram->contexts[i]);
  }
  g_free(trigram);
}

// The last @order of two ids.
static uint64_t
pack(uint16_t a, uint16_t b, size_t order)
{
  if (order == 0)
    return 0;
  return order == 1 ? b : (uint64_t)a << 16 | b;
}

void
partita_trigram_add(PartitaTrigram *trigram, const uint16_t *ids, size_t n)
{
  for (size_t i = 1; i < n; ++i) {
    for (size_t order = 0; order < 3; ++order) {
      const uint64_t before = pack(ids[i > 1 ? i - 2 : 0], ids[i - 1], order);
      const PartitaCount *gram =
        partita_count_table_add(&trigram->grams[order], before << 16 | ids[i]);
      const bool is_new = gram->count == 1;
      PartitaCount *context =
        partita_count_table_add(&trigram->contexts[order], before);

      context->types += is_new;
    }
  }
}

double
partita_trigram_probability(const PartitaTrigram *trigram,
                            uint16_t a,
                            uint16_t b,
                            uint16_t c)
{
  double p = 1.0 / (double)trigram->vocab;

  for (size_t order = 0; order < 3; ++order) {
    const uint64_t before = pack(a, b, order);
    const PartitaCount *context =
      partita_count_table_find(&trigram->contexts[order], before);

    if (context == NULL)
      return p;
    const PartitaCount *gram =
      partita_count_table_find(&trigram->grams[order], before << 16 | c);
    const double count = gram == NULL ? 0.0 : (double)gram->count;
    const double types = (double)context->types;
    p = (count + types * p) / ((double)context->count + types);
  }
  return p;
}

double
partita_trigram_score(const PartitaTrigram *trigram,
                      const uint16_t *ids,
                      size_t n)
{
  double nll = 0.0;

  for (size_t i = 1; i < n; ++i)
    nll -= log(partita_trigram_probability(trigram, ids[i > 1 ? i - 2 : 0],
                                           ids[i - 1], ids[i]));
  return nll;
}

static void
add_transposed(PartitaTrigram *trigram,
               const PartitaScheme *scheme,
               const GArray *piece)
{
  for (int by = PARTITA_TRANSPOSE_MIN; by <= PARTITA_TRANSPOSE_MAX; ++by) {
    g_autofree uint16_t *ids = g_memdup2(piece->data, piece->len * sizeof *ids);

    if (partita_scheme_transpose(scheme, ids, piece->len, by))
      partita_trigram_add(trigram, ids, piece->len);
  }
}

static size_t
count_training_tokens(const PartitaCorpus *corpus)
{
  size_t tokens = 0;

  for (size_t i = 0; i < partita_corpus_get_n_pieces(corpus); ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(corpus, i);

    tokens += piece.valid ? 0 : piece.n;
  }
  return tokens;
}

static const uint16_t *
get_ids(const PartitaCorpus *corpus, size_t index, GArray *ids)
{
  partita_corpus_get_ids(corpus, index, (uint32_t)index, ids);
  return (const uint16_t *)(const void *)ids->data;
}

static size_t
find_common_divisor(size_t a, size_t b)
{
  while (b != 0) {
    const size_t rest = a % b;

    a = b;
    b = rest;
  }
  return a;
}

/// Steps of this length come by all pieces, and spread evenly from the first:
/// about n over the golden ratio (Knuth, TAOCP vol. 3, section 6.4).
static size_t
find_step(size_t n)
{
  size_t step = 1 + (size_t)(0.6180339887 * (double)n);

  while (find_common_divisor(step, n) != 1)
    ++step;
  return step;
}

static void
count_training(PartitaTrigram *trigram,
               const PartitaCorpus *corpus,
               bool transposed)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  const size_t n = partita_corpus_get_n_pieces(corpus);
  const size_t step = find_step(n);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  for (size_t i = 0, at = 0; i < n && trigram->grams[2].used < TRIGRAMS_MAX;
       ++i, at = (at + step) % n) {
    if (partita_corpus_get_piece(corpus, at).valid)
      continue;
    const uint16_t *all = get_ids(corpus, at, ids);

    if (transposed)
      add_transposed(trigram, scheme, ids);
    else
      partita_trigram_add(trigram, all, ids->len);
  }
}

static double
count_and_score(const PartitaCorpus *corpus,
                const GArray *held_out,
                bool transposed)
{
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autoptr(PartitaTrigram) trigram =
    partita_trigram_new(partita_scheme_get_vocab_size(scheme));
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));
  double nll = 0.0, tokens = 0.0;

  count_training(trigram, corpus, transposed);
  for (size_t i = 0; i < held_out->len; ++i) {
    const uint16_t *all =
      get_ids(corpus, g_array_index(held_out, uint32_t, i), ids);

    nll += partita_trigram_score(trigram, all, ids->len);
    tokens += (double)ids->len - 1.0;
  }
  return tokens > 0.0 ? nll / tokens : (double)NAN;
}

double
partita_trigram_measure(const PartitaCorpus *corpus,
                        const GArray *held_out,
                        bool transposing)
{
  const double plain = count_and_score(corpus, held_out, false);

  if (!transposing || count_training_tokens(corpus) > TRANSPOSED_TOKENS_MAX)
    return plain;
  return fmin(plain, count_and_score(corpus, held_out, true));
}

double
partita_trigram_loss(const PartitaCorpus *corpus)
{
  g_autoptr(GArray) held_out = partita_held_out(corpus, 0, 0, G_MAXSIZE);

  return partita_trigram_measure(corpus, held_out, true);
}
