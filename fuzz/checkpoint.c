// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A checkpoint whose hashes are made right. Oracle: what is read has numbers
 * that a run can go on from. */

#include "fuzz.h"
#include "repair.h"

#include <train/run-private.h>

#define N_PARAMETERS 3
#define N_STATE 2
#define N_STREAM 4

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const identity[] = {"scheme", "remi", NULL};
  PartitaReal vectors[4][N_PARAMETERS] = {{0}};
  PartitaReal state[N_STATE] = {0};
  uint64_t stream[N_STREAM] = {0};
  PartitaCheckpoint checkpoint = {
    .n_parameters = N_PARAMETERS,
    .weights = vectors[0],
    .best = vectors[1],
    .first = vectors[2],
    .second = vectors[3],
    .n_state = N_STATE,
    .state = state,
    .n_stream = N_STREAM,
    .stream = stream,
  };
  g_autofree uint8_t *bytes = g_memdup2(data, size);
  g_autoptr(GError) error = NULL;

  fuzz_repair_safetensors(bytes, size);

  g_autoptr(GBytes) file = g_bytes_new_static(bytes, size);
  const bool ok = partita_checkpoint_parse(file, &checkpoint, identity, &error);
  const PartitaTrainMeasures *measures = &checkpoint.measures;

  if (ok != (error == NULL))
    g_error("an error without failure, or the reverse");
  if (ok && !(measures->best_step >= 0.0 && measures->best_step <= 0x1p53 &&
              measures->n_worse >= 0.0 && measures->n_worse <= 0x1p31))
    g_error("numbers that count nothing");
  return 0;
}
