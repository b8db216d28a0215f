// Copyright 2026 The Partita developers
// SPDX-License-Identifier: MIT

#include <glib/gstdio.h>
#include <model/model-private.h>

/* Law: what was asked for is what is taken, and an option before the
 * environment. */
static void
test_named(void)
{
  g_autofree char *wished = partita_model_find("here/a.safetensors", NULL);
  g_autofree char *named = NULL;
  g_autofree char *before = NULL;

  g_assert_cmpstr(wished, ==, "here/a.safetensors");
  g_setenv("PARTITA_MODEL", "there/b.safetensors", TRUE);
  named = partita_model_find(NULL, NULL);
  before = partita_model_find("here/a.safetensors", NULL);
  g_unsetenv("PARTITA_MODEL");
  g_assert_cmpstr(named, ==, "there/b.safetensors");
  g_assert_cmpstr(before, ==, "here/a.safetensors");
}

static void
test_search_none(void)
{
  g_autofree char *folder = g_dir_make_tmp("partita-find-XXXXXX", NULL);
  g_autofree char *below =
    g_build_filename(folder, "partita.safetensors", NULL);
  const char *const folders[] = {"/no/such/folder", folder, NULL};
  g_autoptr(GError) error = NULL;

  g_assert_cmpint(g_mkdir(below, 0700), ==, 0); // a folder is no model
  g_assert_null(partita_model_search(folders, &error));
  g_assert_error(error, PARTITA_MODEL_ERROR, PARTITA_MODEL_ERROR_NONE);
  g_assert_cmpint(g_rmdir(below), ==, 0);
  g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* The first folder that has it is the one. */
static void
test_search_order(void)
{
  char *folders[4] = {NULL};

  for (size_t i = 0; i < 3; ++i)
    folders[i] = g_dir_make_tmp("partita-find-XXXXXX", NULL);
  for (size_t i = 3; i > 0; --i) {
    g_autofree char *path =
      g_build_filename(folders[i - 1], "partita.safetensors", NULL);
    g_autofree char *found = NULL;

    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    found = partita_model_search((const char *const *)folders, NULL);
    g_assert_cmpstr(found, ==, path);
  }
  for (size_t i = 0; i < 3; ++i) {
    g_autofree char *path =
      g_build_filename(folders[i], "partita.safetensors", NULL);

    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(folders[i]), ==, 0);
    g_free(folders[i]);
  }
}

static void
test_built(void)
{
  g_autofree char *built =
    partita_model_find_built("/home/a/partita/build/src/cli/partita");

  g_assert_cmpstr(built, ==, "/home/a/partita/build/models");
  g_assert_null(partita_model_find_built("/usr/bin/partita"));
  g_assert_null(partita_model_find_built("/partita"));
}

/* An installation finds its own model wherever it was put. */
static void
test_installed(void)
{
  g_autofree char *installed =
    partita_model_find_installed("/tmp/root/usr/bin/partita");

  g_assert_cmpstr(installed, ==, "/tmp/root/usr/share/partita/models");
  g_assert_null(partita_model_find_installed("/home/a/src/cli/partita"));
  g_assert_null(partita_model_find_installed("/partita"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/find/named", test_named);
  g_test_add_func("/model/find/search-none", test_search_none);
  g_test_add_func("/model/find/search-order", test_search_order);
  g_test_add_func("/model/find/built", test_built);
  g_test_add_func("/model/find/installed", test_installed);
  return g_test_run();
}
