// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <base/text.h>

#define ELLIPSIS "\xe2\x80\xa6"

bool
partita_text_is_unsafe(gunichar c)
{
  // Unicode's own class of marks that turn the direction (UAX 9, section 2).
  const bool turns = c == 0x061C || c == 0x200E || c == 0x200F ||
                     (c >= 0x202A && c <= 0x202E) ||
                     (c >= 0x2066 && c <= 0x2069);
  const bool ends_line = c == 0x2028 || c == 0x2029;

  return g_unichar_iscntrl(c) || turns || ends_line || c == 0xFEFF;
}

static bool
is_layout(gunichar c)
{
  return c == '\n' || c == '\t';
}

/// Adds the character at @text and returns what follows it.
static const char *
show_character(GString *shown, const char *text, bool lines)
{
  const gunichar c = g_utf8_get_char_validated(text, -1);
  const bool broken = c == (gunichar)-1 || c == (gunichar)-2;
  const char *const end = broken ? text + 1 : g_utf8_next_char(text);

  if (broken || (partita_text_is_unsafe(c) && !(lines && is_layout(c)))) {
    for (const char *byte = text; byte < end; ++byte)
      g_string_append_printf(shown, "\\x%02x", (unsigned char)*byte);
  } else {
    g_string_append_len(shown, text, end - text);
  }
  return end;
}

char *
partita_text_show(const char *text, size_t max)
{
  GString *shown = g_string_new(NULL);

  for (size_t n = 0; *text != '\0' && n < max; ++n)
    text = show_character(shown, text, false);
  if (*text != '\0')
    g_string_append(shown, ELLIPSIS);
  return g_string_free(shown, FALSE);
}

char *
partita_text_show_lines(const char *text)
{
  GString *shown = g_string_new(NULL);

  while (*text != '\0')
    text = show_character(shown, text, true);
  return g_string_free(shown, FALSE);
}

char *
partita_text_show_json(const char *json)
{
  GString *shown = g_string_new(NULL);

  while (*json != '\0') {
    const gunichar c = g_utf8_get_char(json);
    const char *const end = g_utf8_next_char(json);

    if (partita_text_is_unsafe(c) && !is_layout(c))
      g_string_append_printf(shown, "\\u%04x", c);
    else
      g_string_append_len(shown, json, end - json);
    json = end;
  }
  return g_string_free(shown, FALSE);
}
