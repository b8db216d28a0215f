// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "repair.h"

#include <base/sha256.h>
#include <model/safetensors.h>
#include <string.h>

#define LENGTH_SIZE 8
#define SUM_SIZE 64
#define SUM_MARK "\"sha256\":\""

void
fuzz_repair_safetensors(uint8_t *bytes, size_t size)
{
  uint64_t length = 0;

  if (size < LENGTH_SIZE)
    return;
  memcpy(&length, bytes, sizeof length);
  length = GUINT64_FROM_LE(length);
  if (length > size - LENGTH_SIZE)
    return;

  char *const header = (char *)bytes + LENGTH_SIZE;
  const size_t end = (size_t)length;
  char *const mark = memmem(header, end, SUM_MARK, strlen(SUM_MARK));
  char *const sum = mark != NULL ? mark + strlen(SUM_MARK) : NULL;

  if (sum != NULL && (size_t)(header + end - sum) >= SUM_SIZE) {
    g_autofree char *right =
      partita_sha256(header + end, size - LENGTH_SIZE - end);

    memcpy(sum, right, SUM_SIZE);
  }
  if (partita_safetensors_has_seal(header, end))
    partita_safetensors_seal(header, end);
}
