// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

/* What somebody may put into a folder of music or into a corpus on purpose. */

#include "fixture.h"

#include <corpus/index.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/// Places in PARTITA_INDEX_FILE_TYPE.
#define SKIP_CHILD 2
#define STYLES_CHILD 13

/// Asserts that the folder is refused, in words with @what in them.
static void
assert_refused(const char *folder, const char *what)
{
  const PartitaCorpusOptions options = {0};
  g_autoptr(GError) error = NULL;
  g_autoptr(PartitaCorpus) corpus =
    partita_corpus_read(folder, &options, &error);

  g_assert_null(corpus);
  g_assert_nonnull(error);
  if (strstr(error->message, what) == NULL)
    g_error("\"%s\" does not say \"%s\"", error->message, what);
}

static void
write_styles(const char *folder, unsigned n)
{
  g_autoptr(GString) line = g_string_new("a.mid");

  for (unsigned i = 0; i < n; ++i)
    g_string_append_printf(line, "\tstyle %u", i);
  fixture_write(folder, "styles.tsv", line->str);
}

/* As many styles as are allowed are read, and more are refused, not searched
 * through again and again. */
static void
test_many_styles(void)
{
  char *folder = fixture_folder();

  fixture_write_piece(folder, "a.mid", 1);
  write_styles(folder, 100000);
  assert_refused(folder, "line 1: more than 256 styles");
  write_styles(folder, 256);

  g_autoptr(PartitaCorpus) corpus = fixture_read(folder);

  g_assert_cmpuint(partita_corpus_get_n_files(corpus), >=, 1);
  fixture_remove(folder);
}

static void
test_long_style(void)
{
  char *folder = fixture_folder();
  g_autofree char *name = g_strnfill(257, 'n');
  g_autofree char *line = g_strconcat("a.mid\t", name, NULL);

  fixture_write_piece(folder, "a.mid", 1);
  fixture_write(folder, "styles.tsv", line);
  assert_refused(folder, "line 1: a style of more than 256 bytes");
  fixture_remove(folder);
}

static void
put_fifo(const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);

  (void)g_unlink(path);
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
}

/// (transfer full): a corpus with a piece and a file that is skipped; the
/// folder of the music is gone
static char *
prepare(void)
{
  const PartitaCorpusOptions options = {.scheme = "remi"};
  char *music = fixture_folder();
  char *corpus = fixture_folder();

  fixture_write_piece(music, "a.mid", 1);
  fixture_write(music, "b.mid", "junk");
  g_assert_true(partita_corpus_prepare(music, corpus, 0, 1, &options, NULL));
  fixture_remove(music);
  return corpus;
}

/* FIFOs are refused without being waited for. */
static void
test_fifos(void)
{
  char *music = fixture_folder();
  char *corpus = prepare();
  g_autoptr(GDir) dir = g_dir_open(corpus, 0, NULL);
  const char *name = NULL;

  fixture_write_piece(music, "a.mid", 1);
  put_fifo(music, "styles.tsv");
  assert_refused(music, "styles.tsv: not a regular file");
  while ((name = g_dir_read_name(dir)) != NULL)
    if (g_str_has_suffix(name, ".shard"))
      put_fifo(corpus, name);
  assert_refused(corpus, ".shard: not a regular file");
  put_fifo(corpus, "corpus.index");
  assert_refused(corpus, "corpus.index: not a regular file");
  fixture_remove(music);
  fixture_remove(corpus);
}

/// (transfer full): the same file with another style
static GVariant *
change_style(GVariant *file, guint16 style)
{
  GVariantBuilder fields;

  g_variant_builder_init(&fields, g_variant_get_type(file));
  for (gsize f = 0; f < STYLES_CHILD; ++f) {
    g_autoptr(GVariant) field = g_variant_get_child_value(file, f);

    g_variant_builder_add_value(&fields, field);
  }
  g_variant_builder_add_value(
    &fields,
    g_variant_new_fixed_array(G_VARIANT_TYPE_UINT16, &style, 1, sizeof style));
  return g_variant_builder_end(&fields);
}

/// (transfer full): the same block, where every skipped file has the style
/// @style
static GVariant *
give_style(GVariant *block, guint16 style)
{
  GVariantBuilder files;

  g_variant_builder_init(&files, g_variant_get_type(block));
  for (gsize i = 0; i < g_variant_n_children(block); ++i) {
    g_autoptr(GVariant) file = g_variant_get_child_value(block, i);
    guint8 skip = 0;

    g_variant_get_child(file, SKIP_CHILD, "y", &skip);
    g_variant_builder_add_value(&files,
                                skip != 0 ? change_style(file, style) : file);
  }
  return g_variant_ref_sink(g_variant_builder_end(&files));
}

/* A style that there is none of is found where the index is opened, of skipped
 * files too, whose styles only the ledger and `inspect` look at. */
static void
test_style_number(void)
{
  char *corpus = prepare();
  g_autofree char *path = g_build_filename(corpus, "corpus.index", NULL);
  g_autoptr(PartitaIndex) index = partita_index_open(path, NULL);

  g_assert_nonnull(index);
  g_assert_cmpuint(index->blocks->len, ==, 1);

  g_autoptr(PartitaIndex) bad = partita_index_new(index->head);

  g_ptr_array_add(bad->blocks,
                  give_style(g_ptr_array_index(index->blocks, 0), G_MAXUINT16));
  g_assert_true(partita_index_save(bad, path, NULL));
  assert_refused(corpus, "a file has styles that are none");
  fixture_remove(corpus);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/corpus/hostile/many-styles", test_many_styles);
  g_test_add_func("/corpus/hostile/long-style", test_long_style);
  g_test_add_func("/corpus/hostile/fifos", test_fifos);
  g_test_add_func("/corpus/hostile/style-number", test_style_number);
  return g_test_run();
}
