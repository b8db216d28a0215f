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
 * @path: the file to make or replace; must not be a folder or a disk
 *
 * Has @writer write to a temporary file beside @path, syncs it, renames it to
 * @path and syncs the folder: at every moment the old file or the new one
 * stands there whole. On failure the temporary file is gone. A symbolic link
 * stays one, and the file that it leads to is replaced; a file that is replaced
 * leaves its mode to the new one, and its owner where the process may give it.
 *
 * What is no regular file, such as a terminal, a pipe, a FIFO, /dev/null or
 * /dev/stdout, is written through: @writer writes to a file without a name, of
 * which the bytes are then sent.
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
 * Removes the temporary files that writers which were killed left in the folder
 * of @path. Those of writers at work are locked, and stay.
 */
void
partita_file_sweep(const char *path);

/**
 * partita_file_check_target:
 *
 * Finds out, before any long work, whether partita_file_replace() can succeed:
 * the folder is there and can be written, @path is no folder or disk.
 */
bool
partita_file_check_target(const char *path, GError **error);

/**
 * partita_file_find_target:
 *
 * Follows @path through symbolic links, also where they lead to no file yet.
 *
 * Returns: (transfer full): the path that partita_file_replace() gives to the
 * new file; of a descriptor, such as /dev/stdout, "/proc/self/fd/1"
 */
char *
partita_file_find_target(const char *path);

/// The descriptor that a path found by partita_file_find_target() names, such
/// as 1 for /dev/stdout; -1 for any other file.
int
partita_file_find_descriptor(const char *target);

/**
 * partita_file_make_room:
 *
 * Returns: a descriptor of an empty file without a name, on the disk that @path
 * will stand on, or among temporary files where @path is written through; -1
 * with @error set
 */
int
partita_file_make_room(const char *path, GError **error);

/// Sets @error to what the errno @code says, with what was being done to
/// @path ("read").
void
partita_file_set_error(GError **error,
                       int code,
                       const char *doing,
                       const char *path);

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
 * partita_file_view:
 *
 * As partita_file_map(), of any size, and only to be read: all processes that
 * look at the file share its pages.
 */
GBytes *
partita_file_view(const char *path, GError **error);

/**
 * partita_file_display:
 *
 * Returns: (transfer full): @path for messages and JSON, whole, as
 * partita_text_show() writes it; free with g_free()
 */
char *
partita_file_display(const char *path);

#endif
