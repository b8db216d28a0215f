// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#ifndef PARTITA_BASE_JSON_H
#define PARTITA_BASE_JSON_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>

/* JSON-GLib follows nesting to the end of the stack, takes comments and other
 * things that JSON forbids, and trusts escaped surrogates. So no text goes to
 * it that was not looked at before. */

/// Nothing that Partita writes nests deeper than 6.
#define PARTITA_JSON_DEPTH_MAX 16u
#define PARTITA_JSON_SIZE_MAX ((size_t)16 << 20)

/**
 * partita_json_skip_string:
 * @at: (inout): the place after the quote that begins a string; on success that
 * after the quote that ends it, on failure where the fault is
 *
 * Returns: NULL, or what is wrong with the string
 */
const char *
partita_json_skip_string(const char *text, size_t size, size_t *at);

/**
 * partita_json_check:
 *
 * Demands UTF-8 of at most %PARTITA_JSON_SIZE_MAX bytes, nested at most
 * %PARTITA_JSON_DEPTH_MAX deep, whose strings are whole, with neither control
 * characters nor escaped surrogates or zeros; beside them only what JSON has.
 *
 * Returns: false with @error set (%JSON_PARSER_ERROR_INVALID_DATA, its message
 * names the byte)
 */
bool
partita_json_check(const char *text, size_t size, GError **error);

/**
 * partita_json_parse:
 * @text: (nullable): any text at all
 *
 * Returns: (transfer full) (nullable): NULL with @error set if @text does not
 * pass partita_json_check() or is no JSON; NULL without @error if it is NULL
 */
JsonNode *
partita_json_parse(const char *text, GError **error);

#endif
