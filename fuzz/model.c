// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* Oracle: a model that was read is written to bytes that read to the same
 * model, and from then on to the same bytes. */

#include "fuzz.h"

#include <model/model-private.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaModel) model = partita_model_parse(data, size, &error);

  if ((model == NULL) != (error != NULL))
    g_error("an error without failure, or the reverse");
  if (model == NULL)
    return 0;

  g_autoptr(GBytes) first = partita_model_serialize(model, NULL);
  gsize first_size = 0;
  const void *const bytes = g_bytes_get_data(first, &first_size);
  g_autoptr(PartitaModel) again =
    partita_model_parse(bytes, first_size, &error);

  if (again == NULL)
    g_error("what was written is refused: %s", error->message);

  g_autoptr(GBytes) second = partita_model_serialize(again, NULL);

  if (!g_bytes_equal(first, second))
    g_error("written twice, the bytes differ");
  return 0;
}
