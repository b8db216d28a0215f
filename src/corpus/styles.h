// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_CORPUS_STYLES_H
#define PARTITA_CORPUS_STYLES_H

#include <corpus/scan.h>

/// Where the styles of a folder's pieces are written: in the names of its
/// folders, or in a list.
typedef struct PartitaLabels PartitaLabels;

/**
 * partita_labels_new:
 *
 * Returns: (transfer full) (nullable): NULL with @error set if there is a list
 * that cannot be read (its line is named)
 */
PartitaLabels *
partita_labels_new(const char *root,
                   const GPtrArray *items,
                   bool split_folders,
                   GError **error);

/**
 * partita_labels_parse:
 * @root: the folder, for messages
 * @text: of a list
 *
 * Returns: as partita_labels_new() of a folder that has this list
 */
PartitaLabels *
partita_labels_parse(const char *root,
                     const char *text,
                     size_t size,
                     GError **error);

void
partita_labels_free(PartitaLabels *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PartitaLabels, partita_labels_free)

/// Whether the file is the list.
bool
partita_labels_is_list(const PartitaScanItem *item);

/// @names: (element-type utf8): to it, which is empty, the styles of the piece
/// at @path are added, each once; it frees its strings
void
partita_labels_get(PartitaLabels *labels, const char *path, GPtrArray *names);

/// How many paths of the list partita_labels_get() was never asked for.
unsigned
partita_labels_count_unmet(const PartitaLabels *labels);

/**
 * partita_labels_choose:
 * @counts: (element-type utf8 gsize): how many pieces have each style
 *
 * Returns: (transfer full): in order of names; of more than @max styles those
 * of the most pieces
 */
GStrv
partita_labels_choose(GHashTable *counts, guint max);

#endif
