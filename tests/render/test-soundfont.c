// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include "render-fixture.h"

#include <glib/gstdio.h>
#include <render/render-private.h>
#include <sys/stat.h>

static void
assert_names_package(GError *error)
{
  g_assert_error(error, PARTITA_RENDER_ERROR, PARTITA_RENDER_ERROR_SOUNDFONT);
  g_assert_nonnull(strstr(error->message, "apt install timgm6mb-soundfont"));
}

/* scripts/test installs one, and nothing else here would notice. */
static void
test_installed(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  g_unsetenv("PARTITA_SOUNDFONT");
  path = partita_soundfont_find(NULL, &error);
  g_assert_no_error(error);
  g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
}

static void
test_wish(void)
{
  char *folder = fixture_folder();
  g_autofree char *font = fixture_soundfont(folder, 0, 0, 1);
  g_autofree char *found = partita_soundfont_find(font, NULL);
  g_autofree char *named = NULL;

  g_assert_cmpstr(found, ==, font);
  g_setenv("PARTITA_SOUNDFONT", font, TRUE);
  named = partita_soundfont_find(NULL, NULL);
  g_unsetenv("PARTITA_SOUNDFONT");
  g_assert_cmpstr(named, ==, font);
  g_assert_true(fixture_remove(folder, 1));
}

/* Law: what was asked for is used or refused, never replaced. */
static void
test_refused(void)
{
  char *folder = fixture_folder();
  g_autofree char *fifo = g_build_filename(folder, "fifo.sf2", NULL);
  g_autofree char *text = g_build_filename(folder, "text.sf2", NULL);
  g_autofree char *none = g_build_filename(folder, "none.sf2", NULL);
  const char *const paths[] = {fifo, text, none, folder, "/dev/zero"};

  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_true(g_file_set_contents(text, "RIFF....WAVEfmt ", -1, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS(paths); ++i) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) env_error = NULL;

    g_assert_null(partita_soundfont_find(paths[i], &error));
    assert_names_package(error);
    g_assert_nonnull(strstr(error->message, paths[i]));
    g_setenv("PARTITA_SOUNDFONT", paths[i], TRUE);
    g_assert_null(partita_soundfont_find(NULL, &env_error));
    g_unsetenv("PARTITA_SOUNDFONT");
    assert_names_package(env_error);
  }
  g_assert_true(fixture_remove(folder, 2));
}

static void
test_search_none(void)
{
  char *folder = fixture_folder();
  g_autofree char *junk = g_build_filename(folder, "default-GM.sf2", NULL);
  const char *const folders[] = {"/no/such/folder", folder, NULL};
  g_autoptr(GError) error = NULL;

  g_assert_true(g_file_set_contents(junk, "", 0, NULL));
  g_assert_null(partita_soundfont_search(folders, &error));
  assert_names_package(error);
  g_assert_true(fixture_remove(folder, 1));
}

static void
test_search_order(void)
{
  // From the least wanted to the most.
  static const char *const names[] = {"zebra.SF3",      "apple.sf2",
                                      "TimGM6mb.sf2",   "FluidR3_GM.sf2",
                                      "default-GM.sf3", "default-GM.sf2"};
  char *folder = fixture_folder();
  const char *const folders[] = {"/no/such/folder", folder, NULL};
  g_autofree char *font = fixture_soundfont(folder, 0, 0, 1);
  g_autofree char *source = g_build_filename(folder, "source", NULL);

  g_assert_cmpint(g_rename(font, source), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS(names); ++i) {
    g_autofree char *path = g_build_filename(folder, names[i], NULL);
    g_autofree char *found = NULL;

    g_assert_cmpint(symlink(source, path), ==, 0);
    found = partita_soundfont_search(folders, NULL);
    g_assert_cmpstr(found, ==, path);
  }
  g_assert_true(fixture_remove(folder, 1 + G_N_ELEMENTS(names)));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/render/soundfont/installed", test_installed);
  g_test_add_func("/render/soundfont/wish", test_wish);
  g_test_add_func("/render/soundfont/refused", test_refused);
  g_test_add_func("/render/soundfont/search-none", test_search_none);
  g_test_add_func("/render/soundfont/search-order", test_search_order);
  return g_test_run();
}
