// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_TEXT_H
#define PARTITA_BASE_TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Text that others wrote (names in files, paths, metadata) may hold control
 * characters that a terminal obeys, and marks that turn the direction of
 * writing, so that what is read is not what stands there. */

/// Characters of a name that is shown in a line with other words.
#define PARTITA_TEXT_NAME_MAX ((size_t)64)

/// Whether a terminal might obey @c instead of showing it.
bool
partita_text_is_unsafe(gunichar c);

/**
 * partita_text_show:
 * @text: any bytes up to the first zero
 * @max: characters to show at most; of a longer text the beginning is shown,
 * and an ellipsis
 *
 * Makes foreign text safe for a terminal: bytes that are no UTF-8, control
 * characters (C0, C1, delete, ends of lines) and marks of direction are written
 * as \xNN, each byte on its own. What it gives, given again, stays as it is.
 *
 * Returns: (transfer full): UTF-8 on one line; free with g_free()
 */
char *
partita_text_show(const char *text, size_t max);

/**
 * partita_text_show_lines:
 *
 * The same without a limit, for text of our own that foreign text was put
 * into: ends of lines and tabs stay.
 */
char *
partita_text_show_lines(const char *text);

/**
 * partita_text_show_json:
 * @json: valid JSON
 *
 * Returns: (transfer full): the same JSON, in which unsafe characters are
 * written as \uNNNN
 */
char *
partita_text_show_json(const char *json);

#endif
