// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_MODEL_SAFETENSORS_H
#define PARTITA_MODEL_SAFETENSORS_H

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* The safetensors format (https://github.com/huggingface/safetensors):
 *
 *   byte 0      length n of the header, little-endian, 8 bytes
 *   byte 8      the header, JSON, n bytes:
 *               {"__metadata__": {"key": "value", ...},
 *                "name": {"dtype": "F32", "shape": [2, 3],
 *                         "data_offsets": [0, 24]}, ...}
 *   byte 8 + n  the data, to the end of the file
 */

/// The format allows 100,000,000; no header of ours comes near this, and the
/// memory that reading takes stays small.
#define PARTITA_SAFETENSORS_HEADER_MAX ((size_t)16 << 20)
#define PARTITA_SAFETENSORS_DIMS_MAX 8

typedef struct {
  char *name;
  char *dtype;
  size_t n_dims;
  size_t shape[PARTITA_SAFETENSORS_DIMS_MAX];
  size_t begin; ///< in the data
  size_t end;
} PartitaSafetensor;

typedef struct {
  GHashTable *metadata; ///< string to string
  GPtrArray *tensors;   ///< of PartitaSafetensor, by their place in the data
  const char *header;   ///< (transfer none)
  size_t header_size;
  const uint8_t *data; ///< (transfer none)
  size_t data_size;
} PartitaSafetensors;

/**
 * partita_safetensors_parse:
 * @bytes: any bytes at all; must outlive the result
 *
 * Refuses all that the format's own reader refuses: a header past the file,
 * text that is not UTF-8 JSON, metadata other than strings, offsets that leave
 * holes or overlap, shapes that do not give the size. Beyond it, duplicate
 * names are refused.
 *
 * Returns: (transfer full) (nullable): NULL with @error set
 * (%PARTITA_MODEL_ERROR_BROKEN)
 */
PartitaSafetensors *
partita_safetensors_parse(const uint8_t *bytes, size_t size, GError **error);

void
partita_safetensors_free(PartitaSafetensors *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaSafetensors, partita_safetensors_free)

/// The name of the seal in the metadata.
#define PARTITA_SAFETENSORS_SEAL "header_sha256"
/// What stands in its place until it is known.
#define PARTITA_SAFETENSORS_UNSEALED                                           \
  "0000000000000000000000000000000000000000000000000000000000000000"

/**
 * partita_safetensors_seal:
 * @header: all its bytes, with %PARTITA_SAFETENSORS_UNSEALED for a seal
 *
 * Puts the seal in its place.
 */
void
partita_safetensors_seal(char *header, size_t size);

/**
 * partita_safetensors_finish_header:
 * @text: the header, with %PARTITA_SAFETENSORS_UNSEALED for a seal
 * @size: (inout): its bytes
 *
 * Returns: (transfer full): the header as it stands in the file: sealed, and
 * with spaces after it, so that the data begin at a multiple of eight bytes
 */
char *
partita_safetensors_finish_header(const char *text, gsize *size);

/// Whether there is a place for the seal.
bool
partita_safetensors_has_seal(const char *header, size_t size);

/**
 * partita_safetensors_check_seal:
 * @demanded: whether a header without a seal is refused too
 *
 * Returns: false with @error set (%PARTITA_MODEL_ERROR_BROKEN) if the header is
 * not the one that was sealed
 */
bool
partita_safetensors_check_seal(const PartitaSafetensors *file,
                               bool demanded,
                               GError **error);

/// Bytes of an element of type @dtype, 0 if the format does not know it.
size_t
partita_safetensors_get_dtype_size(const char *dtype);

/// A tensor in memory, to write or to read into.
typedef struct {
  const char *name;
  const char *dtype;
  size_t n_dims;
  size_t shape[PARTITA_SAFETENSORS_DIMS_MAX];
  void *numbers; ///< (transfer none): of that shape, in the machine's own order
} PartitaSafetensorNumbers;

/**
 * partita_safetensors_save:
 * @metadata: key, value, key, value, ..., NULL; "sha256" is put before them,
 * the SHA-256 of the data, and the seal of the header
 *
 * Writes by partita_file_replace(). What memory it takes does not depend on
 * the tensors.
 *
 * Returns: false with @error set (%G_FILE_ERROR, its message names @path)
 */
bool
partita_safetensors_save(const char *path,
                         const char *const *metadata,
                         const PartitaSafetensorNumbers *tensors,
                         size_t n_tensors,
                         GError **error);

/**
 * partita_safetensors_take:
 * @file: as partita_safetensors_save() writes it
 *
 * Copies the tensors, which must be just those of @file, if they have the
 * SHA-256 that the file gives. On failure nothing was copied.
 *
 * Returns: false with @error set (%PARTITA_MODEL_ERROR_BROKEN)
 */
bool
partita_safetensors_take(const PartitaSafetensors *file,
                         const PartitaSafetensorNumbers *tensors,
                         size_t n_tensors,
                         GError **error);

/**
 * partita_safetensors_check_text:
 * @text: the header
 *
 * What must hold before a lenient JSON reader may see it: UTF-8; only
 * objects, arrays, strings and whole numbers without sign; no control
 * characters; no escaped surrogates; nesting of at most 3; one object, and
 * nothing after it.
 */
bool
partita_safetensors_check_text(const char *text, size_t size, GError **error);

#endif
