// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <train/train-private.h>

typedef struct {
  const char *name;
  unsigned pieces;
  uint8_t numerator;
  uint32_t us_per_quarter;
  uint8_t program;
} Style;

static const Style styles[] = {
  {"march", 7, 2, 500000, 60},
  {"waltz", 4, 3, 1000000, 40},
};

static void
write_piece(const char *folder, const Style *style, unsigned number)
{
  g_autofree char *path = g_strdup_printf("%s/%02u.mid", folder, number);
  g_autoptr(PartitaScore) score = make_scales(number + style->program);
  g_autoptr(PartitaScore) played = partita_score_new(480);
  size_t n = 0;
  const PartitaNote *notes =
    partita_track_get_notes(partita_score_get_track(score, 0), &n);
  PartitaTrack *track = partita_score_add_track(played, style->program, NULL);

  partita_score_add_meter(
    played, (PartitaMeter){.numerator = style->numerator, .denominator = 4});
  partita_score_add_tempo(
    played, (PartitaTempo){.us_per_quarter = style->us_per_quarter});
  for (size_t i = 0; i < n; ++i)
    partita_track_add_note(track, notes[i]);
  g_assert_true(partita_midi_write_file(played, path, NULL));
}

static PartitaCorpus *
make_styled_corpus(const char *scheme)
{
  g_autofree char *folder = g_dir_make_tmp("partita-styles-XXXXXX", NULL);
  const PartitaCorpusOptions options = {
    .scheme = scheme, .valid_share = -1.0, .common_key = true};
  g_autoptr(GError) error = NULL;

  for (size_t s = 0; s < G_N_ELEMENTS(styles); ++s) {
    g_autofree char *below = g_build_filename(folder, styles[s].name, NULL);

    g_assert_cmpint(g_mkdir(below, 0700), ==, 0);
    for (unsigned i = 0; i < styles[s].pieces; ++i)
      write_piece(below, &styles[s], i);
  }

  PartitaCorpus *corpus = partita_corpus_read(folder, &options, &error);

  g_assert_no_error(error);
  for (size_t s = 0; s < G_N_ELEMENTS(styles); ++s) {
    g_autofree char *below = g_build_filename(folder, styles[s].name, NULL);

    remove_folder(below);
  }
  g_assert_cmpint(g_rmdir(folder), ==, 0);
  return corpus;
}

static JsonObject *
write_styles(const char *scheme)
{
  g_autoptr(PartitaCorpus) corpus = make_styled_corpus(scheme);
  const PartitaModelConfig config = {
    .architecture = "lstm",
    .vocab = 2,
    .n_fields = 1,
    .field_size = {2},
    .width = 2,
    .hidden = 2,
    .layers = 1,
  };
  g_autoptr(PartitaModel) model = partita_model_new(&config, 1);

  partita_train_write_styles(model, corpus);

  g_autoptr(JsonNode) root =
    json_from_string(partita_model_get_metadata(model, "styles"), NULL);

  return json_node_dup_object(root);
}

/* What all pieces of a style have is what is said of it, and all of them are
 * counted. */
static void
test_habits(void)
{
  g_autoptr(JsonObject) object = write_styles("remi");
  gint64 pieces = 0;

  for (size_t s = 0; s < G_N_ELEMENTS(styles); ++s) {
    JsonObject *style = json_object_get_object_member(object, styles[s].name);
    JsonArray *tempo = json_object_get_array_member(style, "tempo");
    JsonArray *meters = json_object_get_array_member(style, "meters");
    JsonArray *programs = json_object_get_array_member(style, "programs");
    g_autofree char *meter = g_strdup_printf("%u/4", styles[s].numerator);

    g_assert_cmpint(json_object_get_int_member(style, "pieces"), ==,
                    styles[s].pieces);
    pieces += styles[s].pieces;
    g_assert_cmpuint(json_array_get_length(tempo), ==, 3);
    // The scheme's bins are a twelfth of an octave wide.
    for (guint q = 0; q < 3; ++q)
      g_assert_cmpfloat_with_epsilon(
        (double)json_array_get_int_element(tempo, q) *
          styles[s].us_per_quarter / 6e7,
        1.0, 0.04);
    g_assert_cmpuint(json_array_get_length(meters), ==, 1);
    g_assert_cmpstr(json_array_get_string_element(meters, 0), ==, meter);
    g_assert_cmpuint(json_array_get_length(programs), ==, 1);
    g_assert_cmpint(json_array_get_int_element(programs, 0), ==,
                    styles[s].program);
  }

  JsonObject *all = json_object_get_object_member(object, "");

  g_assert_cmpint(json_object_get_int_member(all, "pieces"), ==, pieces);
  // The commoner style's is first.
  g_assert_cmpint(json_array_get_int_element(
                    json_object_get_array_member(all, "programs"), 0),
                  ==, styles[0].program);
}

/// (nullable): one instrument's array among "registers"
static JsonArray *
find_register(JsonObject *style, unsigned program)
{
  JsonArray *registers = json_object_get_array_member(style, "registers");

  for (guint i = 0; i < json_array_get_length(registers); ++i) {
    JsonArray *one = json_array_get_array_element(registers, i);

    if (json_array_get_int_element(one, 0) == program)
      return one;
  }
  return NULL;
}

/* Voices and registers are those of the pieces in their own keys; of too few
 * pieces no register is told. */
static void
test_registers(void)
{
  g_autoptr(JsonObject) object = write_styles("remi");
  JsonObject *march = json_object_get_object_member(object, "march");
  JsonObject *waltz = json_object_get_object_member(object, "waltz");
  JsonArray *horn = find_register(march, styles[0].program);
  int low = 127, high = 0;

  for (unsigned i = 0; i < styles[0].pieces; ++i) {
    g_autoptr(PartitaScore) score = make_scales(i + styles[0].program);
    size_t n = 0;
    const PartitaNote *notes =
      partita_track_get_notes(partita_score_get_track(score, 0), &n);

    for (size_t k = 0; k < n; ++k) {
      low = MIN(low, notes[k].pitch);
      high = MAX(high, notes[k].pitch);
    }
  }
  g_assert_nonnull(horn);
  g_assert_cmpint(json_array_get_int_element(horn, 1), ==, low);
  g_assert_cmpint(json_array_get_int_element(horn, 2), ==, high);
  g_assert_null(find_register(waltz, styles[1].program));
  g_assert_cmpint(json_object_get_int_member(march, "voices"), ==, 1);
}

/* A scheme without tempos and instruments says nothing of them. */
static void
test_bare(void)
{
  g_autoptr(JsonObject) object = write_styles("performance");
  JsonObject *style = json_object_get_object_member(object, "waltz");

  g_assert_cmpint(json_object_get_int_member(style, "pieces"), ==, 4);
  g_assert_cmpuint(json_object_get_size(style), ==, 1);
}

static size_t
count_of_style(const PartitaCorpus *corpus, const GArray *pieces, size_t style)
{
  size_t n = 0;

  for (guint i = 0; i < pieces->len; ++i) {
    const PartitaPiece piece =
      partita_corpus_get_piece(corpus, g_array_index(pieces, uint32_t, i));

    n +=
      partita_corpus_get_entry(corpus, piece.ledger_index).styles[0] == style;
  }
  return n;
}

/* Laws: without balance each piece comes once; with it the largest style stays
 * as it is, every piece of the other comes equally often, and at 1 the styles
 * have the same tokens, as nearly as whole pieces can. */
static void
test_balance(void)
{
  g_autoptr(PartitaCorpus) corpus = make_styled_corpus("remi");
  g_autoptr(GArray) pieces = partita_train_find_training(corpus);
  g_autoptr(GArray) none = partita_train_balance(corpus, pieces, 0.0);
  g_autoptr(GArray) full = partita_train_balance(corpus, pieces, 1.0);

  g_assert_cmpuint(none->len, ==, pieces->len);
  g_assert_true(
    memcmp(none->data, pieces->data, pieces->len * sizeof(uint32_t)) == 0);
  g_assert_cmpuint(count_of_style(corpus, pieces, 0), ==, styles[0].pieces);
  g_assert_cmpuint(count_of_style(corpus, full, 0), ==, styles[0].pieces);
  g_assert_cmpuint(count_of_style(corpus, full, 1), ==, 2 * styles[1].pieces);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/train/styles/balance", test_balance);
  g_test_add_func("/train/styles/habits", test_habits);
  g_test_add_func("/train/styles/registers", test_registers);
  g_test_add_func("/train/styles/bare", test_bare);
  return g_test_run();
}
