// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_RECORD_H
#define PARTITA_CORPUS_RECORD_H

#include <corpus/corpus-private.h>

/// What a file became, whatever stands beside it: what a shard keeps of it.
typedef struct {
  const char *path; ///< below the folder, raw bytes
  uint64_t size;    ///< of the file, bytes
  int64_t mtime_ns;
  uint64_t contents; ///< hash of the file's bytes
  PartitaSkip skip;
  const char *reason; ///< what was mended, why skipped, or advice; or ""
  bool mended;
  uint32_t notes;
  uint32_t bars;
  int8_t shift;        ///< semitones it was moved by to the common key
  uint64_t content;    ///< hash of the ids
  const uint16_t *ids; ///< of a scheme without styles, in the common key
  size_t n_ids;
  const uint16_t *line; ///< as partita_line_get() gives it
  size_t n_line;
} PartitaRecord;

/// The layout of a record as GVariant has it, fields in their order above.
#define PARTITA_RECORD_TYPE "(aytxtysyuuytaqaq)"

/**
 * partita_record_read:
 * @scheme: without styles
 * @before: (nullable): the record of the same path in an earlier corpus of the
 * same scheme
 *
 * Reads the file of @item, which must bear a MIDI file's name, unless @before
 * knows what it holds. Thread-safe.
 *
 * Returns: (transfer full): of type %PARTITA_RECORD_TYPE, serialised
 */
GVariant *
partita_record_read(const char *root,
                    const PartitaScanItem *item,
                    const PartitaScheme *scheme,
                    GVariant *before);

/// @record: (out): its pointers last as long as what @variant is part of
void
partita_record_view(GVariant *variant, PartitaRecord *record);

#endif
