// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <string.h>

#define STEP(semitones) (1u << (semitones))

/// Seven steps above the tonic.
#define SEVEN(b, c, d, e, f, g)                                                \
  (STEP(0) | STEP(b) | STEP(c) | STEP(d) | STEP(e) | STEP(f) | STEP(g))

static const struct {
  const char *name;
  uint16_t steps;
} scales[] = {
  {"major", SEVEN(2, 4, 5, 7, 9, 11)},
  // As pieces in minor have it: the sixth and the seventh may be raised.
  {"minor", SEVEN(2, 3, 5, 7, 8, 10) | STEP(9) | STEP(11)},
  {"natural minor", SEVEN(2, 3, 5, 7, 8, 10)},
  {"harmonic minor", SEVEN(2, 3, 5, 7, 8, 11)},
  {"melodic minor", SEVEN(2, 3, 5, 7, 9, 11)},
  {"ionian", SEVEN(2, 4, 5, 7, 9, 11)},
  {"dorian", SEVEN(2, 3, 5, 7, 9, 10)},
  {"phrygian", SEVEN(1, 3, 5, 7, 8, 10)},
  {"lydian", SEVEN(2, 4, 6, 7, 9, 11)},
  {"mixolydian", SEVEN(2, 4, 5, 7, 9, 10)},
  {"aeolian", SEVEN(2, 3, 5, 7, 8, 10)},
  {"locrian", SEVEN(1, 3, 5, 6, 8, 10)},
  {"pentatonic", STEP(0) | STEP(2) | STEP(4) | STEP(7) | STEP(9)},
  {"minor pentatonic", STEP(0) | STEP(3) | STEP(5) | STEP(7) | STEP(10)},
  {"blues", STEP(0) | STEP(3) | STEP(5) | STEP(6) | STEP(7) | STEP(10)},
  {"major blues", STEP(0) | STEP(2) | STEP(3) | STEP(4) | STEP(7) | STEP(9)},
  {"whole tone", STEP(0) | STEP(2) | STEP(4) | STEP(6) | STEP(8) | STEP(10)},
  {"chromatic", 0xFFF},
};

bool
partita_controls_same_name(const char *text, const char *name)
{
  while (true) {
    while (*text == ' ' || *text == '-' || *text == '_')
      ++text;
    while (*name == ' ' || *name == '-' || *name == '_')
      ++name;
    if (g_ascii_tolower(*text) != g_ascii_tolower(*name))
      return false;
    if (*text == '\0')
      return true;
    ++text;
    ++name;
  }
}

int
partita_find_scale(const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS(scales); ++i)
    if (partita_controls_same_name(name, scales[i].name))
      return (int)i;
  return -1;
}

uint16_t
partita_scale_get_steps(int scale)
{
  g_return_val_if_fail(scale >= 0 && scale < (int)G_N_ELEMENTS(scales), 0);

  return scales[scale].steps;
}

const char *
partita_scale_get_name(int scale)
{
  return scale >= 0 && scale < (int)G_N_ELEMENTS(scales) ? scales[scale].name
                                                         : NULL;
}

/// Reads one of @words at @text, and steps over it.
static bool
take_word(const char **text, const char *const *words)
{
  for (; *words != NULL; ++words) {
    if (g_ascii_strncasecmp(*text, *words, strlen(*words)) == 0) {
      *text += strlen(*words);
      return true;
    }
  }
  return false;
}

int
partita_controls_take_pitch_class(const char **text)
{
  static const int of_letter[7] = {9, 11, 0, 2, 4, 5, 7}; // A to G
  static const char *const sharps[] = {"#", "\xE2\x99\xAF", " sharp", "-sharp",
                                       NULL};
  static const char *const flats[] = {"b", "\xE2\x99\xAD", " flat", "-flat",
                                      NULL};
  const char letter = g_ascii_toupper(**text);

  if (letter < 'A' || letter > 'G')
    return -1;
  ++*text;

  int pitch_class = of_letter[letter - 'A'];

  if (take_word(text, sharps))
    ++pitch_class;
  else if (take_word(text, flats))
    --pitch_class;
  return (pitch_class + 12) % 12;
}

int
partita_parse_key(const char *text, int *mode, int *scale)
{
  *mode = *scale = -1;

  const int tonic = partita_controls_take_pitch_class(&text);

  if (tonic < 0)
    return -1;
  if (strcmp(text, "m") == 0)
    text = "minor";
  while (*text == ' ' || *text == '-')
    ++text;
  if (*text == '\0')
    return tonic;
  *scale = partita_find_scale(text);
  if (*scale < 0)
    return -1;
  if (g_str_has_suffix(scales[*scale].name, "major"))
    *mode = 0;
  else if (g_str_has_suffix(scales[*scale].name, "minor"))
    *mode = 1;
  return tonic;
}

int
partita_parse_note(const char *text)
{
  guint64 number = 0;

  if (g_ascii_string_to_unsigned(text, 10, 0, 127, &number, NULL))
    return (int)number;

  const int pitch_class = partita_controls_take_pitch_class(&text);
  gint64 octave = 0;

  if (pitch_class < 0 ||
      !g_ascii_string_to_signed(text, 10, -1, 9, &octave, NULL))
    return -1;

  const int note = 12 * ((int)octave + 1) + pitch_class;

  return note <= 127 ? note : -1;
}
