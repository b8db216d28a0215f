// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_SCRATCH_H
#define PARTITA_BASE_SCRATCH_H

#include <glib.h>

/**
 * PartitaScratch:
 *
 * Room for what grows with the number of files: a file without a name, mapped,
 * whose pages the kernel puts aside when memory is wanted elsewhere. It lies in
 * $TMPDIR, or else in /var/tmp, which is on a disk where /tmp may not be; where
 * no such file can be made, or the disk is full, the room is memory.
 */
typedef struct PartitaScratch PartitaScratch;

/// A descriptor of a file without a name where a scratch lies; -1 with errno
/// set
int
partita_scratch_make_file(void);

/// (transfer full)
PartitaScratch *
partita_scratch_new(void);

/// All that it gave is gone then.
void
partita_scratch_free(PartitaScratch *scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaScratch, partita_scratch_free)

/**
 * partita_scratch_take:
 *
 * Thread-safe. Like g_malloc0() it ends the program where there is no room.
 *
 * Returns: (transfer none): @size bytes, zeros, aligned for any number
 */
void *
partita_scratch_take(PartitaScratch *scratch, size_t size);

/// Copies a text, with its end.
char *
partita_scratch_take_text(PartitaScratch *scratch, const char *text);

/// A copy of @variant, whose bytes lie in the scratch.
/// Returns: (transfer full): valid as long as @scratch
GVariant *
partita_scratch_take_variant(PartitaScratch *scratch, GVariant *variant);

/// Takes the pages out of memory that are in the file too.
void
partita_scratch_give_back(PartitaScratch *scratch);

#endif
