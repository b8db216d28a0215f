// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/compose-private.h>

PartitaModelState *
partita_compose_new_state(const PartitaComposer *composer,
                          size_t rows,
                          GError **error)
{
  PartitaModelState *state = partita_model_state_new(composer->model, rows);

  if (state == NULL)
    g_set_error(error, PARTITA_COMPOSE_ERROR, PARTITA_COMPOSE_ERROR_MODEL,
                "no memory to run the model");
  return state;
}

PartitaScore *
partita_compose(const PartitaComposer *composer,
                const PartitaComposeOptions *options,
                GError **error)
{
  g_autoptr(PartitaComposition) composition =
    partita_composition_new(composer, options, error);

  return composition != NULL ? partita_composition_finish(composition, error)
                             : NULL;
}
