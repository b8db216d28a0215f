// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/sha256.h>

#ifdef HAVE_NETTLE

#include <nettle/sha2.h>

char *
partita_sha256(const void *data, gsize size)
{
  struct sha256_ctx context;
  uint8_t digest[SHA256_DIGEST_SIZE];
  char *const hex = g_malloc(2 * SHA256_DIGEST_SIZE + 1);

  sha256_init(&context);
  if (size > 0)
    sha256_update(&context, size, data);
  sha256_digest(&context, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; ++i)
    (void)g_snprintf(hex + 2 * i, 3, "%02x", digest[i]);
  return hex;
}

#else

char *
partita_sha256(const void *data, gsize size)
{
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
}

#endif
