// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_FILE_H
#define PARTITA_BASE_FILE_H

#include <gio/gio.h>
#include <stdbool.h>

/// Writes the whole file at @path; returns false with @error set.
typedef bool
PartitaFileWriter(const char *path, void *data, GError **error);

/**
 * partita_file_replace:
 * @path: the file to make or replace; must not be a folder or a device
 *
 * Has @writer write to a temporary file beside @path, syncs it, renames it to
 * @path and syncs the folder: at every moment the old file or the new one
 * stands there whole. On failure the temporary file is gone.
 *
 * Returns: false with @error set (%G_FILE_ERROR, its message names @path)
 */
bool
partita_file_replace(const char *path,
                     PartitaFileWriter *writer,
                     void *data,
                     GError **error);

/// The same for bytes in memory.
bool
partita_file_replace_bytes(const char *path,
                           const void *bytes,
                           size_t size,
                           GError **error);

/**
 * partita_file_sweep:
 *
 * Removes the temporary files that writers of @path left beside it when they
 * were killed. Nobody may be writing @path meanwhile.
 */
void
partita_file_sweep(const char *path);

/**
 * partita_file_check_target:
 *
 * Finds out, before any long work, whether partita_file_replace() can succeed:
 * the folder is there and can be written, @path is no folder or device.
 */
bool
partita_file_check_target(const char *path, GError **error);

/**
 * partita_file_read:
 * @max: larger files are refused from their size alone
 *
 * Reads a regular file; symbolic links are followed, FIFOs and devices are
 * refused without being waited for.
 *
 * Returns: (transfer full) (nullable): NULL with @error set (%G_FILE_ERROR,
 * its message names @path; %G_FILE_ERROR_FBIG does not exist, so a file past
 * @max gives %G_FILE_ERROR_NOMEM)
 */
GBytes *
partita_file_read(const char *path, size_t max, GError **error);

/**
 * partita_file_map:
 *
 * As partita_file_read(), by memory map: bytes are read when they are first
 * looked at. They may be written to, which the file does not see. It must not
 * be changed in place meanwhile; that another takes its place
 * (partita_file_replace()) does no harm.
 */
GBytes *
partita_file_map(const char *path, size_t max, GError **error);

/**
 * partita_file_display:
 *
 * Returns: (transfer full): @path for messages and JSON: bytes that are no
 * UTF-8 and control characters written as \xNN; free with g_free()
 */
char *
partita_file_display(const char *path);

#endif
