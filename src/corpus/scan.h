// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_SCAN_H
#define PARTITA_CORPUS_SCAN_H

#include <base/scratch.h>
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/// Folders nested deeper than this are named, not entered.
#define PARTITA_SCAN_DEPTH_MAX 64

typedef struct {
  char *path;    ///< below the folder, raw bytes; behind the item itself
  char *problem; ///< (nullable): why it cannot be read as a file
  bool midi;     ///< whether its name is that of a MIDI file
  uint64_t size; ///< bytes; with the next, how a change is noticed
  int64_t mtime_ns;
} PartitaScanItem;

/**
 * partita_scan_folder:
 * @scratch: where the items lie, which last as long
 *
 * Lists whatever stands in @folder and below, but folders themselves only if
 * they bear a MIDI file's name or cannot be entered. Opens nothing but
 * folders, so neither FIFOs nor devices can block it; follows no symbolic
 * link to a folder, so it ends.
 *
 * Returns: (transfer full) (element-type PartitaScanItem) (nullable): by the
 * bytes of the paths; NULL with @error set (%PARTITA_CORPUS_ERROR_FOLDER, or
 * %G_IO_ERROR_CANCELLED)
 */
GPtrArray *
partita_scan_folder(const char *folder,
                    PartitaScratch *scratch,
                    GCancellable *cancellable,
                    GError **error);

/// Whether the name ends in .mid .midi .kar .rmi .smf, in any case.
bool
partita_scan_is_midi_name(const char *name);

#endif
