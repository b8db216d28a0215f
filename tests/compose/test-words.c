// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <compose/words.h>
#include <partita/controls.h>
#include <string.h>

static const char *const styles[] = {
  "waltz", "rock", "zydeco", "Voice and Harp", "string_quartets", NULL};

/// "name=value", what is unknown and what is granted in part, as one text.
static char *
read_words(const char *text)
{
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) pairs =
    partita_controls_read_words(text, "en", styles, unknown, partly, &error);

  g_assert_no_error(error);
  for (guint i = 0; i < unknown->len; ++i)
    g_ptr_array_add(
      pairs, g_strdup_printf("?%s", (char *)g_ptr_array_index(unknown, i)));
  for (guint i = 0; i < partly->len; ++i)
    g_ptr_array_add(
      pairs, g_strdup_printf("~%s", (char *)g_ptr_array_index(partly, i)));
  g_ptr_array_add(pairs, NULL);
  return g_strjoinv(";", (char **)pairs->pdata);
}

static void
test_examples(void)
{
  static const struct {
    const char *text;
    const char *controls;
  } cases[] = {
    {"a slow sad waltz in D minor for string quartet, 32 bars",
     "tempo=66;key=D minor;meter=3/4;style=waltz;"
     "programs=violin,viola,cello;"
     "range=violin:G3-E7,viola:C3-E6,cello:C2-A5;polyphony=4;bars=32"},
    {"A jig.", "meter=6/8;tempo=168;~jig: only metre and tempo"},
    {"sad music", "key=A minor;tempo=72"},
    {"something sad in a minor key", "key=A minor;tempo=72;?something"},
    {"in a minor", "key=A minor"},
    {"in A", "key=A"},
    {"in A, allegro", "key=A;tempo=132"},
    {"a piece in a", "key=A"},
    {"in a slow tempo", "tempo=66"},
    {"IN A SLOW TEMPO", "tempo=66"},
    {"in G, 3/4 time", "key=G;meter=3/4"},
    {"in B-flat major at 126 bpm", "key=B flat major;tempo=126"},
    {"F# dorian", "key=F# dorian"},
    {"thirty-two bars of rock", "bars=32;style=rock;meter=4/4;tempo=120"},
    {"a 12-bar blues",
     "bars=12;meter=4/4;tempo=96;~blues: only metre and tempo"},
    {"a four-part chorale", "polyphony=4;meter=4/4;tempo=76;"
                            "~chorale: only metre, tempo and voices"},
    {"zydeco for two voices", "style=zydeco;polyphony=2"},
    {"violins and flutes",
     "programs=violin,flute;range=violin:G3-E7,flute:C4-C7"},
    {"a banjo with steel drums", "programs=banjo,steel drums"},
    {"purple polka, 8 measures",
     "meter=2/4;tempo=112;bars=8;?purple;~polka: only metre and tempo"},
    {"a song for voice and piano",
     "programs=voice,piano;~song: the model knows no such style"},
    {"no drums", "without=drums"},
    {"rock without drums", "style=rock;meter=4/4;tempo=120;without=drums"},
    {"without piano or the bass", "without=piano,bass"},
    {"without piano or bass, in G", "without=piano,bass;key=G"},
    {"for flute, without any violins and flutes",
     "programs=flute;range=flute:C4-C7;without=violin,flute"},
    {"no repeats", "?no repeats"},
    {"not too fast", "tempo=112"},
    {"not slow", "tempo=88"},
    {"not too andante", "?not too andante"},
    {"not too sad", "?not too sad"},
    {"not too busy", "density=3"},
    {"30 seconds", "seconds=30"},
    {"two minutes", "seconds=120"},
    {"1 minute 30 seconds of rock",
     "seconds=90;style=rock;meter=4/4;tempo=120"},
    {"half a minute long", "seconds=30"},
    {"a long piece", "bars=32"},
    {"16 bars long", "bars=16"},
    {"a loop of 8 bars", "loop=yes;bars=8"},
    {"voice and harp", "style=Voice and Harp"},
    {"a String Quartets piece", "style=string_quartets"},
    {"Rock", "style=rock;meter=4/4;tempo=120"},
    {"", ""},
    {"7 8", "?7;?8"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autofree char *controls = read_words(cases[i].text);
    g_assert_cmpstr(controls, ==, cases[i].controls);
  }
}

/* A style that the model knows stands for its instruments. */
static void
test_style(void)
{
  static const char *const songs[] = {"song", NULL};
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) pairs = partita_controls_read_words(
    "a song for voice and piano", "en", songs, unknown, partly, NULL);

  g_assert_nonnull(pairs);
  g_assert_cmpuint(pairs->len, ==, 1);
  g_assert_cmpstr(g_ptr_array_index(pairs, 0), ==, "style=song");
}

static void
test_exclusive(void)
{
  static const char *const texts[] = {
    "a fast slow piece", "a waltz in 4/4", "in C major and in D minor",
    "an allegro in B flat at 126 bpm", "eight bars, 16 bars"};

  for (size_t i = 0; i < G_N_ELEMENTS(texts); ++i) {
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_assert_null(partita_controls_read_words(texts[i], "en", NULL, unknown,
                                              partly, &error));
    g_assert_error(error, PARTITA_CONTROLS_ERROR,
                   PARTITA_CONTROLS_ERROR_CONFLICT);
  }
}

/* Law: each entry of the table says controls that can be set, and reading its
 * words gives no unknown ones. */
static void
test_table(void)
{
  for (const PartitaWord *w = partita_language_en.words; w->words != NULL;
       ++w) {
    g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pairs = partita_controls_read_words(
      w->words, "en", styles, unknown, partly, &error);
    PartitaControls controls;

    g_assert_no_error(error);
    g_assert_cmpuint(unknown->len, ==, 0);
    partita_controls_init(&controls);
    for (guint i = 0; i < pairs->len; ++i) {
      char *equals = strchr(g_ptr_array_index(pairs, i), '=');

      *equals = '\0';
      if (strcmp(g_ptr_array_index(pairs, i), "style") == 0)
        continue;
      (void)partita_controls_set(&controls, g_ptr_array_index(pairs, i),
                                 equals + 1, &error);
      g_assert_no_error(error);
    }
    (void)partita_controls_check(
      &controls, controls.bars > 0 ? controls.bars : 16, &error);
    g_assert_no_error(error);
  }
}

/* What is mistyped is answered with what may have been meant. */
static void
test_suggest(void)
{
  static const struct {
    const char *word;
    const char *meant; // nullable
  } cases[] = {{"walz", "waltz"},
               {"zydecco", "zydeco"},
               {"clarinett", "clarinet"},
               {"secnods", "seconds"},
               {"xylophon", "xylophone"},
               {"purple", NULL},
               {"x", NULL},
               {"", NULL}};

  for (size_t i = 0; i < G_N_ELEMENTS(cases); ++i) {
    g_autofree char *meant =
      partita_controls_suggest_word(cases[i].word, "en", styles);

    g_assert_cmpstr(meant, ==, cases[i].meant);
  }
  g_assert_null(partita_controls_suggest_word("walz", "de", styles));
}

static void
test_language(void)
{
  g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) partly = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;

  g_assert_null(partita_controls_read_words("ein Walzer", "de", NULL, unknown,
                                            partly, &error));
  g_assert_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_UNKNOWN);
  g_clear_error(&error);
  g_assert_null(
    partita_controls_read_words("\xFF", "en", NULL, unknown, partly, &error));
  g_assert_error(error, PARTITA_CONTROLS_ERROR, PARTITA_CONTROLS_ERROR_UNKNOWN);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/words/examples", test_examples);
  g_test_add_func("/words/style", test_style);
  g_test_add_func("/words/exclusive", test_exclusive);
  g_test_add_func("/words/table", test_table);
  g_test_add_func("/words/suggest", test_suggest);
  g_test_add_func("/words/language", test_language);
  return g_test_run();
}
