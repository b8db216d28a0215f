// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <math.h>
#include <train/train-private.h>

/// A piece of a small style is not read more often than this in a pass.
#define TIMES_MAX 16.0

/// The tokens of each style; those without one come last.
typedef struct {
  const PartitaCorpus *corpus;
  size_t n_styles;
  double *tokens; // shape [n_styles + 1]
} Styles;

static size_t
find_style(const Styles *styles, const PartitaPiece *piece)
{
  const PartitaLedgerEntry entry =
    partita_corpus_get_entry(styles->corpus, piece->ledger_index);

  return entry.n_styles > 0 ? entry.styles[0] : styles->n_styles;
}

static double
count_tokens(const Styles *styles, const GArray *pieces)
{
  double most = 0.0;

  for (guint i = 0; i < pieces->len; ++i) {
    const PartitaPiece piece = partita_corpus_get_piece(
      styles->corpus, g_array_index(pieces, uint32_t, i));
    double *tokens = &styles->tokens[find_style(styles, &piece)];

    *tokens += (double)piece.n;
    most = MAX(most, *tokens);
  }
  return most;
}

static unsigned
count_times(double tokens, double most, double balance)
{
  return (unsigned)lround(MIN(pow(most / tokens, balance), TIMES_MAX));
}

GArray *
partita_train_balance(const PartitaCorpus *corpus,
                      const GArray *pieces,
                      double balance)
{
  const size_t n_styles = g_strv_length(
    (char **)partita_scheme_get_styles(partita_corpus_get_scheme(corpus)));
  g_autofree double *tokens = g_new0(double, n_styles + 1);
  const Styles styles = {corpus, n_styles, tokens};
  const double most = count_tokens(&styles, pieces);
  GArray *balanced = g_array_new(FALSE, FALSE, sizeof(uint32_t));

  for (guint i = 0; i < pieces->len; ++i) {
    const uint32_t index = g_array_index(pieces, uint32_t, i);
    const PartitaPiece piece = partita_corpus_get_piece(corpus, index);
    const unsigned times =
      count_times(tokens[find_style(&styles, &piece)], most, balance);

    for (unsigned t = 0; t < times; ++t)
      g_array_append_val(balanced, index);
  }
  return balanced;
}
