// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* How a text is encoded, from its bytes alone. Each encoding gets points for
 * what its texts have and loses some for what they have not: words of Russian
 * are runs of high bytes, Latin-1 has them one by one among ASCII letters,
 * Japanese has pairs with a first byte from 81 to 98. The points were set by
 * hand and tried on track names of the web. */

#include <midi/text.h>

#include <string.h>

/// Less than any text can lose.
#define IMPOSSIBLE (-1e9)

static bool
is_high(uint8_t byte)
{
  return byte >= 0x80;
}

/// Points of one pair of bytes in Shift-JIS.
static double
rate_pair(uint8_t lead, uint8_t trail)
{
  if (lead == 0x81) // punctuation, the long vowel
    return 2.0;
  if (lead == 0x82 || (lead == 0x83 && trail <= 0x96)) // letters and kana
    return 3.0;
  if (lead == 0x83 || lead == 0x84 || lead == 0x87) // Greek, Cyrillic, signs
    return 0.5;
  if ((lead == 0x88 && trail >= 0x9F) || (lead > 0x88 && lead < 0x98) ||
      (lead == 0x98 && trail <= 0x72)) // common kanji
    return 2.0;
  if ((lead >= 0x98 && lead <= 0x9F) || (lead >= 0xE0 && lead <= 0xE9) ||
      (lead == 0xEA && trail <= 0xA4)) // rare kanji
    return -0.5;
  return -2.0;
}

/// Whether @byte, after @before, voices a kana of half width.
static bool
is_voicing(uint8_t before, uint8_t byte)
{
  return (byte == 0xDE || byte == 0xDF) &&
         ((before >= 0xB3 && before <= 0xC4) ||
          (before >= 0xCA && before <= 0xCE));
}

static double
rate_shift_jis(const uint8_t *bytes, size_t n)
{
  double points = 0.0;
  size_t kana = 0; // of half width, in a row

  for (size_t i = 0; i < n; ++i) {
    const uint8_t byte = bytes[i];
    const bool half = byte >= 0xA1 && byte <= 0xDF;

    if (half) {
      ++kana;
      points += kana == 1 ? -1.0 : kana == 2 ? 3.0 : 1.0;
      points += kana > 1 && is_voicing(bytes[i - 1], byte) ? 1.5 : 0.0;
      continue;
    }
    kana = 0;
    if (!is_high(byte))
      continue;
    if (byte == 0x80 || byte == 0xA0 || byte >= 0xF0)
      return IMPOSSIBLE;
    if (i + 1 == n) // cut within a character
      continue;
    if (bytes[i + 1] < 0x40 || bytes[i + 1] == 0x7F || bytes[i + 1] > 0xFC)
      return IMPOSSIBLE;
    points += rate_pair(byte, bytes[i + 1]);
    ++i;
  }
  return points;
}

static bool
is_cyrillic(uint8_t byte)
{
  return byte >= 0xC0 || byte == 0xA8 || byte == 0xB8 || byte == 0xAA ||
         byte == 0xBA || byte == 0xAF || byte == 0xBF || byte == 0xB2 ||
         byte == 0xB3;
}

static bool
is_latin(uint8_t byte)
{
  return byte >= 0xC0 && byte != 0xD7 && byte != 0xF7;
}

/// A run of letters of one kind, and whether ASCII letters touch it.
typedef struct {
  size_t n;
  bool in_word;
  size_t rises; // small letters before capital ones
} Run;

static Run
measure_run(const uint8_t *bytes,
            size_t n,
            size_t at,
            bool (*is_letter)(uint8_t byte))
{
  Run run = {.in_word = at > 0 && g_ascii_isalpha((char)bytes[at - 1])};

  for (; at < n && is_letter(bytes[at]); ++at, ++run.n)
    run.rises += run.n > 0 && bytes[at - 1] >= 0xE0 && bytes[at] >= 0xC0 &&
                 bytes[at] < 0xE0;
  run.in_word |= at < n && g_ascii_isalpha((char)bytes[at]);
  return run;
}

static double
rate_cp1251(const uint8_t *bytes, size_t n)
{
  double points = 0.0;

  for (size_t i = 0; i < n; ++i) {
    if (!is_cyrillic(bytes[i])) {
      points -= is_high(bytes[i]) ? 0.5 : 0.0;
      continue;
    }

    const Run run = measure_run(bytes, n, i, is_cyrillic);

    points += run.n > 1 ? 1.2 * (double)run.n : 0.5;
    points -= run.in_word ? 2.5 : 0.0;
    points -= 2.0 * (double)run.rises;
    i += run.n - 1;
  }
  return points;
}

static double
rate_latin(const uint8_t *bytes, size_t n)
{
  double points = 0.0;

  for (size_t i = 0; i < n; ++i) {
    if (!is_latin(bytes[i])) {
      points -= bytes[i] >= 0x80 && bytes[i] < 0xA0 ? 1.0 : 0.0;
      continue;
    }

    const Run run = measure_run(bytes, n, i, is_latin);

    points += run.n == 1 ? 1.0 : run.n == 2 ? 1.0 : -(double)run.n;
    points -= run.in_word ? 0.0 : 0.3;
    i += run.n - 1;
  }
  return points;
}

/// NULL if some bytes are no text in @charset, or the system does not know it.
static char *
convert(const uint8_t *bytes, size_t n, const char *charset)
{
  gsize n_read =
    0; // asked for it, GLib leaves out a last character that is cut
  g_autofree char *text = g_convert((const char *)bytes, (gssize)n, "UTF-8",
                                    charset, &n_read, NULL, NULL);

  if (text == NULL || !g_utf8_validate(text, -1, NULL))
    return NULL;
  return g_steal_pointer(&text);
}

static char *
take_latin(const uint8_t *bytes, size_t n)
{
  char *windows = convert(bytes, n, "CP1252");
  GString *text = windows != NULL ? NULL : g_string_new(NULL);

  for (size_t i = 0; text != NULL && i < n; ++i)
    g_string_append_unichar(text, bytes[i]);
  return text != NULL ? g_string_free(text, FALSE) : windows;
}

/// NULL if @bytes do not look like UTF-16.
static char *
take_utf16(const uint8_t *bytes, size_t n)
{
  size_t zeros[2] = {0};
  const size_t even = n / 2 * 2;

  if (n >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE)
    return convert(bytes + 2, even - 2, "UTF-16LE");
  if (n >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF)
    return convert(bytes + 2, even - 2, "UTF-16BE");
  for (size_t i = 0; i < even; ++i)
    zeros[i % 2] += bytes[i] == 0;
  if (even < 4 || MIN(zeros[0], zeros[1]) > 0 ||
      MAX(zeros[0], zeros[1]) < even / 2)
    return NULL;
  return convert(bytes, even, zeros[0] > 0 ? "UTF-16BE" : "UTF-16LE");
}

char *
partita_midi_decode_text(const uint8_t *bytes, size_t n)
{
  char *text = take_utf16(bytes, n);

  if (text != NULL)
    return text;
  n = strnlen((const char *)bytes, n);
  if (g_utf8_validate((const char *)bytes, (gssize)n, NULL))
    return g_strndup((const char *)bytes, n);

  const double japanese = rate_shift_jis(bytes, n);
  const double russian = rate_cp1251(bytes, n);
  const double latin = rate_latin(bytes, n);

  if (japanese > MAX(russian, latin))
    text = convert(bytes, n, "CP932");
  if (text == NULL && russian > latin)
    text = convert(bytes, n, "CP1251");
  return text != NULL ? text : take_latin(bytes, n);
}
