// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/controls-private.h>
#include <string.h>

#define S(semitones) (1u << (semitones))
#define MAJOR (S(0) | S(4) | S(7))
#define MINOR (S(0) | S(3) | S(7))

static const struct {
  const char *suffix;
  uint16_t steps; ///< semitones above the root, a bit each
} qualities[] = {
  {"", MAJOR},
  {"maj", MAJOR},
  {"M", MAJOR},
  {"m", MINOR},
  {"min", MINOR},
  {"-", MINOR},
  {"5", S(0) | S(7)},
  {"6", MAJOR | S(9)},
  {"m6", MINOR | S(9)},
  {"7", MAJOR | S(10)},
  {"9", MAJOR | S(10) | S(2)},
  {"add9", MAJOR | S(2)},
  {"maj7", MAJOR | S(11)},
  {"M7", MAJOR | S(11)},
  {"maj9", MAJOR | S(11) | S(2)},
  {"m7", MINOR | S(10)},
  {"min7", MINOR | S(10)},
  {"-7", MINOR | S(10)},
  {"m9", MINOR | S(10) | S(2)},
  {"mmaj7", MINOR | S(11)},
  {"m7b5", S(0) | S(3) | S(6) | S(10)},
  {"dim", S(0) | S(3) | S(6)},
  {"o", S(0) | S(3) | S(6)},
  {"dim7", S(0) | S(3) | S(6) | S(9)},
  {"o7", S(0) | S(3) | S(6) | S(9)},
  {"aug", S(0) | S(4) | S(8)},
  {"+", S(0) | S(4) | S(8)},
  {"sus", S(0) | S(5) | S(7)},
  {"sus4", S(0) | S(5) | S(7)},
  {"sus2", S(0) | S(2) | S(7)},
  {"7sus4", S(0) | S(5) | S(7) | S(10)},
};

uint16_t
partita_controls_turn(uint16_t steps, int tonic)
{
  const unsigned turned = (unsigned)steps << tonic;

  return (uint16_t)((turned | turned >> 12) & 0xFFF);
}

static int
find_quality(const char *suffix, size_t length)
{
  for (size_t i = 0; i < G_N_ELEMENTS(qualities); ++i)
    if (strlen(qualities[i].suffix) == length &&
        strncmp(qualities[i].suffix, suffix, length) == 0)
      return (int)i;
  return -1;
}

bool
partita_parse_chord(const char *text, PartitaChord *chord)
{
  const char *at = text;

  // Small letters are bass notes and keys, not chords.
  if (!g_ascii_isupper(*at))
    return false;

  const int root = partita_controls_take_pitch_class(&at);
  const size_t length = strcspn(at, "/");
  const int quality = find_quality(at, length);

  if (root < 0 || quality < 0)
    return false;

  int bass = root;

  at += length;
  if (*at == '/') {
    ++at;
    bass = partita_controls_take_pitch_class(&at);
    if (bass < 0 || *at != '\0')
      return false;
  }
  *chord = (PartitaChord){
    .pitch_classes =
      (uint16_t)(partita_controls_turn(qualities[quality].steps, root) |
                 1u << bass),
    .bass = (uint8_t)bass,
    .of = 1};
  return g_strlcpy(chord->name, text, sizeof chord->name) < sizeof chord->name;
}

static bool
refuse(GError **error, const char *what, const char *text)
{
  g_set_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_VALUE,
              "chords: %s \"%s\"", what, text);
  return false;
}

/// The chords of one bar; "%" is the bar before it again.
static bool
parse_bar(PartitaControls *controls, char **words, GError **error)
{
  const size_t first = controls->n_chords;
  const size_t bar = controls->n_chord_bars;

  if (words[1] == NULL && strcmp(words[0], "%") == 0) {
    for (size_t i = 0; i < first && first + i < PARTITA_CHORDS_MAX; ++i)
      if (controls->chords[i].bar + 1u == bar) {
        controls->chords[controls->n_chords] = controls->chords[i];
        controls->chords[controls->n_chords++].bar = (uint16_t)bar;
      }
    if (controls->n_chords == first)
      return refuse(error, "no bar to repeat by", words[0]);
    ++controls->n_chord_bars;
    return true;
  }

  const size_t n = g_strv_length(words);

  if (n > PARTITA_CHORDS_A_BAR_MAX)
    return refuse(error, "more than four in a bar, at", words[4]);
  if (first + n > PARTITA_CHORDS_MAX)
    return refuse(error, "too many, from", words[0]);
  for (size_t i = 0; i < n; ++i) {
    PartitaChord *chord = &controls->chords[first + i];

    if (!partita_parse_chord(words[i], chord))
      return refuse(error, "no chord is called", words[i]);
    chord->bar = (uint16_t)bar;
    chord->index = (uint8_t)i;
    chord->of = (uint8_t)n;
  }
  controls->n_chords += n;
  ++controls->n_chord_bars;
  return true;
}

static char **
split_words(const char *text)
{
  g_autofree char *clean = g_strdelimit(g_strdup(text), "\t\n,", ' ');
  g_auto(GStrv) words = g_strsplit(clean, " ", 0);
  GStrv full = g_new0(char *, g_strv_length(words) + 1);
  size_t n = 0;

  for (char **word = words; *word != NULL; ++word)
    if (**word != '\0')
      full[n++] = g_strdup(*word);
  return full;
}

bool
partita_controls_parse_chords(PartitaControls *controls,
                              const char *text,
                              GError **error)
{
  g_auto(GStrv) bars = g_strsplit(text, "|", 0);

  controls->n_chords = controls->n_chord_bars = 0;
  for (char **bar = bars; *bar != NULL; ++bar) {
    g_auto(GStrv) words = split_words(*bar);

    if (words[0] != NULL && !parse_bar(controls, words, error))
      return false;
  }
  return controls->n_chords > 0 || refuse(error, "none in", text);
}

/// Where chord @index of @of begins: on a beat if each can have one, else on
/// a twelfth of it.
static uint32_t
find_start(uint32_t index, uint32_t of, uint32_t length, uint32_t beat)
{
  const uint32_t at = length * index / of;
  const uint32_t grid = MAX(1, beat / 12);

  return of * beat <= length ? (at + beat / 2) / beat * beat : at / grid * grid;
}

const PartitaChord *
partita_controls_find_chord(const PartitaControls *controls,
                            size_t bar,
                            uint32_t position,
                            uint32_t length,
                            uint32_t beat,
                            uint32_t *start,
                            uint32_t *end)
{
  if (controls->n_chords == 0)
    return NULL;

  const size_t wanted = bar % controls->n_chord_bars;
  size_t i = 0;

  while (controls->chords[i].bar != wanted)
    ++i;

  const uint32_t of = controls->chords[i].of;
  uint32_t k = 0;

  while (k + 1 < of && position >= find_start(k + 1, of, length, beat))
    ++k;
  *start = find_start(k, of, length, beat);
  *end = k + 1 < of ? find_start(k + 1, of, length, beat) : length;
  return &controls->chords[i + k];
}
