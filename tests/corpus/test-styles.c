// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "fixture.h"

#include <string.h>

static void
test_styles(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "zydeco/deep/a.mid", 1);
  fixture_write_piece(folder, "blues/b.mid", 2);
  fixture_write_piece(folder, "top.mid", 3);
  fixture_write(folder, "junk/c.mid", "junk");
  fixture_write(folder, "text/d.txt", "junk");

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));

  g_assert_cmpuint(g_strv_length((GStrv)styles), ==, 2);
  g_assert_cmpstr(styles[0], ==, "blues");
  g_assert_cmpstr(styles[1], ==, "zydeco");
  g_assert_cmpuint(fixture_find(corpus, "top.mid").n_styles, ==, 0);
  g_assert_cmpuint(fixture_find(corpus, "junk/c.mid").n_styles, ==, 0);
  fixture_remove(folder);
}

static void
test_split_folders(void)
{
  char *folder = fixture_folder();

  for (unsigned i = 0; i < 6; ++i) {
    g_autofree char *train = g_strdup_printf("train/rock/%u.mid", i);
    g_autofree char *valid = g_strdup_printf("validation/%u.mid", i);

    fixture_write_piece(folder, train, i);
    fixture_write_piece(folder, valid, 10 + i);
  }
  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const size_t n = partita_corpus_get_n_files(corpus);
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));

  g_assert_cmpuint(n, ==, 12);
  g_assert_cmpuint(g_strv_length((GStrv)styles), ==, 1);
  g_assert_cmpstr(styles[0], ==, "rock");
  for (size_t i = 0; i < n; ++i) {
    const PartitaLedgerEntry entry = partita_corpus_get_entry(corpus, i);
    const bool valid = g_str_has_prefix(entry.path, "validation/");

    g_assert_cmpint(entry.valid, ==, valid);
    g_assert_cmpstr(fixture_get_style(corpus, entry), ==,
                    valid ? NULL : "rock");
  }
  fixture_remove(folder);
}

/* One such folder alone is an ordinary style. */
static void
test_train_alone(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "train/a.mid", 1);
  fixture_write_piece(folder, "b.mid", 2);

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  g_assert_cmpstr(
    fixture_get_style(corpus, fixture_find(corpus, "train/a.mid")), ==,
    "train");
  fixture_remove(folder);
}

static void
assert_styles(const PartitaCorpus *corpus, const char *path, const char *names)
{
  const PartitaLedgerEntry entry = fixture_find(corpus, path);
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));
  g_autoptr(GString) all = g_string_new(NULL);

  for (size_t i = 0; i < entry.n_styles; ++i)
    g_string_append_printf(all, "%s%s", i > 0 ? "," : "",
                           styles[entry.styles[i]]);
  g_assert_cmpstr(all->str, ==, names);
}

/* A list alone decides, of files and of folders; what it does not name has no
 * style. */
static void
test_list(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "bach/a.mid", 1);
  fixture_write_piece(folder, "bach/deep/b.mid", 2);
  fixture_write_piece(folder, "other/c.mid", 3);
  fixture_write_piece(folder, "d.mid", 4);
  fixture_write(folder, "styles.tsv",
                "# path, styles\n"
                "\n"
                "bach/\tBach\tbaroque\r\n"
                "./bach/deep/b.mid\tsad\tBach\n"
                "d.mid\t\xc3\xa9t\xc3\xa9\n"
                "gone.mid\tnowhere");

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const char *const *styles =
    partita_scheme_get_styles(partita_corpus_get_scheme(corpus));

  g_assert_cmpuint(g_strv_length((GStrv)styles), ==, 4);
  assert_styles(corpus, "bach/a.mid", "Bach,baroque");
  assert_styles(corpus, "bach/deep/b.mid", "Bach,baroque,sad");
  assert_styles(corpus, "other/c.mid", "");
  assert_styles(corpus, "d.mid", "\xc3\xa9t\xc3\xa9");
  g_assert_cmpstr(fixture_find(corpus, "styles.tsv").reason, ==,
                  "the list of styles, 1 of its paths not here");
  fixture_remove(folder);
}

/* Law: each draw puts one of the piece's styles in, and the rest stays. */
static void
test_draws(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "a.mid", 1);
  fixture_write_piece(folder, "b.mid", 2);
  fixture_write(folder, "styles.tsv", "a.mid\tone\ttwo\tthree\n");

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);
  const PartitaScheme *scheme = partita_corpus_get_scheme(corpus);
  g_autoptr(GArray) first = fixture_get_ids(corpus, 0);
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint16_t));

  g_assert_cmpuint(partita_corpus_get_piece(corpus, 0).n_styles, ==, 3);
  g_assert_cmpuint(partita_corpus_get_piece(corpus, 1).n_styles, ==, 0);
  for (uint32_t draw = 0; draw < 9; ++draw) {
    PartitaPrompt prompt;

    partita_corpus_get_ids(corpus, 0, draw, ids);
    g_autoptr(PartitaScore) score = partita_scheme_decode(
      scheme, (const uint16_t *)(void *)ids->data, ids->len, &prompt, NULL);

    g_assert_nonnull(score);
    // Names are in order: one, three, two.
    g_assert_cmpint(prompt.style, ==, (int)(draw % 3));
    g_assert_cmpuint(ids->len, ==, first->len);
    g_assert_true(memcmp(ids->data + 4, first->data + 4, 2 * ids->len - 4) ==
                  0);
  }
  fixture_remove(folder);
}

/* Malformed lists are refused with their line. */
static void
test_bad_lists(void)
{
  static const struct {
    const char *text;
    const char *line;
  } lists[] = {
    {"no tab here", "line 1"},
    {"a.mid\tx\n\tstyle\n", "line 2"},
    {"# fine\n\na.mid\tx\na.mid\n", "line 4"},
    {"a.mid\t\xff\xfe\n", "line 1"},
  };
  const PartitaCorpusOptions options = {.scheme = "remi"};
  char *folder = fixture_folder();

  fixture_write_piece(folder, "a.mid", 1);
  for (size_t i = 0; i < G_N_ELEMENTS(lists); ++i) {
    g_autoptr(GError) error = NULL;

    fixture_write(folder, "styles.tsv", lists[i].text);
    g_assert_null(partita_corpus_read(folder, &options, &error));
    g_assert_error(error, PARTITA_CORPUS_ERROR, PARTITA_CORPUS_ERROR_STYLES);
    g_assert_nonnull(strstr(error->message, lists[i].line));
  }
  fixture_remove(folder);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/styles/folders", test_styles);
  g_test_add_func("/corpus/styles/split-folders", test_split_folders);
  g_test_add_func("/corpus/styles/train-alone", test_train_alone);
  g_test_add_func("/corpus/styles/list", test_list);
  g_test_add_func("/corpus/styles/draws", test_draws);
  g_test_add_func("/corpus/styles/bad-lists", test_bad_lists);
  return g_test_run();
}
