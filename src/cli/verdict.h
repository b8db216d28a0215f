// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CLI_VERDICT_H
#define PARTITA_CLI_VERDICT_H

#include <partita/train.h>

/**
 * cli_verdict_print:
 * @model: just trained on @corpus
 * @output: where it stands
 *
 * Says in words what a training came to: whether the model is better than the
 * trigram model, and than the model that ships on the same pieces, if that can
 * be found and reads such a corpus; what is to be known of the corpus; and the
 * command that comes next.
 */
void
cli_verdict_print(const PartitaTrainReport *report,
                  const PartitaModel *model,
                  const PartitaCorpus *corpus,
                  const char *output);

#endif
