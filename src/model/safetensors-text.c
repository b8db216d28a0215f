// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* A header is held to stricter rules than other JSON (base/json.h). */

#include <base/json.h>
#include <model/safetensors.h>
#include <partita/model.h>

#define HEADER_AT 8
#define DEPTH_MAX 3

static bool
refuse(size_t at, const char *what, GError **error)
{
  g_set_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_BROKEN,
              "byte %zu: %s", HEADER_AT + at, what);
  return false;
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
      const char *const fault = partita_json_skip_string(text, size, &at);

      if (fault != NULL)
        return refuse(at, fault, error);
    } else if (c != ':' && c != ',' && !g_ascii_isdigit(c)) {
      return refuse(at - 1, "a character that does not belong here", error);
    }
  }
  return ended || refuse(size, "an object without end", error);
}
