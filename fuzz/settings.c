// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A model file whose hashes are made right, so that what is hostile is what
 * stands in it. Oracle: whatever its metadata hold, a composer is made of it or
 * refused, and its styles, habits and measures are read. */

#include "fuzz.h"
#include "repair.h"

#include <base/json.h>
#include <compose/compose-private.h>
#include <compose/habits.h>
#include <partita/model.h>

static void
look_at(PartitaModel *model)
{
  static const char *const keys[] = {"styles", "settings", "training",
                                     "measures", "prompts"};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaComposer) composer = partita_composer_new(model, &error);

  if ((composer == NULL) != (error != NULL))
    g_error("an error without failure, or the reverse");
  for (size_t i = 0; i < G_N_ELEMENTS(keys); ++i) {
    g_autoptr(JsonNode) node =
      partita_json_parse(partita_model_get_metadata(model, keys[i]), NULL);
    g_autofree char *text = node != NULL ? json_to_string(node, TRUE) : NULL;

    if (text != NULL && !g_utf8_validate(text, -1, NULL))
      g_error("metadata that are not UTF-8");
  }
  if (composer == NULL)
    return;

  g_autoptr(PartitaScore) score = partita_score_new(480);
  PartitaMeasure furthest;

  (void)partita_composer_rate(composer, "", score, &furthest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree uint8_t *bytes = g_memdup2(data, size);

  fuzz_repair_safetensors(bytes, size);

  g_autoptr(PartitaModel) model = partita_model_parse(bytes, size, NULL);

  if (model != NULL)
    look_at(model);
  return 0;
}
