// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "wishes.h"

#include <compose/controls-private.h>
#include <string.h>

/* Law: each scale holds its tonic, and its name finds it, however written. */
static void
test_scales(void)
{
  int n = 0;

  for (; partita_scale_get_name(n) != NULL; ++n) {
    g_autofree char *hyphens =
      g_strdelimit(g_ascii_strup(partita_scale_get_name(n), -1), " ", '-');

    g_assert_cmpint(partita_find_scale(partita_scale_get_name(n)), ==, n);
    g_assert_cmpint(partita_find_scale(hyphens), ==, n);
    g_assert_cmpint(partita_scale_get_steps(n) & 1, ==, 1);
    g_assert_cmpint(partita_scale_get_steps(n), <=, 0xFFF);
  }
  g_assert_cmpint(n, >=, 18);
  g_assert_cmpint(partita_find_scale("polka"), ==, -1);
}

/* Law: the modes are turns of one another. */
static void
test_modes(void)
{
  static const struct {
    const char *name;
    int tonic;
  } modes[] = {{"ionian", 0},  {"dorian", 2},     {"phrygian", 4},
               {"lydian", 5},  {"mixolydian", 7}, {"aeolian", 9},
               {"locrian", 11}};

  for (size_t i = 0; i < G_N_ELEMENTS(modes); ++i)
    g_assert_cmphex(partita_controls_turn(partita_scale_get_steps(
                                            partita_find_scale(modes[i].name)),
                                          modes[i].tonic),
                    ==, 0xAB5); // C D E F G A B
}

static void
test_keys(void)
{
  static const struct {
    const char *text;
    int key; // -1: refused
    const char *scale;
  } keys[] = {
    {"C", 0, "C major"},
    {"D minor", 14, "D minor"},
    {"Dm", 14, "D minor"},
    {"f# minor", 18, "F sharp minor"},
    {"Bb", 10, "B flat major"},
    {"b flat major", 10, "B flat major"},
    {"E-flat Minor", 15, "E flat minor"},
    {"D dorian", 14, "D dorian"},
    {"G mixolydian", 7, "G mixolydian"},
    {"A blues", 21, "A blues"},
    {"a harmonic-minor", 21, "A harmonic minor"},
    {"C\xE2\x99\xAF minor", 13, "C sharp minor"},
    {"H minor", -1, NULL},
    {"", -1, NULL},
    {"D polka", -1, NULL},
    {"D##", -1, NULL},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(keys); ++i) {
    PartitaControls controls;
    g_autoptr(GError) error = NULL;

    partita_controls_init(&controls);
    (void)partita_controls_set(&controls, "key", keys[i].text, &error);
    g_assert_cmpint(partita_controls_get_key(&controls), ==, keys[i].key);
    if (keys[i].scale == NULL) {
      g_assert_error(error, PARTITA_CONTROLS_ERROR,
                     PARTITA_CONTROLS_ERROR_VALUE);
      continue;
    }
    g_assert_no_error(error);
    g_autofree char *scale = partita_controls_name_scale(&controls);
    g_assert_cmpstr(scale, ==, keys[i].scale);
  }
}

/* Law: key and scale make the same in either order. */
static void
test_key_and_scale(void)
{
  static const char *const scales[] = {"dorian", "pentatonic", "chromatic",
                                       "major", "C D Eb"};

  for (size_t i = 0; i < G_N_ELEMENTS(scales); ++i) {
    PartitaControls a, b;

    partita_controls_init(&a);
    partita_controls_init(&b);
    set(&a, "key", "D minor");
    set(&a, "scale", scales[i]);
    set(&b, "scale", scales[i]);
    set(&b, "key", "D minor");
    g_assert_cmphex(partita_controls_get_scale(&a), ==,
                    partita_controls_get_scale(&b));
    g_assert_cmpint(partita_controls_get_key(&a), ==, 14);
    g_assert_cmpint(partita_controls_get_key(&b), ==, 14);
  }
}

/* A key named by a mode keeps its third beside a list of pitch classes. */
static void
test_mode_and_list(void)
{
  PartitaControls controls;

  partita_controls_init(&controls);
  set(&controls, "key", "A dorian");
  set(&controls, "scale", "D B E A F# C Bb");
  g_assert_cmpint(partita_controls_get_key(&controls), ==, 12 + 9);
  set(&controls, "key", "A mixolydian");
  g_assert_cmpint(partita_controls_get_key(&controls), ==, 9);
}

static void
test_notes(void)
{
  static const struct {
    const char *text;
    int note;
  } notes[] = {{"C4", 60},  {"c#4", 61}, {"Bb3", 58}, {"C-1", 0},
               {"G9", 127}, {"G#9", -1}, {"60", 60},  {"128", -1},
               {"C", -1},   {"", -1},    {"C4x", -1}};

  for (size_t i = 0; i < G_N_ELEMENTS(notes); ++i)
    g_assert_cmpint(partita_parse_note(notes[i].text), ==, notes[i].note);
}

/* Law: each program's name and number find it. */
static void
test_programs(void)
{
  PartitaGroup group;

  for (unsigned p = 0; p < PARTITA_N_PROGRAMS; ++p) {
    g_assert_true(partita_parse_group(partita_program_name(p), &group));
    for (unsigned q = 0; q < PARTITA_N_PROGRAMS; ++q)
      g_assert_cmpint(group.programs[q], ==, p == q);
    if (p == PARTITA_PROGRAM_DRUMS)
      continue;

    g_autofree char *number = g_strdup_printf("%u", p);

    g_assert_true(partita_parse_group(number, &group));
    g_assert_true(group.programs[p]);
  }
  g_assert_null(partita_program_name(PARTITA_N_PROGRAMS));
  g_assert_true(partita_parse_group("Strings", &group));
  g_assert_true(group.programs[40] && group.programs[48]);
  g_assert_false(group.programs[0] || group.programs[56]);
  g_assert_false(partita_parse_group("kazoo", &group));
  g_assert_false(partita_parse_group("128", &group));
  g_assert_false(partita_parse_group("", &group));
}

static void
test_chords(void)
{
  static const struct {
    const char *text;
    const char *notes; // NULL: refused
  } chords[] = {
    {"C", "C E G"},        {"Am", "C E A"},      {"F#dim", "C F# A"},
    {"G7", "D F G B"},     {"Cmaj7", "C E G B"}, {"Dm7", "C D F A"},
    {"Ebaug", "Eb G B"},   {"Asus4", "D E A"},   {"Asus2", "E A B"},
    {"C/E", "C E G"},      {"C/D", "C D E G"},   {"Bbm7b5", "Db E Ab Bb"},
    {"Bdim7", "D F Ab B"}, {"C5", "C G"},        {"H", NULL},
    {"c", NULL},           {"Cmaj8", NULL},      {"C/", NULL},
    {"C/Ex", NULL},        {"", NULL},           {"m7", NULL},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(chords); ++i) {
    PartitaChord chord;
    const bool good = partita_parse_chord(chords[i].text, &chord);

    g_assert_cmpint(good, ==, chords[i].notes != NULL);
    if (!good)
      continue;
    g_autofree char *notes =
      partita_controls_name_pitch_classes(chord.pitch_classes);
    g_assert_cmpstr(notes, ==, chords[i].notes);
  }
}

static void
test_grid(void)
{
  PartitaControls controls;
  uint32_t start = 0, end = 0;

  partita_controls_init(&controls);
  set(&controls, "chords", "| C Am | F G7/B |\n% | Dm |");
  g_assert_cmpuint(controls.n_chord_bars, ==, 4);
  g_assert_cmpuint(controls.n_chords, ==, 7);

  static const struct {
    size_t bar;
    uint32_t position, length;
    const char *name;
    uint32_t start, end;
  } places[] = {
    {0, 0, 48, "C", 0, 24},    {0, 23, 48, "C", 0, 24},
    {0, 24, 48, "Am", 24, 48}, {1, 40, 48, "G7/B", 24, 48},
    {2, 0, 48, "F", 0, 24},    {3, 47, 48, "Dm", 0, 48},
    {4, 0, 48, "C", 0, 24},    {0, 12, 36, "C", 0, 24}, // 2 + 1 beats
    {0, 24, 36, "Am", 24, 36}, {0, 8, 18, "C", 0, 9},   // too few beats
  };

  for (size_t i = 0; i < G_N_ELEMENTS(places); ++i) {
    const PartitaChord *chord =
      partita_controls_find_chord(&controls, places[i].bar, places[i].position,
                                  places[i].length, 12, &start, &end);

    g_assert_cmpstr(chord->name, ==, places[i].name);
    g_assert_cmpuint(start, ==, places[i].start);
    g_assert_cmpuint(end, ==, places[i].end);
  }
  set(&controls, "chords", "C");
  g_assert_cmpuint(controls.n_chords, ==, 1);
}

/* Law: the chords of a bar follow each other without gap, in ticks as on the
 * scheme's grid. */
static void
test_grid_tiles(void)
{
  PartitaControls controls;

  partita_controls_init(&controls);
  set(&controls, "chords", "| C | C F | C F G | C F G Am |");
  for (size_t bar = 0; bar < 4; ++bar) {
    for (uint32_t length = 3; length <= 96; length += 3) {
      uint32_t until = 0;

      for (uint32_t at = 0; at < length; ++at) {
        uint32_t start = 0, end = 0, tick_start = 0, tick_end = 0;
        const PartitaChord *chord = partita_controls_find_chord(
          &controls, bar, at, length, 12, &start, &end);
        const PartitaChord *of_ticks = partita_controls_find_chord(
          &controls, bar, 40 * at, 40 * length, 480, &tick_start, &tick_end);

        g_assert_true(chord == of_ticks);
        g_assert_cmpuint(40 * start, ==, tick_start);
        g_assert_cmpuint(40 * end, ==, tick_end);
        g_assert_true(start <= at && at < end);
        g_assert_true(start == until || end == until);
        until = end;
      }
      g_assert_cmpuint(until, ==, length);
    }
  }
}

static void
test_describe(void)
{
  PartitaControls controls;

  partita_controls_init(&controls);
  g_assert_false(partita_controls_has_any(&controls));
  set(&controls, "bars", "32");
  g_assert_false(partita_controls_has_any(&controls));
  set(&controls, "key", "D minor");
  set(&controls, "range", "violin:G3-E7");
  set(&controls, "range", "36-84");
  set(&controls, "meter", "3/4");
  set(&controls, "tempo", "92.5");
  set(&controls, "programs", "violin, drums, piano, violin");
  set(&controls, "density", "1.5");
  set(&controls, "polyphony", "4");
  set(&controls, "chords", "Dm|A7 Dm|");
  g_assert_true(partita_controls_has_any(&controls));

  g_autoptr(GPtrArray) lines = partita_controls_describe(&controls);
  g_ptr_array_add(lines, NULL);
  g_autofree char *text = g_strjoinv(";", (char **)lines->pdata);
  g_assert_cmpstr(text, ==,
                  "bars 32;key D minor;chords | Dm | A7 Dm |;"
                  "range violin:G3-E7;range C2-C6;meter 3/4;tempo 92.5;"
                  "programs violin, drums, piano;density 1.5;polyphony 4");
}

static void
test_values(void)
{
  static const struct {
    const char *name;
    const char *text;
  } bad[] = {
    {"bars", "0"},
    {"bars", "-1"},
    {"bars", "4097"},
    {"bars", "8x"},
    {"key", "X"},
    {"scale", ""},
    {"scale", "C D X"},
    {"scale", "12"},
    {"range", "C4"},
    {"range", "C5-C4"},
    {"range", "kazoo:C4-C5"},
    {"range", "C4-"},
    {"range", "violin:"},
    {"range", " "},
    {"range", ","},
    {"range", "-"},
    {"range", "-C4"},
    {"meter", "3"},
    {"meter", "3/5"},
    {"meter", "0/4"},
    {"meter", "17/8"},
    {"meter", "3/4/4"},
    {"tempo", "19"},
    {"tempo", "nan"},
    {"tempo", "321"},
    {"tempo", "fast"},
    {"programs", ""},
    {"programs", "piano,kazoo"},
    {"density", "0"},
    {"density", "9"},
    {"polyphony", "0"},
    {"polyphony", "129"},
    {"chords", ""},
    {"chords", "| |"},
    {"chords", "| X |"},
    {"chords", "%"},
    {"chords", "C F G Am Dm"},
  };
  PartitaControls controls;
  g_autoptr(GError) unknown = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS(bad); ++i) {
    g_autoptr(GError) error = NULL;

    partita_controls_init(&controls);
    g_assert_false(
      partita_controls_set(&controls, bad[i].name, bad[i].text, &error));
    g_assert_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, bad[i].name));
  }
  partita_controls_init(&controls);
  g_assert_false(partita_controls_set(&controls, "mood", "sad", &unknown));
  g_assert_error(unknown, PARTITA_CONTROLS_ERROR,
                 PARTITA_CONTROLS_ERROR_UNKNOWN);
}

/// Sets "name=value;name=value".
static void
set_all(PartitaControls *controls, const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text, ";", 0);

  partita_controls_init(controls);
  for (char **part = parts; *part != NULL; ++part) {
    char *equals = strchr(*part, '=');

    *equals = '\0';
    set(controls, *part, equals + 1);
  }
}

static void
test_conflicts(void)
{
  static const struct {
    const char *controls;
    const char *words; // NULL: nothing to refuse
  } cases[] = {
    {"key=D minor;range=C4-C6;meter=3/4", NULL},
    {"key=C;range=C#4-C#4", "range Db4-Db4"},
    {"key=C;range=F#4-F#4", "holds no note of C major"},
    {"key=C;range=D4-B4", "no range holds the C that C major"},
    {"scale=blues", "needs a key"},
    {"scale=chromatic", NULL},
    {"key=C;scale=D E F", "has not the tonic"},
    {"key=C;chords=C|A7", "chord A7 has Db, which C major has not"},
    {"key=A minor;chords=Am|E7", NULL},
    {"range=melody:C4-C6", "melody"},
    {"range=melody:C4-C6;programs=violin", NULL},
    {"programs=violin;range=flute:C4-C6", "not among the programs"},
    {"programs=strings;range=violin:C4-C6", NULL},
    {"programs=drums;range=drums:C4-C6", "drums"},
    {"programs=drums;key=C", "drums alone"},
    {"programs=drums,piano;key=C", NULL},
    {"chords=C|F;range=B3-B3", "chords"},
    {"chords=C|F;range=C1-C2", NULL},
    {"chords=C/E|F;range=C1-D1", "chords"},
    {"density=8;meter=1/16", "density"},
    {"density=0.25;meter=2/4", "density"},
    {"density=0.25;meter=4/4", NULL},
    {"density=0.25;meter=4/4;programs=0,1,2,3,40,41,42,43,56,57", NULL},
    {"meter=1/16;programs=0,1,2,3", "programs"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    PartitaControls controls;
    g_autoptr(GError) error = NULL;

    set_all(&controls, cases[i].controls);
    const bool good = partita_controls_check(&controls, 64, &error);
    if (cases[i].words == NULL) {
      g_assert_no_error(error);
      g_assert_true(good);
      continue;
    }
    g_assert_error(error, PARTITA_CONTROLS_ERROR,
                   PARTITA_CONTROLS_ERROR_CONFLICT);
    if (strstr(error->message, cases[i].words) == NULL)
      g_error("%s: %s", cases[i].controls, error->message);
  }

  PartitaControls few;
  g_autoptr(GError) error = NULL;

  set_all(&few, "density=0.25;meter=4/4;programs=0,1,2,3");
  g_assert_false(partita_controls_check(&few, 1, &error));
  g_assert_error(error, PARTITA_CONTROLS_ERROR,
                 PARTITA_CONTROLS_ERROR_CONFLICT);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/controls/scales", test_scales);
  g_test_add_func("/controls/modes", test_modes);
  g_test_add_func("/controls/keys", test_keys);
  g_test_add_func("/controls/key-and-scale", test_key_and_scale);
  g_test_add_func("/controls/mode-and-list", test_mode_and_list);
  g_test_add_func("/controls/notes", test_notes);
  g_test_add_func("/controls/programs", test_programs);
  g_test_add_func("/controls/chords", test_chords);
  g_test_add_func("/controls/grid", test_grid);
  g_test_add_func("/controls/grid-tiles", test_grid_tiles);
  g_test_add_func("/controls/describe", test_describe);
  g_test_add_func("/controls/values", test_values);
  g_test_add_func("/controls/conflicts", test_conflicts);
  return g_test_run();
}
