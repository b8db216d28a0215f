// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "midi-bytes.h"

/// Bytes of a name, and what they say.
typedef struct {
  const char *bytes;
  size_t n;
  const char *name;
} NameCase;

#define NAME(bytes, name)                                                      \
  {                                                                            \
    bytes, sizeof bytes - 1, name                                              \
  }

static const NameCase cases[] = {
  NAME("Gr\xc3\xbcn", "Grün"),
  NAME("Gr\xfcn", "Grün"),
  NAME("Fl\xfbte \xe0 bec", "Flûte à bec"),
  NAME("Gr\xf6\xdf"
       "e",
       "Größe"),
  NAME("\xc9t\xe9", "Été"),
  NAME("Viol\xf3n", "Violón"),
  NAME("M\xe1\xf1"
       "ana",
       "Máñana"),
  NAME("\xa9 1998", "© 1998"),
  NAME("P\xe5 sj\xf6n", "På sjön"),
  NAME("Track\xb9", "Track¹"),
  NAME("\xd1\xea\xf0\xe8\xef\xea\xe0", "Скрипка"),
  NAME("\xcf\xc8\xc0\xcd\xce", "ПИАНО"),
  NAME("\xc1\xe0\xf1-\xe3\xe8\xf2\xe0\xf0\xe0"
       " 2",
       "Бас-гитара 2"),
  NAME("\x83s\x83"
       "A\x83m",
       "ピアノ"),
  NAME("\214\267\212y\216l\217d\221t", "弦楽四重奏"),
  NAME("\xcb\xdf\xb1\xc9", "ﾋﾟｱﾉ"),
  NAME("\x82\xa8\x82\xed\x82", "おわ"),
  NAME("\xff\xfeP\0i\0"
       "a\0",
       "Pia"),
  NAME("\xfe\xff\x04\x11\x04\x30\x04\x41", "Бас"),
  NAME("P\0i\0"
       "a\0n\0o\0",
       "Piano"),
  NAME("\0P\0i\0"
       "a",
       "Pia"),
  NAME("Piano\0\0\0", "Piano"),
  NAME("", ""),
};

static GByteArray *
make_named(const NameCase *name)
{
  GByteArray *bytes = make_simple("");
  const uint8_t length = (uint8_t)name->n;

  put(bytes, "00 FF03");
  g_byte_array_append(bytes, &length, 1);
  g_byte_array_append(bytes, (const uint8_t *)name->bytes, length);
  put(bytes, ONE_NOTE END);
  bytes->data[21] = (uint8_t)(bytes->len - 22);
  return bytes;
}

/* Law: a name is shown as what it most likely is, and written as it was. */
static void
test_names(void)
{
  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    const NameCase *name = &cases[i];
    g_autoptr(GByteArray) bytes = make_named(name);
    g_autoptr(PartitaScore) score = read_bytes(bytes, NULL);
    g_autoptr(GBytes) written = partita_midi_write(score, NULL);
    gsize size = 0;
    size_t n = 0;
    const uint8_t *data = g_bytes_get_data(written, &size);
    g_autoptr(PartitaScore) again = partita_midi_read(data, size, NULL, NULL);
    const PartitaTrack *track = partita_score_get_track(score, 0);
    const void *kept = partita_track_get_name_bytes(track, &n);

    g_assert_cmpstr(partita_track_get_name(track), ==, name->name);
    g_assert_cmpuint(n, ==, name->n);
    g_assert_true(n == 0 || memcmp(kept, name->bytes, n) == 0);
    g_assert_true(partita_score_equal(score, again));
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/midi/text/names", test_names);
  return g_test_run();
}
