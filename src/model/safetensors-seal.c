// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* The seal of a header: in the metadata, the SHA-256 of the header's own bytes
 * as they are with zeros in the seal's place. So no bit of the settings, nor of
 * names and shapes, changes unnoticed. */

#include <base/sha256.h>
#include <model/safetensors.h>
#include <partita/model.h>
#include <string.h>

#define SEAL_SIZE 64
#define ALIGNMENT 8 // of the data

/// What stands before the seal. A text in JSON cannot hold these bytes, for it
/// writes a quote with a backslash before it.
#define MARK "\"" PARTITA_SAFETENSORS_SEAL "\":\""

/// The place of the seal in the header; G_MAXSIZE if there is none.
static size_t
find_seal(const char *header, size_t size)
{
  const char *const mark = memmem(header, size, MARK, strlen(MARK));
  const size_t at =
    mark != NULL ? (size_t)(mark - header) + strlen(MARK) : G_MAXSIZE;

  return mark != NULL && size - at > SEAL_SIZE ? at : G_MAXSIZE;
}

/// (transfer full)
static char *
make_seal(const char *header, size_t size, size_t at)
{
  g_autofree char *copy = g_memdup2(header, size);

  memset(copy + at, '0', SEAL_SIZE);
  return partita_sha256((const uint8_t *)copy, size);
}

void
partita_safetensors_seal(char *header, size_t size)
{
  const size_t at = find_seal(header, size);

  g_return_if_fail(at != G_MAXSIZE);

  g_autofree char *seal = make_seal(header, size, at);

  memcpy(header + at, seal, SEAL_SIZE);
}

char *
partita_safetensors_finish_header(const char *text, gsize *size)
{
  const gsize length = (*size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  char *header = g_malloc(length);

  memcpy(header, text, *size);
  memset(header + *size, ' ', length - *size);
  partita_safetensors_seal(header, length);
  *size = length;
  return header;
}

bool
partita_safetensors_has_seal(const char *header, size_t size)
{
  return find_seal(header, size) != G_MAXSIZE;
}

bool
partita_safetensors_check_seal(const PartitaSafetensors *file,
                               bool demanded,
                               GError **error)
{
  const size_t at = find_seal(file->header, file->header_size);

  if (at == G_MAXSIZE && !demanded)
    return true;

  g_autofree char *seal =
    at != G_MAXSIZE ? make_seal(file->header, file->header_size, at) : NULL;

  if (seal != NULL && memcmp(file->header + at, seal, SEAL_SIZE) == 0)
    return true;
  g_set_error_literal(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
                      "the header does not have the SHA-256 it gives");
  return false;
}
