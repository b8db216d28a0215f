// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef RANDOM_PIECE_H
#define RANDOM_PIECE_H

#include "wishes.h"

#include <compose/compose-private.h>

static inline void
assert_kept(const PartitaControls *controls,
            const PartitaScore *score,
            size_t bars)
{
  g_autoptr(GArray) promises = partita_controls_measure(controls, score, bars);

  for (guint i = 0; i < promises->len; ++i) {
    const PartitaPromise *promise = &g_array_index(promises, PartitaPromise, i);

    if (!promise->kept) {
      g_autoptr(GPtrArray) lines = partita_controls_describe(controls);
      g_autofree char *words = partita_promise_describe(promise);

      g_ptr_array_add(lines, NULL);
      g_autofree char *all = g_strjoinv("; ", (char **)lines->pdata);
      g_error("broken: %s, of: %s; bars %zu", words, all, bars);
    }
  }
}

/// Composes with random logits; @spread: how unlike they are.
static inline PartitaScore *
compose_random(const PartitaComposePlan *plan, uint64_t index, double spread)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaPiece) piece = partita_piece_new(plan, index);
  const size_t vocab = plan->composer->vocab;
  g_autofree float *logits = g_new(float, vocab);

  while (!partita_grammar_is_complete(piece->grammar)) {
    draw_logits(logits, vocab, spread);
    (void)partita_piece_advance(piece, logits, &error);
    g_assert_no_error(error);
    if (piece->constraint->waived > 0) {
      g_autoptr(GPtrArray) lines =
        partita_controls_describe(plan->options.controls);

      g_ptr_array_add(lines, NULL);
      g_autofree char *all = g_strjoinv("; ", (char **)lines->pdata);
      g_error("a dead end after %s, bar %zu of %zu, position %d: %s",
              partita_scheme_token_name(
                plan->composer->scheme,
                g_array_index(piece->ids, uint16_t, piece->ids->len - 1)),
              piece->constraint->n_bars, plan->bars,
              piece->constraint->position, all);
    }
  }

  PartitaScore *score = partita_piece_finish(piece, &error);

  g_assert_no_error(error);
  return score;
}

#endif
