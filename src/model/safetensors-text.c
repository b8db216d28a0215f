// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* JSON-GLib takes comments and other things that JSON forbids, follows
 * nesting to the end of the stack and trusts escaped surrogates. */

#include <model/safetensors.h>
#include <partita/model.h>
#include <string.h>

#define HEADER_AT 8
#define DEPTH_MAX 3

static bool
refuse(size_t at, const char *what, GError **error)
{
  g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
              "byte %zu: %s", HEADER_AT + at, what);
  return false;
}

static bool
escape_is_good(const char *text, size_t left)
{
  if (left == 0)
    return false;
  if (text[0] != 'u')
    return strchr("\"\\/bfnrt", text[0]) != NULL && text[0] != '\0';
  if (left < 5)
    return false;
  for (size_t i = 1; i < 5; ++i)
    if (!g_ascii_isxdigit(text[i]))
      return false;

  const bool surrogate =
    g_ascii_tolower(text[1]) == 'd' && g_ascii_xdigit_value(text[2]) >= 8;

  return !surrogate && memcmp(text + 1, "0000", 4) != 0;
}

/// Returns the place after the closing quote of the string whose text begins
/// at @at, or 0 with @error set.
static size_t
skip_string(const char *text, size_t size, size_t at, GError **error)
{
  for (; at < size; ++at) {
    if ((unsigned char)text[at] < 0x20) {
      refuse(at, "a control character in a string", error);
      return 0;
    }
    if (text[at] == '"')
      return at + 1;
    if (text[at] == '\\') {
      if (!escape_is_good(text + at + 1, size - at - 1)) {
        refuse(at, "an escape that is not allowed", error);
        return 0;
      }
      ++at; // what follows is at least no quote that ends the string
    }
  }
  refuse(at, "a string without end", error);
  return 0;
}

bool
partita_safetensors_check_text(const char *text, size_t size, GError **error)
{
  size_t depth = 0;
  bool ended = false;

  if (!g_utf8_validate(text, (gssize)size, NULL))
    return refuse(0, "the header is not UTF-8", error);
  if (size == 0 || text[0] != '{')
    return refuse(0, "the header is no JSON object", error);
  for (size_t at = 0; at < size;) {
    const char c = text[at++];

    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
      continue;
    if (ended)
      return refuse(at - 1, "text after the header's object", error);
    if (c == '{' || c == '[') {
      if (++depth > DEPTH_MAX)
        return refuse(at - 1, "too deep a nesting", error);
    } else if (c == '}' || c == ']') {
      ended = --depth == 0;
    } else if (c == '"') {
      at = skip_string(text, size, at, error);
      if (at == 0)
        return false;
    } else if (c != ':' && c != ',' && !g_ascii_isdigit(c)) {
      return refuse(at - 1, "a character that does not belong here", error);
    }
  }
  return ended || refuse(size, "an object without end", error);
}
