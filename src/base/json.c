// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/json.h>
#include <string.h>

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

const char *
partita_json_skip_string(const char *text, size_t size, size_t *at)
{
  for (; *at < size; ++*at) {
    if ((unsigned char)text[*at] < 0x20)
      return "a control character in a string";
    if (text[*at] == '"') {
      ++*at;
      return NULL;
    }
    if (text[*at] == '\\') {
      if (!escape_is_good(text + *at + 1, size - *at - 1))
        return "an escape that is not allowed";
      ++*at; // what follows is at least no quote that ends the string
    }
  }
  return "a string without end";
}

static bool
refuse(size_t at, const char *what, GError **error)
{
  g_set_error(error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_INVALID_DATA,
              "byte %zu: %s", at, what);
  return false;
}

/// Of numbers, true, false, null and the blanks between.
static bool
belongs_outside_strings(char c)
{
  return g_ascii_isalnum(c) || (c != '\0' && strchr(":,+-. \t\r\n", c) != NULL);
}

bool
partita_json_check(const char *text, size_t size, GError **error)
{
  size_t depth = 0;

  if (size > PARTITA_JSON_SIZE_MAX)
    return refuse(PARTITA_JSON_SIZE_MAX, "more text than is read", error);
  if (!g_utf8_validate(text, (gssize)size, NULL))
    return refuse(0, "not UTF-8", error);
  for (size_t at = 0; at < size;) {
    const char c = text[at++];

    if (c == '"') {
      const char *const fault = partita_json_skip_string(text, size, &at);

      if (fault != NULL)
        return refuse(at, fault, error);
    } else if (c == '{' || c == '[') {
      if (++depth > PARTITA_JSON_DEPTH_MAX)
        return refuse(at - 1, "too deep a nesting", error);
    } else if (c == '}' || c == ']') {
      if (depth-- == 0)
        return refuse(at - 1, "an end without a beginning", error);
    } else if (!belongs_outside_strings(c)) {
      return refuse(at - 1, "a character that does not belong here", error);
    }
  }
  return depth == 0 || refuse(size, "a beginning without an end", error);
}

JsonNode *
partita_json_parse(const char *text, GError **error)
{
  return text != NULL && partita_json_check(text, strlen(text), error)
           ? json_from_string(text, error)
           : NULL;
}
